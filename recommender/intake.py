"""Take sheets in: checked first, then written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.engine import Connection, Engine

from recommender import internships, recodings
from recommender.claims import start_of
from recommender.data import (
    answers,
    apprentices,
    changes,
    consented,
    history,
    interested,
    kept,
    programmes,
    recoded,
    recoding,
    reference,
    registered,
    standing_by,
    store,
)
from recommender.data.answers import Implied
from recommender.data.changes import Changes, Closing
from recommender.data.person_keys import PersonKeys
from recommender.data.sheets import ParsedSheet, read_sheet
from recommender.domain import (
    CONFIRMING,
    ENDING,
    Agreement,
    Apprentice,
    Graduate,
    Interest,
    Member,
    Outcome,
    Post,
)
from recommender.errors import (
    ImportRefused,
    MassClosing,
    NotFound,
    RowProblem,
    Unreadable,
)
from recommender.fairs import Booth, Registration
from recommender.matching import eligibility
from recommender.programmes import Programme
from recommender.succession import CodeChange

SHEET_SUFFIXES = frozenset({".csv", ".xlsx", ".xls", ".et"})
# A whole catalog that closes more of its body's open posts than this is likely a mistake.
MASS_CLOSING = 0.3

# So many of the people left without a post are named in a refusal; `codes check` lists all.
NAMED_STRANDED = 20

log = structlog.get_logger()
Admit = Callable[[Connection, Sequence[ParsedSheet]], Sequence[ParsedSheet]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSummary:
    """What one sheet changed; `closed` counts posts that it no longer held."""

    filename: str
    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    repeated: int = 0
    warnings: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What one import call changed.

    Attributes
    ----------
    skipped
        Files that were passed over: hidden, lock files, and in a folder what is no sheet.
    written
        False for a dry run, which says what would change.
    """

    sheets: tuple[SheetSummary, ...]
    skipped: tuple[str, ...]
    written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that the sheets of one call would change, and what forbids it.

    `recodings` are all changes of codes that will hold then.
    """

    graduates: Changes[Graduate]
    posts: Changes[Post]
    outcomes: Changes[Outcome]
    members: Changes[Member]
    agreements: Changes[Agreement]
    apprentices: Changes[Apprentice]
    programmes: Changes[Programme]
    interests: Changes[Interest]
    others: Sequence[Changes[Any]]
    booths: Changes[Booth]
    registrations: Changes[Registration]
    codes: Changes[CodeChange]
    recodings: Sequence[CodeChange]
    closings: Sequence[Closing]
    problems: Sequence[RowProblem]
    warnings: Mapping[int, Sequence[RowProblem]]

    @property
    def kinds(self) -> tuple[Changes[Any], ...]:
        """Every kind of sheet, in the order of writing."""
        return (
            self.graduates,
            self.posts,
            self.outcomes,
            self.members,
            self.agreements,
            self.apprentices,
            self.programmes,
            self.interests,
            *self.others,
            self.booths,
            self.registrations,
            self.codes,
        )


def import_files(
    engine: Engine,
    paths: Sequence[Path],
    *,
    day: date,
    dry_run: bool = False,
    replace: bool = False,
    allow_mass_closing: bool = False,
    issuer: str | None = None,
    allow_stranded: bool = False,
    keys: PersonKeys | None = None,
) -> ImportSummary:
    """Take in sheets, or folders of them: all of them or none, in whatever order.

    Parameters
    ----------
    day
        The day of the call; a post that changes is another one from this day on.
    replace
        A catalog is the whole catalog of its issuing body: what it no longer holds is closed.
    issuer
        Issuing body of the posts that name none.
    allow_stranded
        Let a change of codes leave graduates without an eligible post of their trade.
    keys
        By these the rows of people who were erased are known, and left out; a roster needs
        them once there is one.

    Raises
    ------
    NotFound, Unreadable
        If a path does not exist, or a folder holds no sheet.
    ImportRefused
        If any row of any sheet has a problem; all problems of all sheets are in it.
    MassClosing
        If `replace` would close more than 30 % of a body's open posts.
    """
    files, skipped = _files_in(paths)
    return take_in(
        engine,
        [read_sheet(path, issuer=issuer) for path in files],
        day=day,
        dry_run=dry_run,
        replace=replace,
        allow_mass_closing=allow_mass_closing,
        issuer=issuer,
        allow_stranded=allow_stranded,
        keys=keys,
        skipped=skipped,
    )


def take_in(
    engine: Engine,
    read: Sequence[ParsedSheet],
    *,
    day: date,
    dry_run: bool = False,
    replace: bool = False,
    allow_mass_closing: bool = False,
    issuer: str | None = None,
    allow_stranded: bool = False,
    keys: PersonKeys | None = None,
    skipped: Sequence[str] = (),
    admit: Admit = lambda conn, sheets: sheets,
    agree: Callable[[Difference], None] = lambda difference: None,
) -> ImportSummary:
    """Take in sheets that are read already, as `import_files` does.

    `admit` turns what is not the caller's to write into problems; `agree` sees what would
    change, and may raise where that is not what was agreed to.
    """
    transaction = store.reading if dry_run else store.writing
    with transaction(engine) as conn:
        sheets, gone = standing_by.without_erased(conn, admit(conn, read), keys)
        implied = answers.implied_steps(conn, sheets)
        sheets += implied.sheets
        difference = _compare(conn, sheets, implied, gone, day=day, replace=replace, issuer=issuer)
        problems = [problem for sheet in sheets for problem in sheet.problems]
        problems += difference.problems
        if not problems and not allow_stranded:
            problems += _refuse_stranding(conn, difference, day)
        if problems:
            places = {sheet.filename: place for place, sheet in enumerate(sheets)}
            raise ImportRefused(sorted(problems, key=lambda p: (places[p.filename], p.row)))
        agree(difference)
        if not allow_mass_closing:
            _refuse_mass_closing(difference.closings)
        summary = ImportSummary(
            sheets=tuple(
                _summary(place, _without_named(sheet, difference), difference)
                for place, sheet in enumerate(sheets)
            ),
            skipped=tuple(skipped),
            written=not dry_run,
        )
        if not dry_run:
            _write(conn, difference, day)
            store.append_import(conn, _record(conn, summary, difference, day))
    log.info("sheets imported", n_sheets=len(sheets), written=summary.written)
    return summary


def _files_in(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """List the sheets meant, each once, and the names of files passed over."""
    files: dict[Path, Path] = {}
    skipped: list[str] = []
    for path in paths:
        if not path.exists():
            raise NotFound("path", str(path))
        inside = (
            sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else None
        )
        taken = [
            each
            for each in (inside if inside is not None else [path])
            if not _is_aside(each) and (inside is None or _is_sheet(each))
        ]
        if inside is not None and not taken:
            raise Unreadable("PATH", str(path), "no_sheets")
        skipped += [each.name for each in inside or [path] if each not in taken]
        files |= {each.resolve(): each for each in taken}
    return list(files.values()), skipped


def _is_sheet(path: Path) -> bool:
    return path.suffix.lower() in SHEET_SUFFIXES


def _is_aside(path: Path) -> bool:
    """Tell hidden files and those that Excel, WPS and LibreOffice leave beside an open sheet."""
    return path.name.startswith((".", "~$"))


# --- what would change ----------------------------------------------------------------------


def _compare(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    implied: Implied,
    gone: Sequence[tuple[int, RowProblem]],
    *,
    day: date,
    replace: bool,
    issuer: str | None,
) -> Difference:
    graduates = changes.gather_graduates(sheets)
    stands = list(standing_by.hold_to_what_was_said(conn, graduates))
    changes.compare_graduates(conn, graduates)
    posts = changes.compare_posts(conn, sheets, day=day)
    outcomes, stored_steps = changes.compare_outcomes(conn, sheets, graduates, posts)
    members = changes.compare_members(conn, sheets)
    agreements = changes.compare_agreements(conn, sheets)
    learners = changes.compare_apprentices(conn, sheets, day=day)
    planned = programmes.compare_programmes(conn, sheets, day=day)
    interests = interested.compare_interests(conn, sheets, graduates, posts)
    others = kept.compare_kept(conn, sheets, graduates, posts)
    booths = registered.compare_booths(conn, sheets)
    registrations = registered.compare_registrations(conn, sheets, graduates, booths)
    codes, all_changes = recoding.compare_codes(conn, sheets)
    kinds: tuple[Changes[Any], ...] = (
        graduates,
        posts,
        outcomes,
        members,
        agreements,
        learners,
        planned,
        interests,
        *others,
        booths,
        registrations,
        codes,
    )
    problems = [problem for each in kinds for problem in each.problems] + [*implied.problems]
    told = [
        *gone,
        *stands,
        *implied.warnings,
        *outcomes.left_out,
        *chain.from_iterable(each.repetitions() for each in kinds),
        *_odd_history(conn, posts, outcomes, stored_steps, day),
        *changes.posts_of_agreements(conn, agreements, posts),
        *internships.odd_internships(conn, outcomes, graduates, posts, members, day),
        *recoding.old_codes(all_changes, posts, graduates, day=day),
    ]
    closings: Sequence[Closing] = ()
    if replace:
        problems += changes.without_issuer(sheets, posts, issuer=issuer)
        closings = changes.absent_posts(conn, sheets, posts, day=day, issuer=issuer)
    return Difference(
        graduates=graduates,
        posts=posts,
        outcomes=outcomes,
        members=members,
        agreements=agreements,
        apprentices=learners,
        programmes=planned,
        interests=interests,
        others=others,
        booths=booths,
        registrations=registrations,
        codes=codes,
        recodings=all_changes,
        closings=closings,
        problems=problems,
        warnings=history.told_together(told),
    )


def _odd_history(
    conn: Connection,
    posts: Changes[Post],
    outcomes: Changes[Outcome],
    stored_steps: Sequence[Outcome],
    day: date,
) -> Iterator[tuple[int, RowProblem]]:
    """Tell what is odd about steps, with the places that all of them together take."""
    new = {line.key: line.item for line in outcomes.lines.values()}
    ids = {step.post_id for step in new.values()}
    known = {post.post_id: post for post in store.load_posts(conn, day=day, post_ids=ids)}
    known |= {line.item.post_id: line.item for line in posts.lines.values()}
    at_posts = store.load_outcomes(conn, day=date.max, stages=CONFIRMING | ENDING, post_ids=ids)
    steps = {changes.outcome_key(step): step for step in at_posts} | new
    confirmed = eligibility.standing(steps.values(), known, date.max).confirmed
    return history.odd_history(outcomes, stored=stored_steps, posts=known, confirmed=confirmed)


def _refuse_mass_closing(closings: Iterable[Closing]) -> None:
    for closing in closings:
        if len(closing.posts) > MASS_CLOSING * closing.n_open:
            raise MassClosing(closing.issuing_body, len(closing.posts), closing.n_open)


def _refuse_stranding(conn: Connection, difference: Difference, day: date) -> list[RowProblem]:
    """Name who would lose every eligible post of their trade, at the first row that changes."""
    if not difference.codes.written:
        return []
    lost = recodings.stranded_by(conn, difference.recodings, day)
    if not lost:
        return []
    named = [*lost[:NAMED_STRANDED], *(["…"] if len(lost) > NAMED_STRANDED else [])]
    row = difference.codes.written[0]
    return [row.says("strands_graduates", "", "", str(len(lost)), "、".join(named))]


def _write(conn: Connection, difference: Difference, day: date) -> None:
    posts = [line.item for line in difference.posts.written]
    posts += [post for closing in difference.closings for post in closing.posts]
    store.save_posts(conn, posts, day=day)
    people = difference.graduates.written
    graduates = [line.item for line in people]
    said = consented.said_by_sheet(conn, graduates, at=start_of(day), who="import")
    details = [line.details for line in people if line.details is not None]
    store.save_graduates(conn, graduates, details)
    consented.append(conn, said)
    store.save_outcomes(
        conn,
        [line.item for line in difference.outcomes.added],
        [line.item for line in difference.outcomes.changed],
    )
    store.save_members(conn, [line.item for line in difference.members.written])
    store.save_agreements(conn, [line.item for line in difference.agreements.written])
    learners = [line.item for line in difference.apprentices.written]
    apprentices.save_apprentices(conn, learners, day=day)
    planned = [line.item for line in difference.programmes.written]
    programmes.save_programmes(conn, planned, day=day)
    interested.save_interests(conn, [line.item for line in difference.interests.written])
    kept.save_kept(conn, difference.others)
    registered.save_booths(conn, [line.item for line in difference.booths.written])
    registered.save_registrations(conn, [line.item for line in difference.registrations.added])
    written = [line.item for line in difference.codes.written]
    recoded.save_changes(conn, written)
    store.grow(conn, n_written=len(written))


def _without_named(sheet: ParsedSheet, difference: Difference) -> ParsedSheet:
    """Leave out that nobody knows a code which a change of codes names."""
    named = {each.new_code for each in difference.recodings}
    told = [
        each
        for each in sheet.warnings
        if each.code != "occupation_unknown" or each.facts[0] not in named
    ]
    return replace(sheet, warnings=tuple(told))


def _summary(place: int, sheet: ParsedSheet, difference: Difference) -> SheetSummary:
    n_of: Counter[str] = Counter()
    for each in difference.kinds:
        n_of["added"] += sum(line.sheet == place for line in each.added)
        n_of["changed"] += sum(line.sheet == place for line in each.changed)
        n_of["repeated"] += sum(line.sheet == place for line in each.repeated)
        n_of["unchanged"] += each.n_unchanged[place]
    return SheetSummary(
        filename=sheet.filename,
        kind=sheet.kind,
        added=n_of["added"],
        changed=n_of["changed"],
        unchanged=n_of["unchanged"],
        closed=sum(len(each.posts) for each in difference.closings if each.sheet == place),
        repeated=sheet.n_repeated + n_of["repeated"],
        warnings=(*sheet.warnings, *difference.warnings.get(place, ())),
    )


def _record(
    conn: Connection, summary: ImportSummary, difference: Difference, day: date
) -> store.ImportRecord:
    decided = store.trade_map(conn)
    people = [line.item for line in difference.graduates.lines.values()]
    posts = [line.item for line in difference.posts.lines.values()]
    named = {each.new_code for each in difference.recodings}
    return store.ImportRecord(
        day=day,
        sheets=tuple(
            {
                "filename": sheet.filename,
                "kind": sheet.kind,
                "added": sheet.added,
                "changed": sheet.changed,
                "unchanged": sheet.unchanged,
                "closed": sheet.closed,
            }
            for sheet in summary.sheets
        ),
        n_graduates=len(people),
        n_unmapped_trades=sum(
            one.trade not in decided and reference.find_trade(one.trade) is None for one in people
        ),
        n_posts=len(posts),
        n_unknown_occupations=sum(
            reference.occupation_name(post.occupation_code) is None
            and post.occupation_code not in named
            for post in posts
        ),
    )
