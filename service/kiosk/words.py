"""The words of the kiosk, Chinese and English side by side: short, and read standing."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import LANGUAGES, RULES, Pair

WORDS: Mapping[str, Pair] = {
    "html_lang": ("zh-CN", "en"),
    "kiosk": ("双选会找岗位", "Find your post at the fair"),
    "other_language": ("English", "中文"),
    "sample": ("构造的示例数据", "Constructed sample data"),
    "start_again": ("重新开始", "Start again"),
    "finish": ("结束并清除", "Finish and clear"),
    "idle": ("{clock} 秒无人操作后清除", "Cleared after {clock} s without a touch"),
    "idle_soon": (
        "快要清除了，触摸屏幕任意处继续。",
        "About to be cleared. Touch anywhere to go on.",
    ),
    "offline": (
        "没有连上服务器。请再按一次；仍不行请找工作人员。",
        "The server did not answer. Press once more, or ask the staff.",
    ),
    # Trade
    "ask_trade": ("你学的是什么专业？", "What is your trade?"),
    "ask_trade_lead": (
        "按图选大类，或按专业名的拼音首字母，或扫描名册二维码。",
        "Touch a picture, or the first letters of the trade's pinyin, or scan your roster code.",
    ),
    "pick_trade": ("选择专业", "Choose your trade"),
    "n_more": (
        "还有 {count} 个：再按一个拼音首字母",
        "{count} more: touch the next pinyin letter",
    ),
    "nothing_found": ("没有这样开头的专业，请删去字母。", "No trade begins so. Erase a letter."),
    "pictures": ("专业大类", "Fields"),
    "group_machines": ("机械加工、数控、焊接", "Machining, CNC, welding"),
    "group_electricity": ("电气、机器人、能源", "Electrics, robots, energy"),
    "group_transport": ("汽车、轨道、物流", "Cars, rail, logistics"),
    "group_information": ("计算机、网络", "Computing, networks"),
    "group_commerce": ("电商、会计、管理", "E-commerce, accounts"),
    "group_service": ("烹饪、护理、幼教、酒店", "Cooking, care, hotels"),
    "group_building": ("建筑、装饰、设计", "Building, design, art"),
    "group_chemistry": ("化工、医药、食品、农林", "Chemistry, drugs, food, farming"),
    "pad": ("拼音首字母", "First pinyin letters"),
    "pad_lead": ("例：焊接加工 → H J", "For example 焊接加工 → H J"),
    "typed": ("已按：{letters}", "Touched: {letters}"),
    "erase": ("删去一个字母", "Erase a letter"),
    "scan": ("名册或签条二维码", "Code of a roster or a slip"),
    "scan_hint": (
        "把二维码对准扫描器；不显示姓名等个人信息。",
        "Hold the code to the scanner; no name is shown.",
    ),
    "no_code": (
        "这个二维码不是本场双选会的，或已失效。请按图选择专业。",
        "This code is not of this fair, or no longer good. Please choose by picture.",
    ),
    "code_expired": (
        "双选会已过，这个二维码已失效。请按图选择专业。",
        "The fair is over, and with it this code. Please choose by picture.",
    ),
    "slip_unknown": (
        "本场双选会没有这张签条。请按图选择专业，重新开始。",
        "This fair has no such slip. Please begin anew by picture.",
    ),
    # Level, home, wish
    "ask_level": ("你的技能等级是？", "What is your skill level?"),
    "ask_level_lead": ("按已取得的最高证书。", "By the highest certificate you hold."),
    "level_none": ("还没有证书", "No certificate yet"),
    "ask_home": ("你家在哪里？", "Where is your home?"),
    "ask_home_lead": (
        "没有看到就按地名的拼音首字母，县区也可以。",
        "Not here? Touch the first pinyin letters; counties work too.",
    ),
    "pick_home": ("选择城市", "Choose a city"),
    "home_pad_lead": ("例：任城区 → R C", "For example 任城区 → R C"),
    "ask_wish": ("你最看重什么？", "What matters most to you?"),
    "ask_wish_lead": ("按下就能看到岗位。", "One touch shows the posts."),
    "you": ("专业：{trade}", "Trade: {trade}"),
    "you_level": ("等级：{level}", "Level: {level}"),
    "you_home": ("生源地：{home}", "Home: {home}"),
    "adult": ("我已满 18 周岁", "I am 18 or older"),
    "wish_any": ("都可以，直接看岗位", "Anything: show me posts"),
    "wish_near": ("离家近", "Near home"),
    "wish_big_city": ("去济南或青岛", "In Jinan or Qingdao"),
    "wish_pay_4000": ("月薪 4,000 元以上", "CNY 4,000 a month or more"),
    "wish_pay_5000": ("月薪 5,000 元以上", "CNY 5,000 a month or more"),
    "wish_pay_6000": ("月薪 6,000 元以上", "CNY 6,000 a month or more"),
    # Posts
    "posts": ("适合你的岗位", "Posts for you"),
    "posts_n": (
        "共 {count} 个，现在是第 {first} 至 {last} 个",
        "{count} in all, these are {first} to {last}",
    ),
    "needs_adult": (
        "有的岗位要求年满 18 周岁或操作证，这里没有列出。",
        "Posts for adults or with a licence are not listed here.",
    ),
    "places_as_of": (
        "数据库暂时不可用，名额是稍早的情况，以展位为准。",
        "The database is away: places are as they were a while ago. Ask at the booth.",
    ),
    "booth": ("展位 {sign}", "Booth {sign}"),
    "pay": ("月薪", "Monthly"),
    "pay_range": ("{low}–{high} 元", "CNY {low}–{high}"),
    "pay_from": ("{low} 元起", "from CNY {low}"),
    "pay_to": ("最高 {high} 元", "up to CNY {high}"),
    "pay_none": ("面议", "to be agreed"),
    "places": ("剩余名额", "Places"),
    "places_n": ("{count} 个", "{count}"),
    "where": ("工作地点", "Where"),
    "distance": ("离家", "Distance"),
    "distance_km": ("约 {km} 公里", "about {km} km"),
    "distance_none": ("就在家乡", "in your home town"),
    "distance_unknown": ("不知道", "not known"),
    "terms": ("食宿班制", "Terms"),
    "not_stated": ("未注明", "not stated"),
    "level_asked": ("要求等级", "Level"),
    "no_level": ("不限", "any"),
    "last_year": ("去年", "Last year"),
    "applied_here": ("约 {count} 人报名", "about {count} applied"),
    "applied_alike": (
        "同类岗位约 {count} 人报名",
        "about {count} applied to such posts",
    ),
    "hired_mostly": ("，录用多为{level}", "; most hired: {level}"),
    "last_year_unknown": ("没有数据", "no data"),
    "why": ("为什么推荐", "Why it is here"),
    "helps": ("加分：", "For it: "),
    "hinders": ("减分：", "Against it: "),
    "mark": ("我有意向", "I am interested"),
    "is_marked": ("已记意向 ✓", "Interest noted ✓"),
    "pick": ("对比", "Compare"),
    "picked": ("再选一个对比", "Choose another"),
    "next": ("看后面的岗位", "More posts"),
    "to_first": ("回到最前面", "Back to the first"),
    "slip": ("签条（{count}）", "My slip ({count})"),
    "list": ("返回岗位列表", "Back to the posts"),
    "compare": ("两个岗位对比", "Two posts compared"),
    "compared": ("比较项", "What is compared"),
    "nothing": ("这场双选会没有你现在能应聘的岗位", "No post at this fair is open to you now"),
    "nothing_why": ("原因：", "Because:"),
    "nothing_try": (
        "请到服务台问就业指导老师，或重新开始，换一个专业或等级看看。",
        "Ask a placement officer at the desk, or start again with another trade or level.",
    ),
    "nothing_at_all": (
        "这里的展位今天没有还在招人的岗位。",
        "No booth here has a post that is still open today.",
    ),
    # The slip
    "slip_title": ("你的签条", "Your slip"),
    "slip_lead": (
        "打印或拍下它，带到展位。上面没有你的姓名；展位或老师扫描后才会登记。",
        "Print it or take a picture, and bring it to the booths. Your name is not on it.",
    ),
    "slip_number": ("编号", "Number"),
    "slip_fair": ("双选会", "Fair"),
    "slip_posts": ("有意向的岗位", "Posts you marked"),
    "slip_code": ("签条 {number} 的二维码", "QR code of slip {number}"),
    "print": ("打印签条", "Print the slip"),
    "slip_again": (
        "丢了可以再打印：在这里扫描照片里的二维码，或请工作人员按编号补打。",
        "Lost it? Scan a photo of the code here, or give the number to the staff.",
    ),
    # What cannot be
    "notice_title": ("暂时不能查询", "Not now"),
    "ranking_off": (
        "个性化推荐已暂停。请到服务台问就业指导老师。",
        "Personal rankings are switched off. Please ask an officer at the desk.",
    ),
    "no_model": (
        "推荐还没有准备好：没有可用的模型。请到服务台问就业指导老师；"
        "工作人员：先运行夜间训练，或在“模型”页放行一个版本。",
        "There is no model to rank by yet. Please ask an officer at the desk. Staff: run the "
        "nightly training, or let a version go on the page “Models”.",
    ),
    "no_database": (
        "数据库暂时不可用。请过一会儿再试，或到服务台。",
        "The database is away. Try again in a moment, or ask at the desk.",
    ),
    "fair_closed": (
        "这场双选会已经结束。感谢参加，结果请问学校就业部门。",
        "This fair is over. Thank you for coming; your college knows the result.",
    ),
    "pack_over": (
        "现场离线服务不在开放时间内，不再推荐岗位。已记的意向都已保存；请到服务台。",
        "The offline service of this hall is not open now. What was marked is kept; please ask at "
        "the desk.",
    ),
    "gone": (
        "这个岗位或签条已不在本场双选会。请重新开始。",
        "This post or slip is no longer at this fair. Please start again.",
    ),
    "code_gone": (
        "二维码已失效，请重新开始并按图选择专业。",
        "The code is no longer good. Start again and choose by picture.",
    ),
    "failed": (
        "出了点问题。请重新开始；仍不行请找工作人员。",
        "Something went wrong. Start again, or ask the staff.",
    ),
    "plain": (
        "这条连接没有加密。工作人员：请用 https:// 地址，"
        "或由管理员设置 PLACEMENT_PLAIN_SIGN_IN=1。",
        "This line is not encrypted. Staff: use the https:// address, or set "
        "PLACEMENT_PLAIN_SIGN_IN=1.",
    ),
    # Set-up
    "open_title": ("开启一体机", "Open this kiosk"),
    "open_lead": (
        "由工作人员开启一次。令牌只保存在本机浏览器里，网页脚本读不到；在“吊销令牌”后立即失效。",
        "Staff open it once. The token stays in this browser, out of any script's reach, and ends "
        "when it is revoked.",
    ),
    "token": ("一体机令牌", "Kiosk token"),
    "token_hint": (
        "用命令 python -m recommender token create --role kiosk 生成",
        "Made by python -m recommender token create --role kiosk",
    ),
    "token_refused": (
        "令牌不对，或不是一体机令牌。",
        "This is no token, or none of the kiosk's role.",
    ),
    "fair": ("双选会", "Fair"),
    "fair_line": (
        "{fair}，{day}，{n_booths} 个展位，{n_posts} 个岗位",
        "{fair}, {day}: {n_booths} booths, {n_posts} posts",
    ),
    "fair_unknown": ("没有这场双选会。", "There is no such fair."),
    "no_fair": (
        "还没有将要举行的双选会。请先导入展位表（双选会、日期、展位、企业），再打开本页。",
        "No fair is to come. Import its sheet of booths first, then open this page again.",
    ),
    "open": ("开启", "Open"),
    "close_title": ("关闭这台一体机？", "Close this kiosk?"),
    "close_lead": (
        "关闭后要重新输入令牌才能使用。",
        "It needs its token again before anybody can use it.",
    ),
    "close": ("关闭", "Close"),
    **{f"rule_{code}": pair for code, pair in RULES.items()},
}


class Words:
    """The words of one language, for a template; without a method that a key could be taken for."""

    def __init__(self, lang: str) -> None:
        self._at = LANGUAGES.index(lang)

    def __getitem__(self, key: str) -> str:
        return WORDS[key][self._at]
