"""What describes a graduate and a post, and what never does."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from datetime import date
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Graduate, Post, SkillCertificate, SkillLevel, TrainingTier
from recommender.model.features import (
    Features,
    feature_matrix,
    graduate_features,
    kind_of,
    offered_pay,
    pay_band,
    post_features,
    vocabulary,
)
from tests.builders import (
    CREDIT_CODE,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_post,
    make_reference,
)

REFERENCE = make_reference()


def described(graduate: Graduate) -> Features:
    return graduate_features(graduate, REFERENCE)


def offered(post: Post) -> Features:
    return post_features(post, REFERENCE)


def of_kind(features: Features, kind: str) -> Features:
    return {name: weight for name, weight in features.items() if kind_of(name) == kind}


# What is never a feature --------------------------------------------------------------------


def test_a_graduate_has_no_identity() -> None:
    telling = make_full_graduate(graduate_id="ZX-370811-0007", class_name="24焊接1班")
    names = " ".join(described(telling))
    for identity in ("ZX-370811-0007", "24焊接1班", "2026", "2024-03-01"):
        assert identity not in names


@pytest.mark.parametrize(
    "other",
    [
        {"graduate_id": "G2"},
        {"class_name": "24焊接2班"},
        {"class_year": 2021},
        {"adult_on": date(2020, 1, 1)},
        {"consent": False},
        {"hired_at_enrolment": True},
    ],
)
def test_who_somebody_is_and_what_a_rule_reads_describes_nobody(other: dict[str, object]) -> None:
    graduate = make_full_graduate()
    assert described(replace(graduate, **other)) == described(graduate)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"post_id": "P2"},
        {"headcount": 90},
        {"opens_on": date(2026, 4, 2)},
        {"closes_on": date(2026, 7, 1)},
        {"withdrawn_on": date(2026, 6, 1)},
        {"contact": "另一位"},
        {"duties": "另一份"},
        {"enterprise": "另一种写法"},
    ],
)
def test_what_a_post_is_called_and_when_it_is_open_does_not_describe_it(
    other: dict[str, object],
) -> None:
    post = make_full_post()
    assert offered(replace(post, **other)) == offered(post)  # type: ignore[arg-type]


def test_what_is_not_stated_is_not_a_feature() -> None:
    bare = make_graduate(skill_level=None, home_region=None)
    assert {kind_of(name) for name in described(bare)} == {
        "any", "college", "trade", "leads_to", "leads_to_minor", "leads_to_middle",
    }  # fmt: skip
    assert {kind_of(name) for name in offered(make_post())} == {
        "any", "occupation", "minor", "middle", "enterprise", "enterprise_occupation",
        "place", "place_city",
    }  # fmt: skip


def test_a_trade_that_leads_nowhere_known_is_a_trade_still() -> None:
    features = described(make_graduate(trade="自设专业"))
    assert features["trade:自设专业"] == 1
    assert not of_kind(features, "leads_to")


def test_a_region_outside_the_table_has_no_city() -> None:
    assert of_kind(offered(make_post(region_code="110105")), "place") == {"place:110105": 1}
    assert not of_kind(offered(make_post(region_code="110105")), "place_city")


def test_no_post_leads_its_chain_unless_it_says_so() -> None:
    for said in (False, None):
        assert not of_kind(offered(make_full_post(is_chain_leader=said)), "chain_leader")


# Weights ------------------------------------------------------------------------------------


def test_no_feature_weighs_more_than_one_and_none_nothing() -> None:
    weights = [*described(make_full_graduate()).values(), *offered(make_full_post()).values()]
    assert max(weights) == 1
    assert min(weights) > 0


@pytest.mark.parametrize(
    "shared", ["home", "wish", "certificate", "certificate_group", "award", "licence"]
)
def test_a_longer_list_weighs_no_more_in_all(shared: str) -> None:
    features = of_kind(described(make_full_graduate()), shared)
    assert sum(features.values()) == pytest.approx(1)
    assert len(set(features.values())) == 1


def test_every_kind_of_a_post_weighs_at_most_one_in_all() -> None:
    sums: dict[str, float] = defaultdict(float)
    for name, weight in offered(make_full_post()).items():
        sums[kind_of(name)] += weight
    assert max(sums.values()) == 1
    assert of_kind(offered(make_full_post()), "preferred") == {
        "preferred:焊工": 0.5,
        "preferred:钳工": 0.5,
    }


def test_a_trade_leads_to_occupations_by_weight_at_three_widths() -> None:
    # The electrician's trade is paired with 6-31-01-03 (1.0) and the group 6-31-01 (0.4).
    features = described(make_graduate(trade="电气设备安装与维修"))
    assert of_kind(features, "leads_to") == {"leads_to:6-31-01-03": 1, "leads_to:6-31-01": 0.4}
    assert of_kind(features, "leads_to_minor") == {"leads_to_minor:6-31-01": 1}
    assert of_kind(features, "leads_to_middle") == {"leads_to_middle:6-31": 1}


def test_a_group_weighs_as_its_heaviest_occupation() -> None:
    # The welder's trade: 6-18-02-04 weighs 1.0 and 6-18-01-11 weighs 0.5.
    features = described(make_graduate())
    assert of_kind(features, "leads_to_minor") == {
        "leads_to_minor:6-18-02": 1,
        "leads_to_minor:6-18-01": 0.5,
    }
    assert of_kind(features, "leads_to_middle") == {"leads_to_middle:6-18": 1}


def test_a_college_s_own_name_of_a_trade_is_read_as_the_known_one() -> None:
    mapped = replace(REFERENCE, trade_names={"焊工班": "焊接加工"})
    assert graduate_features(make_graduate(trade="焊工班"), mapped) == described(make_graduate())


def test_two_wishes_in_one_city_name_the_city_once() -> None:
    features = described(make_graduate(wish_regions=("370800", "370811", "370700")))
    third = pytest.approx(1 / 3)
    assert of_kind(features, "wish") == {
        "wish:370800": third, "wish:370811": third, "wish:370700": third,
    }  # fmt: skip
    assert of_kind(features, "wish_city") == {"wish_city:370800": 1, "wish_city:370700": 1}


def test_the_rest_of_a_graduate_is_named_plainly() -> None:
    features = described(
        make_graduate(
            training_tier=TrainingTier.SENIOR,
            grade_band=2,
            wish_pay=1100,
            order_class=CREDIT_CODE,
            certificates=(
                SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.TECHNICIAN),
                SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER),
            ),
        )
    )
    named = {
        "any", "college:示例技师学院", "trade:焊接加工", "tier:senior", "level:3", "grade:2",
        "wish_pay:1", f"order_class:{CREDIT_CODE}", "home:370811", "home_city:370800",
        "certificate:6-18-02-04", "certificate_group:6-18-02",
    }  # fmt: skip
    assert {n for n in features if not n.startswith("leads_to")} == named
    assert {features[name] for name in named} == {1}


def test_the_rest_of_a_post_is_named_plainly() -> None:
    assert offered(make_full_post(preferred_certificates=())) == dict.fromkeys(
        (
            "any", "occupation:6-18-02-04", "minor:6-18-02", "middle:6-18",
            f"enterprise:{CREDIT_CODE}", f"enterprise_occupation:{CREDIT_CODE}|6-18-02-04",
            "job_type:电焊工", "chain:高端装备", "mode:order", "shortage:short",
            "chain_leader:yes", "min_level:3", "place:370800", "place_city:370800",
            # The middle of 4,500 and 6,500 is 5,500: ln 5.5 / ln 1.1 = 17.89.
            "pay:18",
        ),
        1.0,
    )  # fmt: skip


# Pay ----------------------------------------------------------------------------------------


def test_a_band_of_pay_is_a_tenth_above_the_one_below() -> None:
    assert [pay_band(1000 * 1.1**n) for n in range(-3, 20)] == list(range(-3, 20))
    assert pay_band(4400) == pay_band(4000) + 1
    # Half a band is ln 1.1 / 2, a little less than 4.9 %.
    assert pay_band(4840) == pay_band(4400) + 1 == round(log(4.84) / log(1.1))


@pytest.mark.parametrize("pay", [0, -5])
def test_a_pay_of_nothing_has_the_lowest_band(pay: int) -> None:
    assert pay_band(pay) == pay_band(1)


@pytest.mark.parametrize(
    ("low", "high", "middle"),
    [(None, None, None), (4000, None, 4000), (None, 6000, 6000), (4000, 6000, 5000)],
)
def test_the_pay_offered_is_the_middle_of_what_is_stated(
    low: int | None, high: int | None, middle: float | None
) -> None:
    assert offered_pay(make_post(monthly_pay_min=low, monthly_pay_max=high)) == middle


# The matrix ---------------------------------------------------------------------------------

FEATURES = st.dictionaries(
    st.sampled_from("abcdefg"), st.sampled_from([0.25, 0.5, 1.0]), max_size=5
)


def test_nobody_has_a_matrix_without_rows() -> None:
    matrix = feature_matrix([], ("a", "b"))
    assert (matrix.shape, matrix.dtype) == ((0, 2), np.float32)


def test_a_name_outside_the_vocabulary_is_left_out() -> None:
    matrix = feature_matrix([{"a": 1, "z": 1}, {"z": 1}], ("a", "b"))
    assert matrix.toarray().tolist() == [[1, 0], [0, 0]]


def test_a_vocabulary_is_sorted_and_names_each_once() -> None:
    assert vocabulary([{"b": 1, "a": 1}, {"b": 0.5, "B": 1}]) == ("B", "a", "b")
    assert vocabulary([]) == ()


def test_a_weight_stands_in_its_own_column() -> None:
    matrix = feature_matrix([{"b": 0.5, "a": 1}, {}, {"c": 0.25}], ("a", "b", "c"))
    assert matrix.dtype == np.float32
    assert matrix.toarray().tolist() == [[1, 0.5, 0], [0, 0, 0], [0, 0, 0.25]]


@given(st.lists(FEATURES, max_size=5))
def test_equal_features_give_equal_bytes_in_whatever_order_they_are_named(
    rows: list[Features],
) -> None:
    names = vocabulary(rows)
    matrix = feature_matrix(rows, names)
    turned = feature_matrix([dict(reversed(row.items())) for row in rows], names)
    assert vocabulary(rows[::-1]) == names
    for array in ("data", "indices", "indptr"):
        assert getattr(turned, array).tobytes() == getattr(matrix, array).tobytes()
    assert matrix.has_sorted_indices


def test_a_kind_is_what_stands_before_the_first_colon() -> None:
    assert kind_of("any") == "any"
    assert kind_of("trade:数控加工:车工") == "trade"


def test_a_full_graduate_and_a_full_post_leave_no_column_empty() -> None:
    # Otherwise a new column could go undescribed, and the tests above would not know.
    empty = {f.name for f in fields(Post) if getattr(make_full_post(), f.name) in (None, (), "")}
    assert empty == {"withdrawn_on"}
    graduate = make_full_graduate()
    assert not [f.name for f in fields(Graduate) if getattr(graduate, f.name) in (None, (), "")]
