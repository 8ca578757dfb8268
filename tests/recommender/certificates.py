"""Small markets with everything in them, their certificates, and the truth by trying everything.

Nothing here uses the checker: rules are asked pair by pair of `check_pair`, places are counted
from the document's facts, and sums are the best of all assignments that there are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from recommender.domain import Graduate, Post, SkillCertificate, SkillLevel
from recommender.matching.certificate import certificate
from recommender.matching.eligibility import RULES, Reserved, Standing, check_pair
from recommender.matching.market import Market, open_market
from recommender.matching.plan import Pins, make_plan
from recommender.model.scoring import Scorer
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_graduate,
    make_post,
    make_reference,
)

Document = dict[str, Any]
Lot = tuple[str, str]
Rules = Mapping[tuple[str, str], frozenset[str]]
LICENCE = "低压电工作业"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A market, what was decided beforehand, and the rules that fail for each pair."""

    market: Market
    pins: Pins
    failing: Rules

    def certified(self, way: str = "best") -> Document:
        """Decide it and write the certificate, as it comes out of a file."""
        plan = make_plan(self.market, way=way, pins=self.pins)
        written: Document = json.loads(json.dumps(certificate(self.market, plan, self.pins)))
        return written


def draw(scorer: Scorer, seed: int) -> Drawn:
    """Draw up to eight graduates and four posts, with holds, reserved places and pins."""
    chance = np.random.default_rng(seed)
    people = [_graduate(chance, number) for number in range(int(chance.integers(1, 9)))]
    posts = [_post(chance, number) for number in range(int(chance.integers(1, 5)))]
    ids = [each.graduate_id for each in people]
    some = lambda share: frozenset(who for who in ids if chance.random() < share)  # noqa: E731
    first = posts[0]
    held = some(0.1)
    free = first.headcount - len(held)
    kept = Reserved(agreement_id="A1", places=1, members=some(0.3), returns_on=date(2026, 6, 30))
    standing = Standing(
        confirmed={posts[-1].post_id: 1},
        placed_at={who: frozenset({"P9"}) for who in some(0.05)},
        shut_out={who: frozenset({posts[-1].post_id}) for who in some(0.1)},
        held={first.post_id: held},
        reserved={first.post_id: (kept,)} if free > 0 and chance.random() < 0.5 else {},
        paused=frozenset({OTHER_CREDIT_CODE} if chance.random() < 0.1 else ()),
    )
    market = open_market(scorer, people, posts, standing, make_reference(), DAY)
    # Any chances will do; half of them on a coarse grid, so that many are equal.
    scores = chance.random(market.scores.shape).astype(np.float32)
    scores = np.round(scores, 1) if seed % 2 else scores
    board: Any = SimpleNamespace(knows_chances=True)
    market = replace(market, scores=scores, board=board)
    failing = {
        (graduate.graduate_id, post.post_id): frozenset(
            rule.code for rule in check_pair(graduate, post, standing, DAY) if not rule.holds
        )
        for graduate in people
        for post in posts
    }
    able = [pair for pair, rules in failing.items() if not rules]
    fixed: dict[str, str] = {}
    if able and chance.random() < 0.3:
        who, where = able[int(chance.integers(0, len(able)))]
        fixed[who] = where
    barred = {(who, posts[0].post_id) for who in some(0.1) if who not in fixed}
    return Drawn(market=market, pins=Pins(fixed=fixed, barred=barred), failing=failing)


def _graduate(chance: np.random.Generator, number: int) -> Graduate:
    own = SkillCertificate(
        occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER, certified_by=CREDIT_CODE
    )
    return make_graduate(
        graduate_id=f"G{number}",
        consent=bool(chance.random() < 0.9),
        hired_at_enrolment=bool(chance.random() < 0.05),
        skill_level=SkillLevel.INTERMEDIATE_WORKER if chance.random() < 0.8 else None,
        certificates=(own,) if chance.random() < 0.2 else (),
        licences=(LICENCE,) if chance.random() < 0.7 else (),
        adult_on=[None, DAY, date(2027, 1, 1)][int(chance.integers(0, 3))],
    )


def _post(chance: np.random.Generator, number: int) -> Post:
    return make_post(
        post_id=f"P{number}",
        headcount=int(chance.integers(1, 4)),
        credit_code=CREDIT_CODE if chance.random() < 0.5 else OTHER_CREDIT_CODE,
        min_level=SkillLevel.INTERMEDIATE_WORKER if chance.random() < 0.3 else None,
        required_licence=(LICENCE,) if chance.random() < 0.2 else (),
        adults_only=bool(chance.random() < 0.2),
        accepts_own_certificate=bool(chance.random() < 0.3),
    )


# --- the truth --------------------------------------------------------------------------------


def places(document: Document) -> dict[Lot, int]:
    """Count the places of each lot, held ones by who holds them."""
    counted: dict[Lot, int] = {}
    for each in document["posts"]:
        free = max(0, each["headcount"] - each["confirmed"] - len(each["held"]))
        for kept in each["reserved"]:
            counted[each["id"], kept["agreement"]] = kept["places"]
            free -= kept["places"]
        counted[each["id"], "open"] = max(0, free)
        counted[each["id"], "held"] = len(each["held"])
    return counted


def choices(document: Document, failing: Rules) -> dict[str, list[Lot | None]]:
    """List for each person every lot that they may be given, and None where they need none."""
    fixed = dict(document["fixed"])
    barred = {tuple(pair) for pair in document["barred"]}
    found: dict[str, list[Lot | None]] = {}
    for person in document["graduates"]:
        who = person["id"]
        able: list[Lot | None] = []
        for post in document["posts"]:
            if failing[who, post["id"]] or (who, post["id"]) in barred:
                continue
            able.append((post["id"], "open"))
            able += [
                (post["id"], kept["agreement"])
                for kept in post["reserved"]
                if who in kept["members"]
            ]
            able += [(post["id"], "held")] if who in post["held"] else []
        held = [lot for lot in able if lot is not None and lot[1] == "held"]
        if who in fixed:
            able = [lot for lot in able if lot is not None and lot[0] == fixed[who]]
        elif held:
            able = list(held)
        else:
            able.append(None)
        found[who] = able
    return found


def best_and_most(document: Document, failing: Rules) -> tuple[int, int]:
    """Try every assignment: the largest sum, and the most people that any of them places."""
    people = list(choices(document, failing).items())
    lots = list(places(document))
    values = document["values"]

    @cache
    def rest(number: int, left: tuple[int, ...]) -> tuple[float, float]:
        if number == len(people):
            return 0, 0
        who, able = people[number]
        sums, counts = [-np.inf], [-np.inf]
        for lot in able:
            if lot is None:
                more, fewer = rest(number + 1, left)
            else:
                at = lots.index(lot)
                if not left[at]:
                    continue
                after = (*left[:at], left[at] - 1, *left[at + 1 :])
                more, fewer = rest(number + 1, after)
                more, fewer = more + values[who][lot[0]], fewer + 1
            sums.append(more)
            counts.append(fewer)
        return max(sums), max(counts)

    best, most = rest(0, tuple(places(document).values()))
    return int(best), int(most)


def wrongs(drawn: Drawn, document: Document) -> Iterator[str]:
    """Name what is not true of a certificate; see each."""
    failing, placed = drawn.failing, {w: tuple(lot) for w, lot in document["placed"].items()}
    able = choices(document, failing)
    for who, options in able.items():
        if placed.get(who) not in options:
            yield "somebody has what they may not be given, or not what they must"
    taken = Counter(placed.values())
    if any(number > places(document)[lot] for lot, number in taken.items()):
        yield "more than there are places"
    values = {
        who: {post for (one, post), rules in failing.items() if one == who and not rules}
        for who in able
    }
    if {who: set(valued) for who, valued in document["values"].items()} != values:
        yield "values of pairs that may not be"
        return
    best, most = best_and_most(document, failing)
    total = sum(document["values"][who][lot[0]] for who, lot in placed.items())
    if (document["n_placed"], document["total"], document["most"]) != (len(placed), total, most):
        yield "counts"
    if document["way"] == "best":
        yield from _not_the_best(document, able, total, best)
    else:
        yield from _blocking(document, able, placed)
    for who in able:
        if document["reasons"].get(who) != _reason(drawn, document, able, who, placed):
            yield "reasons"


def _not_the_best(
    document: Document, able: Mapping[str, list[Lot | None]], total: int, best: int
) -> Iterator[str]:
    if total != best:
        yield "another assignment has a larger sum"
    # What anybody could have above the prices, and the prices of all places that pins leave.
    prices = {(post, lot): price for post, lot, price in document["prices"]}
    pinned = {who for who, lots in able.items() if None not in lots} & document["placed"].keys()
    left = Counter(places(document))
    left.subtract(tuple(document["placed"][who]) for who in pinned)
    bound = sum(left[lot] * price for lot, price in prices.items())
    bound += sum(document["values"][who][document["placed"][who][0]] for who in pinned)
    for who, lots in able.items():
        if who not in pinned:
            above = [document["values"][who][o[0]] - prices.get(o, 0) for o in lots if o]
            bound += max([0, *above])
    if bound != best:
        yield "the prices prove another sum"


def _blocking(
    document: Document, able: Mapping[str, list[Lot | None]], placed: Mapping[str, Any]
) -> Iterator[str]:
    """Look at each pair by itself, in words as the definition has them."""
    wishes, hires = document["ranks"]["graduates"], document["ranks"]["posts"]
    pinned = {who for who, lots in able.items() if None not in lots}
    left = Counter(places(document))
    left.subtract(placed[who] for who in pinned if who in placed)
    for who in able.keys() - pinned:
        for lot in able[who]:
            if lot is None:
                continue
            order = wishes[who]
            if who in placed and order.index(placed[who][0]) <= order.index(lot[0]):
                continue
            inside = [one for one, has in placed.items() if has == lot and one not in pinned]
            ranks = hires[lot[0]]
            if len(inside) < left[lot] or any(
                ranks.index(one) > ranks.index(who) for one in inside
            ):
                yield "both would rather have each other"


def _reason(
    drawn: Drawn,
    document: Document,
    able: Mapping[str, list[Lot | None]],
    who: str,
    placed: Mapping[str, Any],
) -> str | None:
    if who in placed:
        return None
    of_posts = [drawn.failing[who, post["id"]] for post in document["posts"]]
    if any(lot is not None for lot in able[who]):
        return "no_place_left"
    if any(not rules for rules in of_posts):
        return "barred"
    if next(each for each in document["graduates"] if each["id"] == who)["hired_at_enrolment"]:
        return "hired_at_enrolment"
    named = frozenset.intersection(*of_posts) or frozenset.union(*of_posts)
    return ";".join(code for code in RULES if code in named)
