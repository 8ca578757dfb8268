"""What is held out: never known, cold users whole, settings chosen on the training side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up import planted, read
from scipy import sparse

from benchmarks.real.folder import read_set
from benchmarks.real.splits import HeldOut, folds, hold_out, split
from benchmarks.real.tables import SetRefused

PAIRS = sparse.csr_array(np.ones((100, 10), dtype=np.float32))


def overlap(left: sparse.csr_array, right: sparse.csr_array) -> int:
    return int(left.multiply(right).nnz)


def test_a_set_without_test_pairs_is_refused(tmp_path: Path) -> None:
    data = read(tmp_path, split="user,item,part\nu1,a,train\nu2,a,validation\n")
    with pytest.raises(SetRefused, match="no pair is test or cold"):
        split(data, 42)


def test_a_set_too_small_to_choose_settings_by_is_refused(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        interactions="user,item\nu1,a\nu3,c\n",
        split="user,item,part\nu1,a,train\nu3,c,cold\n",
    )
    with pytest.raises(SetRefused, match="too few pairs of the training side"):
        split(data, 42)


def test_a_tenth_of_the_users_is_cold_and_a_fifth_of_the_others_items_held_out() -> None:
    found = hold_out(PAIRS, np.random.default_rng(1))
    assert overlap(found.known, found.held) == 0
    assert found.known.nnz + found.held.nnz == PAIRS.nnz
    assert (~found.warm).sum() == 10
    # Ten items each: exactly two of them.
    assert np.diff(found.held.indptr)[found.warm].tolist() == [2] * 90


def test_who_has_a_single_item_keeps_it_unless_cold() -> None:
    single = sparse.csr_array(np.eye(50, dtype=np.float32))
    found = hold_out(single, np.random.default_rng(1), cold_share=0.0, warm_share=0.9)
    assert found.held.nnz == 0


def test_equal_seeds_hold_out_the_same(tmp_path: Path) -> None:
    data = read_set(planted(tmp_path))
    first, again, other = (split(data, seed).test.held.toarray() for seed in (42, 42, 43))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_settings_are_never_chosen_by_the_test(tmp_path: Path) -> None:
    found = split(read_set(planted(tmp_path)), 42)
    tuned = found.validation.known + found.validation.held
    assert overlap(sparse.csr_array(tuned), found.test.held) == 0
    assert tuned.nnz == found.test.known.nnz


def test_a_given_split_is_kept(tmp_path: Path) -> None:
    rows = "u1,a,train\nu2,a,train\nu2,b,validation\nu3,c,cold\n"
    found = split(read(tmp_path, split="user,item,part\n" + rows), 42)
    assert found.test.held.toarray().tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert found.validation.held.toarray().tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    # The validation part is known in the end.
    assert found.test.known.nnz == 3


def test_a_test_that_is_later_is_tuned_on_what_is_latest_of_the_rest(tmp_path: Path) -> None:
    users = "".join(f"p{at:02d},{'ab'[at % 2]}\n" for at in range(40))
    pairs = "".join(f"p{at:02d},a,{2000 + at}\n" for at in range(40))
    parts = "".join(f"p{at:02d},a,{'cold' if at >= 30 else 'train'}\n" for at in range(40))
    data = read(
        tmp_path,
        users="user,trade\n" + users,
        interactions="user,item,time\n" + pairs,
        split="user,item,part\n" + parts,
    )
    # Of 2000 to 2029, the latest 15 %: after 2000 + 0.85 · 29 = 2024.65.
    assert split(data, 42).validation.asked.tolist() == [25, 26, 27, 28, 29]


def test_everybody_is_cold_in_one_fold_where_the_test_asks_about_cold_users() -> None:
    like = HeldOut(known=sparse.csr_array(PAIRS.shape, dtype=np.float32), held=PAIRS)
    cold = [~fold.warm for fold in folds(PAIRS, 4, np.random.default_rng(1), like)]
    assert np.sum(cold, axis=0).tolist() == [1] * 100


def test_nobody_is_cold_in_a_fold_where_the_test_asks_about_warm_users_only() -> None:
    like = hold_out(PAIRS, np.random.default_rng(1), cold_share=0.0)
    for fold in folds(PAIRS, 3, np.random.default_rng(1), like):
        assert fold.warm.all()
        assert overlap(fold.known, fold.held) == 0


def test_fewer_users_may_be_asked_about() -> None:
    found = hold_out(PAIRS, np.random.default_rng(1)).asking(7, np.random.default_rng(2))
    assert len(found.asked) == 7
