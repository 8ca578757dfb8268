"""Chain coverage: what each industry chain wants, beside the trades that lead there.

docs/planner.md says how everything is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from recommender import places
from recommender.data import programmes as plans
from recommender.data import store
from recommender.domain import Member, Post, Reference, class_year_of, minor_group
from recommender.matching.eligibility import Standing, open_places
from recommender.reports import occupation_names, occupation_shares
from recommender.year.coming import Class, classes_from
from recommender.year.suppression import show

N_YEARS = 4  # class years looked at: the one being placed, and those that have entered by then
NO_CHAIN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeShare:
    """A trade on offer that leads to an occupation.

    Attributes
    ----------
    share
        Of its people who count for this occupation, above 0 to 1.
    colleges
        How many offer it.
    """

    trade: str
    share: float
    colleges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One occupation that a chain wants.

    Attributes
    ----------
    places
        Open ones of its posts, those that agreements reserve included.
    trades
        On offer and leading there, the largest share first; empty where none does.
    people
        Class year → people for these places; None where hidden.
    """

    occupation_code: str
    occupation: str | None
    places: float
    trades: tuple[TradeShare, ...]
    people: Mapping[int, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What one industry chain wants; `NO_CHAIN` gathers posts that stand on none.

    Attributes
    ----------
    people
        Class year → people for its places; None where hidden.
    uncovered
        Places of occupations to which no trade on offer leads.
    """

    chain: str
    posts: int
    enterprises: int
    places: float
    people: Mapping[int, float | None]
    uncovered: float
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All chains with open places, the one that wants most first."""

    day: date
    class_years: tuple[int, ...]
    suppressed: bool
    chains: tuple[Chain, ...]


def coverage(
    engine: Engine, *, day: date, colleges: Collection[str] | None = None, exact: bool = True
) -> Coverage:
    """Lay what each chain wants beside the trades on offer.

    Parameters
    ----------
    colleges
        Whose trades and people count; None for all.
    exact
        Whether the reader may know small counts. Who may not reads people by chain alone.
    """
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day, open_only=True)
        members = store.load_members(conn)
        now = places.standing_on(conn, posts, day)
        graduates = store.load_graduates(conn)
        planned = plans.load_programmes(conn, day=day)
        known = store.load_reference(conn, day=day)
    year = class_year_of(day)
    classes = classes_from(
        graduates, planned, known, class_year=year, placed=now.placed_at, colleges=colleges
    )
    years = tuple(range(year, year + N_YEARS))
    asked = _asked(posts, members, now, known)
    offer = _Offer.of(classes, {code for some in asked.values() for code in some.places}, known)
    totals = Counter[str]()
    for some in asked.values():
        totals.update(some.places)
    names = occupation_names(posts, known)
    found = [
        _chain(chain, some, offer, totals, names, years, exact=exact)
        for chain, some in sorted(asked.items())
    ]
    found.sort(key=lambda each: (not each.chain, -each.places, each.chain))
    return Coverage(day=day, class_years=years, suppressed=not exact, chains=tuple(found))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one chain wants: occupation → open places."""

    places: dict[str, float]
    posts: set[str]
    enterprises: set[str]


def _asked(
    posts: Iterable[Post], members: Iterable[Member], now: Standing, known: Reference
) -> dict[str, _Asked]:
    stands_on: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if member.credit_code and member.industry_chain:
            stands_on[member.credit_code].add(member.industry_chain)
    asked: dict[str, _Asked] = defaultdict(lambda: _Asked(defaultdict(float), set(), set()))
    for post in posts:
        left = open_places(post, now, reserved_too=True)
        if left <= 0:
            continue
        own = {post.industry_chain} if post.industry_chain else stands_on[post.credit_code]
        chains = own or {NO_CHAIN}
        for chain in chains:  # an enterprise on two chains lacks its people once
            some = asked[chain]
            some.posts.add(post.post_id)
            some.enterprises.add(post.credit_code)
            for code, part in known.occupations_of(post.occupation_code):
                some.places[code] += left * part / len(chains)
    return asked


@dataclass(frozen=True, slots=True)
class _Offer:
    """The trades on offer: who leads to which occupation, and how many come."""

    trades: Mapping[str, tuple[TradeShare, ...]]  # occupation → trades
    people: Mapping[tuple[str, int], float]  # occupation, class year → seekers by share

    @classmethod
    def of(cls, classes: Sequence[Class], codes: Collection[str], known: Reference) -> _Offer:
        """Split every class over the occupations wanted; a group's share over those in it."""
        in_group = Counter(minor_group(code) for code in codes)
        offered: dict[str, set[str]] = defaultdict(set)
        for each in classes:
            offered[each.trade].add(each.college)
        trades: dict[str, list[TradeShare]] = defaultdict(list)
        of_code: dict[tuple[str, str], float] = {}
        for trade, at in sorted(offered.items()):
            shares = occupation_shares(trade, known)
            for code in codes:
                group = minor_group(code)
                share = shares.get(code, 0.0) + shares.get(group, 0.0) / in_group[group]
                if share > 0:
                    of_code[trade, code] = share
                    trades[code].append(TradeShare(trade=trade, share=share, colleges=len(at)))
        people: dict[tuple[str, int], float] = defaultdict(float)
        for each in classes:
            for code in codes:
                share = of_code.get((each.trade, code), 0.0)
                people[code, each.class_year] += each.seekers * share
        best_first = {
            code: tuple(sorted(some, key=lambda one: (-one.share, one.trade)))
            for code, some in trades.items()
        }
        return cls(best_first, people)


def _chain(
    chain: str,
    asked: _Asked,
    offer: _Offer,
    totals: Mapping[str, float],
    names: Mapping[str, str],
    years: Sequence[int],
    *,
    exact: bool,
) -> Chain:
    coming = {
        code: {
            # People for one occupation go to the chains in proportion to their places.
            year: offer.people.get((code, year), 0.0) * n_places / totals[code]
            for year in years
        }
        for code, n_places in asked.places.items()
    }
    wanted = [
        Wanted(
            occupation_code=code,
            occupation=names.get(code),
            places=n_places,
            trades=offer.trades.get(code, ()),
            people=coming[code] if exact else dict.fromkeys(years),
        )
        for code, n_places in asked.places.items()
    ]
    sums = {year: sum(each[year] for each in coming.values()) for year in years}
    return Chain(
        chain=chain,
        posts=len(asked.posts),
        enterprises=len(asked.enterprises),
        places=sum(asked.places.values()),
        people={year: n if exact else show(n) for year, n in sums.items()},
        uncovered=sum(each.places for each in wanted if not each.trades),
        wanted=tuple(sorted(wanted, key=lambda each: (-each.places, each.occupation_code))),
    )
