"""How many people will lack at the level due: by hand, and from earlier class years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from recommender.domain import Graduate, Post, SkillCertificate, SkillLevel, TrainingTier
from recommender.matching.shortfall import Shortfall, shortfall
from tests.builders import (
    CREDIT_CODE,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_post,
    make_reference,
)

SENIOR, INTERMEDIATE = SkillLevel.SENIOR_WORKER, SkillLevel.INTERMEDIATE_WORKER
TIER = TrainingTier.SENIOR


def someone(level: SkillLevel | None, class_year: int = 2026, **overrides: Any) -> Graduate:
    values: dict[str, Any] = {"skill_level": level, "class_year": class_year, "training_tier": TIER}
    return make_graduate(**values | overrides)


def lacking(
    members: Sequence[Graduate],
    earlier: Sequence[Graduate],
    promised: int,
    posts: Sequence[Post] = (),
) -> Shortfall:
    agreement = make_agreement(level_due=SENIOR, ceiling=promised)
    found = shortfall(agreement, promised, members, earlier, make_reference(), posts)
    assert found is not None
    return found


def test_an_agreement_without_a_level_has_none() -> None:
    assert shortfall(make_agreement(ceiling=3), 3, [], [], make_reference()) is None


def test_nobody_lacks_everybody() -> None:
    assert lacking([], [], 3) == Shortfall(
        expected=3.0, low=3, high=3, n_members=0, n_ready=0, n_earlier=0
    )


def test_who_has_the_level_counts_as_one_and_others_by_the_share_of_earlier_years() -> None:
    members = [someone(SENIOR), *[someone(INTERMEDIATE)] * 4]
    earlier = [*[someone(SENIOR, 2025)] * 3, someone(INTERMEDIATE, 2024)]
    found = lacking(members, earlier, 6)
    # Three of four reached it: 6 - (1 + 4 x 3/4) = 2.
    assert (found.expected, found.n_members, found.n_ready, found.n_earlier) == (2.0, 5, 1, 4)
    assert (found.low, found.high) != (found.expected, found.expected)
    assert found.low <= found.expected <= found.high
    # At best all four come to have it, at worst none: never outside.
    assert 1 <= found.low <= found.high <= 5


def test_the_interval_is_that_of_the_beta_binomial() -> None:
    # One member, nobody before: Jeffreys' chance is 1/2, so neither end can be left out.
    alone = lacking([someone(None)], [], 1)
    assert (alone.expected, alone.low, alone.high, alone.n_earlier) == (0.5, 0, 1, 0)
    # One member, and all of 20 before reached it: the chance that this one does not is
    # 0.5 / 21 = 2.4 %, under the tail of 5 %.
    sure = lacking([someone(None)], [someone(SENIOR, 2025)] * 20, 1)
    assert (sure.expected, sure.low, sure.high) == (0.0, 0, 0)
    # After 8 of them it is 0.5 / 9 = 5.6 %.
    hardly = lacking([someone(None)], [someone(SENIOR, 2025)] * 8, 1)
    assert (hardly.expected, hardly.low, hardly.high) == (0.0, 0, 1)


def test_more_people_than_promised_fall_below_zero() -> None:
    assert lacking([someone(SENIOR)] * 3, [], 2).expected == -1.0


@pytest.mark.parametrize(
    ("nearer", "expected"),
    [
        ([someone(SENIOR, 2025)], 0.0),  # of trade and tier
        ([], 1.0),  # of the tier: nobody reached it
    ],
)
def test_chances_come_from_trade_and_tier_and_else_from_the_tier(
    nearer: list[Graduate], expected: float
) -> None:
    same_tier = [someone(INTERMEDIATE, 2025, trade="幼儿教育")] * 3
    others = [someone(SENIOR, 2025, training_tier=None)] * 5
    assert lacking([someone(None)], [*nearer, *same_tier, *others], 1).expected == expected


def test_without_anybody_of_the_tier_all_earlier_years_tell() -> None:
    others = [someone(SENIOR, 2025, training_tier=None)]
    assert lacking([someone(None)], others, 1).expected == 0.0


@pytest.mark.parametrize(
    "overrides", [{"class_year": 2026}, {"class_year": 2027}, {"consent": False}]
)
def test_these_teach_nothing(overrides: dict[str, Any]) -> None:
    teachers = [make_graduate(**{"skill_level": SENIOR, "class_year": 2025, **overrides})]
    assert lacking([someone(None)], teachers, 1).n_earlier == 0


@pytest.mark.parametrize(
    ("firm", "expected"), [(CREDIT_CODE, 0.0), (None, 0.0), (OTHER_CREDIT_CODE, 0.5)]
)
def test_what_the_enterprise_certified_itself_counts_there(
    firm: str | None, expected: float
) -> None:
    own = SkillCertificate(occupation_code="6-18-02-04", level=SENIOR, certified_by=firm)
    assert lacking([someone(None, certificates=(own,))], [], 1).expected == expected


@pytest.mark.parametrize(
    ("accepts", "expected"), [([], 0.5), ([None], 0.5), ([True], 0.0), ([True, False], 0.5)]
)
def test_what_another_enterprise_certified_counts_where_every_post_takes_it(
    accepts: list[bool | None], expected: float
) -> None:
    own = SkillCertificate(
        occupation_code="6-18-02-04", level=SENIOR, certified_by=OTHER_CREDIT_CODE
    )
    posts = [make_post(accepts_own_certificate=each) for each in accepts]
    found = lacking([someone(None, certificates=(own,))], [], 1, posts)
    assert found.expected == expected
