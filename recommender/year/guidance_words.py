"""The guidance catalog and its editions as tables and lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from recommender import wording
from recommender.data.editions import Edition
from recommender.data.export import Table
from recommender.domain import TrainingMode
from recommender.year.edition import Change

Words = tuple[str, str]
Row = Mapping[str, Any]

HIDDEN = "*"
TITLES: Mapping[str, Words] = {
    "occupation_code": ("职业编码", "Occupation code"),
    "occupation": ("职业", "Occupation"),
    "city_code": ("城市代码", "City code"),
    "city": ("城市", "City"),
    "places": ("剩余名额", "Open places"),
    "posts": ("岗位数", "Posts"),
    "enterprises": ("企业数", "Enterprises"),
    "asked": ("近一年需求人数", "Asked for within a year"),
    "supply": ("本届待安置", "Seekers of this class year"),
    "supply_low": ("本届待安置下限", "Seekers, low"),
    "supply_high": ("本届待安置上限", "Seekers, high"),
    "supply_junior": ("其中初级工及以下", "of these junior workers or lower"),
    "supply_intermediate": ("其中中级工", "of these intermediate workers"),
    "supply_senior": ("其中高级工", "of these senior workers"),
    "supply_technician": ("其中技师及以上", "of these technicians or higher"),
    "supply_unstated": ("其中等级未说明", "of these level not stated"),
    "ratio": ("求人倍率", "Openings per seeker"),
    "later_supply": ("下届待安置", "Seekers of the next class year"),
    "later_supply_low": ("下届待安置下限", "Seekers of the next, low"),
    "later_supply_high": ("下届待安置上限", "Seekers of the next, high"),
    "later_supply_junior": ("下届其中初级工及以下", "next: junior workers or lower"),
    "later_supply_intermediate": ("下届其中中级工", "next: intermediate workers"),
    "later_supply_senior": ("下届其中高级工", "next: senior workers"),
    "later_supply_technician": ("下届其中技师及以上", "next: technicians or higher"),
    "later_supply_unstated": ("下届其中等级未说明", "next: level not stated"),
    "apprentices": ("本届结业学徒", "Apprentices who finish this class year"),
    "apprentices_junior": ("学徒目标：初级工及以下", "apprentices: junior workers or lower"),
    "apprentices_intermediate": ("学徒目标：中级工", "apprentices: intermediate workers"),
    "apprentices_senior": ("学徒目标：高级工", "apprentices: senior workers"),
    "apprentices_technician": ("学徒目标：技师及以上", "apprentices: technicians or higher"),
    "apprentices_unstated": ("学徒目标：未说明", "apprentices: level not stated"),
    "pay": ("月薪中位数", "Median monthly pay"),
    "open_days": ("空缺天数中位数", "Median days open"),
    "filled_days": ("招满天数中位数", "Median days to fill"),
    "short_now": ("本届缺口", "Short now"),
    "short_now_low": ("本届缺口下限", "Short now, low"),
    "short_now_high": ("本届缺口上限", "Short now, high"),
    "short_later": ("下届缺口", "Short next year"),
    "short_later_low": ("下届缺口下限", "Short next year, low"),
    "short_later_high": ("下届缺口上限", "Short next year, high"),
    "mode": ("建议培养方式", "Way of training"),
    "mode_rule": ("建议依据", "Why"),
    "teachers": ("相关院校专业", "Colleges and trades"),
    "places_change": ("名额较上版", "Places since the last edition"),
    "supply_change": ("供给较上版", "Seekers since the last edition"),
}
_RULES: Mapping[str, Words] = {
    "asked": ("企业多数名额注明此方式", "most places ask for it"),
    "not_taught": ("无院校开设相关专业", "no college teaches a trade that leads there"),
    "few": ("不足一个班", "too few for a class"),
    "one_enterprise": ("一家企业占半数以上", "half the places are one enterprise's"),
    "one_chain": ("一条产业链占半数以上", "half the places are one chain's"),
    "many": ("需求分散，扩大招生", "many enterprises: enrol more"),
}
_KINDS: Mapping[str, Words] = {
    "added": ("新增", "added"),
    "gone": ("撤出", "gone"),
    "changed": ("变化", "changed"),
}


def table(rows: Sequence[Row], notes: tuple[str, ...], language: str = "zh") -> Table:
    """Lay a catalog out; what is hidden is an asterisk."""
    english = language == "en"
    return Table(
        columns=tuple(TITLES),
        rows=[tuple(cell(name, row, language) for name in TITLES) for row in rows],
        titles={name: words[english] for name, words in TITLES.items()},
        title="Training-demand guidance" if english else "职业技能培训需求指导目录",
        notes=notes,
    )


def cell(name: str, row: Row, language: str = "zh") -> object:
    """Give one cell as people read it; what is hidden is an asterisk."""
    value = row.get(name)  # an edition of an earlier program may lack a column
    if name in row["hidden"]:
        return HIDDEN
    if name == "teachers":
        return "；".join(f"{t['college']} {t['trade']} {t['weight']:g}" for t in value or ())
    if name == "mode" and value is not None:
        return wording.label(TrainingMode(value), language)
    if name == "mode_rule" and value is not None:
        return _RULES[value][language == "en"]
    if name in ("occupation", "city") and value is None:
        return "not known" if language == "en" else "未对应"
    return value


def notes(
    day: date, year: int, *, exact: bool, edition: Edition | None = None, language: str = "zh"
) -> tuple[str, ...]:
    """Say what a reader has to know."""
    english = language == "en"
    said = [
        (
            f"截至 {day}；本届为 {year} 届，下届为 {year + 1} 届。",
            f"As of {day}; this class year {year}, next {year + 1}.",
        ),
        (
            "待安置：未落实且未升学、参军或另行就业者，每人计 1，按专业与职业的权重分摊到各职业，"
            "再平均分摊到生源地和意向地区。",
            "Seekers: not placed, and not gone elsewhere; each counts as 1, split over the "
            "occupations of the trade by weight, then evenly over the cities of home and wishes.",
        ),
        (
            "缺口为名额减待安置；下届按近一年需求人数估计；区间为九成（对企业和毕业生重抽样）。",
            "Short is places less seekers, next year by what was asked for within a year; nine of "
            "ten draws of enterprises and graduates lie between low and high.",
        ),
    ]
    if exact:
        said.append(
            ("本表未隐去小数值，仅限联盟内部使用。", "Small counts are told: for inside use only.")
        )
    else:
        said.append(
            (
                "* 为 1 至 9 人，或为保护此类数值而隐去；其余供给取整到十，缺口和倍率据此计算。",
                "* hides a count of 1 to 9, or one that would give such a count away; others are "
                "rounded to tens, and what is short and the ratio follow from them.",
            )
        )
    if edition is not None:
        told = f"{edition.author}，{edition.day}，SHA-256 {edition.sha256}"
        said.insert(0, (f"第 {edition.edition} 版：{told}", f"Edition {edition.edition}: {told}"))
    return tuple(words[english] for words in said)


def state_lines(rows: Sequence[Row], language: str = "zh") -> Iterator[str]:
    """Say in how many rows people are surely short: all of the interval is above 0."""
    english = language == "en"
    n_now = sum((row["short_now_low"] or 0) > 0 for row in rows)
    n_later = sum((row["short_later_low"] or 0) > 0 for row in rows)
    is_later_known = any(row["short_later_low"] is not None for row in rows)
    if english:
        later = f"next year {n_later}" if is_later_known else "next year not known: no roster"
        yield f"{len(rows)} rows; surely short now {n_now}, {later}"
    else:
        later = f"下届 {n_later} 行" if is_later_known else "下届名册未导入，未知"
        yield f"共 {len(rows)} 行；区间整体为正的缺口：本届 {n_now} 行，{later}"


def edition_lines(issued: Sequence[Edition], language: str = "zh") -> Iterator[str]:
    """List editions, the latest last."""
    for each in issued:
        number = f"Edition {each.edition}" if language == "en" else f"第 {each.edition} 版"
        n = f"{len(each.rows)} rows" if language == "en" else f"{len(each.rows)} 行"
        yield f"{number}  {each.day}  {each.author}  {n}  {each.sha256[:12]}"


def edition_json(one: Edition, *, with_rows: bool = True) -> dict[str, Any]:
    """Give an edition for machines."""
    told: dict[str, Any] = {
        "edition": one.edition,
        "day": one.day.isoformat(),
        "author": one.author,
        "class_year": one.class_year,
        "sha256": one.sha256,
    }
    return told | ({"rows": list(one.rows)} if with_rows else {"n_rows": len(one.rows)})


def change_lines(changes: Sequence[Change], language: str = "zh") -> Iterator[str]:
    """Say what changed between two editions."""
    english = language == "en"
    for each in changes:
        name = f"{each.occupation or each.occupation_code} {each.city or each.city_code}".strip()
        told = [
            f"{TITLES[column][english]} {_said(each.before.get(column))} → "
            f"{_said(each.after.get(column))}"
            for column in (each.after or each.before)
        ]
        yield f"{_KINDS[each.kind][english]} {name}: {', '.join(told)}"
    n = len(changes)
    yield f"{n} rows differ" if english else f"共 {n} 行不同"


def _said(value: object) -> str:
    return "-" if value is None else str(value)
