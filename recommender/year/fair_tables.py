"""What is handed out at a fair: timetable, a sheet per booth and college, who did not come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from recommender.data.export import Table
from recommender.domain import Graduate, Interest, InterestSide, Post
from recommender.fairs import Booth
from recommender.wording import label
from recommender.year.fair_result import FairResult
from recommender.year.fair_timetable import Timetable
from recommender.year.fair_words import reason

_TITLES: Mapping[str, tuple[str, str]] = {
    "graduate_id": ("毕业生编号", "Graduate"),
    "name": ("姓名", "Name"),
    "college": ("院校", "College"),
    "class_name": ("班级", "Class"),
    "trade": ("专业", "Trade"),
    "level": ("技能等级", "Level"),
    "slip": ("签条", "Slip"),
    "slot": ("轮次", "Round"),
    "booth": ("展位", "Booth"),
    "enterprise": ("企业名称", "Enterprise"),
    "post_id": ("岗位编号", "Post"),
    "chance": ("机会", "Chance"),
    "marked": ("毕业生意向位次", "Graduate's rank"),
    "wanted": ("企业意向位次", "Enterprise's rank"),
    "result": ("结果", "Result"),
    "came": ("到场", "Came"),
    "missed": ("未到", "Missed"),
}
_YES = ("是", "yes")


def _table(
    columns: Sequence[str], rows: list[tuple[object, ...]], title: str, language: str = "zh"
) -> Table:
    english = language == "en"
    titles = {name: _TITLES[name][english] for name in columns}
    return Table(columns=tuple(columns), rows=rows, titles=titles, title=title)


def timetable_table(made: Timetable, language: str = "zh") -> Table:
    """List the turns by graduate and round, with the slip of each."""
    signs = {booth.credit_code: booth.sign for booth in made.fair.booths}
    columns = ("graduate_id", "college", "class_name", "slip", "slot", "booth", "enterprise")
    rows: list[tuple[object, ...]] = []
    for turn in sorted(made.turns, key=lambda turn: (turn.graduate_id, turn.slot)):
        one, post = made.graduates[turn.graduate_id], made.posts[turn.post_id]
        who = (one.graduate_id, one.college, one.class_name, made.slips.get(one.graduate_id))
        where = (turn.slot, signs[turn.credit_code], post.enterprise, post.post_id, turn.chance)
        rows.append((*who, *where))
    return _table((*columns, "post_id", "chance"), rows, "时间表", language)


def result_tables(found: FairResult, language: str = "zh") -> dict[str, Table]:
    """Give the tables to hand out, by file name: booths, colleges, no-shows, the result."""
    tables = {"result.csv": _result_table(found), "no-shows.csv": _absence_table(found, language)}
    for booth in found.fair.booths:
        tables[f"booth-{_as_name(booth.sign)}.xlsx"] = _booth_table(found, booth, language)
    colleges = sorted({each.college for each in found.people.values()})
    for college in colleges:
        tables[f"college-{_as_name(college)}.xlsx"] = _college_table(found, college, language)
    return tables


def _as_name(text: str) -> str:
    return re.sub(r"[^\w（）()-]+", "_", text)


def _result_table(found: FairResult) -> Table:
    rows: list[tuple[object, ...]] = [
        (line.graduate.graduate_id, line.post.post_id if line.post else "", line.reason or "")
        for line in found.lines
    ]
    return Table(columns=("graduate_id", "post_id", "reason"), rows=rows)


def _absence_table(found: FairResult, language: str) -> Table:
    signs = {booth.credit_code: booth.sign for booth in found.fair.booths}
    whole = "全场" if language == "zh" else "the fair"
    rows: list[tuple[object, ...]] = []
    for each in found.absences:
        one, turn = each.graduate, each.turn
        missed = whole if turn is None else signs[turn.credit_code]
        who = (one.graduate_id, one.college, one.class_name)
        rows.append((*who, missed, turn.slot if turn else None))
    columns = ("graduate_id", "college", "class_name", "missed", "slot")
    return _table(columns, rows, "未到名单", language)


def _booth_table(found: FairResult, booth: Booth, language: str) -> Table:
    """List everybody whom either side marked; named who showed the slip at the booth."""
    posts = {post.post_id for post in found.posts_of(booth)}
    ranks: dict[tuple[str, str], dict[InterestSide, Interest]] = {}
    for each in found.interests:
        if each.post_id in posts:
            ranks.setdefault((each.post_id, each.graduate_id), {})[each.side] = each
    matched = {(line.post.post_id, line.graduate.graduate_id) for line in found.lines if line.post}
    here = found.came_to.get(booth.credit_code, frozenset())
    rows: list[tuple[object, ...]] = []
    for (post_id, who), sides in sorted(ranks.items()):
        one = found.people[who]
        name = found.details[who].name if who in here and who in found.details else None
        told = [_rank(sides.get(side), language) for side in InterestSide]
        is_match = _YES[language == "en"] if (post_id, who) in matched else None
        rows.append((post_id, who, name, one.college, one.trade, _level(one), *told, is_match))
    columns = ("post_id", "graduate_id", "name", "college", "trade", "level")
    return _table(
        (*columns, "marked", "wanted", "result"), rows, f"展位 {booth.sign}"[:31], language
    )


def _rank(interest: Interest | None, language: str) -> object:
    if interest is None:
        return None
    return interest.rank if interest.rank is not None else _YES[language == "en"]


def _level(one: Graduate) -> str | None:
    return label(one.skill_level) if one.skill_level else None


def _college_table(found: FairResult, college: str, language: str) -> Table:
    has: dict[str, tuple[Post | None, str | None]] = {
        line.graduate.graduate_id: (line.post, line.reason) for line in found.lines
    }
    rows: list[tuple[object, ...]] = []
    for who, one in sorted(found.people.items()):
        if one.college != college:
            continue
        post, why = has.get(who, (None, None))
        name = found.details[who].name if who in found.details else None
        came = _YES[language == "en"] if who in found.came else None
        told = reason(why, language) if why else None
        where = (post.enterprise, post.post_id) if post else (None, None)
        rows.append((who, name, one.class_name, one.trade, came, *where, told))
    columns = ("graduate_id", "name", "class_name", "trade", "came", "enterprise", "post_id")
    return _table((*columns, "result"), rows, college[:31], language)
