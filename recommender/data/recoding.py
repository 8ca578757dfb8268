"""What a sheet of code changes would change, and which rows of other sheets use old codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy.engine import Connection

from recommender.code_words import parts
from recommender.data import recoded, reference
from recommender.data.changes import Changes, collect, same_key
from recommender.data.sheets import ParsedSheet
from recommender.domain import Graduate, Post
from recommender.errors import RowProblem
from recommender.succession import CodeChange, CodeTable, contradictions, heirs


def compare_codes(
    conn: Connection, sheets: Sequence[ParsedSheet]
) -> tuple[Changes[CodeChange], list[CodeChange]]:
    """Compare changes of codes, and give all that will hold afterwards.

    The rows of one old code replace everything that was said of it.
    """
    changes: Changes[CodeChange] = collect(
        sheets,
        "code_changes",
        recoded.change_key,
        lambda first, line: same_key("old_code", line.item.old_code, first, line),
    )
    stored = recoded.load_changes(conn)
    before, after = _by_unit(stored), _by_unit([line.item for line in changes.lines.values()])
    held = {recoded.change_key(each): each for each in stored}
    for line in changes.lines.values():
        there = before.get(line.item.unit, set())
        if there == after[line.item.unit]:
            changes.n_unchanged[line.sheet] += 1
        elif line.key in held:
            changes.changed.append(line)
            changes.before[line.key] = (held[recoded.change_key(line.item)], None)
        else:
            changes.added.append(line)
    whole = [each for each in stored if each.unit not in after]
    whole += [line.item for line in changes.lines.values()]
    for each in contradictions(whole):
        # Among stored rows alone there is no contradiction: the call brought it in.
        own = changes.lines.get(recoded.change_key(each.change))
        row = own or list(changes.lines.values())[-1]
        value = str(getattr(row.item, each.column) or "")
        changes.problems.append(row.says(each.code, each.column, value, *each.facts))
    return changes, whole


def _by_unit(
    changes: Sequence[CodeChange],
) -> dict[tuple[CodeTable, str], set[CodeChange]]:
    units: dict[tuple[CodeTable, str], set[CodeChange]] = defaultdict(set)
    for change in changes:
        units[change.unit].add(change)
    return units


def old_codes(
    changes: Sequence[CodeChange],
    posts: Changes[Post],
    graduates: Changes[Graduate],
    *,
    day: date,
) -> Iterator[tuple[int, RowProblem]]:
    """Tell the rows whose code had changed by a day, each with its sheet's place."""
    told = {
        table: {
            code: found
            for code in {each.old_code for each in changes}
            if (found := answer(changes, table, code, day)) is not None
        }
        for table in CodeTable
    }
    occupations, trades = told[CodeTable.OCCUPATION], told[CodeTable.TRADE]
    for line in posts.lines.values():
        written = line.item.occupation_code
        if written in occupations:
            code, facts = occupations[written]
            yield line.sheet, line.says(code, "occupation_code", written, *facts)
    for row in graduates.lines.values():
        known = reference.find_trade(row.item.trade) or row.item.trade
        if known in trades:
            code, facts = trades[known]
            yield row.sheet, row.says(code, "trade", row.item.trade, *facts)
        for written in {each.occupation_code for each in row.item.certificates} & set(occupations):
            code, facts = occupations[written]
            yield row.sheet, row.says(code, "certificates", written, *facts)


def answer(
    changes: Sequence[CodeChange], table: CodeTable, code: str, day: date
) -> tuple[str, tuple[str, ...]] | None:
    """Say what became of a code by a day: a warning and its facts; None where it still holds."""
    own = [each for each in changes if each.unit == (table, code) and each.starts_on <= day]
    if not own:
        return None
    since = own[0].starts_on.isoformat()
    if own[0].new_code is None:
        return "code_retired", (code, since)
    followers = [
        (heir, code_name(changes, table, heir), part)
        for heir, part in heirs(changes, table, day)[code]
    ]
    return "code_changed", (code, since, parts(followers))


def code_name(changes: Sequence[CodeChange], table: CodeTable, code: str) -> str:
    """Name a code, as the tables or a change of it do; a trade is its own name."""
    if table is CodeTable.TRADE:
        return code
    given = (each.new_name for each in changes if each.new_code == code and each.new_name)
    return reference.occupation_name(code) or next(given, "")
