"""An assignment that an officer changes by hand: what it is worth and what it breaks, at once.

A draft may break anything; it says so. It never changes: a move gives another draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recommender.errors import NotFound
from recommender.matching.assignment import SCALE, whole_values
from recommender.matching.candidates import UNPLACED
from recommender.matching.eligibility import Reserved, check_pair, open_places
from recommender.matching.floors import Floor, floors_missed
from recommender.matching.market import Market
from recommender.matching.plan import Pins

OPEN, HELD = "open", "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Something that a draft breaks.

    Attributes
    ----------
    code
        A rule's (see `eligibility.RULES`), or ``barred``, ``overfilled``, ``reserved``,
        ``pin_broken``, ``hold_broken``, ``floor_missed``.
    about
        Graduate and post; of ``overfilled`` and ``reserved`` the post and how many are too
        many; of ``floor_missed`` the agreement, how many are reached and of how many.
    """

    code: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one move does.

    Attributes
    ----------
    total, n_placed
        Of the new draft; see `Draft`.
    broken, mended
        What it breaks that was not broken before, and the other way round.
    """

    draft: Draft
    total: float
    n_placed: int
    broken: tuple[Breach, ...]
    mended: tuple[Breach, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One post or none for each graduate of a market.

    Attributes
    ----------
    values : float32 array of shape (n_graduates, n_posts)
        As of a `Plan`.
    placed : int32 array of shape (n_graduates,)
        The post of each; -1 for none.
    """

    market: Market
    values: NDArray[np.float32]
    pins: Pins
    floors: tuple[Floor, ...]
    placed: NDArray[np.int32]

    @cached_property
    def n_placed(self) -> int:
        """How many have a post."""
        return int((self.placed != UNPLACED).sum())

    @cached_property
    def billionths(self) -> int:
        """The sum of the values of all pairs that no rule forbids, as a certificate adds it up."""
        (who,) = np.nonzero(self.placed != UNPLACED)
        who = who[self.market.eligible[who, self.placed[who]]]
        return int(whole_values(self.values[who, self.placed[who]]).sum())

    @property
    def total(self) -> float:
        """The same as a number of people expected to stay."""
        return self.billionths / SCALE

    @cached_property
    def places_left(self) -> NDArray[np.int32]:
        """Places of each post that the cohort could fill still: int32 (n_posts,), at least 0."""
        taken = np.zeros(len(self.market.posts), dtype=np.int32)
        for post_id, lot in self.lots.values():
            taken[self._columns[post_id]] += lot != HELD
        left: NDArray[np.int32] = np.maximum(self.market.capacities - taken, 0)
        return left

    def move(self, graduate_id: str, post_id: str | None) -> Moved:
        """Give somebody another post, or none.

        Raises
        ------
        NotFound
            If the graduate is not of the cohort, or the post is not on offer.
        """
        placed = self.placed.copy()
        placed[self._row(graduate_id)] = UNPLACED if post_id is None else self._column(post_id)
        then = replace(self, placed=placed)
        return Moved(
            draft=then,
            total=then.total,
            n_placed=then.n_placed,
            broken=tuple(each for each in then.breaches if each not in self.breaches),
            mended=tuple(each for each in self.breaches if each not in then.breaches),
        )

    def holding(self, placed: Mapping[str, str]) -> Draft:
        """Give the draft of another assignment: graduate → post.

        Raises
        ------
        NotFound
            As `move`.
        """
        chosen = np.full(len(self.placed), UNPLACED, dtype=np.int32)
        for graduate_id, post_id in placed.items():
            chosen[self._row(graduate_id)] = self._column(post_id)
        return replace(self, placed=chosen)

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        """Everything that the draft breaks."""
        return (
            *self._against_rules(),
            *self._against_places(),
            *self._against_decisions(),
            *(
                Breach(
                    code="floor_missed",
                    about=(each.agreement_id, str(each.reached), str(each.floor)),
                )
                for each in floors_missed(self.floors, self.placed)
            ),
        )

    @cached_property
    def lots(self) -> dict[str, tuple[str, str]]:
        """Say whose place each takes: the post, and ``open``, ``held`` or the agreement.

        Who is too many stands among the open ones.
        """
        lots: dict[str, tuple[str, str]] = {}
        for column, people in self._by_post.items():
            post_id = self.market.posts[column].post_id
            given = self._share_out(column, people)
            lots |= {who: (post_id, given.get(who, OPEN)) for who in people}
        return lots

    @cached_property
    def _by_post(self) -> dict[int, list[str]]:
        people = defaultdict(list)
        for row in np.flatnonzero(self.placed != UNPLACED):
            people[int(self.placed[row])].append(self.market.graduates[row].graduate_id)
        return dict(people)

    def _share_out(self, column: int, people: list[str]) -> dict[str, str]:
        """Give as many as possible of a post's people a place: held, of an agreement, or open.

        By augmenting paths (Kuhn 1955): who comes takes a place of which they may take one, and
        whoever had it looks for another.
        """
        post, standing = self.market.posts[column], self.market.standing
        reserved = standing.reserved.get(post.post_id, ())
        held = standing.held.get(post.post_id, frozenset())
        places = {each.agreement_id: each.places for each in reserved}
        places[OPEN] = open_places(post, standing)
        given = {who: HELD for who in people if who in held}
        for who in people:
            if who not in given:
                _make_room(who, reserved, places, given, set())
        return given

    def _against_rules(self) -> Iterator[Breach]:
        market = self.market
        (who,) = np.nonzero(self.placed != UNPLACED)
        for row in who[~market.eligible[who, self.placed[who]]]:
            graduate, post = market.graduates[row], market.posts[self.placed[row]]
            for rule in check_pair(graduate, post, market.standing, market.day):
                if not rule.holds:
                    yield Breach(code=rule.code, about=(graduate.graduate_id, post.post_id))

    def _against_places(self) -> Iterator[Breach]:
        for column, people in sorted(self._by_post.items()):
            given = self._share_out(column, people)
            n_over = len(people) - len(given)
            if n_over:
                post = self.market.posts[column]
                kept = self.market.standing.reserved.get(post.post_id, ())
                n_kept = sum(each.places for each in kept)
                n_used = sum(lot not in (OPEN, HELD) for lot in given.values())
                code = "reserved" if n_used < n_kept else "overfilled"
                yield Breach(code=code, about=(post.post_id, str(n_over)))

    def _against_decisions(self) -> Iterator[Breach]:
        at = {
            self.market.graduates[row].graduate_id: self.market.posts[self.placed[row]].post_id
            for row in np.flatnonzero(self.placed != UNPLACED)
        }
        for pair in sorted(self.pins.barred & set(at.items())):
            yield Breach(code="barred", about=pair)
        for pair in sorted(self.pins.fixed.items()):
            if at.get(pair[0]) != pair[1]:
                yield Breach(code="pin_broken", about=pair)
        holds: Mapping[str, frozenset[str]] = self.market.standing.held
        for who, posts in sorted(self._held_posts.items()):
            if who not in self.pins.fixed and at.get(who) not in posts:
                for post_id in posts:
                    if who in holds[post_id] and (who, post_id) not in self.pins.barred:
                        yield Breach(code="hold_broken", about=(who, post_id))

    @cached_property
    def _held_posts(self) -> dict[str, list[str]]:
        """List the posts at which each of the cohort holds a place that they may take."""
        posts: dict[str, list[str]] = defaultdict(list)
        for column, post in enumerate(self.market.posts):
            for who in self.market.standing.held.get(post.post_id, ()):
                if who in self._rows and self.market.eligible[self._rows[who], column]:
                    posts[who].append(post.post_id)
        return dict(posts)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {each.graduate_id: row for row, each in enumerate(self.market.graduates)}

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {each.post_id: column for column, each in enumerate(self.market.posts)}

    def _row(self, graduate_id: str) -> int:
        if graduate_id not in self._rows:
            raise NotFound("graduate_of_cohort", graduate_id)
        return self._rows[graduate_id]

    def _column(self, post_id: str) -> int:
        if post_id not in self._columns:
            raise NotFound("post_on_offer", post_id)
        return self._columns[post_id]


def _make_room(
    who: str,
    reserved: tuple[Reserved, ...],
    places: Mapping[str, int],
    given: dict[str, str],
    tried: set[str],
) -> bool:
    able = [each.agreement_id for each in reserved if who in each.members]
    for lot in (*able, OPEN):
        if lot in tried:
            continue
        tried.add(lot)
        inside = [one for one, has in given.items() if has == lot]
        if len(inside) < places[lot] or any(
            _make_room(one, reserved, places, given, tried) for one in inside
        ):
            given[who] = lot
            return True
    return False
