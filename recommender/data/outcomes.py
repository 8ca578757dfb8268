"""Columns of an outcome sheet: one line per step of one graduate with one post."""

from __future__ import annotations

from datetime import date

from recommender.data import cells
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.domain import Channel, Outcome, OutcomeStage, StepReason
from recommender.wording import label

Key = tuple[str, str, OutcomeStage, date]

COLUMNS = (
    Column(name="graduate_id", read=cells.identifier, required=True, note="名册中的编号。"),
    Column(name="post_id", read=cells.identifier, required=True, note="需求目录中的编号。"),
    Column(
        name="stage",
        read=cells.words(OutcomeStage),
        required=True,
        choices=cells.choices(OutcomeStage),
        note="到了哪一步。留任在到岗 180 天后登记。",
    ),
    Column(name="date", read=cells.day, required=True, looks="date", note="发生的日期。"),
    Column(
        name="channel",
        read=cells.words(Channel),
        choices=cells.choices(Channel),
        note="经由何处。",
    ),
    Column(
        name="shown_rank",
        read=cells.whole("not_a_rank", 1),
        looks="number",
        note="推荐名单中的位次，从 1 起。",
    ),
    Column(
        name="reason",
        read=cells.words(StepReason),
        choices=cells.choices(StepReason),
        note="放弃或未录用的原因。",
    ),
    Column(
        name="recorded_on",
        read=cells.day,
        looks="date",
        note="登记的日期；未填则与日期相同。",
    ),
    Column(
        name="interned_until",
        read=cells.day,
        looks="date",
        note="实习的最后一天；填写后名额保留到这一天。",
    ),
    Column(name="agreed_on", read=cells.day, looks="date", note="三方协议签订的日期。"),
)


def key(outcome: Outcome) -> Key:
    """Tell which step a row is about: rows with one key count once."""
    return (outcome.graduate_id, outcome.post_id, outcome.stage, outcome.date)


def earlier_record(one: Outcome, other: Outcome) -> Outcome:
    """Choose between two rows with one key: the same one, in whatever order they came."""
    return min(
        one,
        other,
        key=lambda outcome: (
            outcome.recorded_on,
            outcome.reason is None,
            outcome.reason or "",
            outcome.channel or "",
            outcome.shown_rank or 0,
            outcome.interned_until or date.max,
            outcome.agreed_on or date.max,
        ),
    )


def _check(values: Values, report: RowReport) -> None:
    happened = values.get("date")
    recorded = values.setdefault("recorded_on", happened)
    if happened and recorded and recorded < happened:
        report.warn("recorded_on", "recorded_before_date", happened.isoformat())
    _check_internship(values, report)


def _check_internship(values: Values, report: RowReport) -> None:
    starts, until = values.get("date"), values.get("interned_until")
    if starts and until and until < starts:
        report.refuse("interned_until", "ends_before_start", starts.isoformat())
    is_internship = values.get("stage") is OutcomeStage.INTERNED
    if until and is_internship and not values.get("agreed_on"):
        report.warn("agreed_on", "no_three_party_agreement")
    for column in ("interned_until", "agreed_on"):
        if values.get(column) and values.get("stage") and not is_internship:
            report.warn(column, "of_internships_alone")


KIND = SheetKind(
    name="outcomes",
    columns=COLUMNS,
    check=_check,
    make=lambda values: Outcome(**values),
    key=key,
    key_column="graduate_id",
    choose=earlier_record,
    example={
        "graduate_id": "G2026-0001",
        "post_id": "JN2026-0001",
        "stage": label(OutcomeStage.SIGNED),
        "date": "2026-05-15",
        "channel": label(Channel.FAIR),
        "shown_rank": 3,
        "recorded_on": "2026-05-16",
    },
)
