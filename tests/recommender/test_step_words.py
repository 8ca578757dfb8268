from __future__ import annotations

from datetime import date

import pytest

from recommender import step_words
from recommender.matching.eligibility import RULES
from recommender.matching.next_step import ChangeKind

ON = date(2026, 6, 1)


def test_a_change_of_no_known_kind_has_no_sentence() -> None:
    with pytest.raises(KeyError):
        step_words.change("trade", "焊接加工", ON, "")
    with pytest.raises(KeyError):
        step_words.change("day", "2026-06-01", ON, "consent")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_change_is_said_with_what_it_is(kind: ChangeKind, language: str) -> None:
    value = "SENIOR_WORKER" if kind is ChangeKind.LEVEL else "某某"
    for because in ("open", "places", "adult") if kind is ChangeKind.DAY else ("条件",):
        said = step_words.change(kind.value, value, ON, because, language)
        named = {"zh": "高级工", "en": "senior worker"}[language]
        shown = {ChangeKind.LEVEL: named, ChangeKind.DAY: "2026-06-01"}.get(kind, "某某")
        assert shown in said
        assert "SENIOR_WORKER" not in said


@pytest.mark.parametrize("code", RULES)
def test_of_a_rule_that_nothing_mends_it_is_said_so(code: str) -> None:
    for language in ("zh", "en"):
        mended = step_words.failing(code, (), can_change=True, language=language)
        stuck = step_words.failing(code, (), can_change=False, language=language)
        assert stuck.startswith(mended) and len(stuck) > len(mended)


def test_a_step_tells_its_changes_its_day_and_where_it_leads() -> None:
    assert step_words.step(["甲", "乙"], ON, None) == "甲，并乙：即可申请该岗位，最早 2026-06-01"
    assert step_words.step(["甲"], ON, 3) == "甲：该岗位将排推荐第 3 位，最早 2026-06-01"
    assert step_words.step(["obtain CNC", "wait"], ON, 3, "en") == (
        "Obtain CNC and wait: then stands at rank 3, on 2026-06-01 at the earliest"
    )
    assert step_words.step([], ON, None, "en") == "May take the post now"
    assert step_words.step([], ON, 3) == "该岗位现排推荐第 3 位"


def test_posts_shut_out_are_counted() -> None:
    assert step_words.shut_out("level", 3, 9) == "技能等级未达到要求：9 个开放岗位中的 3 个"
    assert step_words.shut_out("level", 3, 9, "en").endswith(": 3 of 9 open posts")
