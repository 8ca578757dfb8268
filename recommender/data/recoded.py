"""Changes of codes: columns of their sheet, and their rows in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from math import isfinite

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, cells, codes, reference, schema
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.errors import Malformed
from recommender.succession import ChangeKind, CodeChange, CodeTable
from recommender.wording import label


def _code(raw: object, notes: list[cells.Note]) -> str:
    return cells.name(raw, notes)


def _weight(raw: object, notes: list[cells.Note]) -> float:
    """Read a part, above 0 to 1; ``60%`` is 0.6."""
    text = cells.plain(cells.shown(raw))
    percent = text.endswith("%")
    try:
        part = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        raise Malformed("not_a_part") from None
    if not (isfinite(part) and 0 < part <= 1):
        raise Malformed("not_a_part")
    return part


COLUMNS = (
    Column(
        name="table",
        read=cells.words(CodeTable),
        required=True,
        choices=cells.choices(CodeTable),
        note="哪一类代码：专业或职业。",
    ),
    Column(
        name="kind",
        read=cells.words(ChangeKind),
        required=True,
        choices=cells.choices(ChangeKind),
        note="拆分时每个新代码一行，权重之和为 1；合并时每个旧代码一行。",
    ),
    Column(name="old_code", read=_code, required=True, note="职业编码；专业填名称或六位专业代码。"),
    Column(name="new_code", read=_code, note="撤销且无接续时不填。"),
    Column(name="new_name", read=cells.name, note="新职业的名称；大典表中没有新编码时必填。"),
    Column(name="weight", read=_weight, looks="number", note="拆分的比例，如 0.6；其他情形不填。"),
    Column(name="starts_on", read=cells.day, required=True, looks="date", note="从哪天起生效。"),
    Column(name="source", read=cells.text, required=True, note="依据的文件。"),
)


def _check(values: Values, report: RowReport) -> None:
    for column in ("old_code", "new_code"):
        if column in values and "table" in values:
            _read_code(values, column, report)
    kind, old, new = values.get("kind"), values.get("old_code"), values.get("new_code")
    if kind is not None and kind is not ChangeKind.RETIRE and not new:
        report.refuse("new_code", "missing")
    if kind is ChangeKind.SPLIT and "weight" not in values:
        report.refuse("weight", "missing")
    if old is not None and old == new:
        report.refuse("new_code", "code_cycle", f"{old} → {new}")
    is_unnamed = new is not None and reference.occupation_name(new) is None
    if values.get("table") is CodeTable.OCCUPATION and is_unnamed and "new_name" not in values:
        report.refuse("new_name", "missing")


def _read_code(values: Values, column: str, report: RowReport) -> None:
    """Read an occupation's code, or a trade by name or by its code of six digits."""
    written = values[column]
    if values["table"] is CodeTable.TRADE:
        values[column] = (
            reference.trade_by_code(written) or reference.find_trade(written) or written
        )
        return
    try:
        values[column] = codes.occupation_code(written, [])
    except Malformed as malformed:
        report.refuse(column, malformed.code, *malformed.facts)
        del values[column]


def change_key(change: CodeChange) -> tuple[str, str, str]:
    """Say which row it is."""
    return (change.table.value, change.old_code, change.new_code or "")


KIND = SheetKind(
    name="code_changes",
    columns=COLUMNS,
    check=_check,
    make=lambda values: CodeChange(**values),
    key=change_key,
    key_column="old_code",
    choose=lambda one, other: one if one == other else None,
    example={
        "table": label(CodeTable.OCCUPATION),
        "kind": label(ChangeKind.SPLIT),
        "old_code": "6-18-01-01",
        "new_code": "6-18-01-98",
        "new_name": "数控车工（示例）",
        "weight": "0.6",
        "starts_on": "2026-09-01",
        "source": "示例文件〔2026〕1号",
    },
)


# --- the database -----------------------------------------------------------------------------


def load_changes(conn: Connection) -> list[CodeChange]:
    """Load every change of a code, by table, old and new code."""
    table = schema.code_changes
    changes = []
    for row in conn.execute(sa.select(table)):
        held = row._asdict()
        read = {
            "table": CodeTable(held["table"]),
            "kind": ChangeKind(held["kind"]),
            "new_code": held["new_code"] or None,
        }
        changes.append(CodeChange(**held | read))
    return sorted(changes, key=change_key)


def save_changes(conn: Connection, changes: Collection[CodeChange]) -> None:
    """Keep changes in place of all that was said of the same old codes."""
    table = schema.code_changes
    for kind, code in {change.unit for change in changes}:
        same = (table.c.table == kind.value) & (table.c.old_code == code)
        conn.execute(sa.delete(table).where(same))
    bulk.insert(conn, table, [_row(change) for change in changes])


def _row(change: CodeChange) -> dict[str, object]:
    held = {field.name: getattr(change, field.name) for field in fields(change)}
    texts = {"table": change.table.value, "kind": change.kind.value}
    return held | texts | {"new_code": change.new_code or ""}


def named_trades(changes: Iterable[CodeChange]) -> set[str]:
    """Name every trade that a change speaks of: no other trade is meant by it."""
    return {
        code
        for change in changes
        if change.table is CodeTable.TRADE
        for code in (change.old_code, change.new_code)
        if code is not None
    }
