"""What the sheets of one call would change in the database, and what forbids it.

Every row of every sheet is looked at before anything is written, and nothing depends on the
order of the files. Nothing here writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.afterwards import Destination, FollowUp
from recommender.data import apprentices, rows, schema, store, vetoed
from recommender.data.bulk import present
from recommender.data.sheets import ParsedSheet
from recommender.domain import (
    Agreement,
    Apprentice,
    Graduate,
    Interest,
    Member,
    Outcome,
    PersonalDetails,
    Post,
)
from recommender.errors import RowProblem
from recommender.fairs import Booth, Registration
from recommender.programmes import Programme
from recommender.succession import CodeChange

Item = TypeVar(
    "Item",
    Post,
    Graduate,
    Outcome,
    Member,
    Agreement,
    Apprentice,
    Programme,
    Interest,
    Destination,
    FollowUp,
    Booth,
    Registration,
    CodeChange,
)
AtBothEnds = TypeVar("AtBothEnds", Outcome, Interest)


@dataclass(frozen=True, slots=True)
class Line(Generic[Item]):
    """One row of the call, and where it stands; `sheet` counts the call's sheets from 0."""

    key: Hashable
    sheet: int
    filename: str
    kind: str
    row: int
    item: Item
    details: PersonalDetails | None

    def says(self, code: str, column: str, value: str, *facts: str) -> RowProblem:
        """Say something about the row."""
        return RowProblem(
            filename=self.filename,
            row=self.row,
            column=column,
            value=value,
            code=code,
            facts=facts,
            kind=self.kind,
        )


@dataclass(slots=True)
class Changes(Generic[Item]):
    """What the rows of one kind would change.

    Attributes
    ----------
    lines
        Each key of the call once, with the first row that holds it.
    repeated
        Rows that say what another row of the call says already.
    n_unchanged
        How many rows of each sheet say what is stored already.
    before
        What is stored of each row that changes it, with its personal details.
    left_out
        What is said of rows that are not taken in, each with its sheet's place.
    """

    lines: dict[Hashable, Line[Item]] = field(default_factory=dict)
    repeated: list[Line[Item]] = field(default_factory=list)
    added: list[Line[Item]] = field(default_factory=list)
    changed: list[Line[Item]] = field(default_factory=list)
    n_unchanged: Counter[int] = field(default_factory=Counter)
    problems: list[RowProblem] = field(default_factory=list)
    before: dict[Hashable, tuple[Item, PersonalDetails | None]] = field(default_factory=dict)
    left_out: list[tuple[int, RowProblem]] = field(default_factory=list)

    def against(
        self,
        stored: Mapping[Hashable, Item],
        details: Mapping[str, PersonalDetails] | None = None,
    ) -> None:
        """Sort the rows into new, changed and unchanged."""
        for key, line in self.lines.items():
            there = stored.get(key)
            if there is None:
                self.added.append(line)
            elif there == line.item and _same_details(line.details, details or {}):
                self.n_unchanged[line.sheet] += 1
            else:
                self.changed.append(line)
                known = (details or {}).get(line.details.graduate_id) if line.details else None
                self.before[key] = (there, known)

    @property
    def written(self) -> list[Line[Item]]:
        """The rows to write."""
        return self.added + self.changed

    def repetitions(self) -> Iterator[tuple[int, RowProblem]]:
        """Tell the rows that another file of the call has too, each with its sheet's place."""
        for line in self.repeated:
            first = self.lines[line.key]
            yield line.sheet, line.says("repeated_in_call", "", "", first.filename, str(first.row))


def _same_details(new: PersonalDetails | None, stored: Mapping[str, PersonalDetails]) -> bool:
    """Compare personal details; a sheet without such columns says nothing about them."""
    if new is None:
        return True
    return stored.get(new.graduate_id, PersonalDetails(graduate_id=new.graduate_id)) == new


def collect(
    sheets: Sequence[ParsedSheet],
    kind: str,
    key: Callable[[Item], Hashable],
    clash: Callable[[Line[Item], Line[Item]], RowProblem],
) -> Changes[Item]:
    """Gather the rows of one kind; equal rows count once, others with one key clash."""
    changes: Changes[Item] = Changes()
    for number, sheet in enumerate(sheets):
        for parsed in sheet.items if sheet.kind == kind else ():
            item = cast(Item, parsed.item)
            line = Line(
                key=key(item),
                sheet=number,
                filename=sheet.filename,
                kind=kind,
                row=parsed.row,
                item=item,
                details=parsed.details,
            )
            first = changes.lines.setdefault(line.key, line)
            if first is line:
                continue
            if (first.item, first.details) == (line.item, line.details):
                changes.repeated.append(line)
            else:
                changes.problems.append(clash(first, line))
    return changes


def same_key(column: str, value: str, first: Line[Item], line: Line[Item]) -> RowProblem:
    """Say that two rows of the call have one key and are not alike."""
    return line.says("duplicate_in_call", column, value, first.filename, str(first.row))


# --- graduates ------------------------------------------------------------------------------


def gather_graduates(sheets: Sequence[ParsedSheet]) -> Changes[Graduate]:
    """Gather the rows of rosters, not yet compared with what is stored."""
    return collect(sheets, "graduates", lambda one: one.graduate_id, _graduates_clash)


def compare_graduates(conn: Connection, changes: Changes[Graduate]) -> None:
    """Compare rows of rosters; an id belongs to the college that used it first."""
    ids = [line.item.graduate_id for line in changes.lines.values()]
    stored = {graduate.graduate_id: graduate for graduate in store.load_graduates(conn, ids=ids)}
    for line in changes.lines.values():
        there = stored.get(line.item.graduate_id)
        if there is not None and there.college != line.item.college:
            changes.problems.append(_other_college(there, line))
    changes.against(dict(stored.items()), store.load_personal(conn, ids))


def _graduates_clash(first: Line[Graduate], line: Line[Graduate]) -> RowProblem:
    if first.item.college != line.item.college:
        return _other_college(first.item, line)
    return same_key("graduate_id", line.item.graduate_id, first, line)


def _other_college(holder: Graduate, line: Line[Graduate]) -> RowProblem:
    graduate = line.item
    return line.says(
        "id_of_other_college",
        "graduate_id",
        graduate.graduate_id,
        holder.college,
        graduate.college,
    )


# --- posts ----------------------------------------------------------------------------------


def compare_posts(conn: Connection, sheets: Sequence[ParsedSheet], *, day: date) -> Changes[Post]:
    """Compare catalogs with the posts as they are on a day; a closed post comes back open."""
    changes = collect(
        sheets,
        "demand_catalog",
        lambda one: one.post_id,
        lambda first, line: same_key("post_id", line.item.post_id, first, line),
    )
    ids = [line.item.post_id for line in changes.lines.values()]
    stored = {post.post_id: post for post in store.load_posts(conn, day=day, post_ids=ids)}
    for line in changes.lines.values():
        there = stored.get(line.item.post_id)
        if there is not None and _are_apart(there, line.item):
            days = (there.opens_on.isoformat(), there.closes_on.isoformat())
            changes.problems.append(
                line.says("post_dates_apart", "post_id", line.item.post_id, *days)
            )
    changes.against(dict(stored.items()))
    return changes


def _are_apart(one: Post, other: Post) -> bool:
    return one.closes_on < other.opens_on or other.closes_on < one.opens_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The posts of one body that its whole catalog no longer holds.

    Attributes
    ----------
    posts
        As they will be: withdrawn on the day.
    n_open
        How many posts of the body were open, or about to open, before.
    sheet
        Where the body's catalog stands among the call's sheets.
    """

    issuing_body: str
    posts: tuple[Post, ...]
    n_open: int
    sheet: int


def absent_posts(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    changes: Changes[Post],
    *,
    day: date,
    issuer: str | None,
) -> list[Closing]:
    """Find what each body's catalog, taken as its whole catalog, leaves out.

    A catalog without rows is the issuer's: it says that nothing is wanted any more.
    """
    sheet_of: dict[str, int] = {}
    for number, sheet in enumerate(sheets):
        if sheet.kind == "demand_catalog" and not sheet.items and issuer:
            sheet_of.setdefault(issuer, number)
    for line in changes.lines.values():
        if line.item.issuing_body:
            sheet_of[line.item.issuing_body] = min(
                line.sheet, sheet_of.get(line.item.issuing_body, line.sheet)
            )
    # Open today or later, and nobody has taken it back yet.
    open_of: defaultdict[str, list[Post]] = defaultdict(list)
    for post in store.load_posts(conn, day=day):
        if post.issuing_body in sheet_of and post.withdrawn_on is None and post.closes_on >= day:
            open_of[post.issuing_body].append(post)
    return [
        Closing(
            issuing_body=body,
            posts=tuple(
                replace(post, withdrawn_on=day)
                for post in open_of[body]
                if post.post_id not in changes.lines
            ),
            n_open=len(open_of[body]),
            sheet=number,
        )
        for body, number in sorted(sheet_of.items())
    ]


def without_issuer(
    sheets: Sequence[ParsedSheet], changes: Changes[Post], *, issuer: str | None
) -> list[RowProblem]:
    """Find the catalogs whose issuing body nobody named, so that their whole is unknown."""
    problems = []
    for number, sheet in enumerate(sheets):
        if sheet.kind != "demand_catalog":
            continue
        bare = [
            line
            for line in changes.lines.values()
            if line.sheet == number and line.item.issuing_body is None
        ]
        if len(bare) == len(sheet.items) and not issuer:
            problems.append(_no_issuer(sheet.filename))
        else:
            problems += [line.says("issuer_missing", "issuing_body", "") for line in bare]
    return problems


def _no_issuer(filename: str) -> RowProblem:
    return RowProblem(
        filename=filename,
        row=0,
        column="issuing_body",
        value="",
        code="issuer_missing",
        kind="demand_catalog",
    )


# --- outcomes -------------------------------------------------------------------------------


def compare_outcomes(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    graduates: Changes[Graduate],
    posts: Changes[Post],
) -> tuple[Changes[Outcome], list[Outcome]]:
    """Compare steps, and give the stored steps of the same graduates.

    Both ends of a step must be stored or come in the same call.
    """
    changes = collect(
        sheets,
        "outcomes",
        outcome_key,
        lambda first, line: same_key("graduate_id", line.item.graduate_id, first, line),
    )
    name_unknown_ends(conn, sheets, changes, graduates, posts)
    people = {line.item.graduate_id for line in changes.lines.values()}
    stored = store.load_outcomes(conn, day=date.max, graduate_ids=people)
    changes.against({outcome_key(step): step for step in stored})
    _leave_out_voided(conn, changes, stored)
    return changes, stored


def _leave_out_voided(
    conn: Connection, changes: Changes[Outcome], stored: Sequence[Outcome]
) -> None:
    """Keep a sheet from bringing back a step that was voided, and say so."""
    people = {line.item.graduate_id for line in changes.lines.values()}
    here = {outcome_key(step) for step in stored}
    for each in vetoed.load_voided(conn, graduate_ids=people):
        key = outcome_key(each.outcome)
        if key not in changes.lines or key in here:
            continue
        line = changes.lines.pop(key)
        changes.added = [one for one in changes.added if one.key != key]
        changes.repeated = [one for one in changes.repeated if one.key != key]
        changes.left_out.append((line.sheet, line.says("voided", "", "", each.why)))


def name_unknown_ends(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    changes: Changes[AtBothEnds],
    graduates: Changes[Graduate],
    posts: Changes[Post],
) -> None:
    """Refuse rows whose graduate or post is neither stored nor in the same call."""
    changes.problems += unknown_graduates(conn, sheets, changes, graduates)
    changes.problems += unknown_posts(conn, sheets, changes, posts)


def unknown_graduates(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    changes: Changes[Item],
    graduates: Changes[Graduate],
) -> list[RowProblem]:
    """Find the rows about graduates who are neither stored nor in the call."""
    column = schema.graduates.c.graduate_id
    return _unknown(conn, sheets, changes, column, "graduates", graduates.lines.keys())


def unknown_posts(
    conn: Connection, sheets: Sequence[ParsedSheet], changes: Changes[Item], posts: Changes[Post]
) -> list[RowProblem]:
    """Find the rows about posts that are neither stored nor in the call."""
    column = schema.posts.c.post_id
    return _unknown(conn, sheets, changes, column, "demand_catalog", posts.lines.keys())


def _unknown(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    changes: Changes[Item],
    column: sa.Column[str],
    kind: str,
    here: Collection[Hashable],
) -> list[RowProblem]:
    """Name what is neither stored, nor in the call, nor in a refused row, told already."""
    if not all(_is_whole(sheet) for sheet in sheets):
        return []
    ids = {getattr(line.item, column.name) for line in changes.lines.values()} - set(here)
    refused = {one for sheet in sheets if sheet.kind == kind for one in sheet.refused_ids}
    unknown = ids - present(conn, column, ids) - refused
    code = f"unknown_{column.name.removesuffix('_id')}"
    return [
        line.says(code, column.name, getattr(line.item, column.name))
        for line in changes.lines.values()
        if getattr(line.item, column.name) in unknown
    ]


def _is_whole(sheet: ParsedSheet) -> bool:
    """Say whether all rows were read; else nobody knows what the rest would have held."""
    return bool(sheet.kind) and all(problem.row > 0 for problem in sheet.problems)


def outcome_key(step: Outcome) -> Hashable:
    """Say which step it is."""
    return (step.graduate_id, step.post_id, step.stage, step.date)


# --- members and agreements -----------------------------------------------------------------


def compare_members(conn: Connection, sheets: Sequence[ParsedSheet]) -> Changes[Member]:
    """Compare the members of alliances."""
    changes = collect(
        sheets,
        "members",
        rows.member_key,
        lambda first, line: same_key("name", line.item.name, first, line),
    )
    changes.against({rows.member_key(member): member for member in store.load_members(conn)})
    return changes


def compare_agreements(conn: Connection, sheets: Sequence[ParsedSheet]) -> Changes[Agreement]:
    """Compare agreements."""
    changes: Changes[Agreement] = collect(
        sheets,
        "agreements",
        lambda one: one.agreement_id,
        lambda first, line: same_key("agreement_id", line.item.agreement_id, first, line),
    )
    changes.against({one.agreement_id: one for one in store.load_agreements(conn)})
    return changes


def compare_apprentices(
    conn: Connection, sheets: Sequence[ParsedSheet], *, day: date
) -> Changes[Apprentice]:
    """Compare apprentices; an id belongs to the college and the enterprise that used it first."""
    changes: Changes[Apprentice] = collect(
        sheets,
        "apprentices",
        lambda one: one.apprentice_id,
        lambda first, line: same_key("apprentice_id", line.item.apprentice_id, first, line),
    )
    stored = {each.apprentice_id: each for each in apprentices.load_apprentices(conn, day=day)}
    for line in changes.lines.values():
        there, one = stored.get(line.item.apprentice_id), line.item
        if there is not None and there.college != one.college:
            changes.problems.append(
                line.says(
                    "id_of_other_college",
                    "apprentice_id",
                    one.apprentice_id,
                    there.college,
                    one.college,
                )
            )
        elif there is not None and there.credit_code != one.credit_code:
            changes.problems.append(
                line.says(
                    "id_of_other_enterprise", "apprentice_id", one.apprentice_id, there.credit_code
                )
            )
    changes.against(dict(stored.items()))
    return changes


def posts_of_agreements(
    conn: Connection, agreements: Changes[Agreement], posts: Changes[Post]
) -> Iterator[tuple[int, RowProblem]]:
    """Tell the agreements on posts that are not there yet, each with its sheet's place."""
    wanted = {line.item.post_id for line in agreements.lines.values() if line.item.post_id}
    there = present(conn, schema.posts.c.post_id, wanted) | posts.lines.keys()
    for line in agreements.lines.values():
        if line.item.post_id and line.item.post_id not in there:
            yield line.sheet, line.says("agreement_post_unknown", "post_id", line.item.post_id)
