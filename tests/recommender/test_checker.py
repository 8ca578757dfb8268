"""A certificate is believed only where everything in it is right, and the checker knows why."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from recommender import checker
from recommender.assignment_printouts import FAULTS
from recommender.domain import Graduate, Post, SkillCertificate, SkillLevel
from recommender.matching.certificate import certificate
from recommender.matching.eligibility import Reserved, Standing, eligible_pairs
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
LICENCE = "低压电工作业"


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    return scorers["crosswalk"]


def graduate(chance: np.random.Generator, number: int) -> Graduate:
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


def post(chance: np.random.Generator, number: int) -> Post:
    return make_post(
        post_id=f"P{number}",
        headcount=int(chance.integers(1, 4)),
        credit_code=CREDIT_CODE if chance.random() < 0.5 else OTHER_CREDIT_CODE,
        min_level=SkillLevel.INTERMEDIATE_WORKER if chance.random() < 0.3 else None,
        required_licence=(LICENCE,) if chance.random() < 0.2 else (),
        adults_only=bool(chance.random() < 0.2),
        accepts_own_certificate=bool(chance.random() < 0.3),
    )


def market_of(scorer: Scorer, seed: int) -> tuple[Market, Pins]:
    """Draw up to seven graduates and three posts, with holds, reserved places and pins."""
    chance = np.random.default_rng(seed)
    people = [graduate(chance, number) for number in range(int(chance.integers(1, 8)))]
    posts = [post(chance, number) for number in range(int(chance.integers(1, 4)))]
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
    )
    market = open_market(scorer, people, posts, standing, make_reference(), DAY)
    # Any chances will do; half of them on a coarse grid, so that many are equal.
    scores = chance.random(market.scores.shape).astype(np.float32)
    scores = np.round(scores, 1) if seed % 2 else scores
    board: Any = SimpleNamespace(knows_chances=True)
    market = replace(market, scores=scores, board=board)
    fixed: dict[str, str] = {}
    pairs = np.argwhere(eligible_pairs(people, posts, standing, DAY))
    if len(pairs) and chance.random() < 0.3:
        row, column = pairs[int(chance.integers(0, len(pairs)))]
        fixed[ids[row]] = posts[column].post_id
    barred = {(who, posts[0].post_id) for who in some(0.1) if who not in fixed}
    return market, Pins(fixed=fixed, barred=barred)


def certified(scorer: Scorer, seed: int, way: str = "best") -> Document:
    market, pins = market_of(scorer, seed)
    plan = make_plan(market, way=way, pins=pins)
    written: Document = json.loads(json.dumps(certificate(market, plan, pins)))
    return written


def codes(document: Document) -> set[str]:
    return {fault.code for fault in checker.check(document)}


# --- brute force, from the document's facts alone ---------------------------------------------


def every_assignment(document: Document) -> Iterator[dict[str, tuple[str, str]]]:
    """Try every way to give everybody one place or none, whatever it breaks."""
    people = [each["id"] for each in document["graduates"]]
    lots: list[tuple[str, str] | None] = [None]
    for each in document["posts"]:
        lots += [(each["id"], "open"), (each["id"], "held")]
        lots += [(each["id"], kept["agreement"]) for kept in each["reserved"]]
    for chosen in product(lots, repeat=len(people)):
        yield {who: lot for who, lot in zip(people, chosen, strict=True) if lot is not None}


def is_allowed(document: Document, placed: dict[str, tuple[str, str]]) -> bool:
    for each in document["posts"]:
        free = max(0, each["headcount"] - each["confirmed"] - len(each["held"]))
        limits = {kept["agreement"]: kept["places"] for kept in each["reserved"]}
        limits["open"] = max(0, free - sum(limits.values()))
        for lot, limit in limits.items():
            if sum(place == (each["id"], lot) for place in placed.values()) > limit:
                return False
        for kept in each["reserved"]:
            inside = {
                who for who, place in placed.items() if place == (each["id"], kept["agreement"])
            }
            if not inside <= set(kept["members"]):
                return False
        if not {who for who, p in placed.items() if p == (each["id"], "held")} <= set(each["held"]):
            return False
    return keeps_decisions(document, placed)


def keeps_decisions(document: Document, placed: dict[str, tuple[str, str]]) -> bool:
    fixed, barred = dict(document["fixed"]), {tuple(pair) for pair in document["barred"]}
    values = document["values"]
    if any(p not in values[who] or (who, p) in barred for who, (p, _) in placed.items()):
        return False
    if any(placed.get(who, ("",))[0] != p for who, p in fixed.items()):
        return False
    for each in document["posts"]:  # who holds a place they may take has it, unless fixed
        for who in each["held"]:
            takes = each["id"] in values.get(who, {}) and (who, each["id"]) not in barred
            if takes and who not in fixed and placed.get(who) != (each["id"], "held"):
                return False
    return True


def total(document: Document, placed: dict[str, tuple[str, str]]) -> int:
    return sum(document["values"][who][post] for who, (post, _) in placed.items())


def small_enough(document: Document) -> bool:
    lots = 1 + sum(2 + len(each["reserved"]) for each in document["posts"])
    return bool(lots ** len(document["graduates"]) <= 5000)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": "another"}, "text", 3])
def test_what_is_no_certificate_is_refused(wrong: object) -> None:
    assert [fault.code for fault in checker.check(wrong)] == ["malformed"]


def test_a_certificate_with_a_part_missing_is_refused(crosswalk: Scorer) -> None:
    whole = certified(crosswalk, 1)
    for name in whole.keys() - {"measure"}:
        assert checker.check({key: value for key, value in whole.items() if key != name}), name


def swap(document: Document, chance: np.random.Generator) -> Document | None:
    """Exchange two people's posts where that lowers the sum, with counts told rightly."""
    people = [who for who, place in document["placed"].items() if place[1] == "open"]
    for one, other in product(people, people):
        posts = document["placed"][one][0], document["placed"][other][0]
        values = document["values"]
        if posts[0] == posts[1] or posts[1] not in values[one] or posts[0] not in values[other]:
            continue
        if {one, other} & dict(document["fixed"]).keys():
            continue
        placed = document["placed"]
        placed[one], placed[other] = placed[other], placed[one]
        now = total(document, placed)
        if now == document["total"]:
            return None
        document["total"] = now
        return document
    return None


def drop(document: Document, chance: np.random.Generator) -> Document | None:
    """Leave somebody out who has a post, with counts told rightly."""
    people = [who for who, place in document["placed"].items() if place[1] == "open"]
    people = [who for who in people if who not in dict(document["fixed"])]
    if not people:
        return None
    who = people[int(chance.integers(0, len(people)))]
    del document["placed"][who]
    document["reasons"][who] = "no_place_left"
    document["n_placed"] -= 1
    document["total"] = total(document, document["placed"])
    return document


def overfill(document: Document, chance: np.random.Generator) -> Document | None:
    """Give a full post to one more."""
    for who, reason in document["reasons"].items():
        if reason == "no_place_left":
            post_id = min(p for p in document["values"][who])
            del document["reasons"][who]
            document["placed"][who] = [post_id, "open"]
            document["n_placed"] += 1
            document["total"] = total(document, document["placed"])
            return document
    return None


def ineligible(document: Document, chance: np.random.Generator) -> Document | None:
    """Place somebody whom a rule keeps from every post, and value it."""
    for who, reason in document["reasons"].items():
        if reason not in ("no_place_left", "barred"):
            post_id = document["posts"][0]["id"]
            del document["reasons"][who]
            document["placed"][who] = [post_id, "open"]
            document["values"][who][post_id] = 1
            document["n_placed"] += 1
            document["total"] += 1
            return document
    return None


def wrong_dual(document: Document, chance: np.random.Generator) -> Document | None:
    """Ask more for a place that somebody has than it can be worth to anybody."""
    first = document["posts"][0]
    fixed = dict(document["fixed"])
    placed = document["placed"].items()
    if not any(place == [first["id"], "open"] and who not in fixed for who, place in placed):
        return None
    others = [price for price in document["prices"] if price[:2] != [first["id"], "open"]]
    document["prices"] = [*others, [first["id"], "open", checker.SCALE + 1]]
    return document


def false_reason(document: Document, chance: np.random.Generator) -> Document | None:
    for who, reason in document["reasons"].items():
        document["reasons"][who] = "consent" if reason != "consent" else "no_place_left"
        return document
    return None


def pin_broken(document: Document, chance: np.random.Generator) -> Document | None:
    for who, post_id in document["fixed"]:
        document["placed"].pop(who)
        document["reasons"][who] = "no_place_left"
        document["n_placed"] -= 1
        document["total"] -= document["values"][who][post_id]
        return document
    return None


def reserved_taken(document: Document, chance: np.random.Generator) -> Document | None:
    """Give a member's place to somebody else."""
    for each in document["posts"]:
        for kept in each["reserved"]:
            others = [
                who
                for who, place in document["placed"].items()
                if who not in kept["members"] and place == [each["id"], "open"]
            ]
            for who in others[:1]:
                document["placed"][who] = [each["id"], kept["agreement"]]
                return document
    return None


def count_wrong(document: Document, chance: np.random.Generator) -> Document | None:
    name = ("n_placed", "most", "total")[int(chance.integers(0, 3))]
    document[name] += 1
    return document


def blocking_pair(document: Document, chance: np.random.Generator) -> Document | None:
    """Leave somebody out of a stable assignment who was wanted."""
    return drop(document, chance)


MUTATIONS: dict[str, tuple[Callable[..., Document | None], str, str]] = {
    "swap": (swap, "best", "not_proved"),
    "drop": (drop, "best", "not_proved"),
    "overfill": (overfill, "best", "overfilled"),
    "ineligible": (ineligible, "best", "ineligible"),
    "wrong dual": (wrong_dual, "best", "not_proved"),
    "blocking pair": (blocking_pair, "graduates", "blocking_pair"),
    "false reason": (false_reason, "best", "reason_false"),
    "pin broken": (pin_broken, "best", "pin_broken"),
    "reserved place taken": (reserved_taken, "best", "reserved_for_others"),
    "count wrong": (count_wrong, "best", "count_wrong"),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_twenty_certificates_with_one_thing_wrong_are_refused_for_it(
    crosswalk: Scorer, kind: str
) -> None:
    mutate, way, expected = MUTATIONS[kind]
    refused = 0
    for seed in range(2000):
        document = certified(crosswalk, seed, way)
        mutated = mutate(copy.deepcopy(document), np.random.default_rng(seed))
        if mutated is None:
            continue
        assert checker.check(document) == [], seed
        assert expected in codes(mutated), (seed, codes(mutated))
        refused += 1
        if refused == 20:
            return
    raise AssertionError(f"only {refused} of 20 could be made")


# --- what is right ----------------------------------------------------------------------------


def test_brute_force_finds_nothing_better_on_small_markets(crosswalk: Scorer) -> None:
    compared = 0
    for seed in range(400):
        document = certified(crosswalk, seed)
        assert checker.check(document) == [], (seed, checker.check(document))
        if not small_enough(document):
            continue
        compared += 1
        ways = [each for each in every_assignment(document) if is_allowed(document, each)]
        assert max(total(document, each) for each in ways) == document["total"], seed
        assert max(len(each) for each in ways) == document["most"], seed
    assert compared >= 100


@pytest.mark.parametrize("way", ["graduates", "enterprises"])
def test_stable_assignments_are_proved(crosswalk: Scorer, way: str) -> None:
    for seed in range(200):
        document = certified(crosswalk, seed, way)
        assert checker.check(document) == [], (seed, checker.check(document))


def test_every_fault_has_words() -> None:
    source = Path(checker.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"Fault\(\s*\"(\w+)\"", source)) | {"reason_missing"}
    assert {"malformed", "blocking_pair"} <= named
    assert named <= set(FAULTS)
