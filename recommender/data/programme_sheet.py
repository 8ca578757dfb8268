"""Columns of the sheet of programmes (招生计划)."""

from __future__ import annotations

from recommender.data import cells, codes
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.domain import TrainingTier
from recommender.programmes import MOST_YEARS, Programme, key
from recommender.wording import label

COLUMNS = (
    Column(name="college", read=cells.name, required=True, note="院校全称，与名册一致。"),
    Column(name="trade", read=codes.trade, required=True, note="招生专业。"),
    Column(
        name="training_tier",
        read=cells.words(TrainingTier, cells.TIER_WRITINGS),
        required=True,
        choices=cells.choices(TrainingTier),
        note="培养层次。",
    ),
    Column(
        name="entry_year",
        read=cells.whole("not_an_entry_year", cells.FIRST_YEAR, cells.LAST_YEAR - MOST_YEARS),
        required=True,
        looks="number",
        note="哪一年秋季入学，如 2026。",
    ),
    Column(
        name="years",
        read=cells.whole("not_years_of_schooling", 1, MOST_YEARS),
        required=True,
        looks="number",
        note="学制，整年数；入学年份加学制为届。",
    ),
    Column(
        name="places",
        read=cells.whole("not_a_count", 0),
        required=True,
        looks="number",
        note="计划招生人数。",
    ),
    Column(
        name="enrolled",
        read=cells.whole("not_a_count", 0),
        looks="number",
        note="实际录取人数；录取前不填，按计划人数计。",
    ),
)


def _check(values: Values, report: RowReport) -> None:
    places, enrolled = values.get("places"), values.get("enrolled")
    if places is not None and enrolled is not None and enrolled > places:
        report.warn("enrolled", "enrolled_above_plan", str(places))


KIND = SheetKind(
    name="programmes",
    columns=COLUMNS,
    check=_check,
    make=lambda values: Programme(**values),
    key=key,
    key_column="trade",
    choose=lambda one, other: one if one == other else None,
    example={
        "college": "示例技师学院",
        "trade": "焊接加工",
        "training_tier": label(TrainingTier.SENIOR),
        "entry_year": 2026,
        "years": 3,
        "places": 90,
        "enrolled": 86,
    },
)
