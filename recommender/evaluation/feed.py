"""Step G0 of the gate: is what came in like what came in before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date
from math import exp
from statistics import median
from typing import Any, Self

from recommender.evaluation.limits import Band, InputLimits, Limits, SeasonLimits
from recommender.evaluation.precedent import Beside
from recommender.evaluation.verdict import Effect, Reason, no_reference, outside

_REQUIRED = ("graduates", "posts")
# Codes that a reason names; the import has told each with its rows.
NAMED_CODES = 8
# What precedents say of the running class year's steps.
_OF_CLASS_YEAR = frozenset({"placed", "decided"})


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
        City, group, level asked for, or "" for all → (posts that the last night found open and
        whose closing date has not passed, posts open tonight). Empty without such a night.
    missing
        Column → share of empty cells, 0 to 1.
    unseen
        Kind of code, ``occupation`` or ``trade`` → share of rows whose code no table or
        mapping knows, 0 to 1.
    parts
        ``kind:label``, such as ``posts_city:济宁市`` → count of what only grows.
    odd
        Kind of contradiction → share of rows that have it, 0 to 1.
    season
        What the running season is beside earlier ones; see `precedents`.
    unmapped
        ``kind:code`` → rows with a code that no table, decision or change of codes knows.
    """

    day: date
    totals: Mapping[str, int]
    ratios: Mapping[str, float] = field(default_factory=dict)
    still_open: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    missing: Mapping[str, float] = field(default_factory=dict)
    unseen: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    odd: Mapping[str, float] = field(default_factory=dict)
    season: Mapping[str, Beside] = field(default_factory=dict)
    unmapped: Mapping[str, int] = field(default_factory=dict)

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
            "parts": dict(self.parts),
            "odd": dict(self.odd),
            "season": {name: astuple(each) for name, each in self.season.items()},
            "unmapped": dict(self.unmapped),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Read back what `to_facts` gave; an older night has not counted all of it."""
        return cls(
            day=date.fromisoformat(facts["day"]),
            totals=facts["totals"],
            ratios=facts["ratios"],
            still_open={city: (was, now) for city, (was, now) in facts["still_open"].items()},
            missing=facts["missing"],
            unseen=facts["unseen"],
            parts=facts.get("parts", {}),
            odd=facts.get("odd", {}),
            season={name: Beside(*each) for name, each in facts.get("season", {}).items()},
            unmapped=facts.get("unmapped", {}),
        )


def check_input(feed: Feed, history: Sequence[Feed], limits: Limits) -> tuple[Reason, ...]:
    """G0: find what is unlike earlier nights, and a season unlike earlier seasons.

    An empty or shrunken feed and a jump in unknown codes refuse the night. Growth, emptier
    columns, moved averages, contradictions and an odd season may be as they should be, so they
    hold it for a person. On the first night an odd season is only said: nothing answers yet.

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
    bounds = limits.input
    past = list(history)[-bounds.trailing_runs :]
    earlier = [night for night in history if night.day <= feed.day][-bounds.trailing_runs :]
    found = (
        *_jumped(feed, past, bounds.days),
        *_gone(feed, bounds),
        *_new_unmapped(feed, earlier),
        *_odd_season(feed, earlier, limits.season),
    )
    if not earlier:
        return (*found, no_reference("G0"))
    return (
        *_moved_totals(feed, earlier, bounds),
        *_moved_parts(feed, earlier, bounds),
        *_moved_ratios(feed, earlier, bounds.ratio),
        *_emptier_columns(feed, earlier, bounds.missing),
        *_contradictions(feed, earlier, bounds.odd),
        *_unknown_codes(feed, earlier, bounds),
        *found,
    )


def _jumped(feed: Feed, past: Sequence[Feed], band: Band) -> tuple[Reason, ...]:
    """Find a night far from most of the last ones: a wrong clock, or nights that did not run."""
    if not past:
        return ()
    usual = median(night.day.toordinal() for night in past)
    apart = feed.day.toordinal() - usual
    return outside("G0", "day_jumped", apart, band, effect=Effect.HOLD)


def _moved_parts(feed: Feed, earlier: Sequence[Feed], limits: InputLimits) -> Iterator[Reason]:
    """Find a city, a group, a trade, a college or a level that lost or gained too much.

    A part that is gone altogether is counted as 0. People rise from one level to the next, so
    that levels hold the night and do not refuse it.
    """
    counted = {name: 0 for past in earlier for name in past.parts} | dict(feed.parts)
    whole = replace(feed, parts=counted)
    for name, now, usual in _with_usual("parts", whole, earlier):
        if max(now, usual) < limits.few:
            continue
        # A part may be new: how much it grew is judged from a number that says something.
        since = usual if now < usual else max(usual, limits.few)
        times = limits.part.broken_by(now / since)
        if times is not None and now < usual:
            rises = name.startswith("graduates_level:")
            effect = Effect.HOLD if rises else Effect.REFUSE
            yield _found("feed_shrunk", effect, name, now, times * since)
        elif times is not None and now > usual:
            yield _found("feed_grown", Effect.HOLD, name, now, times * since)


def _contradictions(feed: Feed, earlier: Sequence[Feed], band: Band) -> Iterator[Reason]:
    for name, now, usual in _with_usual("odd", feed, earlier):
        points = band.broken_by(now - usual)
        if points is not None:
            yield _found("more_odd", Effect.HOLD, name, now, usual + points)


def _odd_season(feed: Feed, earlier: Sequence[Feed], limits: SeasonLimits) -> tuple[Reason, ...]:
    """Find what is unlike earlier seasons, beyond chance, and was not so on most earlier nights.

    What has been so for a while has been looked at.
    """
    found = []
    for name, beside in feed.season.items():
        band = limits.band_of(name)
        # A night on which there was too little of it to say has not shown it.
        past = [night.season[name].distance() if name in night.season else 0.0 for night in earlier]
        end = band.broken_by(exp(beside.distance()))
        if end is None or abs(beside.distance()) <= limits.noise * beside.noise:
            continue
        if past and band.broken_by(exp(median(past))) is not None:
            continue
        # An office may tell of a season when it is over: nothing at all is no half of it.
        begun = beside.now > 0 or name not in _OF_CLASS_YEAR
        effect = Effect.HOLD if earlier and begun else Effect.NOTE
        found.append(_found("season_moved", effect, name, beside.now, end * beside.expected))
    return tuple(found)


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


def _new_unmapped(feed: Feed, earlier: Sequence[Feed]) -> Iterator[Reason]:
    """Name the codes that no earlier night met and that nothing says how to read."""
    told = {name for night in earlier for name in night.unmapped}
    for kind in ("occupation", "trade"):
        new = {
            name.removeprefix(f"{kind}:"): n_rows
            for name, n_rows in feed.unmapped.items()
            if name.startswith(f"{kind}:") and name not in told
        }
        if new:
            most = sorted(new, key=lambda code: (-new[code], code))
            rest = ["…"] if len(most) > NAMED_CODES else []
            subject = f"unmapped_{kind}:{'、'.join([*most[:NAMED_CODES], *rest])}"
            yield _found("unmapped_codes", Effect.NOTE, subject, sum(new.values()), 0)


def _gone(feed: Feed, limits: InputLimits) -> tuple[Reason, ...]:
    shares = {
        label: (limits.still_open.broken_by(now / due), due, now)
        for label, (due, now) in feed.still_open.items()
        if due
    }
    return tuple(
        _found("posts_gone", Effect.REFUSE, label, now, share * due)
        for label, (share, due, now) in shares.items()
        if share is not None and due - now >= limits.few_gone
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
