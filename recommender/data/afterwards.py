"""Columns of the sheets on what became of people: destinations and follow-ups."""

from __future__ import annotations

from recommender.afterwards import (
    DUE_DAYS,
    Destination,
    DestinationKind,
    FollowUp,
    FollowUpResult,
)
from recommender.data import cells, codes
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.errors import Malformed
from recommender.wording import label

# As the outcomes sheet calls it.
_RESULT_WRITINGS = {"留任": FollowUpResult.HERE, "retained": FollowUpResult.HERE}
_DUE_WORDS = tuple(str(days) for days in DUE_DAYS)


def _due_days(raw: object, notes: list[cells.Note]) -> int:
    text = cells.plain(cells.shown(raw)).removesuffix("天").removesuffix(".0").strip()
    if text not in _DUE_WORDS:
        raise Malformed("not_a_due_day")
    return int(text)


DESTINATION_COLUMNS = (
    Column(name="graduate_id", read=cells.identifier, required=True, note="名册中的编号。"),
    Column(
        name="kind",
        read=cells.words(DestinationKind),
        required=True,
        choices=cells.choices(DestinationKind),
        note="去了哪里；在目录岗位就业的登记在就业结果中，不填此表。",
    ),
    Column(name="employer", read=cells.name, note="单位或学校全称。"),
    Column(
        name="occupation_code",
        read=codes.occupation_code,
        note="所从事职业的编码；未填则不计入对口就业率。",
    ),
    Column(name="date", read=cells.day, required=True, looks="date", note="从哪一天起。"),
    Column(name="evidence", read=cells.text, note="劳动合同、录取通知书、入伍通知书等。"),
)

FOLLOW_UP_COLUMNS = (
    Column(name="graduate_id", read=cells.identifier, required=True, note="名册中的编号。"),
    Column(name="post_id", read=cells.identifier, required=True, note="到岗的岗位编号。"),
    Column(
        name="due_days",
        read=_due_days,
        required=True,
        looks="number",
        choices=_DUE_WORDS,
        note="到岗后多少天：30、90 或 180。",
    ),
    Column(name="college", read=cells.text, note="由程序填写，供查阅，不读入。"),
    Column(name="enterprise", read=cells.text, note="由程序填写，供查阅，不读入。"),
    Column(name="started_on", read=cells.day, looks="date", note="由程序填写，供查阅，不读入。"),
    Column(
        name="result",
        read=cells.words(FollowUpResult, _RESULT_WRITINGS),
        choices=cells.choices(FollowUpResult),
        note="在岗、离职或未联系上；还没问就不填。",
    ),
    Column(name="date", read=cells.day, looks="date", note="回访的日期；填了结果就要填。"),
    Column(name="left_on", read=cells.day, looks="date", note="离职的，最后一天是哪天。"),
)
_FOR_READING = ("college", "enterprise", "started_on")


def _check_follow_up(values: Values, report: RowReport) -> None:
    result, asked, left = (values.get(name) for name in ("result", "date", "left_on"))
    if result is not None and asked is None and not report.problems:
        report.refuse("date", "missing")
    if left is not None and result is not FollowUpResult.LEFT:
        report.refuse("left_on", "left_without_leaving")
    if left is not None and asked is not None and left > asked:
        report.refuse("left_on", "left_after_asked", asked.isoformat())


def _make_follow_up(values: Values) -> FollowUp:
    return FollowUp(**{name: each for name, each in values.items() if name not in _FOR_READING})


def follow_up_key(one: FollowUp) -> tuple[str, str, int]:
    """Say which asking it is."""
    return (one.graduate_id, one.post_id, one.due_days)


DESTINATIONS = SheetKind(
    name="destinations",
    columns=DESTINATION_COLUMNS,
    make=lambda values: Destination(**values),
    key=lambda one: (one.graduate_id, one.date),
    key_column="graduate_id",
    choose=lambda one, other: one if one == other else None,
    example={
        "graduate_id": "G2026-0002",
        "kind": label(DestinationKind.OTHER_EMPLOYER),
        "employer": "示例物流有限公司",
        "occupation_code": "6-18-02-04",
        "date": "2026-07-01",
        "evidence": "劳动合同",
    },
)

FOLLOW_UPS = SheetKind(
    name="follow_ups",
    columns=FOLLOW_UP_COLUMNS,
    check=_check_follow_up,
    make=_make_follow_up,
    key=follow_up_key,
    key_column="graduate_id",
    choose=lambda one, other: one if one == other else None,
    example={
        "graduate_id": "G2026-0001",
        "post_id": "JN2026-0001",
        "due_days": 90,
        "college": "示例技师学院",
        "enterprise": "示例机械有限公司",
        "started_on": "2026-07-01",
        "result": label(FollowUpResult.HERE),
        "date": "2026-10-08",
    },
)
