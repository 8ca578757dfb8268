"""Sentences about a score and about a rule: every code has one, in Chinese and in English."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from recommender import phrases
from recommender.domain import SkillLevel
from recommender.matching.eligibility import RULES
from recommender.matching.ranking import GRADUATE_ASPECTS, POST_ASPECTS
from recommender.model.chances import STAGES
from recommender.model.pairs import FEATURES
from recommender.phrases import ReasonFacts

FACTS = ReasonFacts(
    trade="焊接加工",
    level=SkillLevel.SENIOR_WORKER,
    college="示例技师学院",
    home="济宁市任城区",
    wish=("济宁市", "潍坊市"),
    wish_pay=5000,
    occupation="焊工",
    enterprise="示例机械有限公司",
    place="潍坊市",
    pay=(4500, 6500),
    applicants=12.4,
    places=2,
)
BARE = ReasonFacts(
    trade="",
    level=None,
    college="",
    home="",
    wish=(),
    wish_pay=None,
    occupation="",
    enterprise="",
    place="",
    pay=(None, None),
    applicants=0.2,
    places=1,
)
CODES = [
    f"{graduate}_{post}"
    for graduate, post in product(
        sorted(set(GRADUATE_ASPECTS.values())), sorted(set(POST_ASPECTS.values()))
    )
]

STAGE_CODES = [f"{stage}.{aspect}" for stage in STAGES for aspect in sorted(set(FEATURES.values()))]


@pytest.mark.parametrize(
    "code",
    ["", "trade", "_", "trade_", "occupation_trade", "shoes_place", "trade_shoes", "tradeplace"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_that_names_no_aspects_has_no_sentence(code: str, language: str) -> None:
    with pytest.raises(KeyError):
        phrases.reason(code, True, FACTS, language)


@pytest.mark.parametrize(
    "code",
    [
        "wants",
        "wants.",
        "wants.price",
        "wants.trade",
        "wants.occupation_weight",
        "shown.trade_occupation",
        "price.trade_occupation",
        "wants.hired.trade_occupation",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_stage_or_an_aspect_that_nobody_knows_has_no_sentence(code: str, language: str) -> None:
    with pytest.raises(KeyError):
        phrases.reason(code, True, FACTS, language)


def test_a_rule_that_nobody_knows_has_no_sentence() -> None:
    with pytest.raises(KeyError):
        phrases.rule("height", True, ())


# Reasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [FACTS, BARE], ids=["all stated", "nothing stated"])
@pytest.mark.parametrize("helps", [True, False])
@pytest.mark.parametrize("code", [*CODES, "price"])
def test_every_pair_of_aspects_has_a_whole_sentence(
    code: str, helps: bool, facts: ReasonFacts
) -> None:
    for language in ("zh", "en"):
        sentence = phrases.reason(code, helps, facts, language)
        assert not re.search(r"None|[{}:：]|  |“”|\(\)|^ | $", sentence), sentence
        assert sentence[0] == sentence[0].upper()
        if code != "price":
            up, down = {"zh": ("上升", "下降"), "en": ("moves up", "moves down")}[language]
            assert (up in sentence, down in sentence) == (helps, not helps)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_pairs_of_aspects_say_the_same(language: str) -> None:
    said = {
        phrases.reason(code, helps, FACTS, language) for code in CODES for helps in (True, False)
    }
    assert len(said) == 2 * len(CODES)


def test_a_wish_with_the_pay_is_not_the_pay_wished_for() -> None:
    assert phrases.reason("wish_pay", True, FACTS) == (
        "意向地区济宁市、潍坊市与月薪 4500–6500 元相合，排名上升"
    )
    assert phrases.reason("wish_pay_pay", False, FACTS) == (
        "期望月薪 5000 元与月薪 4500–6500 元不太相合，排名下降"
    )


@pytest.mark.parametrize(
    ("code", "helps", "zh", "en"),
    [
        (
            "trade_occupation",
            True,
            "专业“焊接加工”与职业“焊工”相合，排名上升",
            "The trade 焊接加工 goes well with the occupation 焊工, so the post moves up",
        ),
        (
            "level_requirement",
            False,
            "技能等级“高级工”与岗位要求不太相合，排名下降",
            "The skill level senior worker goes less well with what the post requires, "
            "so the post moves down",
        ),
        (
            "any_place",
            True,
            "工作地点潍坊市对各类毕业生都较合适，排名上升",
            "The place of work 潍坊市 suits graduates of every kind, so the post moves up",
        ),
    ],
)
def test_a_sentence_names_what_is_meant(code: str, helps: bool, zh: str, en: str) -> None:
    assert phrases.reason(code, helps, FACTS, "zh") == zh
    assert phrases.reason(code, helps, FACTS, "en") == en


def test_what_has_no_name_is_spoken_of_without_one() -> None:
    assert phrases.reason("home_place", True, BARE) == "生源地与工作地点相合，排名上升"
    assert phrases.reason("home_place", True, BARE, "en") == (
        "The home goes well with the place of work, so the post moves up"
    )
    assert phrases.reason("level_pay", False, BARE) == "培养层次与月薪不太相合，排名下降"


@pytest.mark.parametrize(
    ("pay", "said"),
    [
        ((4000, 4000), "月薪 4000 元"),
        ((4000, None), "月薪 4000 元"),
        ((None, 6000), "月薪 6000 元"),
    ],
)
def test_one_pay_is_said_once(pay: tuple[int | None, int | None], said: str) -> None:
    sentence = phrases.reason("trade_pay", True, replace(FACTS, pay=pay))
    assert sentence == f"专业“焊接加工”与{said}相合，排名上升"


@pytest.mark.parametrize(
    ("applicants", "places", "zh", "en"),
    [
        (12.4, 2, "预计约 12 人竞争 2 个名额", "About 12 people queue for 2 places"),
        (1.6, 1, "预计约 2 人竞争 1 个名额", "About 2 people queue for 1 place"),
        (0.2, 0, "预计约 1 人竞争 0 个名额", "About 1 person queues for 0 places"),
        (1.6, 0, "预计约 2 人竞争 0 个名额", "About 2 people queue for 0 places"),
    ],
)
def test_the_price_is_a_queue(applicants: float, places: int, zh: str, en: str) -> None:
    facts = replace(FACTS, applicants=applicants, places=places)
    assert phrases.reason("price", False, facts) == f"{zh}，排名下降"
    assert phrases.reason("price", False, facts, "en") == f"{en}, so the post moves down"


@pytest.mark.parametrize(
    ("applicants", "places", "zh", "en"),
    [
        (0.2, 1, "约 1 人竞争 1 个名额", "1 person queues for 1 place"),
        (3.4, 3, "约 3 人竞争 3 个名额", "3 people queue for 3 places"),
        (1, 18, "约 1 人竞争 18 个名额", "1 person queues for 18 places"),
    ],
)
def test_a_short_queue_is_no_reason_to_move_down_but_that_it_may_be_longer_is(
    applicants: float, places: int, zh: str, en: str
) -> None:
    facts = replace(FACTS, applicants=applicants, places=places)
    assert phrases.reason("price", False, facts) == f"预计{zh}，也可能更多，排名下降"
    told = phrases.reason("price", False, facts, "en")
    assert told == f"About {en} and more may come, so the post moves down"


# Stages of the road -------------------------------------------------------------------------

MARKS = {
    ("zh", "wants"): "愿意去",
    ("zh", "hired"): "被录用",
    ("zh", "stays"): "留下",
    ("en", "wants"): "to be wanted",
    ("en", "hired"): "to be hired",
    ("en", "stays"): "to stay",
}


@pytest.mark.parametrize("facts", [FACTS, BARE], ids=["all stated", "nothing stated"])
@pytest.mark.parametrize("helps", [True, False])
@pytest.mark.parametrize("code", STAGE_CODES)
def test_every_aspect_of_every_stage_has_a_whole_sentence(
    code: str, helps: bool, facts: ReasonFacts
) -> None:
    stage, _, aspect = code.partition(".")
    for language in ("zh", "en"):
        sentence = phrases.reason(code, helps, facts, language)
        what, mark, said = sentence.partition("：" if language == "zh" else ": ")
        assert what
        assert mark
        assert MARKS[language, stage] in said
        more, less = {"zh": ("更可能", "不太可能"), "en": ("more likely", "less likely")}[language]
        assert (more in said, less in said) == (helps, not helps)
        assert sentence[0] == sentence[0].upper()
        # Neither a gap where a name is missing, nor an identifier, nor a feature's name.
        assert not re.search(r"None|[{}_]|  |“”|\(\)|^[ /]|/ *[:：]| $", sentence), sentence
        assert not re.search(r"\d-\d\d|\d{6}|[0-9A-Z]{18}", sentence), sentence
        assert not {aspect, *FEATURES} & set(re.findall(r"[a-z_]*_[a-z_]*", sentence))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_aspects_of_any_stages_say_the_same(language: str) -> None:
    said = {
        phrases.reason(code, helps, FACTS, language)
        for code in STAGE_CODES
        for helps in (True, False)
    }
    assert len(said) == 2 * len(STAGE_CODES)


@pytest.mark.parametrize(
    ("code", "helps", "zh", "en"),
    [
        (
            "wants.home_place",
            True,
            "生源地济宁市任城区 / 工作地点潍坊市：本人更可能愿意去",
            "The home 济宁市任城区 / the place of work 潍坊市: more likely to be wanted",
        ),
        (
            "hired.level_requirement",
            False,
            "技能等级“高级工” / 岗位要求：不太可能被录用",
            "The skill level senior worker / what the post requires: less likely to be hired",
        ),
        (
            "stays.wish_pay_pay",
            True,
            "期望月薪 5000 元 / 月薪 4500–6500 元：入职后更可能留下",
            "The pay wished for (5000 CNY) / the pay of 4500–6500 CNY a month: more likely to stay",
        ),
        # What is one side's alone is said of that side.
        (
            "hired.any_enterprise",
            True,
            "企业“示例机械有限公司”：更可能被录用",
            "The enterprise 示例机械有限公司: more likely to be hired",
        ),
        (
            "hired.grade_any",
            False,
            "成绩等第：不太可能被录用",
            "The grade band: less likely to be hired",
        ),
        (
            "wants.history_occupation",
            True,
            "往届相似毕业生的去向 / 职业“焊工”：本人更可能愿意去",
            "Where similar graduates went / the occupation 焊工: more likely to be wanted",
        ),
    ],
)
def test_a_stage_is_said_of_both_sides(code: str, helps: bool, zh: str, en: str) -> None:
    assert phrases.reason(code, helps, FACTS, "zh") == zh
    assert phrases.reason(code, helps, FACTS, "en") == en


# Rules --------------------------------------------------------------------------------------


def test_a_rule_that_fails_says_what_would_make_it_hold() -> None:
    said = {
        ("open", ("2026-06-01",)): (
            "岗位不在招聘期内；2026-06-01 起可报名",
            "the post is not open; opens on 2026-06-01",
        ),
        ("level", ("SENIOR_WORKER",)): (
            "技能等级未达到要求；须达到高级工",
            "the skill level is not reached; needs senior worker",
        ),
        ("licence", ("高处作业", "低压电工作业")): (
            "缺少所需操作证：高处作业、低压电工作业",
            "a licence required is missing: 高处作业, 低压电工作业",
        ),
        ("adult", ("2026-07-01",)): (
            "岗位须满 18 周岁；2026-07-01 满 18 周岁",
            "the post is for adults; is one on 2026-07-01",
        ),
    }
    for (code, needs), (zh, en) in said.items():
        assert phrases.rule(code, False, needs, "zh") == zh
        assert phrases.rule(code, False, needs, "en") == en


@pytest.mark.parametrize("code", RULES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_says_that_it_holds_and_that_it_fails(code: str, language: str) -> None:
    holds, fails = (phrases.rule(code, answer, (), language) for answer in (True, False))
    assert holds
    assert fails
    assert holds != fails
    assert not re.search(r"[{}]|SkillLevel", holds + fails)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_that_holds_needs_nothing(code: str) -> None:
    assert phrases.rule(code, True, ("SENIOR_WORKER",)) == phrases.rule(code, True, ())
