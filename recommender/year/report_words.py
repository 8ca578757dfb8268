"""Follow-ups and reports as tables and lines for people, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from recommender import wording
from recommender.data import reference as tables
from recommender.data.export import Table
from recommender.domain import StepReason, TrainingTier
from recommender.year.dealings import NO_REASON, REASONS, Answers, Exposure
from recommender.year.follow_up import FollowUpList, Response
from recommender.year.report import Report, line_facts

Words = tuple[str, str]

_GROUPS: Mapping[str, Words] = {
    "all": ("全部", "all"),
    "college": ("院校", "college"),
    "enterprise": ("企业", "enterprise"),
    "trade": ("专业", "trade"),
    "tier": ("培养层次", "training tier"),
    "home": ("生源地", "home"),
}
_TITLES: Mapping[str, Words] = {
    "by": ("口径", "By"),
    "name": ("名称", "Name"),
    "graduates": ("毕业生人数", "Graduates"),
    "at_work": ("就业人数", "At work"),
    "n_in_trade": ("对口就业", "in the trade"),
    "n_off_trade": ("非对口就业", "in another occupation"),
    "n_work_untold": ("就业但无法判断对口", "at work, occupation or trade not known"),
    "n_further_study": ("升学", "Further study"),
    "n_army": ("参军", "Army"),
    "n_not_employed": ("未就业", "Not employed"),
    "n_unknown": ("去向不明", "Not known"),
    "starts": ("到岗满180天人次", "Starts 180 days ago or more"),
    "stayed": ("满180天仍在岗", "there after 180 days"),
    "left": ("未满180天离职", "left before"),
    "unknown_stay": ("未知", "not known"),
    "employment_rate": ("就业率", "Employment rate"),
    "employment_of": ("就业率分母", "of (less further study and army)"),
    "destination_rate": ("毕业去向落实率", "Destination rate"),
    "destination_of": ("去向落实率分母", "of (all graduates)"),
    "in_trade_rate": ("对口就业率", "In-trade rate"),
    "in_trade_of": ("对口就业率分母", "of (at work, trade and occupation known)"),
    "retention_rate": ("稳定率", "Retention rate"),
    "retention_of": ("稳定率分母", "of (starts whose 180th day is known)"),
    "response_rate": ("回访应答率", "Response rate"),
    "response_of": ("应答率分母", "of (starts 180 days ago or more)"),
    "reached": ("看到名单的人数", "Shown a list"),
    "posts_each": ("人均展示岗位数", "Posts shown to each"),
    "gap": ("与总体之比", "Over everybody's"),
    "credit_code": ("统一社会信用代码", "Credit code"),
    "enterprise": ("企业名称", "Enterprise"),
    "asked": ("推荐或意向对数", "Recommended or wanted"),
    "answered": ("已答复", "Answered"),
    "days": ("答复天数中位数", "Median days to answer"),
}
REPORT_COLUMNS = tuple(_TITLES)[: tuple(_TITLES).index("response_of") + 1]
_HIDDEN = (
    "空格为 1 至 9 人或为保护此类数值而隐去，其余人数取整到十；仅按院校列出。",
    "An empty cell hides a count of 1 to 9, or one that would give such a count away; other counts "
    "are rounded to tens; by college only.",
)


def follow_up_rows(found: FollowUpList) -> list[dict[str, object]]:
    """Fill in the sheet of follow-ups, but for what is to be found out."""
    return [{**asdict(each), "started_on": each.started_on.isoformat()} for each in found.due]


def follow_up_lines(found: FollowUpList, language: str = "zh") -> Iterator[str]:
    """Say how many are due, and of how many it is known whether they are still there."""
    english = language == "en"
    n = len(found.due)
    yield f"{n} to be asked on {found.day}" if english else f"{found.day} 应回访 {n} 人"
    for each in found.responses:
        if each.kind != "enterprise":  # there may be hundreds; --json has them
            yield "  " + _response_line(each, english=english)


def _response_line(each: Response, *, english: bool) -> str:
    name = each.name or _GROUPS["all"][english]
    rate = "-" if each.rate is None else f"{each.rate:.1%}"
    if english:
        return f"{name}, {each.due_days} days: {each.n_known} of {each.n_due} known, {rate}"
    return f"{name} {each.due_days} 天：满期 {each.n_due} 人，已知 {each.n_known} 人，应答率 {rate}"


def follow_up_json(found: FollowUpList) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "as_of": found.day.isoformat(),
        "due": follow_up_rows(found),
        "responses": [{**asdict(each), "rate": _rounded(each.rate)} for each in found.responses],
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def report_json(found: Report) -> dict[str, Any]:
    """Give the rates for machines."""
    return {
        "as_of": found.day.isoformat(),
        "class_year": found.class_year,
        "suppressed": found.suppressed,
        "groups": [line_facts(line) for line in found.lines],
    }


def report_table(found: Report, language: str = "zh") -> Table:
    """Lay the rates out, one row for each group."""
    english = language == "en"
    rows = [line_facts(line) for line in found.lines]
    notes = [
        f"Class year {found.class_year}, as of {found.day}."
        if english
        else f"{found.class_year} 届，截至 {found.day}。"
    ]
    if found.suppressed:
        notes.append(_HIDDEN[english])
    words = ("就业与稳定", "Employment and retention")
    return _table(REPORT_COLUMNS, rows, words, language, tuple(notes))


def report_lines(found: Report, language: str = "zh") -> Iterator[str]:
    """Say the rates of everybody, or of each college, each with its denominator."""
    english = language == "en"
    for line in found.lines:
        if line.by not in ("all", "college"):
            continue
        facts = line_facts(line)
        told = [
            f"{_TITLES[f'{name}_rate'][english]} {_share(facts[f'{name}_rate'])}"
            f" ({facts[f'{name}_of'] if facts[f'{name}_of'] is not None else '*'})"
            for name in ("employment", "destination", "in_trade", "retention", "response")
        ]
        name = line.name or _GROUPS["all"][english]
        yield f"{name} {found.class_year}: " + (", " if english else "，").join(told)


def _share(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.1%}"


def exposure_table(
    found: Sequence[Exposure], day: date, *, exact: bool, language: str = "zh"
) -> Table:
    """Lay out who was shown how much."""
    words = ("展示情况", "Exposure")
    columns = tuple(field.name for field in fields(Exposure))
    rows = [asdict(each) for each in found]
    return _table(columns, rows, words, language, _notes(day, language, exact=exact))


def answer_table(
    found: Sequence[Answers], day: date, *, exact: bool, language: str = "zh"
) -> Table:
    """Lay out what enterprises answered, a column for each reason."""
    words = ("企业答复", "Answers of enterprises")
    plain = (field.name for field in fields(Answers) if field.name != "reasons")
    columns = (*plain, *(f"rejected_{reason}" for reason in REASONS))
    rows = [_answer_facts(each) for each in found]
    return _table(columns, rows, words, language, _notes(day, language, exact=exact))


def _answer_facts(each: Answers) -> dict[str, Any]:
    facts = asdict(each)
    reasons = facts.pop("reasons")
    return facts | {f"rejected_{reason}": count for reason, count in reasons.items()}


def _notes(day: date, language: str, *, exact: bool) -> tuple[str, ...]:
    english = language == "en"
    dated = f"As of {day}." if english else f"截至 {day}。"
    return (dated,) if exact else (dated, _HIDDEN[english])


def _table(
    columns: tuple[str, ...],
    rows: Sequence[Mapping[str, Any]],
    words: Words,
    language: str,
    notes: tuple[str, ...],
) -> Table:
    english = language == "en"
    return Table(
        columns=columns,
        rows=[tuple(_cell(name, row, language) for name in columns) for row in rows],
        titles={name: _title(name, language) for name in columns},
        title=words[english],
        notes=notes,
    )


def _title(name: str, language: str) -> str:
    english = language == "en"
    if name.startswith("rejected_"):
        reason = name.removeprefix("rejected_")
        if reason == NO_REASON:
            return ("未录用：未说明", "Rejected: no reason")[english]
        said = wording.label(StepReason(reason), language)
        return f"Rejected: {said}" if english else f"未录用：{said}"
    return _TITLES[name][english]


def _cell(name: str, row: Mapping[str, Any], language: str) -> object:
    value = row[name]
    if name == "by":
        return _GROUPS[value][language == "en"]
    if name == "name":
        said = _NAMES[row["by"]](value, language) if row["by"] in _NAMES else value
        return said or None
    return value


def _tier(value: str, language: str) -> str:
    return wording.label(TrainingTier(value), language) if value else ""


def _city(value: str, language: str) -> str:
    region = tables.read_region(value).region if value else None
    return region.full_name if region else value


_NAMES: Mapping[str, Callable[[str, str], str]] = {"tier": _tier, "home": _city}
