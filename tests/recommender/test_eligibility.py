"""The hard rules: each refuses on its own, and both ways of asking answer alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain import (
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    SkillCertificate,
    SkillLevel,
    StepReason,
)
from recommender.matching.eligibility import (
    CHECKS,
    RULE_SOURCES,
    RULES,
    Standing,
    check_pair,
    eligible_pairs,
    excluded_by,
    open_places,
    reached_level,
    standing,
    suitable_pairs,
)
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    SmallWorld,
    make_graduate,
    make_outcome,
    make_post,
)

STAGE = OutcomeStage
LAST_DAY = date(2026, 6, 30)  # of the default post


def failing(
    graduate: Graduate,
    post: Post,
    *steps: Outcome,
    day: date = DAY,
    paused: frozenset[str] = frozenset(),
    vetoed: Mapping[str, frozenset[str]] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Give the rules that fail and what each needs; the mask has to say the same."""
    now = standing(steps, {post.post_id: post}, day, paused=paused, vetoed=vetoed)
    rules = check_pair(graduate, post, now, day)
    assert tuple(rule.code for rule in rules) == RULES
    mask = eligible_pairs([graduate], [post], now, day)
    assert mask.dtype == np.bool_
    assert mask.tolist() == [[all(rule.holds for rule in rules)]]
    return {rule.code: rule.needs for rule in rules if not rule.holds}


def step(stage: OutcomeStage, day: date, **overrides: Any) -> Outcome:
    return make_outcome(stage=stage, date=day, **overrides)


def test_every_rule_has_a_source() -> None:
    assert RULES == (
        "consent", "unplaced", "open", "places", "level", "licence", "adult", "again",
        "paused", "vetoed",
    )  # fmt: skip
    assert all(RULE_SOURCES.values())
    assert tuple(CHECKS) == RULES


@dataclass(frozen=True, kw_only=True)
class Case:
    """A pair on `DAY` that one rule forbids, and no other."""

    graduate: Mapping[str, object] = field(default_factory=dict)
    post: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Outcome, ...] = ()
    paused: frozenset[str] = frozenset()
    vetoed: Mapping[str, frozenset[str]] = field(default_factory=dict)


ONLY_THIS_RULE = {
    "consent": Case(graduate={"consent": False}),
    "unplaced": Case(steps=(make_outcome(post_id="P9"),)),
    "open": Case(post={"opens_on": DAY + timedelta(days=1)}),
    "places": Case(post={"headcount": 1}, steps=(make_outcome(graduate_id="G9"),)),
    "level": Case(post={"min_level": SkillLevel.SENIOR_WORKER}),
    "licence": Case(post={"required_licence": ("高处作业",)}),
    "adult": Case(graduate={"adult_on": DAY + timedelta(days=1)}, post={"adults_only": True}),
    "again": Case(steps=(make_outcome(stage=OutcomeStage.DECLINED),)),
    "paused": Case(paused=frozenset({CREDIT_CODE})),
    "vetoed": Case(vetoed={"G1": frozenset({"P1"})}),
}


@pytest.mark.parametrize("code", RULES)
def test_without_a_rule_its_case_would_pass(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleting a rule from the table or from the mask turns its own case red."""
    case = ONLY_THIS_RULE[code]
    graduate, post = make_graduate(**case.graduate), make_post(**case.post)
    found = failing(graduate, post, *case.steps, paused=case.paused, vetoed=case.vetoed)
    assert set(found) == {code}
    others = {name: check for name, check in CHECKS.items() if name != code}
    monkeypatch.setattr("recommender.matching.eligibility.CHECKS", others)
    now = standing(case.steps, {post.post_id: post}, DAY, paused=case.paused, vetoed=case.vetoed)
    assert all(rule.holds for rule in check_pair(graduate, post, now, DAY))


# consent ------------------------------------------------------------------------------------


def test_nobody_is_ranked_without_consent() -> None:
    assert failing(make_graduate(consent=False), make_post()) == {"consent": ()}


def test_the_default_pair_keeps_every_rule() -> None:
    assert failing(make_graduate(), make_post()) == {}


# unplaced -----------------------------------------------------------------------------------


def test_hired_at_enrolment_is_placed() -> None:
    assert failing(make_graduate(hired_at_enrolment=True), make_post()) == {"unplaced": ()}


@pytest.mark.parametrize("stage", [STAGE.SIGNED, STAGE.STARTED, STAGE.RETAINED])
def test_a_place_held_elsewhere_is_a_place(stage: OutcomeStage) -> None:
    elsewhere = step(stage, date(2026, 5, 10), post_id="P9")
    assert failing(make_graduate(), make_post(), elsewhere) == {"unplaced": ()}


@pytest.mark.parametrize("stage", [STAGE.SIGNED, STAGE.STARTED, STAGE.RETAINED])
def test_a_place_held_at_the_post_itself_is_a_place(stage: OutcomeStage) -> None:
    assert failing(make_graduate(), make_post(), step(stage, date(2026, 5, 10))) == {"unplaced": ()}


@pytest.mark.parametrize("stage", [STAGE.CANCELLED, STAGE.LEFT])
def test_an_ending_at_another_post_frees_nobody(stage: OutcomeStage) -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 1), post_id="P8"),
        step(stage, date(2026, 5, 10), post_id="P9"),
    )
    assert failing(make_graduate(), make_post(), *steps) == {"unplaced": ()}


@pytest.mark.parametrize("stage", [STAGE.CANCELLED, STAGE.LEFT])
def test_an_ending_before_the_signing_frees_nobody(stage: OutcomeStage) -> None:
    steps = (
        step(stage, date(2026, 5, 9), post_id="P9"),
        step(STAGE.SIGNED, date(2026, 5, 10), post_id="P9"),
    )
    assert failing(make_graduate(), make_post(), *steps) == {"unplaced": ()}


def test_signing_again_after_a_cancellation_holds_the_place_again() -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 1), post_id="P9"),
        step(STAGE.CANCELLED, date(2026, 5, 4), post_id="P9"),
        step(STAGE.SIGNED, date(2026, 5, 8), post_id="P9"),
    )
    for ordered in (steps, steps[::-1]):
        assert failing(make_graduate(), make_post(), *ordered) == {"unplaced": ()}


@pytest.mark.parametrize("stage", [STAGE.CANCELLED, STAGE.LEFT])
@pytest.mark.parametrize("ended_on", [date(2026, 5, 10), date(2026, 5, 11)])
def test_an_ending_on_the_same_day_or_later_frees_the_graduate(
    stage: OutcomeStage, ended_on: date
) -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 10), post_id="P9"),
        step(stage, ended_on, post_id="P9"),
    )
    assert failing(make_graduate(), make_post(), *steps) == {}
    assert failing(make_graduate(), make_post(), *reversed(steps)) == {}


@pytest.mark.parametrize(
    "stage", [STAGE.RECOMMENDED, STAGE.INTERESTED, STAGE.INTERVIEWED, STAGE.OFFERED, STAGE.INTERNED]
)
def test_steps_short_of_a_signing_place_nobody(stage: OutcomeStage) -> None:
    taken = step(stage, date(2026, 5, 10))
    assert failing(make_graduate(), make_post(headcount=1), taken) == {}


# open ---------------------------------------------------------------------------------------


def test_a_post_is_closed_before_its_first_day_and_says_when_it_opens() -> None:
    day = date(2026, 3, 31)
    assert failing(make_graduate(), make_post(), day=day) == {"open": ("2026-04-01",)}


def test_a_post_is_closed_after_its_last_day_for_good() -> None:
    assert failing(make_graduate(), make_post(), day=date(2026, 7, 1)) == {"open": ()}


@pytest.mark.parametrize("day", [date(2026, 4, 1), LAST_DAY])
def test_the_first_and_the_last_day_are_open(day: date) -> None:
    assert failing(make_graduate(), make_post(), day=day) == {}


@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=1)])
def test_a_withdrawn_post_is_closed_from_that_day_on(day: date) -> None:
    assert failing(make_graduate(), make_post(withdrawn_on=DAY), day=day) == {"open": ()}


def test_a_post_is_open_until_the_day_it_is_withdrawn() -> None:
    post = make_post(withdrawn_on=DAY)
    assert failing(make_graduate(), post, day=DAY - timedelta(days=1)) == {}


def test_a_post_withdrawn_before_it_opened_promises_no_opening() -> None:
    post = make_post(withdrawn_on=date(2026, 3, 1))
    assert failing(make_graduate(), post, day=date(2026, 3, 15)) == {"open": ()}


# places -------------------------------------------------------------------------------------


def test_the_last_place_taken_shuts_out_everybody_else() -> None:
    taken = step(STAGE.SIGNED, date(2026, 5, 10), graduate_id="G9")
    assert failing(make_graduate(), make_post(headcount=1), taken) == {"places": ()}


def test_an_overbooked_post_has_no_places_and_not_fewer() -> None:
    post = make_post(headcount=1)
    steps = [step(STAGE.SIGNED, date(2026, 5, 10), graduate_id=f"G{i}") for i in range(3)]
    assert open_places(post, standing(steps, {"P1": post}, DAY)) == 0


def test_one_pair_takes_one_place_however_many_steps_confirm_it() -> None:
    post = make_post(headcount=2)
    steps = [
        step(stage, date(2026, 5, 10), graduate_id="G9")
        for stage in (STAGE.SIGNED, STAGE.STARTED, STAGE.RETAINED)
    ]
    # The same rows twice, as a caller gets them who asks by post and by graduate.
    assert open_places(post, standing(steps * 2, {"P1": post}, DAY)) == 1
    assert failing(make_graduate(), post, *steps) == {}


@pytest.mark.parametrize("stage", [STAGE.CANCELLED, STAGE.LEFT])
def test_an_ending_gives_the_place_back(stage: OutcomeStage) -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 8), graduate_id="G9"),
        step(stage, date(2026, 5, 10), graduate_id="G9"),
    )
    assert failing(make_graduate(), make_post(headcount=1), *steps) == {}


def test_an_ending_of_another_pair_gives_no_place_back() -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 8), graduate_id="G9"),
        step(STAGE.CANCELLED, date(2026, 5, 10), graduate_id="G8"),
    )
    assert failing(make_graduate(), make_post(headcount=1), *steps) == {"places": ()}


@pytest.mark.parametrize(
    ("ended_on", "n_places"), [(LAST_DAY, 1), (LAST_DAY + timedelta(days=1), 0)]
)
def test_an_ending_after_the_last_day_frees_the_graduate_and_not_the_place(
    ended_on: date, n_places: int
) -> None:
    post = make_post(headcount=1)
    steps = (step(STAGE.SIGNED, DAY), step(STAGE.LEFT, ended_on))
    now = standing(steps, {"P1": post}, date(2026, 12, 1))
    assert open_places(post, now) == n_places
    assert now.placed_at == {}


def test_the_first_of_two_endings_gives_the_place_back() -> None:
    post = make_post(headcount=1)
    steps = (
        step(STAGE.SIGNED, DAY),
        step(STAGE.CANCELLED, LAST_DAY),
        step(STAGE.LEFT, LAST_DAY + timedelta(days=20)),
    )
    assert open_places(post, standing(steps, {"P1": post}, date(2026, 12, 1))) == 1


def test_people_without_consent_take_places() -> None:
    # Who consents is not even asked: places are counted from the steps alone.
    taken = step(STAGE.SIGNED, date(2026, 5, 10), graduate_id="without consent")
    assert failing(make_graduate(), make_post(headcount=1), taken) == {"places": ()}


# Steps of tomorrow --------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [STAGE.SIGNED, STAGE.DECLINED])
@pytest.mark.parametrize(
    "when",
    [
        {"date": DAY + timedelta(days=1)},
        {"date": DAY, "recorded_on": DAY + timedelta(days=1)},
    ],
    ids=["dated after the day", "recorded after the day"],
)
def test_a_step_of_tomorrow_does_not_exist_yet(
    stage: OutcomeStage, when: Mapping[str, date]
) -> None:
    later = make_outcome(stage=stage, **when)
    post = make_post(headcount=1)
    assert failing(make_graduate(), post, later) == {}
    assert failing(make_graduate(), post, later, day=DAY + timedelta(days=1)) != {}


def test_a_cancellation_that_is_not_recorded_yet_gives_nothing_back() -> None:
    steps = (
        step(STAGE.SIGNED, date(2026, 5, 8)),
        step(STAGE.CANCELLED, date(2026, 5, 10), recorded_on=DAY + timedelta(days=1)),
    )
    assert set(failing(make_graduate(), make_post(headcount=1), *steps)) == {"unplaced", "places"}


# level --------------------------------------------------------------------------------------


def test_one_level_short_is_short_and_says_which_is_needed() -> None:
    post = make_post(min_level=SkillLevel.SENIOR_WORKER)
    assert failing(make_graduate(), post) == {"level": ("SENIOR_WORKER",)}


def test_a_level_not_stated_fails_a_stated_minimum() -> None:
    post = make_post(min_level=SkillLevel.APPRENTICE)
    assert failing(make_graduate(skill_level=None), post) == {"level": ("APPRENTICE",)}


def test_a_minimum_not_stated_demands_nothing() -> None:
    assert failing(make_graduate(skill_level=None), make_post()) == {}


def test_an_equal_level_reaches_the_minimum() -> None:
    assert failing(make_graduate(), make_post(min_level=SkillLevel.INTERMEDIATE_WORKER)) == {}


def test_an_expected_level_is_not_a_level_held() -> None:
    graduate = make_graduate(expected_level=SkillLevel.TECHNICIAN, expected_on=date(2026, 5, 1))
    post = make_post(min_level=SkillLevel.SENIOR_WORKER)
    assert failing(graduate, post) == {"level": ("SENIOR_WORKER",)}


def certified(level: SkillLevel, by: str | None = None) -> SkillCertificate:
    return SkillCertificate(occupation_code="6-18-02-04", level=level, certified_by=by)


@pytest.mark.parametrize("accepts", [False, None])
def test_the_own_certificate_of_another_enterprise_counts_for_nothing(accepts: bool | None) -> None:
    own = certified(SkillLevel.SENIOR_WORKER, OTHER_CREDIT_CODE)
    post = make_post(min_level=SkillLevel.SENIOR_WORKER, accepts_own_certificate=accepts)
    assert failing(make_graduate(certificates=(own,)), post) == {"level": ("SENIOR_WORKER",)}
    assert reached_level(make_graduate(skill_level=None, certificates=(own,)), post) is None


@pytest.mark.parametrize(
    ("certified_by", "accepts"),
    [(None, None), (CREDIT_CODE, None), (CREDIT_CODE, False), (OTHER_CREDIT_CODE, True)],
    ids=["public", "same enterprise", "same enterprise though not accepted", "accepted"],
)
def test_a_certificate_counts_where_it_is_public_or_known_or_accepted(
    certified_by: str | None, accepts: bool | None
) -> None:
    graduate = make_graduate(certificates=(certified(SkillLevel.SENIOR_WORKER, certified_by),))
    post = make_post(min_level=SkillLevel.SENIOR_WORKER, accepts_own_certificate=accepts)
    assert failing(graduate, post) == {}


def test_the_highest_certificate_counts_and_not_the_last() -> None:
    graduate = make_graduate(
        skill_level=SkillLevel.JUNIOR_WORKER,
        certificates=(certified(SkillLevel.TECHNICIAN), certified(SkillLevel.JUNIOR_WORKER)),
    )
    assert failing(graduate, make_post(min_level=SkillLevel.TECHNICIAN)) == {}
    assert reached_level(graduate, make_post()) is SkillLevel.TECHNICIAN


# licence ------------------------------------------------------------------------------------


def test_every_required_licence_is_needed_and_the_missing_ones_are_named() -> None:
    graduate = make_graduate(licences=("低压电工作业",))
    post = make_post(required_licence=("低压电工作业", "高处作业", "熔化焊接与热切割作业"))
    assert failing(graduate, post) == {"licence": ("高处作业", "熔化焊接与热切割作业")}


def test_a_licence_more_than_required_does_no_harm() -> None:
    graduate = make_graduate(licences=("高处作业", "低压电工作业"))
    assert failing(graduate, make_post(required_licence=("低压电工作业",))) == {}


# adult --------------------------------------------------------------------------------------


def test_the_day_before_the_eighteenth_birthday_is_too_early_and_says_when() -> None:
    minor = make_graduate(adult_on=DAY + timedelta(days=1))
    assert failing(minor, make_post(adults_only=True)) == {"adult": ("2026-05-16",)}


def test_an_age_not_stated_is_no_proof_of_being_adult() -> None:
    assert failing(make_graduate(adult_on=None), make_post(adults_only=True)) == {"adult": ()}


def test_the_eighteenth_birthday_itself_is_adult() -> None:
    assert failing(make_graduate(adult_on=DAY), make_post(adults_only=True)) == {}


@pytest.mark.parametrize("adults_only", [False, None])
def test_minors_may_take_posts_that_are_not_for_adults(adults_only: bool | None) -> None:
    assert failing(make_graduate(adult_on=None), make_post(adults_only=adults_only)) == {}


# again --------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, *StepReason])
def test_a_post_declined_is_not_offered_again(reason: StepReason | None) -> None:
    declined = step(STAGE.DECLINED, date(2026, 5, 10), reason=reason)
    assert failing(make_graduate(), make_post(), declined) == {"again": ()}


@pytest.mark.parametrize("reason", [reason for reason in StepReason if reason != StepReason.FULL])
def test_who_was_refused_for_a_stated_reason_is_shut_out(reason: StepReason) -> None:
    rejected = step(STAGE.REJECTED, date(2026, 5, 10), reason=reason)
    assert failing(make_graduate(), make_post(), rejected) == {"again": ()}


@pytest.mark.parametrize("reason", [None, StepReason.FULL])
def test_who_was_refused_for_a_full_post_or_no_stated_reason_is_not(
    reason: StepReason | None,
) -> None:
    rejected = step(STAGE.REJECTED, date(2026, 5, 10), reason=reason)
    assert failing(make_graduate(), make_post(), rejected) == {}


def test_declining_shuts_out_one_graduate_from_one_post() -> None:
    elsewhere = step(STAGE.DECLINED, date(2026, 5, 10), post_id="P9")
    somebody = step(STAGE.DECLINED, date(2026, 5, 10), graduate_id="G9")
    assert failing(make_graduate(), make_post(), elsewhere, somebody) == {}


# The small world, and both ways at once -----------------------------------------------------


def test_the_small_world_is_known_by_heart(small_world: SmallWorld) -> None:
    now = standing(small_world.outcomes, {p.post_id: p for p in small_world.posts}, DAY)
    mask = eligible_pairs(small_world.graduates, small_world.posts, now, DAY)
    may = {
        graduate.graduate_id: [
            p.post_id for p, yes in zip(small_world.posts, row, strict=True) if yes
        ]
        for graduate, row in zip(small_world.graduates, mask, strict=True)
    }
    assert may == {
        "G1": [],  # placed
        "G2": [],
        "G3": [],
        "G4": ["P1", "P4", "P5"],  # left, so that their own place is free again
        "G5": [],  # no consent
        "G6": ["P1", "P5"],
        "G7": ["P1", "P4", "P5"],
        "G8": ["P1", "P4", "P5"],
    }
    places = {post.post_id: open_places(post, now) for post in small_world.posts}
    assert places == {"P1": 1, "P2": 0, "P3": 1, "P4": 1, "P5": 2}


def test_suitability_asks_for_consent_level_licence_and_age_alone() -> None:
    placed, closed = make_graduate(hired_at_enrolment=True), make_post(withdrawn_on=DAY)
    assert suitable_pairs([placed], [closed], DAY).tolist() == [[True]]
    unsuitable = [
        (make_graduate(consent=False), make_post()),
        (make_graduate(skill_level=None), make_post(min_level=SkillLevel.APPRENTICE)),
        (make_graduate(), make_post(required_licence=("高处作业",))),
        (make_graduate(adult_on=None), make_post(adults_only=True)),
    ]
    for graduate, post in unsuitable:
        assert suitable_pairs([graduate], [post], DAY).tolist() == [[False]]


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_has_an_empty_mask(n_graduates: int, n_posts: int) -> None:
    graduates = [make_graduate(certificates=(certified(SkillLevel.TECHNICIAN, CREDIT_CODE),))]
    mask = eligible_pairs(graduates * n_graduates, [make_post()] * n_posts, Standing(), DAY)
    assert (mask.shape, mask.dtype) == ((n_graduates, n_posts), np.bool_)


LEVELS = st.none() | st.sampled_from(SkillLevel)
DAYS = st.integers(-2, 2).map(lambda shift: DAY + timedelta(days=shift))
FIRMS = st.sampled_from([CREDIT_CODE, OTHER_CREDIT_CODE])
LICENCES = st.lists(st.sampled_from(["低压电工作业", "高处作业"]), unique=True).map(tuple)
CERTIFICATES = st.lists(st.builds(certified, st.sampled_from(SkillLevel), st.none() | FIRMS))
GRADUATES = st.fixed_dictionaries(
    {
        "consent": st.sampled_from([True, True, True, False]),
        "hired_at_enrolment": st.sampled_from([False, False, False, True]),
        "skill_level": LEVELS,
        "certificates": CERTIFICATES.map(tuple),
        "licences": LICENCES,
        "adult_on": st.none() | DAYS,
    }
)
POSTS = st.fixed_dictionaries(
    {
        "headcount": st.integers(1, 3),
        "credit_code": FIRMS,
        "min_level": LEVELS,
        "required_licence": LICENCES,
        "accepts_own_certificate": st.none() | st.booleans(),
        "adults_only": st.none() | st.booleans(),
        "opens_on": st.sampled_from([DAY - timedelta(days=9), DAY, DAY + timedelta(days=1)]),
        "closes_on": st.sampled_from([DAY + timedelta(days=1), DAY + timedelta(days=9)]),
        "withdrawn_on": st.none() | DAYS,
    }
)
STEPS = st.fixed_dictionaries(
    {
        "graduate_id": st.integers(0, 3).map("G{}".format),
        "post_id": st.integers(0, 3).map("P{}".format),
        "stage": st.sampled_from(OutcomeStage),
        "date": DAYS,
        "recorded_on": DAYS,
        "reason": st.none() | st.sampled_from(StepReason),
    }
)


@settings(max_examples=300)
@given(
    st.lists(GRADUATES, min_size=1, max_size=4),
    st.lists(POSTS, min_size=1, max_size=4),
    st.lists(STEPS, max_size=8),
)
def test_the_mask_answers_as_the_single_pairs_do(
    people: list[dict[str, Any]], offers: list[dict[str, Any]], steps: list[dict[str, Any]]
) -> None:
    graduates = [make_graduate(graduate_id=f"G{i}", **each) for i, each in enumerate(people)]
    posts = [make_post(post_id=f"P{j}", **each) for j, each in enumerate(offers)]
    now = standing([make_outcome(**each) for each in steps], {p.post_id: p for p in posts}, DAY)
    one_by_one = [
        [all(rule.holds for rule in check_pair(g, p, now, DAY)) for p in posts] for g in graduates
    ]
    assert eligible_pairs(graduates, posts, now, DAY).tolist() == one_by_one


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_steps_changes_nothing(steps: list[dict[str, Any]], chance: Any) -> None:
    outcomes = [make_outcome(**each) for each in steps]
    posts = {f"P{j}": make_post(post_id=f"P{j}") for j in range(4)}
    shuffled = outcomes.copy()
    chance.shuffle(shuffled)
    assert standing(shuffled, posts, DAY) == standing(outcomes, posts, DAY)


# Why nothing is left ------------------------------------------------------------------------


def test_a_rule_that_fails_everywhere_is_named_alone() -> None:
    posts = [
        make_post(post_id="P1", min_level=SkillLevel.TECHNICIAN),
        make_post(post_id="P2", min_level=SkillLevel.TECHNICIAN, adults_only=True),
    ]
    minor = make_graduate(adult_on=None)
    assert excluded_by(minor, posts, Standing(), DAY) == ("level",)


def test_rules_that_fail_together_are_all_named_in_their_order() -> None:
    posts = [
        make_post(post_id="P1", adults_only=True),
        make_post(post_id="P2", min_level=SkillLevel.TECHNICIAN),
    ]
    minor = make_graduate(adult_on=None)
    assert excluded_by(minor, posts, Standing(), DAY) == ("level", "adult")


def test_all_rules_that_fail_everywhere_are_named_in_their_order() -> None:
    nobody = make_graduate(consent=False, hired_at_enrolment=True, skill_level=None, adult_on=None)
    strict = make_post(
        withdrawn_on=DAY,
        headcount=1,
        min_level=SkillLevel.TECHNICIAN,
        required_licence=("高处作业",),
        adults_only=True,
    )
    now = Standing(
        confirmed={"P1": 1},
        shut_out={"G1": frozenset({"P1"})},
        paused=frozenset({strict.credit_code}),
        vetoed={"G1": frozenset({"P1"})},
    )
    assert excluded_by(nobody, [strict], now, DAY) == RULES


def test_without_any_open_post_it_is_the_season() -> None:
    assert excluded_by(make_graduate(), [], Standing(), DAY) == ("open",)


def test_nothing_is_named_where_a_post_is_left() -> None:
    posts = [make_post(post_id="P1", adults_only=True), make_post(post_id="P2")]
    assert excluded_by(make_graduate(adult_on=None), posts, Standing(), DAY) == ()
