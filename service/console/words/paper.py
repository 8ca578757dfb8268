"""Words of the papers of a fair: slips and roster codes."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Pair

WORDS: Mapping[str, Pair] = {
    "slips": ("签条", "Slips"),
    "find_slip": ("打开签条", "Open a slip"),
    "find_slip_lead": (
        "扫描签条上的二维码，或输入编号。",
        "Scan the code on the slip, or type its number.",
    ),
    "slip_number": ("签条编号", "Number of the slip"),
    "open_slip": ("打开", "Open"),
    "slip_unknown": ("没有这张签条，请核对编号。", "There is no such slip. Check the number."),
    "paper_slip": ("签条 {number}", "Slip {number}"),
    "slip_of_fair": ("双选会 {fair}，{day}", "Fair {fair}, {day}"),
    "slip_whose": ("持有人", "Bearer"),
    "slip_nobody": ("还没有认领", "Nobody has claimed it"),
    "slip_somebody": ("已认领", "Claimed"),
    "slip_shown": ("出示过", "Shown at"),
    "paper_door": ("入口", "the door"),
    "slip_marks": ("有意向的岗位", "Posts marked"),
    "slip_no_marks": ("还没有标记岗位。", "No post is marked."),
    "paper_sign": ("展位", "Booth"),
    "paper_mutual": ("双方都有意向", "Both sides"),
    "paper_check_in": ("登记到场", "Check in"),
    "paper_claim": ("认领", "Claim"),
    "claim_lead": (
        "确认本人后填毕业生编号；标记的岗位随即记为意向。",
        "Once you know who it is. What they marked becomes their interest at once.",
    ),
    "paper_no_graduate": (
        "没有这个毕业生，或姓名对不上。",
        "There is no such graduate, or the name is another.",
    ),
    "graduate_number": ("毕业生编号", "Graduate"),
    "bearer_name": ("姓名", "Name"),
    "slip_code": ("签条二维码", "Code of the slip"),
    "roster_codes": ("名册二维码", "Roster codes"),
    "roster_codes_lead": (
        "一体机扫描后直接填好专业、等级和生源地，不显示姓名。只在所选的双选会有效，当天结束后失效。"
        "不同意推荐的毕业生没有二维码。",
        "A kiosk that scans one fills in trade, level and home, and shows no name. A code is good "
        "at the fair chosen alone, until its day ends. Who does not consent has none.",
    ),
    "paper_fair": ("双选会", "Fair"),
    "make_codes": ("生成", "Make"),
    "paper_no_fair": (
        "还没有将要举行的双选会：请先导入展位表。",
        "No fair is to come: import its sheet of booths first.",
    ),
    "no_codes": (
        "这个班没有同意推荐的毕业生。",
        "Nobody of this class consents to be recommended.",
    ),
    "cut_here": ("共 {n} 人，打印后裁开分发。", "{n} people: print, cut and hand out."),
}
