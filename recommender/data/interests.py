"""Columns of an interest sheet: one line for each time that one side wants the other."""

from __future__ import annotations

from recommender.data import cells
from recommender.data.columns import Column, SheetKind
from recommender.domain import Interest, InterestSide
from recommender.wording import label

Key = tuple[str, str, str, InterestSide]

COLUMNS = (
    Column(name="fair_id", read=cells.identifier, required=True, note="双选会编号，文本格式。"),
    Column(name="graduate_id", read=cells.identifier, required=True, note="名册中的编号。"),
    Column(name="post_id", read=cells.identifier, required=True, note="需求目录中的编号。"),
    Column(
        name="side",
        read=cells.words(InterestSide),
        required=True,
        choices=cells.choices(InterestSide),
        note="谁的意向：毕业生对岗位，或企业对毕业生。",
    ),
    Column(
        name="rank",
        read=cells.whole("not_a_rank", 1),
        looks="number",
        note="在该方意向中的位次，从 1 起；未填表示只有意向，不分先后。",
    ),
)


def key(interest: Interest) -> Key:
    """Tell which interest a row is about."""
    return (interest.fair_id, interest.graduate_id, interest.post_id, interest.side)


KIND = SheetKind(
    name="interests",
    columns=COLUMNS,
    make=lambda values: Interest(**values),
    key=key,
    key_column="graduate_id",
    choose=lambda one, other: one if one == other else None,
    example={
        "fair_id": "SX2026-01",
        "graduate_id": "G2026-0001",
        "post_id": "JN2026-0001",
        "side": label(InterestSide.ENTERPRISE),
        "rank": 1,
    },
)
