import pytest
from sqlalchemy.engine import Engine

from recommender import mapping
from recommender.data import store
from recommender.errors import NotFound, Unreadable
from tests.builders import DAY, make_graduate


def test_an_empty_name_is_refused(engine: Engine) -> None:
    with pytest.raises(Unreadable):
        mapping.map_trade(engine, "  ", "焊接加工", author="甲", day=DAY)


def test_a_trade_outside_the_table_is_refused_with_the_nearest(engine: Engine) -> None:
    with pytest.raises(NotFound) as refusal:
        mapping.map_trade(engine, "焊工班", "焊接加工甲", author="甲", day=DAY)
    assert refusal.value.suggestions == ("焊接加工",)


@pytest.mark.parametrize("weight", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_weight_lies_between_0_and_1(engine: Engine, weight: float) -> None:
    with pytest.raises(Unreadable) as refusal:
        mapping.map_pair(engine, "焊接加工", "6-18-02-04", weight, author="甲", day=DAY)
    assert refusal.value.code == "not_a_weight"


def test_an_unknown_occupation_is_refused_with_suggestions(engine: Engine) -> None:
    with pytest.raises(NotFound) as refusal:
        mapping.map_pair(engine, "焊接加工", "焊接师傅", 1, author="甲", day=DAY)
    assert refusal.value.kind == "occupation"
    assert any("焊工" in each for each in refusal.value.suggestions)


def test_a_trade_that_neither_table_nor_roster_knows_is_refused(engine: Engine) -> None:
    with pytest.raises(NotFound) as refusal:
        mapping.map_pair(engine, "星际导航", "6-18-02-04", 1, author="甲", day=DAY)
    assert refusal.value.kind == "trade"


def test_a_decision_on_a_name_counts_from_then_on(engine: Engine) -> None:
    mapping.map_trade(engine, " 焊工班 ", "焊接加工", author="甲", day=DAY)
    with store.reading(engine) as conn:
        assert store.load_reference(conn).trade_of("焊工班") == "焊接加工"
        (decision,) = store.list_mappings(conn)
    assert (decision.author, decision.decided_on) == ("甲", DAY)


def test_a_pair_takes_an_occupation_by_name_and_a_trade_of_the_roster(engine: Engine) -> None:
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate(trade="焊工精英班")])
    code = mapping.map_pair(engine, "焊工精英班", "焊工", 0.7, author="甲", day=DAY)
    assert code == "6-18-02-04"
    with store.reading(engine) as conn:
        assert store.pair_map(conn) == {("焊工精英班", code): 0.7}
