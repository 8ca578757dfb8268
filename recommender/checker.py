"""Check an assignment that somebody else made, from its certificate alone.

Nothing of the rest of the program is used, and the standard library only, so that a mistake in
one is not made in the other. Rules are applied anew to the facts stated; that nothing larger
exists follows from prices (weak duality), and that nobody would change from both sides' ranks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

FORMAT = "placement-assignment-1"
SCALE = 1_000_000_000  # values and prices are billionths
RULES = (
    *("consent", "unplaced", "open", "places", "level", "licence", "adult", "again"),
    *("paused", "vetoed"),
)
Lot = tuple[str, str]  # a post, and "open", "held" or the agreement that reserves its places


def _level(graduate: Mapping[str, Any], post: Mapping[str, Any]) -> int:
    """Give the highest level that counts at a post; -1 if none is stated."""
    levels = [graduate["level"]] if graduate["level"] is not None else []
    levels += [
        level
        for firm, level in graduate["own_levels"]
        if post["accepts_own_certificate"] or firm == post["credit_code"]
    ]
    return max(levels, default=-1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a code, and whom or what it is about."""

    code: str
    about: tuple[str, ...] = ()


def check(document: Any) -> list[Fault]:
    """Find everything that is wrong with a certificate; nothing where it is proved.

    Parameters
    ----------
    document
        As `json.load` gives it.
    """
    try:
        return list(_faults(Certificate(document)))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
        return [Fault("malformed", (f"{type(wrong).__name__}: {wrong}",))]


def gap(document: Mapping[str, Any]) -> float:
    """Give how much more of its aim any other could reach, of a certificate without faults.

    0 for the best sum and for a stable assignment; of chances where floors are kept or it was
    changed by hand, of the share of the worst served group where it is fair.
    """
    if "fair" in document:
        return float(document["fair"]["bound"] - document["fair"]["share"]) / 1_000_000
    if document["way"] == "hand":
        by_hand = Certificate(document)
        return float((_bound_of_values(by_hand) or 0) - _total_of_free(by_hand)) / SCALE
    if "floors" in document:
        given = Certificate(document)
        free = given.placed.keys() - given.pinned
        total = sum(given.values[who][given.placed[who][0]] for who in free)
        return float(document["bound"] - total) / SCALE
    return 0.0


def _faults(given: Certificate) -> Iterator[Fault]:
    yield from _wrong_pairs(given)
    yield from _wrong_places(given)
    yield from _wrong_pins(given)
    yield from _wrong_counts(given)
    yield from _wrong_reasons(given)
    if given.way == "hand":
        yield from _not_by_hand(given)
    elif given.way == "best":
        yield from _not_the_best(given)
    else:
        yield from _unstable(given)


@dataclass
class Certificate:
    """A document, and what follows from it."""

    document: Mapping[str, Any]
    graduates: dict[str, Any] = field(init=False)
    posts: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        if self.document["format"] != FORMAT or self.document["scale"] != SCALE:
            raise ValueError(f"format {self.document['format']!r}")
        self.graduates = {each["id"]: each for each in self.document["graduates"]}
        self.posts = {each["id"]: each for each in self.document["posts"]}
        if len(self.graduates) != len(self.document["graduates"]) or len(self.posts) != len(
            self.document["posts"]
        ):
            raise ValueError("an id stands twice")
        self.day: str = self.document["as_of"]
        self.way: str = self.document["way"]
        if self.way not in ("best", "hand", "graduates", "enterprises"):
            raise ValueError(f"way {self.way!r}")
        self.values: dict[str, dict[str, int]] = self.document["values"]
        self.placed: dict[str, Lot] = {
            who: (post, lot) for who, (post, lot) in self.document["placed"].items()
        }
        self.fixed: dict[str, str] = dict(self.document["fixed"])
        self.barred = {(who, post) for who, post in self.document["barred"]}

    @cached_property
    def eligible(self) -> dict[str, set[str]]:
        """Give for each graduate the posts at which every rule holds."""
        return {
            who: {post for post in self.posts if self.fails_first(who, post) is None}
            for who in self.graduates
        }

    def fails_first(self, who: str, post: str) -> str | None:
        """Name the first rule that fails for a pair."""
        return next(self.failing(who, post), None)

    def failing(self, who: str, post_id: str) -> Iterator[str]:
        """Name the rules that fail for a pair, in their order."""
        graduate, post = self.graduates[who], self.posts[post_id]
        if not graduate["consent"]:
            yield "consent"
        if graduate["hired_at_enrolment"] or graduate["placed"]:
            yield "unplaced"
        gone = post["withdrawn_on"] is not None and post["withdrawn_on"] <= self.day
        if gone or not post["opens_on"] <= self.day <= post["closes_on"]:
            yield "open"
        if self.places_for(who, post) < 1:
            yield "places"
        if post["min_level"] is not None and _level(graduate, post) < post["min_level"]:
            yield "level"
        if not set(post["required_licence"]) <= set(graduate["licences"]):
            yield "licence"
        adult_on = graduate["adult_on"]
        if post["adults_only"] and (adult_on is None or adult_on > self.day):
            yield "adult"
        for code, is_broken in (
            ("again", post_id in graduate["shut_out"]),
            ("paused", post.get("paused")),
            ("vetoed", post_id in graduate.get("vetoed", ())),
        ):
            if is_broken:
                yield code

    def places_for(self, who: str, post: Mapping[str, Any]) -> int:
        """Count the places that are open to one graduate."""
        free = max(0, post["headcount"] - post["confirmed"] - len(set(post["held"]) - {who}))
        kept = sum(each["places"] for each in post["reserved"] if who not in each["members"])
        return int(max(0, free - kept))

    @cached_property
    def lots(self) -> dict[Lot, int]:
        """Count the places of each lot: open ones of a post, and reserved ones."""
        lots: dict[Lot, int] = {}
        for name, post in self.posts.items():
            free = max(0, post["headcount"] - post["confirmed"] - len(post["held"]))
            for each in post["reserved"]:
                lots[name, each["agreement"]] = each["places"]
            kept = sum(each["places"] for each in post["reserved"])
            lots[name, "open"] = max(0, free - kept)
        return lots

    @cached_property
    def pinned(self) -> set[str]:
        """Name those who are kept where they are: fixed, or in a place held for them."""
        return set(self.fixed) | {who for who, (_, lot) in self.placed.items() if lot == "held"}

    @cached_property
    def used(self) -> Counter[Lot]:
        """Count who takes a place of each lot."""
        return Counter(self.placed.values())

    @cached_property
    def left(self) -> dict[Lot, int]:
        """Count the places of each lot that pins leave."""
        used = Counter(self.placed[who] for who in self.pinned if who in self.placed)
        return {lot: places - used[lot] for lot, places in self.lots.items()}

    @cached_property
    def choices(self) -> dict[str, list[Lot]]:
        """List the lots that each graduate who is not pinned may be given."""
        members = {
            (name, each["agreement"]): set(each["members"])
            for name, post in self.posts.items()
            for each in post["reserved"]
        }
        by_post: dict[str, list[Lot]] = defaultdict(list)
        for lot in self.lots:
            by_post[lot[0]].append(lot)
        return {
            who: [
                lot
                for post in sorted(posts)
                if (who, post) not in self.barred
                for lot in by_post[post]
                if lot not in members or who in members[lot]
            ]
            for who, posts in self.eligible.items()
            if who not in self.pinned
        }


def _wrong_pairs(given: Certificate) -> Iterator[Fault]:
    """Hold what is valued and what is chosen to the rules."""
    if set(given.values) != set(given.graduates):
        yield Fault("values_of_others")
    for who, posts in given.eligible.items():
        for post in set(given.values.get(who, ())) ^ posts:
            yield Fault("eligible_otherwise", (who, post))
    for who, (post, _) in given.placed.items():
        if who not in given.graduates or post not in given.posts:
            yield Fault("unknown", (who, post))
        elif post not in given.eligible[who]:
            yield Fault("ineligible", (who, post, given.fails_first(who, post) or ""))
        elif (who, post) in given.barred:
            yield Fault("barred", (who, post))
    every = (value for posts in given.values.values() for value in posts.values())
    if any(not isinstance(each, int) or not 0 <= each <= SCALE for each in every):
        yield Fault("no_value")


def _wrong_places(given: Certificate) -> Iterator[Fault]:
    """Hold what is chosen to the places there are, and reserved ones to members."""
    for place, taken in Counter(given.placed.values()).items():
        if place[1] != "held" and taken > given.lots.get(place, 0):
            yield Fault("overfilled", place)
    for who, (post, lot) in given.placed.items():
        kept = given.posts.get(post, {"held": (), "reserved": ()})
        if lot == "held" and who not in kept["held"]:
            yield Fault("held_for_others", (who, post))
        for each in kept["reserved"]:
            if each["agreement"] == lot and who not in each["members"]:
                yield Fault("reserved_for_others", (who, post, lot))


def _wrong_pins(given: Certificate) -> Iterator[Fault]:
    """Hold what is chosen to what was fixed and held."""
    for who, post in given.fixed.items():
        if given.placed.get(who, ("", ""))[0] != post:
            yield Fault("pin_broken", (who, post))
    for name, post in given.posts.items():
        for who in post["held"]:
            is_kept = who in given.fixed or given.placed.get(who, ("", ""))[1] == "held"
            could = name in given.eligible.get(who, ()) and (who, name) not in given.barred
            if could and not is_kept:
                yield Fault("hold_broken", (who, name))


def _wrong_counts(given: Certificate) -> Iterator[Fault]:
    total = sum(given.values[who].get(post, 0) for who, (post, _) in given.placed.items())
    for name, counted in (("n_placed", len(given.placed)), ("total", total)):
        if given.document[name] != counted:
            yield Fault("count_wrong", (name, str(given.document[name]), str(counted)))
    most = _bound(given, given.document["most_prices"], lambda _who, _post: 1)
    kept = sum(who in given.pinned for who in given.placed)
    most = None if most is None else most + kept
    # By hand somebody may take another lot of the same post than the run would have them take.
    is_proved = most is not None and (
        given.document["most"] <= most if given.way == "hand" else given.document["most"] == most
    )
    if not is_proved:
        yield Fault("count_wrong", ("most", str(given.document["most"])))


def _wrong_reasons(given: Certificate) -> Iterator[Fault]:
    """Hold each reason to the facts."""
    reasons = given.document["reasons"]
    for who in given.graduates:
        if (who in given.placed) == (who in reasons):
            yield Fault("reason_missing" if who not in reasons else "reason_for_placed", (who,))
        elif who in reasons and reasons[who] != _reason(given, who):
            yield Fault("reason_false", (who, str(reasons[who]), _reason(given, who)))


def _reason(given: Certificate, who: str) -> str:
    if given.choices.get(who):
        return "place_left" if _could_take_one(given, who) else "no_place_left"
    if given.eligible[who]:
        return "barred"
    if given.graduates[who]["hired_at_enrolment"]:
        return "hired_at_enrolment"
    failing = [set(given.failing(who, post)) for post in given.posts]
    if not failing:
        return "open"
    named = set.intersection(*failing) or set.union(*failing)
    return ";".join(code for code in RULES if code in named)


def _could_take_one(given: Certificate, who: str) -> bool:
    """Say whether, by hand, somebody was left without a post though a place is left for them."""
    return given.way == "hand" and any(
        given.used[lot] < given.lots[lot] for lot in given.choices[who]
    )


def _bound(
    given: Certificate,
    listed: Any,
    value: Callable[[str, str], int],
    among: set[str] | None = None,
) -> int | None:
    """Bound what all, or some, could choose, by prices of places; None where they are no prices.

    Whoever is given a place of a lot has at most what is left above its price, and the places of
    a lot together at most the price of each.
    """
    prices: dict[Lot, int] = {(post, lot): price for post, lot, price in listed}
    if len(prices) != len(listed) or any(
        lot not in given.lots or not isinstance(price, int) or price < 0
        for lot, price in prices.items()
    ):
        return None
    bound = sum(given.left[lot] * price for lot, price in prices.items())
    for who, lots in given.choices.items():
        if among is not None and who not in among:
            continue
        bound += max(0, max((value(who, lot[0]) - prices.get(lot, 0) for lot in lots), default=0))
    return bound


def _not_the_best(given: Certificate) -> Iterator[Fault]:
    if "floors" in given.document:
        yield from _floors_not_kept(given)
        return
    if "fair" in given.document:
        yield from _not_fair(given, given.document["fair"])
        return
    bound, total = _bound_of_values(given), _total_of_free(given)
    if bound is None or bound != total:
        yield Fault("not_proved", (str(total), str(bound)))


def _not_by_hand(given: Certificate) -> Iterator[Fault]:
    """Hold what was chosen by hand to the bound that follows from prices; `gap` tells the rest."""
    bound = _bound_of_values(given)
    total = _total_of_free(given)
    if bound is None or total > bound:
        yield Fault("not_proved", (str(total), str(bound)))


def _bound_of_values(given: Certificate) -> int | None:
    return _bound(given, given.document["prices"], lambda who, post: given.values[who][post])


def _total_of_free(given: Certificate) -> int:
    free = given.placed.keys() - given.pinned
    return sum(given.values[who].get(given.placed[who][0], 0) for who in free)


def _floors_not_kept(given: Certificate) -> Iterator[Fault]:
    """Hold an assignment to the floors of agreements, and its bound to the proof."""
    way = given.document["floors_way"]
    if way not in ("keep", "whole"):
        raise ValueError(f"floors_way {way!r}")
    floors: dict[str, Floor] = {}
    for each in given.document["floors"]:
        floor = Floor(set(each["members"]), set(each["posts"]), 0)
        there = {who for who, (post, _) in given.placed.items() if floor.counts(who, post)}
        reached = len(there - given.pinned)
        floor.need = each["floor"] - each["served"] - len(there & given.pinned)
        if reached < floor.need and (way == "keep" or reached):
            told = (each["agreement"], str(reached), str(floor.need))
            yield Fault("floor_missed", told)
        floors[each["agreement"]] = floor
    going = {name for name, floor in floors.items() if way == "keep" and floor.need > 0}
    bound = _proved(given, given.document["proof"], floors, going, set())
    total = sum(
        given.values[who][post]
        for who, (post, _) in given.placed.items()
        if who not in given.pinned
    )
    if bound is None or bound != given.document["bound"] or total > bound:
        yield Fault("not_proved", (str(total), str(given.document["bound"])))


@dataclass
class Floor:
    """How many of its members an agreement needs at its posts, beside those there already."""

    members: set[str]
    posts: set[str]
    need: int

    def counts(self, who: str, post: str) -> bool:
        """Say whether a pair counts for it."""
        return who in self.members and post in self.posts


def _proved(
    given: Certificate,
    proof: Mapping[str, Any],
    floors: Mapping[str, Floor],
    going: set[str],
    staying: set[str],
) -> int | None:
    """Bound what could be chosen: at a fork a class goes or stays, at a leaf prices say.

    A member is worth more where a floor that is reached counts, and the floor owes as much for
    everybody whom it needs; of a class that stays nobody more is chosen. None is no proof.
    """
    if "fork" in proof:
        name = proof["fork"]
        if name in going | staying or floors[name].need < 1:
            return None
        goes = _proved(given, proof["goes"], floors, going | {name}, staying)
        stays = _proved(given, proof["stays"], floors, going, staying | {name})
        return None if goes is None or stays is None else max(goes, stays)
    adds: dict[str, int] = proof["floor_prices"]
    if not adds.keys() <= going or any(not isinstance(a, int) or a < 0 for a in adds.values()):
        return None

    def worth(who: str, post: str) -> int:
        if any(floors[name].counts(who, post) for name in staying):
            return 0
        more = sum(price for name, price in adds.items() if floors[name].counts(who, post))
        return given.values[who][post] + more

    bound = _bound(given, proof["prices"], worth)
    return None if bound is None else bound - sum(adds[name] * floors[name].need for name in adds)


def _not_fair(given: Certificate, fair: Mapping[str, Any]) -> Iterator[Fault]:
    """Hold an assignment to what it keeps of the best sum, and its worst served group to a bound.

    What a group could have alone follows from prices; so does the largest weighted sum, of which
    the smallest share cannot be more than the mean.
    """
    values, million = given.values, 1_000_000
    has = {
        who: values[who][post] for who, (post, _) in given.placed.items() if who not in given.pinned
    }
    best = _bound(given, fair["best_prices"], lambda who, post: values[who][post])
    if best is None or sum(has.values()) * million < fair["keeps"] * best:
        yield Fault("keeps_too_little", (str(sum(has.values())), str(best)))
        return
    weight_of: dict[str, int] = dict.fromkeys(given.graduates, fair["whole_weight"])
    shares, bests = [], 0
    for group in fair["groups"]:
        members, weight = set(group["members"]), group["weight"]
        could = _bound(given, group["prices"], lambda who, post: values[who][post], members)
        if could is None or could < 1 or not isinstance(weight, int) or weight < 0:
            yield Fault("not_proved", (group["name"],))
            return
        shares.append(sum(has.get(who, 0) for who in members) * million // could)
        bests += weight * could
        for who in members:
            weight_of[who] += weight
    if fair["whole_weight"] < 0 or not shares or fair["share"] != min(shares):
        yield Fault("count_wrong", ("share", str(fair["share"]), str(min(shares, default=0))))
        return
    most = _bound(given, fair["prices"], lambda who, post: values[who][post] * weight_of[who])
    needed = -(-fair["keeps"] * best // million)
    bound = million
    if most is not None and bests:
        bound = min(million, -(-(most - fair["whole_weight"] * needed) * million // bests))
    if most is None or fair["bound"] != bound or fair["share"] > bound:
        yield Fault("not_proved", ("share", str(fair["bound"]), str(bound)))


def _unstable(given: Certificate) -> Iterator[Fault]:
    """Find every pair who would both rather have each other than what they were given."""
    wishes, hires = _ranked(given, "graduates"), _ranked(given, "posts")
    wanted: dict[str, set[str]] = {post: set() for post in given.posts}
    for who, posts in given.eligible.items():
        for post in posts:
            wanted[post].add(who)
    for ranks, able in ((wishes, given.eligible), (hires, wanted)):
        wrong = [each for each in able if set(ranks[each]) != able[each]]
        if wrong:
            yield Fault("ranks_wrong", (min(wrong),))
            return
    yield from _not_as_stated(given)
    inside: dict[Lot, list[int]] = {lot: [] for lot in given.lots}
    for who in given.placed.keys() & given.choices.keys():
        place = given.placed[who]
        inside[place].append(hires[place[0]][who])
    for who, lots in given.choices.items():
        own = wishes[who][given.placed[who][0]] if who in given.placed else len(given.posts)
        for lot in lots:
            has_room = len(inside[lot]) < given.left[lot]
            gives_way = max(inside[lot], default=-1) > hires[lot[0]][who]
            if wishes[who][lot[0]] < own and (has_room or gives_way):
                yield Fault("blocking_pair", (who, lot[0]))


def _not_as_stated(given: Certificate) -> Iterator[Fault]:
    """Hold each list to what its side stated: by rank, then wanted without one, then the rest."""
    for side in ("graduates", "posts"):
        stated: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for who, post, rank in given.document["stated"][side]:
            one, other = (who, post) if side == "graduates" else (post, who)
            stated[one][other] = (1, 0) if rank is None else (0, rank)
        for one, listed in given.document["ranks"][side].items():
            order = [stated[one].get(other, (2, 0)) for other in listed]
            if order != sorted(order):
                yield Fault("stated_otherwise", (one,))


def _ranked(given: Certificate, side: str) -> dict[str, dict[str, int]]:
    ranks = {
        one: {other: rank for rank, other in enumerate(order)}
        for one, order in given.document["ranks"][side].items()
    }
    if any(len(ranks[one]) != len(order) for one, order in given.document["ranks"][side].items()):
        raise ValueError(f"ranks of {side} name somebody twice")
    return ranks
