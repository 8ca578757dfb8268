"""The supply-demand meeting (供需对接会): who should talk to whom about what, chain by chain."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender import places
from recommender.data import reference as tables
from recommender.data import store
from recommender.domain import (
    Agreement,
    Graduate,
    Member,
    Post,
    Reference,
    SkillLevel,
    TrainingMode,
    TrainingTier,
    class_year_of,
    minor_group,
)
from recommender.errors import NotFound
from recommender.matching.eligibility import Standing, open_places
from recommender.matching.pairing import share_out
from recommender.persons import is_erased
from recommender.reports import occupation_shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What one enterprise lacks: open places for one occupation at one level.

    Attributes
    ----------
    level
        None where the posts ask for none.
    gap
        Places that no class of the meeting covers.
    """

    credit_code: str
    enterprise: str
    occupation_code: str
    occupation: str
    level: SkillLevel | None
    places: int
    post_ids: tuple[str, ...]
    mode: TrainingMode
    gap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Who is to graduate from one trade and tier of one college in one class year, and seeks.

    Attributes
    ----------
    levels
        Of each seeker the highest level held or expected; None where none is stated.
    """

    college: str
    trade: str
    tier: TrainingTier | None
    class_year: int
    levels: tuple[SkillLevel | None, ...]

    @property
    def n_seekers(self) -> int:
        """How many seek."""
        return len(self.levels)

    def n_reaching(self, level: SkillLevel | None) -> int:
        """Count those who hold or expect a level."""
        return sum(level is None or (own is not None and own >= level) for own in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """An enterprise and a class that should talk.

    Attributes
    ----------
    weighted
        Seekers of the class, split over the occupations of their trade (trade → occupation
        table): those who count for this one.
    at_level
        Of these, in proportion, who hold or expect the level asked for.
    size
        People to agree on; 0 where others cover the places.
    """

    shortage: Shortage
    classes: Classes
    weighted: float
    at_level: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A chain's meeting: shortages by enterprise and occupation, pairings the heaviest first."""

    day: date
    chain: str
    shortages: tuple[Shortage, ...]
    pairings: tuple[Pairing, ...]

    @property
    def drafted(self) -> tuple[Pairing, ...]:
        """The pairings worth an agreement."""
        return tuple(each for each in self.pairings if each.size)


def prepare(
    engine: Engine, chain: str, *, day: date, colleges: Collection[str] | None = None
) -> Meeting:
    """Lay the shortages of a chain's enterprises beside the classes that lead there.

    Demand is the open places, less what agreements reserve, of posts open on the day that name
    the chain, or name none and belong to a member that stands on it. Supply is this class year
    and the later ones that are stored, less who is placed or hired at enrolment, whether or not
    they agreed to a personal ranking: only numbers are told.

    Parameters
    ----------
    colleges
        Whose classes come; None for all. Sizes are then those of a meeting with nobody else, and
        tell nothing of others.

    Raises
    ------
    NotFound
        If neither post nor member names the chain, with those written alike.
    """
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day, open_only=True)
        members = store.load_members(conn)
        now = places.standing_on(conn, posts, day)
        people = [one for one in store.load_graduates(conn) if not is_erased(one.graduate_id)]
        known = store.load_reference(conn, day=day)
    on_chain = _posts_of(chain, posts, members)
    lines = _shortages(on_chain, now, known)
    if colleges is not None:
        people = [one for one in people if one.college in colleges]
    classes = _classes(people, now, day)
    weights = _weights(lines, classes, known)
    codes = sorted({line.occupation_code for line in lines})
    sizes = share_out(
        np.array([line.places for line in lines], dtype=np.int64),
        np.array([each.n_seekers for each in classes], dtype=np.int64),
        weights,
        np.array([codes.index(line.occupation_code) for line in lines], dtype=np.int64),
    )
    covered = sizes.sum(axis=0)
    lines = [
        replace(line, gap=line.places - int(there))
        for line, there in zip(lines, covered, strict=True)
    ]
    found = [
        _pairing(lines[column], classes[row], float(weights[row, column]), int(sizes[row, column]))
        for row, column in zip(*np.nonzero(weights), strict=True)
    ]
    return Meeting(
        day=day, chain=chain, shortages=tuple(lines), pairings=tuple(sorted(found, key=_order))
    )


def drafts(meeting: Meeting) -> list[tuple[Agreement, int]]:
    """Draft an agreement for each pairing with a size, with the gap that stays at its places.

    It runs from the day until the class year's season ends, promises its size at the most, and
    keeps its id when the meeting is prepared again.
    """
    return [(_draft(each, meeting.day), each.shortage.gap) for each in meeting.drafted]


def chains(engine: Engine, *, day: date) -> list[str]:
    """List the chains that open posts or members name."""
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day, open_only=True)
        members = store.load_members(conn)
    return sorted(_named(posts, _stands_on(members)))


def _stands_on(members: Iterable[Member]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if member.credit_code and member.industry_chain:
            found[member.credit_code].add(member.industry_chain)
    return found


def _named(posts: Iterable[Post], stands_on: Mapping[str, set[str]]) -> set[str]:
    named = {post.industry_chain for post in posts if post.industry_chain}
    return named | {each for some in stands_on.values() for each in some}


def _posts_of(chain: str, posts: Sequence[Post], members: Iterable[Member]) -> list[Post]:
    stands_on = _stands_on(members)
    named = _named(posts, stands_on)
    if chain not in named:
        published = {row["chain"] for row in tables.table("industry_chains")}
        raise NotFound("chain", chain, get_close_matches(chain, sorted(named | published), n=3))
    return [
        post
        for post in posts
        if post.industry_chain == chain
        or (post.industry_chain is None and chain in stands_on[post.credit_code])
    ]


def _shortages(posts: Iterable[Post], now: Standing, known: Reference) -> list[Shortage]:
    of_line: dict[tuple[str, str, int], list[Post]] = defaultdict(list)
    for post in posts:
        if open_places(post, now) > 0:
            code = known.occupation_of(post.occupation_code)
            of_line[post.credit_code, code, post.min_level or 0].append(post)
    return [
        Shortage(
            credit_code=credit_code,
            enterprise=some[0].enterprise,
            occupation_code=code,
            occupation=known.occupations.get(code) or some[0].occupation or code,
            level=SkillLevel(level) if level else None,
            places=(n_places := sum(open_places(post, now) for post in some)),
            post_ids=tuple(post.post_id for post in some),
            mode=_mode(some),
            gap=n_places,
        )
        for (credit_code, code, level), some in sorted(of_line.items())
    ]


def _mode(posts: Iterable[Post]) -> TrainingMode:
    """Give the way of training that all posts state; to order where they state none or others."""
    stated = {post.training_mode for post in posts}
    if len(stated) == 1 and (mode := stated.pop()) not in (None, TrainingMode.DIRECT):
        return mode
    return TrainingMode.ORDER


def _classes(people: Iterable[Graduate], now: Standing, day: date) -> list[Classes]:
    levels: dict[tuple[str, str, str, int], list[SkillLevel | None]] = defaultdict(list)
    for one in people:
        is_taken = one.hired_at_enrolment or one.graduate_id in now.placed_at
        if one.class_year >= class_year_of(day) and not is_taken:
            key = (one.college, one.trade, one.training_tier or "", one.class_year)
            levels[key].append(_level_of(one))
    return [
        Classes(
            college=college,
            trade=trade,
            tier=TrainingTier(tier) if tier else None,
            class_year=year,
            levels=tuple(own),
        )
        for (college, trade, tier, year), own in sorted(levels.items())
    ]


def _level_of(graduate: Graduate) -> SkillLevel | None:
    own = [graduate.skill_level, graduate.expected_level]
    own += [each.level for each in graduate.certificates if each.certified_by is None]
    return max((level for level in own if level is not None), default=None)


def _weights(
    lines: Sequence[Shortage], classes: Sequence[Classes], known: Reference
) -> NDArray[np.float64]:
    """Give the share of each class that counts for each line: (n_classes, n_lines), 0 to 1.

    What a trade gives to a whole group of occupations is split over those that the chain lacks.
    """
    codes = {line.occupation_code for line in lines}
    in_group = Counter(minor_group(code) for code in codes)
    shares = {trade: occupation_shares(trade, known) for trade in {each.trade for each in classes}}
    weights = np.zeros((len(classes), len(lines)))
    for row, each in enumerate(classes):
        share = shares[each.trade]
        for column, line in enumerate(lines):
            code = line.occupation_code
            group = minor_group(code)
            weights[row, column] = share.get(code, 0.0) + share.get(group, 0.0) / in_group[group]
    return weights


def _pairing(line: Shortage, classes: Classes, weight: float, size: int) -> Pairing:
    return Pairing(
        shortage=line,
        classes=classes,
        weighted=classes.n_seekers * weight,
        at_level=classes.n_reaching(line.level) * weight,
        size=size,
    )


def _order(each: Pairing) -> tuple[object, ...]:
    line, classes = each.shortage, each.classes
    of_line = (line.credit_code, line.occupation_code, line.level or 0)
    of_class = (classes.college, classes.trade, classes.tier or "", classes.class_year)
    return (*of_line, -each.size, -each.weighted, *of_class)


def _draft(each: Pairing, day: date) -> Agreement:
    line, classes = each.shortage, each.classes
    told = (line.credit_code, line.occupation_code, line.level, classes.college, classes.trade)
    plain = repr((*map(str, told), classes.tier, classes.class_year))
    ends_on = date(classes.class_year, 8, 31)
    return Agreement(
        agreement_id=f"DJ{classes.class_year}-{hashlib.sha256(plain.encode()).hexdigest()[:10]}",
        college=classes.college,
        credit_code=line.credit_code,
        mode=line.mode,
        trade=classes.trade,
        post_id=line.post_ids[0] if len(line.post_ids) == 1 else None,
        class_year=classes.class_year,
        ceiling=each.size,
        level_due=line.level,
        starts_on=day,
        ends_on=ends_on,
    )
