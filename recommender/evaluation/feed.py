"""Step G0 of the gate: is what came in like what came in before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any, Self

from recommender.evaluation.limits import Band, InputLimits
from recommender.evaluation.verdict import Effect, Reason, no_reference

_REQUIRED = ("graduates", "posts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a night found in the database, in numbers that one night shares with the next.

    Counts of the running season rise and fall with the year, so none is among them: totals
    cover everything ever stored, and averages and shares are taken over all of it.

    Attributes
    ----------
    day
        The night's day.
    totals
        Name → count of what only grows: at least ``graduates`` and ``posts``; also
        ``outcomes``, ``positives`` (pairs with a known gain), ``trades``, ``enterprises``,
        ``cities``.
    ratios
        Name → average or share, such as ``places_per_post`` or ``share_placed``.
    still_open
        City, or "" for all → (posts that the last night found open and whose closing date has
        not passed, posts open tonight). Empty without such a night.
    missing
        Column → share of empty cells, 0 to 1.
    unseen
        Kind of code, ``occupation`` or ``trade`` → share of rows whose code no table or
        mapping knows, 0 to 1.
    """

    day: date
    totals: Mapping[str, int]
    ratios: Mapping[str, float] = field(default_factory=dict)
    still_open: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    missing: Mapping[str, float] = field(default_factory=dict)
    unseen: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if absent := [name for name in _REQUIRED if name not in self.totals]:
            raise ValueError(f"totals lack {', '.join(absent)}")

    def to_facts(self) -> dict[str, Any]:
        """Give what the journal keeps of it, as JSON can hold it."""
        return {
            "day": self.day.isoformat(),
            "totals": dict(self.totals),
            "ratios": dict(self.ratios),
            "still_open": {city: list(pair) for city, pair in self.still_open.items()},
            "missing": dict(self.missing),
            "unseen": dict(self.unseen),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Read back what `to_facts` gave."""
        return cls(
            day=date.fromisoformat(facts["day"]),
            totals=facts["totals"],
            ratios=facts["ratios"],
            still_open={city: (was, now) for city, (was, now) in facts["still_open"].items()},
            missing=facts["missing"],
            unseen=facts["unseen"],
        )


def check_input(feed: Feed, history: Sequence[Feed], limits: InputLimits) -> tuple[Reason, ...]:
    """G0: find what is unlike earlier nights.

    An empty or shrunken feed and a jump in unknown codes refuse the night. Growth, emptier
    columns and moved averages may be as they should be, so they hold it for a person.

    Parameters
    ----------
    feed
        Tonight's.
    history
        Of earlier nights whose input was accepted, oldest first: a fault that lasts must not
        become its own reference. Nights of a later day are left out, since a night may be run
        for an earlier day, and only the last few count.
    """
    empty = tuple(
        _found("feed_empty", Effect.REFUSE, name, 0, 1)
        for name in _REQUIRED
        if feed.totals[name] == 0
    )
    if empty:
        return empty
    gone = _gone(feed, limits)
    earlier = [past for past in history if past.day <= feed.day][-limits.trailing_runs :]
    if not earlier:
        return (*gone, no_reference("G0"))
    return (
        *_moved_totals(feed, earlier, limits),
        *gone,
        *_moved_ratios(feed, earlier, limits.ratio),
        *_emptier_columns(feed, earlier, limits.missing),
        *_unknown_codes(feed, earlier, limits),
    )


def _moved_totals(feed: Feed, earlier: Sequence[Feed], limits: InputLimits) -> Iterator[Reason]:
    for name, now, usual in _with_usual("totals", feed, earlier):
        if usual == 0 or max(now, usual) < limits.few:
            continue
        times = limits.total.broken_by(now / usual)
        if times is not None and now < usual:
            yield _found("feed_shrunk", Effect.REFUSE, name, now, times * usual)
        elif times is not None:
            yield _found("feed_grown", Effect.HOLD, name, now, times * usual)


def _moved_ratios(feed: Feed, earlier: Sequence[Feed], band: Band) -> Iterator[Reason]:
    for name, now, usual in _with_usual("ratios", feed, earlier):
        times = band.broken_by(now / usual) if usual > 0 else None
        if times is not None:
            yield _found("ratio_moved", Effect.HOLD, name, now, times * usual)


def _emptier_columns(feed: Feed, earlier: Sequence[Feed], band: Band) -> Iterator[Reason]:
    for name, now, usual in _with_usual("missing", feed, earlier):
        points = band.broken_by(now - usual)
        if points is not None:
            yield _found("more_missing", Effect.HOLD, name, now, usual + points)


def _unknown_codes(feed: Feed, earlier: Sequence[Feed], limits: InputLimits) -> Iterator[Reason]:
    for name, now, usual in _with_usual("unseen", feed, earlier):
        band = limits.unseen_trades if name == "trade" else limits.unseen
        points = band.broken_by(now - usual)
        if points is not None:
            yield _found("more_unseen", Effect.REFUSE, name, now, usual + points)


def _gone(feed: Feed, limits: InputLimits) -> tuple[Reason, ...]:
    shares = {
        city: (limits.still_open.broken_by(now / due), due, now)
        for city, (due, now) in feed.still_open.items()
        if due >= limits.few
    }
    return tuple(
        _found("posts_gone", Effect.REFUSE, city, now, share * due)
        for city, (share, due, now) in shares.items()
        if share is not None
    )


def _with_usual(
    kind: str, feed: Feed, earlier: Sequence[Feed]
) -> Iterator[tuple[str, float, float]]:
    """Give tonight's number and the median of the earlier nights that know it."""
    for name, now in getattr(feed, kind).items():
        known = [getattr(past, kind)[name] for past in earlier if name in getattr(past, kind)]
        if known:
            yield name, now, float(median(known))


def _found(code: str, effect: Effect, subject: str, measured: float, limit: float) -> Reason:
    return Reason(
        step="G0", code=code, effect=effect, subject=subject, measured=measured, limit=limit
    )
