"""What a graduate has shown they can do moves the ranking, and is told as the reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.domain import Award, AwardLevel, Graduate, Reason, SkillCertificate, SkillLevel
from recommender.evaluation.baselines import weight_table
from recommender.matching.board import AnyScorer
from recommender.matching.eligibility import Standing
from recommender.matching.market import Market, open_market
from recommender.matching.reasons import reasons
from recommender.model.chances import STAGES, ChanceScorer
from tests.builders import DAY, make_graduate, make_post, make_reference
from tests.recommender.test_board import stages

PLAIN = make_post(post_id="P1", occupation_code="6-31-01-03")
WELDING = make_post(post_id="P2", preferred_certificates=("焊工",))
WELDER = SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER)
NATION = Award(level=AwardLevel.NATION, occupation_code="6-18-02-04")
ONE = np.e / (1 + np.e)  # the chance whose log-odds are 1


def hired_by(feature: str) -> ChanceScorer:
    """Give a scorer in which a feature above one half adds 1 to the log-odds of being hired.

    Every other chance is one half, so that a pair without it scores 1/8 and one with it ONE/4.
    """
    random = stages()
    cells = np.zeros_like(random.cells)
    above = random.term_starts[random.names.index(feature)] + 2
    cells[above, STAGES.index("hired")] = 1.0
    return replace(random, cells=cells, base=np.zeros(3), calibration=np.array([[1.0, 0.0]] * 3))


def market_of(scorer: AnyScorer, graduate: Graduate) -> Market:
    published = {"P1": (0.0, 0.0), "P2": (0.0, 0.0)}
    seen = ([graduate], [PLAIN, WELDING], Standing(), make_reference(), DAY)
    return open_market(scorer, *seen, published=published)


def scores(scorer: AnyScorer, graduate: Graduate) -> list[float]:
    found: list[float] = market_of(scorer, graduate).scores[0].tolist()
    return found


def told(scorer: AnyScorer, graduate: Graduate) -> dict[str, Reason]:
    """Give the reasons of the welding post by their codes."""
    return {each.code: each for each in reasons(market_of(scorer, graduate), graduate, 1)}


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ("preferred_share", "hired.certificates_requirement"),
        ("certificate", "hired.certificates_occupation"),
    ],
)
def test_a_certificate_moves_the_posts_it_is_for_and_is_told(feature: str, code: str) -> None:
    scorer = hired_by(feature)
    without, holder = make_graduate(), make_graduate(certificates=(WELDER,))
    assert scores(scorer, without) == pytest.approx([1 / 8, 1 / 8])
    assert code not in told(scorer, without)
    assert scores(scorer, holder) == pytest.approx([1 / 8, ONE / 4])
    reason = told(scorer, holder)[code]
    assert reason.contribution == pytest.approx(1)
    assert reason.text.startswith("证书、操作证与获奖") and reason.text.endswith("更可能被录用")
    assert "certificates" in reason.text_en and "hired" in reason.text_en


def test_an_award_moves_the_chance_of_being_hired() -> None:
    scorer = hired_by("award")
    assert scores(scorer, make_graduate()) == pytest.approx([1 / 8, 1 / 8])
    assert scores(scorer, make_graduate(awards=(NATION,))) == pytest.approx([ONE / 4, ONE / 4])


def test_an_award_for_the_occupation_moves_its_posts_and_is_told() -> None:
    scorer = hired_by("award_occupation")
    without, winner = make_graduate(), make_graduate(awards=(NATION,))
    assert scores(scorer, winner) == pytest.approx([1 / 8, ONE / 4])
    code = "hired.certificates_occupation"
    assert code not in told(scorer, without)
    assert told(scorer, winner)[code].contribution == pytest.approx(1)
    assert told(scorer, winner)[code].text.startswith("证书、操作证与获奖")


def test_an_award_moves_a_ranking_by_sums_and_is_told() -> None:
    scorer = weight_table({("award:3", "occupation:6-18-02-04"): 1.0})
    assert scores(scorer, make_graduate()) == [0, 0]
    winner = make_graduate(awards=(NATION,))
    assert scores(scorer, winner) == [0, 1]
    reason = told(scorer, winner)["certificates_occupation"]
    assert reason.contribution == pytest.approx(1)
    assert reason.text == "证书、操作证与获奖与职业“焊工”相合，排名上升"
    assert "awards" in reason.text_en
