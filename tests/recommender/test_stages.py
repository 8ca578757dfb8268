"""What the log says of each stage of the road, step by step, and what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recommender.domain import Graduate, Outcome, OutcomeStage, Post, StepReason
from recommender.model.stages import (
    HIRED,
    WANTING,
    Labelled,
    Roads,
    roads,
    sample_unwanted,
)
from tests.builders import SmallWorld, make_graduate, make_outcome, make_post

S = OutcomeStage
MAY = date(2026, 5, 10)
STAGES = ("wanted", "hired", "stayed", "shown")


def step(stage: OutcomeStage, on: date = MAY, **overrides: Any) -> Outcome:
    return make_outcome(stage=stage, date=on, **overrides)


def told(
    steps: Sequence[Outcome],
    graduates: Sequence[Graduate] = (make_graduate(),),
    posts: Sequence[Post] = (make_post(),),
) -> Roads:
    return roads(graduates, posts, steps)


def answers(said: Labelled) -> list[tuple[int, int, bool]]:
    columns = (said.rows.tolist(), said.columns.tolist(), said.labels.tolist())
    return list(zip(*columns, strict=True))


def answer(said: Roads, stage: str) -> bool | None:
    """Give what is said of the first graduate and the first post; None where nothing is."""
    found = {(row, column): label for row, column, label in answers(getattr(said, stage))}
    return found.get((0, 0))


def all_answers(said: Roads) -> tuple[bool | None, ...]:
    return tuple(answer(said, stage) for stage in STAGES)


# What says nothing --------------------------------------------------------------------------


def test_an_empty_log_says_nothing() -> None:
    said = told([])
    for stage in STAGES:
        labelled: Labelled = getattr(said, stage)
        assert labelled.rows.shape == (0,)
        assert labelled.rows.dtype == labelled.columns.dtype == np.int32
        assert labelled.labels.dtype == np.bool_
        assert labelled.weights.dtype == np.float32


def test_nobody_and_nothing_have_no_road() -> None:
    assert all_answers(told([step(S.SIGNED)], graduates=())) == (None,) * 4
    assert all_answers(told([step(S.SIGNED)], posts=())) == (None,) * 4


def test_people_without_consent_teach_nothing() -> None:
    said = told([step(S.SIGNED), step(S.RETAINED)], graduates=[make_graduate(consent=False)])
    assert all_answers(said) == (None,) * 4


@pytest.mark.parametrize("stranger", [{"graduate_id": "G9"}, {"post_id": "P9"}])
def test_steps_of_others_and_elsewhere_say_nothing(stranger: dict[str, str]) -> None:
    assert all_answers(told([step(S.SIGNED, **stranger)])) == (None,) * 4


@pytest.mark.parametrize("stage", [S.LEFT, S.CANCELLED])
def test_an_end_without_a_beginning_says_nothing(stage: OutcomeStage) -> None:
    assert all_answers(told([step(stage)])) == (None,) * 4


# Every road ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "wanted", "hired", "stayed", "shown"),
    [
        # Shown and not taken up is a no; of the rest nothing is known.
        ((S.RECOMMENDED,), False, None, None, False),
        ((S.DECLINED,), False, None, None, None),
        ((S.RECOMMENDED, S.DECLINED), False, None, None, False),
        # Wanted, and no answer yet.
        ((S.INTERESTED,), True, None, None, None),
        ((S.RECOMMENDED, S.INTERESTED), True, None, None, True),
        ((S.INTERVIEWED,), True, None, None, None),
        ((S.INTERNED,), True, None, None, None),
        # Wanted first and declined later: it was wanted.
        ((S.INTERESTED, S.DECLINED), True, None, None, None),
        # Refused at a post with places left.
        ((S.REJECTED,), True, False, None, None),
        ((S.RECOMMENDED, S.INTERESTED, S.INTERVIEWED, S.REJECTED), True, False, None, True),
        # Taken, whatever became of it.
        ((S.OFFERED,), True, True, None, None),
        ((S.OFFERED, S.DECLINED), True, True, None, None),
        ((S.SIGNED,), True, True, None, None),
        ((S.SIGNED, S.CANCELLED), True, True, None, None),
        ((S.REJECTED, S.OFFERED), True, True, None, None),
        # Started: whether it lasts is known when it has, or has not.
        ((S.STARTED,), True, True, None, None),
        ((S.SIGNED, S.STARTED, S.LEFT), True, True, False, None),
        ((S.SIGNED, S.LEFT), True, True, None, None),
        ((S.SIGNED, S.STARTED, S.RETAINED), True, True, True, None),
        ((S.RETAINED,), True, True, True, None),
        ((S.STARTED, S.RETAINED, S.LEFT), True, True, True, None),
    ],
)
def test_a_road_says_of_each_stage_what_it_can(
    stages: tuple[OutcomeStage, ...],
    wanted: bool | None,
    hired: bool | None,
    stayed: bool | None,
    shown: bool | None,
) -> None:
    steps = [step(stage, on=date(2026, 5, day)) for day, stage in enumerate(stages, start=1)]
    assert all_answers(told(steps)) == (wanted, hired, stayed, shown)
    assert all_answers(told(steps[::-1])) == (wanted, hired, stayed, shown)


def test_the_stages_that_say_wanted_and_hired() -> None:
    assert set(S) - WANTING == {S.RECOMMENDED, S.DECLINED, S.CANCELLED, S.LEFT}
    assert {S.OFFERED, S.SIGNED, S.STARTED, S.RETAINED} == HIRED


def test_a_label_stands_with_its_graduate_and_its_post() -> None:
    graduates = [make_graduate(graduate_id=each) for each in ("G1", "G2")]
    posts = [make_post(post_id=each) for each in ("P1", "P2", "P3")]
    steps = [
        step(S.SIGNED, graduate_id="G2", post_id="P3"),
        step(S.RECOMMENDED, graduate_id="G2", post_id="P1"),
        step(S.INTERESTED, graduate_id="G1", post_id="P2"),
    ]
    said = told(steps, graduates, posts)
    assert answers(said.wanted) == [(0, 1, True), (1, 0, False), (1, 2, True)]
    assert answers(said.hired) == [(1, 2, True)]
    assert answers(said.shown) == [(1, 0, False)]


# Refused, or no place left ------------------------------------------------------------------


def rivals(*signed_on: date) -> list[Outcome]:
    """Give signings at P1 by others; the default post has two places."""
    return [step(S.SIGNED, on=day, graduate_id=f"R{i}") for i, day in enumerate(signed_on)]


def day(number: int) -> date:
    return date(2026, 5, number)


@pytest.mark.parametrize("reason", [each for each in StepReason if each is not StepReason.FULL])
def test_a_reason_of_ones_own_is_a_refusal_even_at_a_full_post(reason: StepReason) -> None:
    steps = [step(S.REJECTED, on=day(20), reason=reason), *rivals(day(1), day(2))]
    assert answer(told(steps), "hired") is False


def test_full_says_nothing_of_merit_even_where_the_dates_know_of_a_place() -> None:
    said = told([step(S.REJECTED, reason=StepReason.FULL)])
    assert answer(said, "hired") is None
    assert answer(said, "wanted") is True


# How crowded a post was -----------------------------------------------------------------------


def crowding(*steps: Outcome, headcount: int = 2) -> list[float]:
    return told(list(steps), posts=(make_post(headcount=headcount),)).crowding.tolist()


def refused(*on: date) -> list[Outcome]:
    """Give refusals at P1 of others."""
    return [step(S.REJECTED, on=each, graduate_id=f"X{i}") for i, each in enumerate(on)]


def test_who_was_not_decided_on_was_in_no_crowd() -> None:
    assert crowding() == []
    assert crowding(step(S.INTERESTED), *refused(day(10))) == []


def test_where_everybody_could_be_taken_there_is_no_crowd() -> None:
    # Two decisions for two places; then a third, 11 days later.
    assert crowding(step(S.REJECTED, on=day(10)), *refused(day(10), day(21))) == [0.0]


@pytest.mark.parametrize(
    ("others", "powers_of_two"),
    [
        ([day(10)] * 3, 1.0),  # four people for two places
        ([day(1), day(19), day(20)], 1.0),  # up to ten days before and after
        ([day(10)] * 7, 2.0),  # eight people for two places
    ],
)
def test_people_for_each_place_are_a_power_of_two(others: list[date], powers_of_two: float) -> None:
    assert crowding(step(S.REJECTED, on=day(10)), *refused(*others)) == [powers_of_two]


def test_a_hiring_is_in_the_crowd_that_it_was_chosen_from() -> None:
    assert crowding(step(S.OFFERED, on=day(10)), *refused(day(10), day(10), day(10))) == [1.0]


def test_places_are_those_left_when_the_time_began() -> None:
    # One of two places was taken before: one place for two people.
    steps = [step(S.REJECTED, on=day(20)), *refused(day(20)), *rivals(day(1))]
    assert crowding(*steps) == [1.0]
    # Taken at the time, it was still to be had, and its taker is one of three people.
    steps = [step(S.REJECTED, on=day(20)), *refused(day(20)), *rivals(day(15))]
    assert crowding(*steps) == [pytest.approx(log2(3 / 2))]


def test_a_full_post_counts_as_half_a_place() -> None:
    # Refused for a reason of one's own, though both places were taken long before.
    steps = [step(S.REJECTED, on=day(20), reason=StepReason.SKILL), *rivals(day(1), day(2))]
    assert crowding(*steps) == [1.0]


@pytest.mark.parametrize(
    ("signed_on", "hired"),
    [
        ([], False),
        ([day(1)], False),  # one of two places
        ([day(1), day(2)], None),  # both
        ([day(1), day(20)], None),  # the second on the very day
        ([day(1), day(21)], False),  # the second a day later
    ],
)
def test_places_are_rebuilt_from_the_dates(signed_on: list[date], hired: bool | None) -> None:
    said = told([step(S.REJECTED, on=day(20)), *rivals(*signed_on)])
    assert answer(said, "hired") is hired


@pytest.mark.parametrize("ending", [S.CANCELLED, S.LEFT])
@pytest.mark.parametrize(
    ("given_back_on", "hired"),
    [(day(19), False), (day(20), False), (day(21), None)],
)
def test_a_place_given_back_is_a_place(
    ending: OutcomeStage, given_back_on: date, hired: bool | None
) -> None:
    steps = [
        step(S.REJECTED, on=day(20)),
        *rivals(day(1), day(2)),
        step(ending, on=given_back_on, graduate_id="R0"),
    ]
    assert answer(told(steps), "hired") is hired
    assert answer(told(steps[::-1]), "hired") is hired


def test_a_place_given_back_and_taken_again_is_none() -> None:
    steps = [
        step(S.REJECTED, on=day(20)),
        *rivals(day(1), day(2), day(12)),
        step(S.CANCELLED, on=day(11), graduate_id="R0"),
    ]
    assert answer(told(steps), "hired") is None


def test_signing_starting_and_staying_take_one_place_together() -> None:
    one = [
        step(stage, on=day(number), graduate_id="R0")
        for number, stage in enumerate((S.SIGNED, S.STARTED, S.RETAINED), start=1)
    ]
    assert answer(told([step(S.REJECTED, on=day(20)), *one]), "hired") is False
    both = [*one, step(S.STARTED, on=day(9), graduate_id="R1")]
    assert answer(told([step(S.REJECTED, on=day(20)), *both]), "hired") is None


def test_an_end_without_a_place_gives_none_back() -> None:
    steps = [
        step(S.REJECTED, on=day(20)),
        *rivals(day(1), day(2)),
        step(S.CANCELLED, on=day(3), graduate_id="R7"),
        step(S.LEFT, on=day(4), graduate_id="R7"),
    ]
    assert answer(told(steps), "hired") is None


def test_an_offer_takes_no_place() -> None:
    offers = [step(S.OFFERED, on=day(1), graduate_id=f"R{i}") for i in range(5)]
    assert answer(told([step(S.REJECTED, on=day(20)), *offers]), "hired") is False


def test_places_elsewhere_are_elsewhere() -> None:
    others = [step(S.SIGNED, on=day(1), graduate_id=f"R{i}", post_id="P2") for i in range(3)]
    posts = [make_post(), make_post(post_id="P2")]
    said = told([step(S.REJECTED, on=day(20)), *others], posts=posts)
    assert answer(said, "hired") is False


def test_the_places_of_people_without_consent_are_taken() -> None:
    graduates = [
        make_graduate(),
        *(make_graduate(graduate_id=f"R{i}", consent=False) for i in range(2)),
    ]
    said = told([step(S.REJECTED, on=day(20)), *rivals(day(1), day(2))], graduates)
    assert answer(said, "hired") is None
    assert answers(said.wanted) == [(0, 0, True)]


def test_refused_twice_is_refused_once_on_merit_whichever_comes_first() -> None:
    steps = [
        step(S.REJECTED, on=day(3), reason=StepReason.FULL),
        step(S.REJECTED, on=day(9), reason=StepReason.SKILL),
    ]
    assert answer(told(steps), "hired") is False
    assert answer(told(steps[::-1]), "hired") is False


# Weights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranks", "weight"),
    [
        ([1], 1.0),
        ([2], 0.615572),  # 2^-0.7 = e^(-0.7 x 0.693147) = e^-0.485203
        ([10], 0.199526),  # 10^-0.7
        ([None], 1.0),
        ([10, 2, None], 0.615572),  # shown three times: the highest place counts
    ],
)
def test_what_stood_far_down_was_hardly_seen(ranks: list[int | None], weight: float) -> None:
    steps = [
        step(S.RECOMMENDED, on=day(number), shown_rank=rank)
        for number, rank in enumerate(ranks, start=1)
    ]
    said = told(steps)
    assert said.wanted.weights == pytest.approx([weight], abs=1e-6)
    assert said.shown.weights == pytest.approx([weight], abs=1e-6)


def test_who_wanted_it_had_seen_it() -> None:
    said = told([step(S.RECOMMENDED, shown_rank=10), step(S.SIGNED), step(S.RETAINED)])
    for stage in STAGES:
        assert getattr(said, stage).weights.tolist() == [1.0]


def test_a_place_in_a_list_labels_nothing() -> None:
    roads_without, roads_with = (
        [
            step(S.RECOMMENDED, shown_rank=rank),
            step(S.REJECTED, on=day(20), shown_rank=rank),
            step(S.OFFERED, graduate_id="G2", shown_rank=rank),
        ]
        for rank in (None, 1)
    )
    graduates = [make_graduate(graduate_id=each) for each in ("G1", "G2")]
    for stage in STAGES:
        without, planted = (
            answers(getattr(told(steps, graduates), stage)) for steps in (roads_without, roads_with)
        )
        assert without == planted


# Order --------------------------------------------------------------------------------------


def by_ids(said: Labelled, graduates: Sequence[Graduate], posts: Sequence[Post]) -> Any:
    return {
        (graduates[row].graduate_id, posts[column].post_id): (bool(label), float(weight))
        for row, column, label, weight in zip(
            said.rows, said.columns, said.labels, said.weights, strict=True
        )
    }


@given(st.data())
def test_the_order_of_anything_changes_no_label(data: st.DataObject) -> None:
    graduates = [make_graduate(graduate_id=f"G{i}", consent=i != 2) for i in range(4)]
    posts = [make_post(post_id=f"P{j}", headcount=1) for j in range(2)]
    steps = data.draw(
        st.lists(
            st.builds(
                step,
                st.sampled_from(list(S)),
                on=st.integers(1, 6).map(day),
                graduate_id=st.sampled_from([g.graduate_id for g in graduates]),
                post_id=st.sampled_from([p.post_id for p in posts]),
                shown_rank=st.sampled_from([None, 1, 3]),
                reason=st.sampled_from([None, StepReason.FULL, StepReason.SKILL]),
            ),
            max_size=12,
            unique_by=lambda each: (each.graduate_id, each.post_id, each.stage, each.date),
        )
    )
    mixed = [data.draw(st.permutations(each)) for each in (graduates, posts, steps)]
    straight, other = roads(graduates, posts, steps), roads(*mixed)
    for stage in STAGES:
        assert by_ids(getattr(straight, stage), graduates, posts) == by_ids(
            getattr(other, stage), mixed[0], mixed[1]
        )


def test_the_small_world(small_world: SmallWorld) -> None:
    said = roads(small_world.graduates, small_world.posts, small_world.outcomes)
    # G1 P1, G2 P1 (interviewed), G2 P2, G3 P3, G4 P4, G7 P3; G5 does not consent.
    assert answers(said.wanted) == [
        *((0, 0, True), (1, 0, True), (1, 1, True), (2, 2, True), (3, 3, True), (6, 2, True)),
    ]
    assert answers(said.hired) == [(0, 0, True), (1, 1, True), (2, 2, True), (3, 3, True)]
    assert answers(said.stayed) == [(0, 0, True), (3, 3, False)]
    assert answers(said.shown) == []


# Posts that nobody is known to have wanted --------------------------------------------------


def wanted_pairs(*pairs: tuple[int, int, bool]) -> Labelled:
    return Labelled.of((*pair, 1.0) for pair in pairs)


def ids(kind: str, n: int) -> list[str]:
    return [f"{kind}{i}" for i in range(n)]


def test_whoever_has_no_wish_on_record_is_not_asked() -> None:
    suitable = np.ones((3, 4), dtype=np.bool_)
    for wanted in (wanted_pairs(), wanted_pairs((0, 0, False), (1, 1, False))):
        assert answers(sample_unwanted(wanted, suitable, ids("G", 3), ids("P", 4))) == []


def test_where_nothing_else_suits_nothing_is_drawn() -> None:
    suitable = np.zeros((1, 3), dtype=np.bool_)
    suitable[0, 1] = True
    drawn = sample_unwanted(wanted_pairs((0, 1, True)), suitable, ids("G", 1), ids("P", 3))
    assert answers(drawn) == []


def test_all_that_is_left_is_drawn_where_it_is_little() -> None:
    suitable = np.array([[True, True, False, True, True]])
    wanted = wanted_pairs((0, 0, True), (0, 3, False))  # shown and not wanted is known already
    drawn = sample_unwanted(wanted, suitable, ids("G", 1), ids("P", 5))
    assert answers(drawn) == [(0, 1, False), (0, 4, False)]
    assert drawn.weights.tolist() == [1.0, 1.0]
    assert suitable.tolist() == [[True, True, False, True, True]]  # the caller's stays as it was


cohorts = st.tuples(st.integers(1, 5), st.integers(1, 9)).flatmap(
    lambda shape: st.tuples(
        arrays.arrays(np.bool_, shape),
        arrays.arrays(np.int8, shape, elements=st.sampled_from([-1, 0, 0, 1])),
        st.integers(0, 4),
        st.permutations(range(shape[0])),
        st.permutations(range(shape[1])),
    )
)


@given(cohorts)
def test_the_draw_is_fair_bounded_and_the_same_in_any_order(cohort: Any) -> None:
    suitable, known, n_sampled, people, offered = cohort
    n_graduates, n_posts = suitable.shape
    graduate_ids, post_ids = ids("G", n_graduates), ids("P", n_posts)
    pairs = list(product(range(n_graduates), range(n_posts)))

    def draw(rows: list[int], columns: list[int]) -> set[tuple[str, str]]:
        matrix = known[np.ix_(rows, columns)]
        drawn = sample_unwanted(
            wanted_pairs(*((i, j, bool(matrix[i, j] > 0)) for i, j in pairs if matrix[i, j])),
            suitable[np.ix_(rows, columns)],
            [graduate_ids[i] for i in rows],
            [post_ids[j] for j in columns],
            n_sampled,
        )
        assert not drawn.labels.any()
        return {
            (graduate_ids[rows[i]], post_ids[columns[j]])
            for i, j in zip(drawn.rows, drawn.columns, strict=True)
        }

    drawn = draw(list(range(n_graduates)), list(range(n_posts)))
    for i, j in pairs:
        if (graduate_ids[i], post_ids[j]) in drawn:
            assert suitable[i, j]
            assert not known[i, j]
    for i in range(n_graduates):
        left = int((suitable[i] & (known[i] == 0)).sum())
        n_drawn = sum(graduate == graduate_ids[i] for graduate, _ in drawn)
        assert n_drawn == (min(n_sampled, left) if (known[i] > 0).any() else 0)
    assert draw(people, offered) == drawn


def test_two_people_are_not_asked_about_the_same_posts_only() -> None:
    suitable = np.ones((2, 200), dtype=np.bool_)
    wanted = wanted_pairs((0, 0, True), (1, 0, True))
    drawn = sample_unwanted(wanted, suitable, ids("G", 2), ids("P", 200), 20)
    first, second = (set(drawn.columns[drawn.rows == row].tolist()) for row in (0, 1))
    # Of 20 among 199, two independent draws share 2 on average.
    assert len(first) == len(second) == 20
    assert len(first & second) <= 8
