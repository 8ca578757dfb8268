"""A certificate is believed only where everything in it is right, and the checker knows why."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from recommender import checker
from recommender.assignment_printouts import FAULTS
from recommender.model.scoring import Scorer
from tests.recommender.certificates import Document, best_and_most, draw, wrongs


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    return scorers["crosswalk"]


def codes(document: Document) -> set[str]:
    return {fault.code for fault in checker.check(document)}


def total(document: Document) -> int:
    return sum(document["values"][who][post] for who, (post, _) in document["placed"].items())


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": "another"}, "text", 3])
def test_what_is_no_certificate_is_refused(wrong: object) -> None:
    assert [fault.code for fault in checker.check(wrong)] == ["malformed"]


def test_a_certificate_with_a_part_missing_is_refused(crosswalk: Scorer) -> None:
    whole = draw(crosswalk, 1).certified()
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
        now = total(document)
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
    document["total"] = total(document)
    return document


def overfill(document: Document, chance: np.random.Generator) -> Document | None:
    """Give a full post to one more."""
    for who, reason in document["reasons"].items():
        if reason == "no_place_left":
            post_id = min(p for p in document["values"][who])
            del document["reasons"][who]
            document["placed"][who] = [post_id, "open"]
            document["n_placed"] += 1
            document["total"] = total(document)
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
def test_twenty_certificates_that_brute_force_proves_wrong_are_refused_for_it(
    crosswalk: Scorer, kind: str
) -> None:
    mutate, way, expected = MUTATIONS[kind]
    refused = 0
    for seed in range(2000):
        drawn = draw(crosswalk, seed)
        document = drawn.certified(way)
        mutated = mutate(copy.deepcopy(document), np.random.default_rng(seed))
        if mutated is None:
            continue
        assert (checker.check(document), list(wrongs(drawn, document))) == ([], []), seed
        assert list(wrongs(drawn, mutated)), seed
        assert expected in codes(mutated), (seed, codes(mutated))
        refused += 1
        if refused == 20:
            return
    raise AssertionError(f"only {refused} of 20 could be made")


# --- what is right ----------------------------------------------------------------------------


def test_brute_force_agrees_on_1000_markets_of_up_to_eight_by_four(crosswalk: Scorer) -> None:
    largest = (0, 0)
    for seed in range(1000):
        drawn = draw(crosswalk, seed)
        document = drawn.certified()
        assert checker.check(document) == [], (seed, checker.check(document))
        told = document["total"], document["most"]
        assert best_and_most(document, drawn.failing) == told, seed
        largest = max(largest, (len(document["graduates"]), len(document["posts"])))
    assert largest == (8, 4)


@pytest.mark.parametrize("way", ["graduates", "enterprises"])
def test_stable_assignments_are_proved(crosswalk: Scorer, way: str) -> None:
    for seed in range(200):
        drawn = draw(crosswalk, seed)
        document = drawn.certified(way)
        assert checker.check(document) == [], (seed, checker.check(document))
        assert list(wrongs(drawn, document)) == [], seed


def test_every_fault_has_words() -> None:
    source = Path(checker.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"Fault\(\s*\"(\w+)\"", source)) | {"reason_missing"}
    assert {"malformed", "blocking_pair"} <= named
    assert named <= set(FAULTS)
