"""Reasons: exact parts of a score, in sentences that name things and show no codes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from recommender.domain import Graduate, Post, Reason
from recommender.matching.eligibility import standing
from recommender.matching.market import Market, open_market
from recommender.matching.ranking import GRADUATE_ASPECTS, POST_ASPECTS
from recommender.matching.reasons import (
    N_REASONS,
    occupation_name,
    parts,
    reasons,
    region_name,
)
from recommender.model.interactions import training_data
from recommender.model.scoring import Scorer
from recommender.model.training import TrainingSettings, fit
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    SmallWorld,
    make_full_graduate,
    make_full_post,
    make_outcome,
    make_post,
    make_reference,
)

PUBLISHED = {f"P{i}": (i / 8, 7.0) for i in range(1, 8)}


def market_of(world: SmallWorld, scorer: Scorer) -> Market:
    now = standing(world.outcomes, {p.post_id: p for p in world.posts}, DAY)
    seen = (world.graduates, world.posts, now, world.reference, DAY)
    return open_market(scorer, *seen, published=PUBLISHED)


@pytest.fixture(scope="module")
def rich_world(small_world: SmallWorld) -> SmallWorld:
    """Add everything that can be stated, and a place, a home and an occupation nobody knows."""
    odd = {"home_region": "110105", "wish_regions": ("110106", "370811"), "skill_level": None}
    return replace(
        small_world,
        graduates=(
            *small_world.graduates,
            make_full_graduate(graduate_id="H1"),
            make_full_graduate(graduate_id="H2", **odd),
        ),
        posts=(
            *small_world.posts,
            make_full_post(post_id="P6"),
            make_full_post(
                post_id="P7", region_code="110105", occupation_code="6-99-01-01", occupation=None
            ),
        ),
        outcomes=(
            *small_world.outcomes,
            make_outcome(graduate_id="H1", post_id="P6"),
            make_outcome(graduate_id="H2", post_id="P7"),
        ),
    )


@pytest.fixture(scope="module")
def rich_market(rich_world: SmallWorld) -> Market:
    seen = (rich_world.graduates, rich_world.posts, rich_world.outcomes, rich_world.reference)
    scorer = fit(training_data(*seen), TrainingSettings(n_components=4, n_epochs=5))
    return market_of(rich_world, scorer)


def told(market: Market) -> list[tuple[Graduate, Post, tuple[Reason, ...]]]:
    return [
        (graduate, post, reasons(market, graduate, index, price=0.125 * (index + 1)))
        for graduate in market.graduates
        for index, post in enumerate(market.posts)
    ]


# What no sentence shows ---------------------------------------------------------------------

KINDS = sorted(
    {kind for kind in GRADUATE_ASPECTS | POST_ASPECTS if "_" in kind}
    | {"certificate_group", "leads_to"}
)
CODES = re.compile(
    r"\d-\d\d"  # an occupation or a group of them
    r"|\b[0-9A-Z]{18}\b"  # a credit code
    r"|(?<!\d)\d{6}(?!\d)"  # a region
    r"|\b[GHP]\d\b"  # the ids of this world
    r"|[:：|]"  # what stands between a feature's kind and its value
)


def test_no_sentence_shows_a_code_an_id_or_a_feature(rich_market: Market) -> None:
    n_sentences = 0
    for _, _, each in told(rich_market):
        for reason in each:
            for sentence in (reason.text, reason.text_en):
                assert not CODES.search(sentence), sentence
                assert not any(kind in sentence for kind in KINDS), sentence
                assert CREDIT_CODE not in sentence
                assert OTHER_CREDIT_CODE not in sentence
                n_sentences += 1
    assert n_sentences > 500


def test_the_pattern_of_codes_finds_codes() -> None:
    for code in ("6-18-02-04", "6-18", CREDIT_CODE, "370811", "G1", "trade:焊接加工"):
        assert CODES.search(f"the post {code} moves up")
    assert not CODES.search("期望月薪 5000 元与月薪 4500–6500 元相合，排名上升")


def test_chinese_is_chinese_and_english_is_english(rich_market: Market) -> None:
    for _, _, each in told(rich_market):
        for reason in each:
            assert not re.search(r"[a-zA-Z]{3,}", reason.text)
            assert re.search(r"[a-z]{3,}", reason.text_en)
            assert reason.text_en[0].isupper() or not reason.text_en[0].isascii()
            assert not re.search(r"  |\(\)|“”| ,|None|nan", reason.text + reason.text_en)


# Exactness ----------------------------------------------------------------------------------


@pytest.mark.parametrize("congestion", [0, 0.25, 1])
def test_the_parts_of_every_post_add_up_to_what_orders_it(
    small_world: SmallWorld, scorer: Scorer, congestion: float
) -> None:
    market = market_of(small_world, scorer)
    scores = market.ordered_scores(congestion)
    for row, graduate in enumerate(market.graduates):
        for post in range(len(market.posts)):
            price = float(market.scores[row, post] - scores[row, post])
            added = sum(p.contribution for p in parts(market, graduate, post, price=price))
            assert added == pytest.approx(scores[row, post], abs=1e-4)


def test_the_largest_parts_are_told_and_then_the_price(rich_market: Market) -> None:
    for graduate, post, each in told(rich_market):
        index = rich_market.posts.index(post)
        every = parts(rich_market, graduate, index, price=0.125 * (index + 1))
        telling = [p.code for p in every if p.code != "price" and not p.code.endswith("_any")]
        assert [reason.code for reason in each] == [*telling[:N_REASONS], "price"]
        contribution = {part.code: part.contribution for part in every}
        assert all(reason.contribution == contribution[reason.code] for reason in each)


def test_a_sentence_says_up_where_its_part_is_positive(rich_market: Market) -> None:
    ups = 0
    for _, _, each in told(rich_market):
        for reason in each:
            up = reason.contribution > 0
            assert ("上升" in reason.text) == ("moves up" in reason.text_en) == up
            assert ("下降" in reason.text) == ("moves down" in reason.text_en) == (not up)
            ups += up
    assert ups > 50


def test_the_fit_has_no_price(rich_market: Market) -> None:
    told = reasons(rich_market, rich_market.graduates[0], 0)
    assert "price" not in {reason.code for reason in told}


def test_the_price_says_how_many_queue_for_how_many_places(
    small_world: SmallWorld, scorers: dict[str, Scorer]
) -> None:
    market = market_of(small_world, scorers["crosswalk"])
    price = reasons(market, market.graduates[5], 4, price=0.625)[-1]
    assert (price.code, price.contribution) == ("price", -0.625)
    assert price.text == "预计约 7 人竞争 2 个名额，排名下降"
    assert price.text_en == "About 7 people queue for 2 places, so the post moves down"


def test_the_crosswalk_rule_says_trade_and_home(
    small_world: SmallWorld, scorers: dict[str, Scorer]
) -> None:
    # G6, a welder at home in Jining, and P1, a welder's post there: 1 for the trade, .5 for home.
    market = market_of(small_world, scorers["crosswalk"])
    told = reasons(market, market.graduates[5], 0)
    assert [(r.code, r.contribution, r.text) for r in told] == [
        ("trade_occupation", 1.0, "专业“焊接加工”与职业“焊工”相合，排名上升"),
        ("home_place", 0.5, "生源地济宁市任城区与工作地点济宁市相合，排名上升"),
    ]
    assert told[0].text_en == (
        "The trade 焊接加工 goes well with the occupation 焊工, so the post moves up"
    )


# Names --------------------------------------------------------------------------------------


def test_a_region_outside_the_table_stands_for_itself_on_a_page() -> None:
    reference = make_reference()
    assert region_name("110105", reference) == "110105"
    assert region_name("370811", reference) == "济宁市任城区"
    assert region_name("370800", reference) == "济宁市"
    assert region_name(None, reference) == ""


@pytest.mark.parametrize(
    ("code", "written", "name"),
    [
        ("6-18-02-04", "手工电焊", "焊工"),
        ("6-99-01-01", "新职业", "新职业"),
        ("6-99-01-01", None, "6-99-01-01"),
    ],
)
def test_an_occupation_is_named_as_classified_else_as_written(
    code: str, written: str | None, name: str
) -> None:
    post = make_post(occupation_code=code, occupation=written)
    assert occupation_name(post, make_reference()) == name
