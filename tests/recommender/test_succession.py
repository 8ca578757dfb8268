"""Which codes follow which: what cannot be, chains and parts, and that no mass is lost."""

from __future__ import annotations

from datetime import date
from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import CONFIRMING, Pair, Reference
from recommender.evaluation import baselines
from recommender.model.features import graduate_features, post_features
from recommender.model.pairs import pair_grid
from recommender.reports import occupation_shares
from recommender.succession import (
    ChangeKind,
    CodeChange,
    CodeTable,
    carried,
    contradictions,
    heirs,
    with_changes,
)
from tests.builders import DAY, make_graduate, make_outcome, make_post, make_reference

TRADE, OCCUPATION = CodeTable.TRADE, CodeTable.OCCUPATION
RENAME, SPLIT = ChangeKind.RENAME, ChangeKind.SPLIT
MERGE, RETIRE = ChangeKind.MERGE, ChangeKind.RETIRE
WELDER, CUTTER = "6-18-02-04", "6-18-01-11"


def change(kind: ChangeKind, old: str, new: str | None = None, **others: Any) -> CodeChange:
    values: dict[str, Any] = {
        "table": OCCUPATION,
        "kind": kind,
        "old_code": old,
        "new_code": new,
        "starts_on": date(2026, 1, 1),
        "source": "示例",
    }
    return CodeChange(**values | others)


def codes_of(*changes: CodeChange) -> list[str]:
    return [each.code for each in contradictions(changes)]


# --- what cannot be -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([change(RENAME, "A", "B"), change(RENAME, "A", "C")], "one_follower_only"),
        ([change(RENAME, "A", "B"), change(MERGE, "A", "C")], "code_changes_twice"),
        ([change(SPLIT, "A", "B", weight=1.0)], "split_alone"),
        (
            [change(SPLIT, "A", "B", weight=0.6), change(SPLIT, "A", "C", weight=0.3)],
            "split_weights",
        ),
        ([change(RENAME, "A", "B", weight=0.5)], "weight_not_one"),
        ([change(RENAME, "A", "C"), change(RENAME, "B", "C")], "rename_is_merge"),
        ([change(RENAME, "A", "B"), change(RENAME, "B", "A")], "code_cycle"),
    ],
)
def test_what_cannot_be_is_named(changes: list[CodeChange], code: str) -> None:
    assert codes_of(*changes) == [code]


def test_a_split_on_two_days_is_two_changes_of_one_code() -> None:
    rows = [
        change(SPLIT, "A", "B", weight=0.5),
        change(SPLIT, "A", "C", weight=0.5, starts_on=date(2027, 1, 1)),
    ]
    assert codes_of(*rows) == ["code_changes_twice"]


def test_a_circle_of_three_is_told_once_with_its_codes() -> None:
    rows = [change(RENAME, "A", "B"), change(RENAME, "B", "C"), change(RENAME, "C", "A")]
    (found,) = contradictions(rows)
    assert found.facts == ("A → B → C → A",)


def test_codes_of_the_two_tables_do_not_meet() -> None:
    assert codes_of(change(RENAME, "A", "B"), change(RENAME, "B", "A", table=TRADE)) == []


def test_a_chain_that_meets_again_is_no_circle() -> None:
    rows = [
        change(SPLIT, "A", "B", weight=0.5),
        change(SPLIT, "A", "C", weight=0.5),
        change(MERGE, "B", "D"),
        change(MERGE, "C", "D"),
    ]
    assert codes_of(*rows) == []
    assert heirs(rows, OCCUPATION)["A"] == (("D", 1.0),)


def test_following_a_circle_fails_and_does_not_hang() -> None:
    with pytest.raises(ValueError, match="circle"):
        heirs([change(RENAME, "A", "B"), change(RENAME, "B", "A")], OCCUPATION)


# --- following ----------------------------------------------------------------------------------


def test_a_chain_is_followed_as_far_as_its_days_have_come() -> None:
    rows = [
        change(RENAME, "A", "B", starts_on=date(2026, 1, 1)),
        change(RENAME, "B", "C", starts_on=date(2026, 7, 1)),
    ]
    assert heirs(rows, OCCUPATION, date(2025, 12, 31)) == {}
    assert heirs(rows, OCCUPATION, date(2026, 6, 30)) == {"A": (("B", 1.0),)}
    assert heirs(rows, OCCUPATION, date(2026, 7, 1)) == {"A": (("C", 1.0),), "B": (("C", 1.0),)}


def test_parts_multiply_along_a_chain() -> None:
    # A is split 3 : 1 over B and C, and C evenly over B and D: B has 3/4 + 1/8.
    rows = [
        change(SPLIT, "A", "B", weight=0.75),
        change(SPLIT, "A", "C", weight=0.25),
        change(SPLIT, "C", "B", weight=0.5),
        change(SPLIT, "C", "D", weight=0.5),
    ]
    assert heirs(rows, OCCUPATION)["A"] == (("B", 0.875), ("D", 0.125))


def test_a_retired_code_without_a_follower_keeps_what_it_has() -> None:
    followers = heirs([change(RETIRE, "A")], OCCUPATION)
    assert carried({"A": 3.0, "B": 1.0}, followers) == {"A": 3.0, "B": 1.0}


# --- what becomes of features and statistics ----------------------------------------------------


def split_welder() -> Reference:
    rows = [
        change(SPLIT, WELDER, "6-18-02-91", weight=0.75, new_name="机器人焊工"),
        change(SPLIT, WELDER, "6-18-09-92", weight=0.25, new_name="水下焊工"),
    ]
    return with_changes(make_reference(), rows)


def test_an_old_post_is_described_by_the_parts_of_what_it_was_split_into() -> None:
    described = post_features(make_post(), split_welder())
    assert described["occupation:6-18-02-91"] == 0.75
    assert described["occupation:6-18-09-92"] == 0.25
    assert described["middle:6-18"] == 1.0
    assert f"occupation:{WELDER}" not in described


def test_a_trade_trains_for_each_part_as_directly_as_before() -> None:
    reference = split_welder()
    strength = {pair.occupation_code: pair.weight for pair in reference.pairs_of("焊接加工")}
    assert strength == {"6-18-02-91": 1.0, "6-18-09-92": 1.0, CUTTER: 0.5}
    # The seeker counts 1/1.5 for welding, split 3 : 1, and 0.5/1.5 for cutting, as before.
    shares = occupation_shares("焊接加工", reference)
    assert shares == pytest.approx({"6-18-02-91": 0.5, "6-18-09-92": 1 / 6, CUTTER: 1 / 3})


def test_a_pair_of_an_old_post_is_as_close_as_before_the_change() -> None:
    people, posts = (
        [make_graduate()],
        [make_post(), make_post(post_id="P2", occupation_code=CUTTER)],
    )
    before = pair_grid(people, posts, make_reference(), DAY).values[0]
    after = pair_grid(people, posts, split_welder(), DAY).values[0]
    assert before.tolist() == after.tolist() == [[1.0, 0.5]]


def test_a_new_trade_leads_where_those_led_that_became_it() -> None:
    rows = [
        change(MERGE, "焊接加工", "智能制造", table=TRADE),
        change(MERGE, "电气设备安装与维修", "智能制造", table=TRADE),
    ]
    reference = with_changes(make_reference(), rows)
    codes = {pair.occupation_code for pair in reference.pairs_of("智能制造")}
    assert codes == {WELDER, CUTTER, "6-31-01-03", "6-31-01"}
    assert occupation_shares("焊接加工", reference) == pytest.approx(
        occupation_shares("智能制造", reference)
    )
    assert reference.trade_of("焊接加工") == "智能制造"
    assert graduate_features(make_graduate(), reference)["trade:智能制造"] == 1.0


def test_a_trade_that_leads_to_a_group_leads_to_what_followed_an_occupation_of_it() -> None:
    # 6-31-01-09 has no pair of its own: 电气设备安装与维修 reaches it by the group 6-31-01.
    rows = [change(RENAME, "6-31-01-09", "6-99-01-01", new_name="新电工")]
    reference = with_changes(make_reference(), rows)
    people = [make_graduate(trade="电气设备安装与维修")]
    posts = [make_post(occupation_code=code) for code in ("6-31-01-09", "6-99-01-01")]
    assert pair_grid(people, posts, reference, DAY).values[0].tolist() == [
        pytest.approx([0.4, 0.4])
    ]
    assert sum(occupation_shares("电气设备安装与维修", reference).values()) == pytest.approx(1)


# --- no mass is lost ----------------------------------------------------------------------------


CODES = [f"6-0{n}-01-0{n}" for n in range(1, 9)]


@st.composite
def histories(draw: st.DrawFn, table: CodeTable, codes: list[str]) -> list[CodeChange]:
    """Draw changes of some codes, each to codes further down the list: chains, never circles."""
    rows: list[CodeChange] = []
    renamed: set[str] = set()
    for place, old in enumerate(codes[:-2]):
        kind = draw(st.sampled_from([None, *ChangeKind]))
        later = codes[place + 1 :]
        day = date(2026, draw(st.integers(1, 12)), 1)
        if kind is SPLIT:
            new = draw(st.lists(st.sampled_from(later), min_size=2, max_size=4, unique=True))
            drawn = [draw(st.integers(1, 9)) for _ in new]
            rows += [
                change(SPLIT, old, one, weight=n / sum(drawn), table=table, starts_on=day)
                for one, n in zip(new, drawn, strict=True)
            ]
        elif kind is RETIRE:
            follower = draw(st.sampled_from([None, *later]))
            rows.append(change(RETIRE, old, follower, table=table, starts_on=day))
        elif kind is not None:
            follower = draw(st.sampled_from(later))
            kind = MERGE if follower in renamed else kind
            renamed.add(follower)
            rows.append(change(kind, old, follower, table=table, starts_on=day))
    return rows


TRADES = ["焊接加工", "电气设备安装与维修", "幼儿教育", "智能制造", "新能源", "康养"]
DAYS = st.one_of(st.none(), st.dates(date(2025, 12, 1), date(2027, 1, 1)))


@given(
    histories(OCCUPATION, CODES), DAYS, st.dictionaries(st.sampled_from(CODES), st.floats(0, 1e3))
)
def test_carried_masses_keep_their_sum(
    rows: list[CodeChange], day: date | None, masses: dict[str, float]
) -> None:
    assert codes_of(*rows) == []
    followers = heirs(rows, OCCUPATION, day)
    assert all(abs(fsum(part for _, part in parts) - 1) < 1e-12 for parts in followers.values())
    before = fsum(masses.values())
    assert fsum(carried(masses, followers).values()) == pytest.approx(before, rel=1e-12, abs=1e-9)


@given(histories(OCCUPATION, [WELDER, CUTTER, *CODES]), histories(TRADE, TRADES), DAYS)
def test_interactions_features_and_statistics_keep_their_mass(
    occupations: list[CodeChange], trades: list[CodeChange], day: date | None
) -> None:
    named = [
        *occupations,
        *trades,
    ]
    reference = with_changes(make_reference(), named, day)
    people = [make_graduate(graduate_id=f"G{n}", trade=trade) for n, trade in enumerate(TRADES)]
    posts = [
        make_post(post_id=f"P{n}", occupation_code=code)
        for n, code in enumerate([WELDER, CUTTER, *CODES])
    ]
    steps = [
        make_outcome(graduate_id=one.graduate_id, post_id=two.post_id)
        for one, two in zip(people, posts, strict=False)
    ]
    assert steps[0].stage in CONFIRMING
    starts = baselines._starts(people, posts, steps, reference)
    assert fsum(starts.values()) == pytest.approx(len(steps), abs=1e-9)
    for one in people:
        shares = occupation_shares(one.trade, reference)
        assert fsum(shares.values()) == pytest.approx(1, abs=1e-9)
        assert mass_of("trade", graduate_features(one, reference)) == pytest.approx(1, abs=1e-9)
    for post in posts:
        for kind in ("occupation", "minor", "middle", "enterprise_occupation"):
            assert mass_of(kind, post_features(post, reference)) == pytest.approx(1, abs=1e-9)
    # Nobody loses: a post as it was written stays as close as the trade was, or closer.
    unchanged = with_changes(make_reference(), occupations, day)
    was = pair_grid(people, posts, make_reference(), DAY).values[0]
    now = pair_grid(people, posts, unchanged, DAY).values[0]
    assert (now >= was - 1e-6).all()


def mass_of(kind: str, features: dict[str, float]) -> float:
    return fsum(weight for name, weight in features.items() if name.startswith(f"{kind}:"))


def test_a_pair_without_a_mass_counts_its_weight() -> None:
    assert Pair("A", 0.5, "standard").share == 0.5
    assert Pair("A", 0.5, "standard", 0.0).share == 0.0
