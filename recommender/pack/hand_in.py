"""Take the journal of a hall into the database: its slips, then its marks, once each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection, Engine

from recommender.data import fair_desk as kept
from recommender.data import store
from recommender.fairs import Mark, Slip
from recommender.pack import journal
from recommender.pack.journal import Entry, Read
from recommender.places import Clerk
from recommender.year.fair import Fair, load, posts_at
from recommender.year.fair_desk import keep_mark

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A line that was not taken, and why: see `pack_problems.ROWS`."""

    line: int
    code: str
    slip: str
    post_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What came of a journal.

    Attributes
    ----------
    n_slips, n_marks
        Written now.
    n_known
        Slips and marks that were here already, or were changed here later.
    """

    fair_id: str
    pack_id: str
    n_slips: int
    n_marks: int
    n_known: int
    left: tuple[Left, ...]


@dataclass(slots=True)
class _Tally:
    n_slips: int = 0
    n_marks: int = 0
    n_known: int = 0
    left: list[Left] = field(default_factory=list)


def hand_in(engine: Engine, clerk: Clerk, content: bytes, trusted: Collection[str]) -> HandedIn:
    """Take in a journal; a second time changes nothing, also of a longer one only what is new.

    Parameters
    ----------
    trusted
        Public keys of this installation; the pack was signed with one of them.

    Raises
    ------
    PackRefused
        If it is no journal, of a pack of nobody known, or any line was changed.
    NotFound
        If no sheet has the fair any more.
    FairClosed
        If its doors are shut: its result is known.
    """
    found = journal.read(content, trusted)
    tally = _Tally()
    with store.writing(engine) as conn:
        fair = load(conn, found.manifest["fair"])
        fair.require_open()
        _take(conn, clerk, fair, found, tally)
    log.info("pack handed in", slips=tally.n_slips, marks=tally.n_marks, left=len(tally.left))
    return HandedIn(
        fair_id=fair.fair_id,
        pack_id=found.manifest["pack"],
        n_slips=tally.n_slips,
        n_marks=tally.n_marks,
        n_known=tally.n_known,
        left=tuple(tally.left),
    )


def _take(conn: Connection, clerk: Clerk, fair: Fair, found: Read, tally: _Tally) -> None:
    posts = {post.post_id for post in posts_at(conn, fair)}
    clashing: set[str] = set()
    for entry in found.entries:
        if entry.kind == journal.SLIP:
            slip = kept.of_plain(Slip, entry.facts["is"])
            if not _take_slip(conn, slip, tally):
                clashing.add(slip.slip)
                tally.left.append(Left(line=entry.number, code="slip_clash", slip=slip.slip))
        elif entry.kind == journal.MARK:
            mark = kept.of_plain(Mark, entry.facts["is"])
            _take_mark(conn, clerk, entry, mark, posts, clashing, tally)


def _take_slip(conn: Connection, slip: Slip, tally: _Tally) -> bool:
    """Keep a slip; False where another laptop gave out the same number."""
    before = kept.find_slip(conn, slip.fair_id, slip.slip)
    if before is None:
        kept.add_slips(conn, [slip])
        tally.n_slips += 1
        return True
    tally.n_known += before.issued_at == slip.issued_at
    return before.issued_at == slip.issued_at


def _take_mark(
    conn: Connection,
    clerk: Clerk,
    entry: Entry,
    mark: Mark,
    posts: Collection[str],
    clashing: Collection[str],
    tally: _Tally,
) -> None:
    slip = kept.find_slip(conn, mark.fair_id, mark.slip)
    code = None
    if mark.slip in clashing:
        code = "slip_clash"
    elif slip is None:
        code = "unknown_slip"
    elif mark.post_id not in posts:
        code = "unknown_post"
    if slip is None or code is not None:
        tally.left.append(
            Left(line=entry.number, code=code or "", slip=mark.slip, post_id=mark.post_id)
        )
        return
    before = {
        (each.post_id, each.side): each for each in kept.load_marks(conn, mark.fair_id, mark.slip)
    }.get((mark.post_id, mark.side))
    if before is not None and before.at >= mark.at:
        tally.n_known += 1
        return
    kept.put_mark(conn, mark)
    if slip.graduate_id is not None:
        keep_mark(conn, mark, slip.graduate_id, clerk.day)
    tally.n_marks += 1
