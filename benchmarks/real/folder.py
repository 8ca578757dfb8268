"""Read a set: users.csv, items.csv, interactions.csv and, where there is one, split.csv.

Every problem of a folder is collected before it is refused: file, row, column, what would be
right. What can be read all the same is read, and told as a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.real.tables import (
    ITEM_NAMES,
    USER_NAMES,
    Findings,
    Table,
    check_ids,
    id_column,
    named,
    path_of,
    read_table,
    without,
)

WEIGHT_NAMES = ("weight", "count", "value", "rating", "score", "权重")
TIME_NAMES = ("time", "timestamp", "date", "datetime", "t", "joined", "时间")
PART_NAMES = ("split", "part", "set", "fold", "label", "subset")
PARTS = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "warm": "test", "test_warm": "test", "heldout": "test", "held_out": "test",
    "testing": "test", "warm_test": "test",
    "cold": "cold", "test_cold": "cold", "cold_test": "cold", "cold_start": "cold",
    "cold_user": "cold", "cold_users": "cold",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RealSet:
    """People, what they may take, and who took what.

    Attributes
    ----------
    users, items
        Feature columns, without the id; rows as in `user_ids` and `item_ids`.
    rows, columns : int32 arrays of shape (n_pairs,)
        User and item of each pair, each pair once, in order of ids.
    weights : float32 array of shape (n_pairs,)
        Above 0 to 1.
    times : float64 array of shape (n_pairs,)
        Larger is later; NaN where none is stated.
    parts : str array of shape (n_pairs,) or None
        train, validation, test or cold; None where no split is given.
    notes
        What was left out or assumed, as sentences.
    """

    name: str
    user_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    users: Table
    items: Table
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    times: NDArray[np.float64]
    parts: NDArray[np.str_] | None
    notes: tuple[str, ...]

    def matrix(self, chosen: NDArray[np.bool_] | None = None) -> sparse.csr_array[np.float32]:
        """Lay pairs out as a float32 CSR array of shape (n_users, n_items)."""
        at = slice(None) if chosen is None else chosen
        shape = (len(self.user_ids), len(self.item_ids))
        pairs = (self.weights[at], (self.rows[at], self.columns[at]))
        matrix = sparse.csr_array(pairs, shape=shape, dtype=np.float32)
        matrix.sort_indices()
        return matrix


def read_set(folder: Path) -> RealSet:
    """Read and check a folder.

    Parameters
    ----------
    folder : Path
        Holds users.csv, items.csv, interactions.csv and perhaps split.csv, each also as .csv.gz;
        UTF-8, separated by comma, semicolon or tab. The id column of users and items is one
        named like an id, or the first; interactions name a user and an item.

    Returns
    -------
    RealSet

    Raises
    ------
    SetRefused
        With every problem found.
    """
    found = Findings()
    tables = {name: read_table(folder, name, found) for name in ("users", "items", "interactions")}
    split = read_table(folder, "split", found) if path_of(folder, "split") else None
    found.refuse_if_any()
    users, items = tables["users"], tables["items"]
    user_column = id_column(users, USER_NAMES, found)
    item_column = id_column(items, ITEM_NAMES, found)
    found.refuse_if_any()
    user_ids, item_ids = users.columns[user_column], items.columns[item_column]
    check_ids(users, user_column, found)
    check_ids(items, item_column, found)
    found.refuse_if_any()
    pairs = _read_pairs(
        tables["interactions"], _Ids(user_ids, user_column), _Ids(item_ids, item_column), found
    )
    parts: dict[tuple[int, int], str] | None = None
    if split is not None:
        ids = (_Ids(user_ids, user_column), _Ids(item_ids, item_column))
        parts = _read_split(split, *ids, pairs, found)
    if not pairs and not found.problems:
        found.problems.append(
            "interactions.csv: no row names a user of users.csv and an item of items.csv; "
            "their ids must be written alike"
        )
    found.refuse_if_any()
    order = sorted(pairs, key=lambda pair: (user_ids[pair[0]], item_ids[pair[1]]))
    most = max(weight for weight, _ in pairs.values())
    return RealSet(
        name=folder.name,
        user_ids=user_ids,
        item_ids=item_ids,
        users=without(users, user_column),
        items=without(items, item_column),
        rows=np.array([row for row, _ in order], dtype=np.int32),
        columns=np.array([column for _, column in order], dtype=np.int32),
        weights=np.array([pairs[pair][0] / most for pair in order], dtype=np.float32),
        times=np.array([pairs[pair][1] for pair in order], dtype=np.float64),
        parts=None if parts is None else np.array([parts[pair] for pair in order], dtype=np.str_),
        notes=tuple(found.notes),
    )


class _Ids:
    """Where each id stands, and what its column is called."""

    def __init__(self, ids: Sequence[str], column: str) -> None:
        self.at = {each: index for index, each in enumerate(ids)}
        self.column = column


def _pair_columns(table: Table, users: _Ids, items: _Ids, found: Findings) -> tuple[str, str]:
    """Find the columns of user and item: by name, else by whose ids they hold."""
    user = named(table, (*USER_NAMES, users.column.casefold()))
    item = named(table, (*ITEM_NAMES, items.column.casefold()))
    user = user or _holding(table, users, {item})
    item = item or _holding(table, items, {user})
    for column, name, file in ((user, "user", "users.csv"), (item, "item", "items.csv")):
        if column is None:
            found.problems.append(
                f"{table.file}: no column holds ids of {file}; name it {name} "
                f"(there are: {', '.join(table.columns)})"
            )
    return user or "", item or ""


def _holding(table: Table, ids: _Ids, taken: set[str | None]) -> str | None:
    shares = {
        column: sum(value in ids.at for value in values) / max(1, table.n_rows)
        for column, values in table.columns.items()
        if column not in taken
    }
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] > 0.5 else None


Pairs = dict[tuple[int, int], tuple[float, float]]


def _read_pairs(table: Table, users: _Ids, items: _Ids, found: Findings) -> Pairs:
    """Give weight and time of every pair; one stated twice has its largest, and its earliest."""
    user, item = _pair_columns(table, users, items, found)
    if not user or not item:
        return {}
    weight_column, time_column = named(table, WEIGHT_NAMES), named(table, TIME_NAMES)
    weights = _weights(table, weight_column, found)
    times = _times(table, time_column, found)
    pairs: Pairs = {}
    strangers: dict[str, list[int]] = {user: [], item: []}
    n_nothing = 0
    both = zip(table.columns[user], table.columns[item], weights, times, strict=True)
    for number, (user_id, item_id, weight, time) in enumerate(both, start=2):
        if user_id not in users.at or item_id not in items.at:
            strangers[user if user_id not in users.at else item].append(number)
            continue
        if not weight > 0:
            n_nothing += 1
            continue
        pair = users.at[user_id], items.at[item_id]
        before = pairs.get(pair, (0.0, np.nan))
        pairs[pair] = max(weight, before[0]), float(np.fmin(time, before[1]))
    for column, numbers in strangers.items():
        if numbers:
            file = "users.csv" if column == user else "items.csv"
            found.notes.append(
                f"{table.file}: {len(numbers)} rows left out, whose {column} is not in {file} "
                f"(first: row {numbers[0]})"
            )
    if n_nothing:
        found.notes.append(f"{table.file}: {n_nothing} rows left out, whose weight is not above 0")
    return pairs


def _weights(table: Table, column: str | None, found: Findings) -> list[float]:
    if column is None:
        return [1.0] * table.n_rows
    weights = []
    for number, value in enumerate(table.columns[column], start=2):
        try:
            weights.append(float(value) if value else 1.0)
        except ValueError:
            found.problems.append(
                f"{table.file}: row {number}, column {column}: {value!r} is no number"
            )
            weights.append(1.0)
    return weights


def _times(table: Table, column: str | None, found: Findings) -> list[float]:
    if column is None:
        return [np.nan] * table.n_rows
    times = []
    for number, value in enumerate(table.columns[column], start=2):
        time = moment(value)
        if time is None:
            found.problems.append(
                f"{table.file}: row {number}, column {column}: {value!r} is no time; "
                "write 2024-05-31, 2024-05 or a number"
            )
        times.append(np.nan if time is None else time)
    return times


_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?")


def moment(text: str) -> float | None:
    """Read a date (as years) or a number; NaN for nothing, None for neither."""
    if not text:
        return np.nan
    match = _DATE.match(text)
    if match:
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        clock = re.search(r"(\d{1,2}):(\d{2})", text)
        hours = int(clock[1]) + int(clock[2]) / 60 if clock else 0.0
        return year + (month - 1) / 12 + (day - 1 + hours / 24) / 372
    try:
        return float(text)
    except ValueError:
        return None


def _part_of(label: str) -> str | None:
    return PARTS.get(label.casefold().replace("-", "_").replace(" ", "_"))


def _split_columns(table: Table, users: _Ids, items: _Ids, found: Findings) -> tuple[str, str, str]:
    user, item = _pair_columns(table, users, items, found)
    part = named(table, PART_NAMES) or next(
        (name for name in table.columns if name not in (user, item)), None
    )
    if part is None:
        found.problems.append(f"{table.file}: no column says train, validation, test or cold")
    return user, item, part or ""


def _read_split(
    table: Table, users: _Ids, items: _Ids, pairs: Pairs, found: Findings
) -> dict[tuple[int, int], str]:
    """Give the part of every pair; pairs that the split alone names are added to `pairs`.

    A cold user is cold whole: a pair of theirs that the file does not name is cold too, unless
    it calls another one something else.
    """
    user, item, part = _split_columns(table, users, items, found)
    if found.problems:
        return {}
    parts: dict[tuple[int, int], str] = {}
    cold: set[int] = set()
    strangers: list[int] = []
    for number, (user_id, item_id, label) in enumerate(
        zip(table.columns[user], table.columns[item], table.columns[part], strict=True), start=2
    ):
        known = _part_of(label)
        if known is None:
            found.problems.append(
                f"{table.file}: row {number}, column {part}: {label!r}; "
                "write train, validation, test or cold"
            )
            continue
        row, column = users.at.get(user_id), items.at.get(item_id)
        if row is None or (column is None and item_id):
            strangers.append(number)
            continue
        if known == "cold":
            cold.add(row)
        if column is None:  # a cold user as a whole
            continue
        parts[row, column] = known
        pairs.setdefault((row, column), (max((w for w, _ in pairs.values()), default=1.0), np.nan))
    mixed = cold & {row for (row, _), part in parts.items() if part != "cold"}
    if mixed:
        found.notes.append(
            f"{table.file}: {len(mixed)} users have cold rows and others; what is train is "
            f"learned from (first: {sorted(list(users.at)[row] for row in mixed)[0]!r})"
        )
    if strangers:
        found.notes.append(
            f"{table.file}: {len(strangers)} rows left out, whose user or item is unknown "
            f"(first: row {strangers[0]})"
        )
    n_unnamed = len(pairs.keys() - parts.keys())
    if n_unnamed:
        found.notes.append(f"{table.file}: {n_unnamed} pairs not named there count as train")
    return {pair: parts.get(pair, "cold" if pair[0] in cold - mixed else "train") for pair in pairs}
