"""Folders of a set: what is refused, with file, row and column; what is read all the same."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from made_up import PAIRS, read, write

from benchmarks.real.folder import moment, read_set
from benchmarks.real.tables import SetRefused


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"items": ""}, "items.csv is missing"),
        ({"users": "user,trade\n"}, "users.csv: no rows"),
        ({"users": "user,trade,trade\nu1,a,b\n"}, "users.csv: row 1: column twice: trade"),
        ({"users": "user,trade\nu1,a,b\n"}, "users.csv: row 2: 3 cells, not 2"),
        (
            {"users": "user,trade\nu1,a\nu1,b\n"},
            "users.csv: row 3, column user: 'u1' stands in row 2 already",
        ),
        ({"items": "item,kind\na,x\n,y\n"}, "items.csv: row 3, column item: the id is empty"),
        (
            {"interactions": "user,item,weight\nu1,a,much\n"},
            "interactions.csv: row 2, column weight: 'much' is no number",
        ),
        (
            {"interactions": "user,item,time\nu1,a,soon\n"},
            "interactions.csv: row 2, column time: 'soon' is no time; write 2024-05-31",
        ),
        ({"interactions": "who,item\nx1,a\n"}, "no column holds ids of users.csv; name it user"),
        ({"interactions": "user,item\nx1,a\n"}, "no row names a user of users.csv and an item"),
        (
            {"split": "user,item,split\nu1,a,exam\n"},
            "split.csv: row 2, column split: 'exam'; write train, validation, test or cold",
        ),
        ({"split": "user,item\nu1,a\n"}, "split.csv: no column says train, validation, test"),
    ],
)
def test_a_fault_is_refused_with_its_place(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    with pytest.raises(SetRefused) as refused:
        read(tmp_path, **files)
    assert said in str(refused.value)


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "users.csv").write_bytes("user,trade\nu1,焊接\n".encode("gb18030"))
    with pytest.raises(SetRefused, match=r"users\.csv: byte 14 is not UTF-8"):
        read_set(tmp_path)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SetRefused) as refused:
        read(tmp_path, users="", items="item\n")
    assert len(refused.value.problems) == 2


def test_pairs_come_once_and_in_order_of_ids(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        interactions="user,item,weight,time\nu3,c,2,2024-02\nu1,a,4,\nu3,c,1,2024-01\n",
    )
    assert data.rows.tolist() == [0, 2]
    assert data.columns.tolist() == [0, 2]
    # The largest weight of a pair over the largest of all; its earliest time.
    assert data.weights.tolist() == [1.0, 0.5]
    assert math.isnan(data.times[0])
    assert data.times[1] == 2024.0


def test_rows_with_strangers_or_without_weight_are_left_out_and_told(tmp_path: Path) -> None:
    data = read(tmp_path, interactions="user,item,weight\nu1,a,1\nu9,a,1\nu2,z,1\nu2,a,0\n")
    assert len(data.rows) == 1
    told = " ".join(data.notes)
    assert "1 rows left out, whose user is not in users.csv (first: row 3)" in told
    assert "1 rows left out, whose item is not in items.csv (first: row 4)" in told
    assert "1 rows left out, whose weight is not above 0" in told


def test_ids_are_found_under_other_names_separators_and_packing(tmp_path: Path) -> None:
    write(tmp_path, users="", items="code;kind\na;metal\nb;metal\nc;food\n", interactions="")
    with gzip.open(tmp_path / "users.csv.gz", "wt", encoding="utf-8") as file:
        file.write("\ufefftrade,applicant_id\nwelding,u1\nwelding,u2\ncooking,u3\n")
    (tmp_path / "interactions.csv").write_text("job\twho\na\tu1\nc\tu3\n", encoding="utf-8")
    data = read_set(tmp_path)
    assert data.user_ids == ("u1", "u2", "u3")
    assert list(data.users.columns) == ["trade"]
    assert list(zip(data.rows.tolist(), data.columns.tolist(), strict=True)) == [(0, 0), (2, 2)]


def test_a_pair_that_the_split_does_not_name_is_train_and_a_cold_users_is_cold(
    tmp_path: Path,
) -> None:
    data = read(tmp_path, split="user,item,part\nu2,b,cold\nu3,c,Test\n")
    # In order: u1-a unnamed, u2-a unnamed but u2 is cold, u2-b, u3-c.
    assert data.parts is not None
    assert data.parts.tolist() == ["train", "cold", "cold", "test"]
    assert any("not named there" in note for note in data.notes)


def test_somebody_cold_with_rows_of_another_part_keeps_them_and_it_is_told(
    tmp_path: Path,
) -> None:
    data = read(tmp_path, split="user,item,part\nu2,a,train\nu2,b,cold\n")
    assert data.parts is not None
    assert data.parts.tolist() == ["train", "train", "cold", "train"]
    assert any("1 users have cold rows and others" in note for note in data.notes)


def test_a_pair_that_the_split_alone_names_counts(tmp_path: Path) -> None:
    data = read(tmp_path, interactions="user,item\nu1,a\n", split="user,item,part\nu3,c,test\n")
    assert len(data.rows) == 2
    assert data.matrix().toarray()[2, 2] == 1.0


def test_without_a_split_file_there_are_no_parts(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert data.parts is None
    assert len(data.rows) == PAIRS.count("\n") - 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("2015", 2015.0), ("2015-07", 2015.5), ("2015/01/02", 2015 + 1 / 372), ("-3.5", -3.5)],
)
def test_times_are_read(text: str, value: float) -> None:
    assert moment(text) == pytest.approx(value)


def test_what_is_no_time_is_none_and_nothing_is_nan() -> None:
    assert moment("soon") is None
    assert np.isnan(moment("") or 0.0)
