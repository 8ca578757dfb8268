"""Apprentices (招工即招生): columns of their sheet, and their records in and out of the database.

Each record is kept with the day from which it held, so that an earlier day has its answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, cells, codes, rows, schema
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.domain import Apprentice, TrainingResult
from recommender.wording import label

_RESULT_WRITINGS = {
    "通过": TrainingResult.PASSED,
    "未通过": TrainingResult.FAILED,
    "退出": TrainingResult.LEFT,
}

COLUMNS = (
    Column(name="apprentice_id", read=cells.identifier, required=True, note="学徒编号，文本格式。"),
    Column(
        name="credit_code",
        read=codes.credit_code,
        required=True,
        note="用人企业的统一社会信用代码，文本格式。",
    ),
    Column(name="college", read=cells.name, required=True, note="培养院校全称，与名册一致。"),
    Column(
        name="occupation_code",
        read=codes.occupation_code,
        required=True,
        note="2022 年版职业分类大典编码，如 6-18-01-01。",
    ),
    Column(name="starts_on", read=cells.day, required=True, looks="date", note="培养第一天。"),
    Column(name="ends_on", read=cells.day, required=True, looks="date", note="培养最后一天。"),
    Column(
        name="target_level",
        read=codes.level,
        required=True,
        choices=cells.LEVEL_WORDS,
        note="培养目标的技能等级。",
    ),
    Column(
        name="result",
        read=cells.words(TrainingResult, _RESULT_WRITINGS),
        choices=cells.choices(TrainingResult),
        note="评价结果；在培时不填。",
    ),
    Column(name="contract_on", read=cells.day, looks="date", note="劳动合同签订日期。"),
    Column(name="examined_on", read=cells.day, looks="date", note="技能评价日期。"),
)


def _check(values: Values, report: RowReport) -> None:
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and ends and starts > ends:
        report.refuse("ends_on", "ends_before_start", starts.isoformat())
    examined = values.get("examined_on")
    if starts and examined and examined < starts:
        report.warn("examined_on", "examined_before_start", starts.isoformat())
    if not values.get("contract_on"):
        report.warn("contract_on", "no_labour_contract")


KIND = SheetKind(
    name="apprentices",
    columns=COLUMNS,
    check=_check,
    make=lambda values: Apprentice(**values),
    key=lambda apprentice: apprentice.apprentice_id,
    key_column="apprentice_id",
    example={
        "apprentice_id": "XT2026-001",
        "credit_code": "91370800MA00000001",
        "college": "示例技师学院",
        "occupation_code": "6-18-01-01",
        "starts_on": "2025-09-01",
        "ends_on": "2027-08-31",
        "target_level": "高级工",
        "result": label(TrainingResult.PASSED),
        "contract_on": "2025-08-20",
        "examined_on": "2027-06-15",
    },
)


def load_apprentices(conn: Connection, *, day: date) -> list[Apprentice]:
    """Load apprentices as they were on a day, ordered by id.

    The last record not later than the day counts, else the first there is.
    """
    table = schema.apprentices
    held = sa.case((table.c.changed_on <= day, table.c.changed_on))
    held_on = sa.func.coalesce(sa.func.max(held), sa.func.min(table.c.changed_on))
    chosen = (
        sa.select(table.c.apprentice_id, held_on.label("held_on")).group_by(table.c.apprentice_id)
    ).subquery()
    query = sa.select(table).join(
        chosen,
        (table.c.apprentice_id == chosen.c.apprentice_id)
        & (table.c.changed_on == chosen.c.held_on),
    )
    found = [rows.to_apprentice(row._asdict()) for row in conn.execute(query)]
    return sorted(found, key=lambda apprentice: apprentice.apprentice_id)


def save_apprentices(conn: Connection, apprentices: Collection[Apprentice], *, day: date) -> None:
    """Keep apprentices as they are from a day on; a second change that day replaces the first."""
    kept: Sequence[dict[str, object]] = [rows.to_row(one) for one in apprentices]
    bulk.replace(conn, schema.apprentices, [row | {"changed_on": day} for row in kept])
