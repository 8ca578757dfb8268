"""Drafts of an assignment, as they are kept: whom they are about, and every entry made in them.

Entries are added and never changed. What is undone stays, and an entry says so; what a draft
looks like now follows from the entries that stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DraftAction(StrEnum):
    """What was done in a draft.

    ASSIGNED is a run, or an assignment that was read; UNDONE takes back an entry, also one that
    took back another.
    """

    ASSIGNED = "assigned"
    MOVED = "moved"
    PINNED = "pinned"
    VETOED = "vetoed"
    UNDONE = "undone"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEntry:
    """One entry.

    Attributes
    ----------
    number
        From 1, without gaps: the state of a draft is the number of its last entry.
    post_id
        None of a move that leaves somebody without a post.
    undoes
        Number of the entry that this one takes back.
    placed
        Graduate → post, of ASSIGNED alone.
    """

    number: int
    at: datetime
    who: str
    action: DraftAction
    graduate_id: str | None = None
    post_id: str | None = None
    reason: str | None = None
    undoes: int | None = None
    placed: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft without its entries: whom it places, how, and who began it.

    Attributes
    ----------
    colleges
        Whose people it places; None for everybody's.
    way
        ``best``, ``keep``, ``whole`` or ``fair``: what a run aims at.
    """

    draft_id: str
    made_at: datetime
    made_by: str
    class_year: int
    way: str
    colleges: tuple[str, ...] | None = None
    trade: str | None = None
    class_name: str | None = None
    order_class: str | None = None


@dataclass(slots=True, kw_only=True)
class Decided:
    """What the entries that stand come to.

    Attributes
    ----------
    placed
        Graduate → post.
    fixed
        Graduate → post that is pinned.
    barred
        Pairs that are vetoed in this draft → the reason.
    moved
        Who was moved by hand since the last run.
    standing
        Numbers of the entries that are not taken back.
    """

    placed: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    barred: dict[tuple[str, str], str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    standing: frozenset[int] = frozenset()


def decided(entries: Sequence[DraftEntry]) -> Decided:
    """Say what entries, the earliest first, come to."""
    standing = _standing(entries)
    now = Decided(standing=standing)
    for entry in entries:
        if entry.number in standing:
            _apply(now, entry)
    return now


def _standing(entries: Iterable[DraftEntry]) -> frozenset[int]:
    """Name the entries that no standing entry takes back; only a later one can."""
    gone: set[int] = set()
    standing = set()
    for entry in sorted(entries, key=lambda each: -each.number):
        if entry.number not in gone:
            standing.add(entry.number)
            if entry.undoes is not None:
                gone.add(entry.undoes)
    return frozenset(standing)


def _apply(now: Decided, entry: DraftEntry) -> None:
    who, post_id = entry.graduate_id, entry.post_id
    if entry.action is DraftAction.ASSIGNED:
        now.placed = dict(entry.placed or {})
        now.moved = set()
    elif entry.action is DraftAction.MOVED and who is not None:
        now.moved.add(who)
        now.placed.pop(who, None)
        if post_id is not None:
            now.placed[who] = post_id
    elif entry.action is DraftAction.PINNED and who is not None and post_id is not None:
        now.fixed[who] = now.placed[who] = post_id
    elif entry.action is DraftAction.VETOED and who is not None and post_id is not None:
        now.barred[who, post_id] = entry.reason or ""
        for held in (now.placed, now.fixed):
            if held.get(who) == post_id:
                del held[who]
