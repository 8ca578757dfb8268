from __future__ import annotations

import re

import pytest

from recommender.evaluation.baselines import CROSSWALK, POPULARITY, TRADE_POPULARITY
from recommender.matching.eligibility import RULES as ELIGIBILITY_RULES
from service.problems import KINDS, field_sentences
from service.texts import PUBLISHED, RULES, TEXTS, pick


def test_both_languages_say_the_same_things() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, zh in TEXTS["zh"].items():
        facts = re.findall(r"{(\w+)}", zh)
        assert sorted(facts) == sorted(re.findall(r"{(\w+)}", TEXTS["en"][key])), key


def test_every_rule_and_every_contender_has_its_words() -> None:
    assert set(RULES) == set(ELIGIBILITY_RULES)
    assert set(PUBLISHED) == {"model", POPULARITY, TRADE_POPULARITY, CROSSWALK}


def test_a_word_that_is_missing_is_shown_as_it_is() -> None:
    assert pick(None, "en", "new_contender") == "new_contender"


@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_of_problem_is_said_in_both_languages(slug: str) -> None:
    kind = KINDS[slug]
    assert 400 <= kind.status < 600
    assert re.search(r"[\u4e00-\u9fff]", kind.zh)
    assert not re.search(r"[\u4e00-\u9fff]", kind.en + kind.title)


def test_a_fault_nobody_foresaw_still_has_a_sentence() -> None:
    assert field_sentences("brand_new", anything=1) == ("无法读取。", "It cannot be read.")
