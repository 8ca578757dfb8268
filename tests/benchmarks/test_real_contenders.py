"""First-stage rankings on sets small enough to count by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from made_up import planted, read
from numpy.typing import NDArray

from benchmarks.real.contenders import World, by_popularity, group_rates, most_telling
from benchmarks.real.folder import read_set
from benchmarks.real.pairs import PairFeatures
from benchmarks.real.splits import split
from benchmarks.real.tuning import FIRST_STAGE, TREES, draws

USERS = "user,trade,flag\nu1,welding,x\nu2,welding,y\nu3,cooking,x\nu4,cooking,y\n"
CONTENDERS = {each.name: each for each in FIRST_STAGE}


def small(folder: Path) -> World:
    """Both welders have a, one of them b; both cooks have c."""
    pairs = "user,item\nu1,a\nu2,a\nu2,b\nu3,c\nu4,c\n"
    return World(read(folder, users=USERS, interactions=pairs))


def scored(world: World, name: str, rows: list[int], **setting: float) -> NDArray[np.float32]:
    known = world.data.matrix()
    return CONTENDERS[name].scores(world, known, np.array(rows, dtype=np.intp), setting, 1)


@pytest.mark.parametrize("name", CONTENDERS)
def test_a_set_without_any_feature_is_ranked_all_the_same(tmp_path: Path, name: str) -> None:
    world = World(read(tmp_path, users="user\nu1\nu2\nu3\n", items="item\na\nb\nc\n"))
    setting = draws(CONTENDERS[name].draw, 1, 42, 0)[0]
    rows = np.arange(3)
    scores = CONTENDERS[name].scores(world, world.data.matrix(), rows, setting, 42)
    assert scores.shape == (3, 3)
    assert np.isfinite(scores).all()


def test_every_contender_has_as_many_settings_drawn_and_the_same_again() -> None:
    for contender in FIRST_STAGE:
        if contender.name == "popularity":  # it has none
            continue
        assert len(draws(contender.draw, 6, 42, 3)) >= 5
        assert draws(contender.draw, 6, 42, 3) == draws(contender.draw, 6, 42, 3)
    assert draws(TREES, 6, 42, 3) != draws(TREES, 6, 43, 3)


def test_popularity_is_the_share_of_people(tmp_path: Path) -> None:
    world = small(tmp_path)
    scores = by_popularity(world, world.data.matrix(), np.array([0]), {}, 1)
    assert scores.tolist() == [[0.5, 0.25, 0.5]]


def test_a_groups_rate_is_drawn_towards_everybodys(tmp_path: Path) -> None:
    world = small(tmp_path)
    trade = next(column for column in world.users.columns if column.name == "trade")
    rates = group_rates(trade, world.data.matrix(), smoothing=2.0)
    # Two welders: (2 + 2 · 0.5) / 4 have a, (1 + 2 · 0.25) / 4 b, (0 + 2 · 0.5) / 4 c.
    assert rates[trade.names.index("trade:welding")].tolist() == [0.75, 0.375, 0.25]


def test_the_trade_tells_more_than_a_flag(tmp_path: Path) -> None:
    world = small(tmp_path)
    assert most_telling(world, world.data.matrix(), 1.0)[0].name == "trade"


def test_a_column_that_few_state_does_not_win_by_saying_nothing(tmp_path: Path) -> None:
    # Half of twelve people have a, as their trade says; the others an item of their own, which
    # nothing tells. The mark is stated for two of them: one of either kind.
    users = "".join(f"w{at:02d},{'xy'[at % 2]}{'yx'[at // 6]},{at < 2}\n" for at in range(12))
    items = "item\na\n" + "".join(f"own{at:02d}\n" for at in range(12))
    pairs = "".join(f"w{at:02d},{'a' if at % 2 else f'own{at:02d}'}\n" for at in range(12))
    data = read(
        tmp_path,
        users="user,trade,rare\n" + users.replace("False", "").replace("True", "z"),
        items=items,
        interactions="user,item\n" + pairs,
    )
    world = World(data)
    assert most_telling(world, world.data.matrix(), 1.0)[0].name == "trade"


def test_a_neighbour_never_is_the_user_in_person(tmp_path: Path) -> None:
    world = small(tmp_path)
    # The nearest of u2 is u1, who has the same trade and another flag, not u2, who has b.
    scores = scored(world, "neighbours", [1], n_neighbours=1, power=1.0, by_rarity=0.0)
    assert scores[0].argmax() == 0
    assert scores[0, 1] < 0.01


def test_a_ridge_meets_the_mean_where_it_is_very_strong(tmp_path: Path) -> None:
    world = small(tmp_path)
    assert scored(world, "ridge", [0], ridge=1e9)[0] == pytest.approx(np.array([0.5, 0.25, 0.5]))
    weak = scored(world, "ridge", [0], ridge=1e-3)[0]
    assert weak[0] > 0.9 > 0.1 > weak[2]


def features(world: World, rows: NDArray[np.intp], known: object) -> Mapping[str, NDArray]:
    matrix = known if known is not None else world.data.matrix()
    columns = most_telling(world, matrix, 5.0)
    scores = {"ridge": CONTENDERS["ridge"].scores(world, matrix, rows, {"ridge": 1.0}, 1)}
    return PairFeatures(world, matrix, rows, columns, scores).of(np.arange(len(rows)))


def test_no_feature_of_a_held_out_pair_knows_that_it_was_there(tmp_path: Path) -> None:
    world = World(read_set(planted(tmp_path)))
    held = split(world.data, 42).test
    rows = held.asked
    # The same set as somebody has it who never heard of the held-out pairs.
    users, items = world.data.user_ids, world.data.item_ids
    known = zip(*held.known.nonzero(), strict=True)
    lines = [f"{users[row]},{items[column]}" for row, column in known]
    text = "person_id,job_id\n" + "\n".join(lines) + "\n"
    (tmp_path / "interactions.csv").write_text(text, encoding="utf-8")
    without = World(read_set(tmp_path))
    with_it, found = features(world, rows, held.known), features(without, rows, held.known)
    for name, array in found.items():
        assert np.array_equal(array, with_it[name], equal_nan=True), name


def test_who_has_no_history_has_no_likeness_to_it(tmp_path: Path) -> None:
    world = World(read_set(planted(tmp_path)))
    held = split(world.data, 42).test
    found = features(world, held.asked, held.known)
    cold = ~held.warm[held.asked]
    assert np.isnan(found["history:alike"][cold]).all()
    assert not np.isnan(found["history:alike"][~cold]).any()


def test_values_that_users_and_items_share_are_compared(tmp_path: Path) -> None:
    world = World(
        read(
            tmp_path,
            users="user,wish\nu1,north|south\nu2,north\nu3,south\n",
            items="item,place\na,north\nb,south\nc,north\nd,south\n",
        )
    )
    found = features(world, np.arange(3), None)
    # u1 wishes for both, each half.
    shared = [[0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0], [0, 1, 0, 1]]
    assert found["shared:wish=place"].tolist() == shared
