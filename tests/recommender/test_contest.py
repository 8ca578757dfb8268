"""Who takes part: the same number of trials for each, and words for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender import report_words
from recommender.examination.contest import LEARNED, RULES, contenders
from recommender.examination.judging import RANDOM

ENTRANTS = contenders()
TUNED = [name for name, each in ENTRANTS.items() if each.settings is not None]


@pytest.mark.parametrize("name", [name for name in RULES if name not in TUNED])
def test_a_rule_has_nothing_to_try(name: str) -> None:
    assert ENTRANTS[name].trials(9, seed=1) == [None]


@pytest.mark.parametrize("name", TUNED)
def test_the_settings_that_stand_are_tried_first_and_then_others(name: str) -> None:
    trials = ENTRANTS[name].trials(9, seed=1)
    assert len(trials) == 9
    assert trials[0] == ENTRANTS[name].settings
    assert any(each != trials[0] for each in trials[1:])


@pytest.mark.parametrize("name", TUNED)
def test_the_settings_that_stand_are_among_the_choices(name: str) -> None:
    contender = ENTRANTS[name]
    standing = contender.choices_of(contender.settings)
    assert standing.keys() == contender.space.keys()
    assert [each for each, value in standing.items() if value not in contender.space[each]] == []
    assert contender.with_choices(standing) == contender.settings


def test_a_setting_within_another_is_chosen_alone() -> None:
    model = ENTRANTS["model"]
    chosen = model.with_choices({"hired.n_leaves": 16, "factorization.loss": "bpr"})
    assert (chosen.hired.n_leaves, chosen.factorization.loss) == (16, "bpr")
    assert replace(
        chosen, hired=model.settings.hired, factorization=model.settings.factorization
    ) == (model.settings)


@pytest.mark.parametrize("name", TUNED)
def test_the_same_seed_tries_the_same_and_a_longer_trial_goes_on(name: str) -> None:
    assert ENTRANTS[name].trials(4, seed=1) == ENTRANTS[name].trials(9, seed=1)[:4]
    assert ENTRANTS[name].trials(9, seed=1) != ENTRANTS[name].trials(9, seed=2)


def test_the_night_s_contenders_and_the_collaborative_ones_take_part() -> None:
    wanted = {*RULES, *LEARNED, "item_knn", "ease"}
    assert wanted <= set(ENTRANTS)


@pytest.mark.parametrize("name", [*ENTRANTS, RANDOM, "truth"])
def test_everybody_has_a_name_of_their_own(name: str) -> None:
    chinese, english = report_words.contender(name)
    assert name not in (chinese, english) or name in ("popularity", "random")
