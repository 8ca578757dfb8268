"""Columns of the two sheets that a fair (双选会) starts from: its booths, and who comes."""

from __future__ import annotations

from recommender.data import cells, codes
from recommender.data.columns import Column, SheetKind
from recommender.fairs import SLOT_CAPACITY, SLOTS, Booth, Registration

_FAIR_ID = Column(
    name="fair_id", read=cells.identifier, required=True, note="双选会编号，文本格式。"
)

BOOTHS = SheetKind(
    name="fairs",
    columns=(
        _FAIR_ID,
        Column(
            name="date",
            read=cells.day,
            required=True,
            looks="date",
            note="举办日期；同一双选会各行相同。",
        ),
        Column(
            name="credit_code",
            read=codes.credit_code,
            required=True,
            note="参会企业的统一社会信用代码，文本格式。",
        ),
        Column(name="booth", read=cells.name, note="展位号。"),
        Column(
            name="slots",
            read=cells.whole("not_a_headcount", 1),
            looks="number",
            note=f"全场分几轮；同一双选会各行相同，未填为 {SLOTS}。",
        ),
        Column(
            name="slot_capacity",
            read=cells.whole("not_a_headcount", 1),
            looks="number",
            note=f"该展位每轮接待人数；未填为 {SLOT_CAPACITY}。",
        ),
    ),
    make=lambda values: Booth(**values),
    key=lambda booth: (booth.fair_id, booth.credit_code),
    key_column="credit_code",
    choose=lambda one, other: one if one == other else None,
    example={
        "fair_id": "SX2026-01",
        "date": "2026-05-20",
        "credit_code": "91370800MA00000001",
        "booth": "A12",
        "slots": 6,
        "slot_capacity": 5,
    },
)

REGISTRATIONS = SheetKind(
    name="registrations",
    columns=(
        _FAIR_ID,
        Column(name="graduate_id", read=cells.identifier, required=True, note="名册中的编号。"),
    ),
    make=lambda values: Registration(**values),
    key=lambda one: (one.fair_id, one.graduate_id),
    key_column="graduate_id",
    choose=lambda one, _other: one,
    example={"fair_id": "SX2026-01", "graduate_id": "G2026-0001"},
)
