import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from recommender.data import export
from recommender.data.export import Table, check_target, write_table
from recommender.errors import Unreadable

RANKS = Table(
    columns=("graduate_id", "post_id", "rank", "score"),
    rows=[("0012", "P-1", 1, 0.1), ("0012", "=1+1", 2, -0.25), ("9" * 18, "P,2", 1, math.nan)],
    titles={"post_id": "岗位编号"},
    title="排序",
    notes=("仅供内部使用。",),
)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["out.txt", "out", "out.xls", "out.csv.gz"])
def test_an_unknown_suffix_is_refused_and_the_known_ones_are_named(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        write_table(RANKS, tmp_path / name)
    assert refusal.value.code == "unknown_suffix"
    assert set(refusal.value.suggestions) == {".csv", ".parquet", ".xlsx", ".json", ".html"}
    assert leftovers(tmp_path) == []


def test_a_missing_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        check_target(tmp_path / "nowhere" / "out.csv", (".csv",))
    assert refusal.value.code == "no_such_folder"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(Unreadable) as refusal:
        check_target(tmp_path / "out.csv", (".csv",))
    assert refusal.value.code == "is_a_folder"


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx", ".json"])
def test_a_failure_halfway_leaves_the_earlier_file_and_nothing_beside_it(
    tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"out{suffix}"
    out.write_text("earlier")
    unwritable = Table(columns=("id",), rows=[("a",), (object(),)])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        write_table(unwritable, out)
    assert out.read_text() == "earlier"
    assert leftovers(tmp_path) == [out.name]


def test_more_rows_than_a_worksheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_MAX_SHEET_ROWS", 3)
    with pytest.raises(Unreadable) as refusal:
        write_table(RANKS, tmp_path / "out.xlsx")
    assert (refusal.value.code, refusal.value.suggestions) == (
        "too_many_rows",
        (".csv", ".parquet"),
    )


def test_csv_is_plain_utf8_with_ids_unchanged(tmp_path: Path) -> None:
    write_table(RANKS, tmp_path / "out.csv")
    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.decode("utf-8") == (
        "graduate_id,post_id,rank,score\n"
        "0012,P-1,1,0.1\n"
        "0012,=1+1,2,-0.25\n"
        '999999999999999999,"P,2",1,\n'
    )


def test_guarded_csv_makes_formulas_harmless_and_leaves_numbers_alone(tmp_path: Path) -> None:
    table = Table(
        columns=("name", "gap"),
        rows=[("=cmd|' /C calc'!A0", -3), ("\t=1+1", 2), ("焊工", 0)],
    )
    write_table(table, tmp_path / "out.csv", guard=True)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert [row[0][:2] for row in rows[1:3]] == ["'=", "'="]
    assert rows[3][0] == "焊工"
    assert [row[1] for row in rows[1:]] == ["-3", "2", "0"]


def test_numbers_of_numpy_are_written_like_pythons(tmp_path: Path) -> None:
    table = Table(columns=("rank", "score"), rows=[(np.int32(1), np.float64(0.1))])
    write_table(table, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "rank,score\n1,0.1\n"


def test_parquet_keeps_ids_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    write_table(RANKS, tmp_path / "out.parquet")
    read = pq.read_table(tmp_path / "out.parquet")
    assert [str(field.type) for field in read.schema] == ["string", "string", "int64", "double"]
    assert read.column("graduate_id").to_pylist() == ["0012", "0012", "9" * 18]
    assert read.column("score").to_pylist() == [0.1, -0.25, None]


def test_parquet_without_rows_has_the_same_types(tmp_path: Path) -> None:
    write_table(Table(columns=RANKS.columns, rows=[]), tmp_path / "out.parquet")
    read = pq.read_table(tmp_path / "out.parquet")
    assert [str(field.type) for field in read.schema] == ["string", "string", "int64", "double"]


def test_parquet_needs_no_pandas(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from recommender.data.export import Table, write_table\n"
        "table = Table(columns=('id', 'rank'), rows=[('0012', 1), (None, None)])\n"
        f"write_table(table, Path({str(tmp_path / 'out.parquet')!r}))\n"
        "sys.exit('pandas' in sys.modules)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], check=False)
    assert answer.returncode == 0
    read = pq.read_table(tmp_path / "out.parquet")
    assert read.to_pydict() == {"id": ["0012", None], "rank": [1, None]}


def test_a_worksheet_has_text_ids_a_frozen_header_filters_and_no_formula(tmp_path: Path) -> None:
    write_table(RANKS, tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheet = book["排序"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("graduate_id", "岗位编号", "rank", "score")
    assert rows[1:] == [
        ("0012", "P-1", 1, 0.1),
        ("0012", "=1+1", 2, -0.25),
        ("9" * 18, "P,2", 1, None),
    ]
    assert (sheet["B3"].data_type, sheet["A2"].number_format) == ("s", "@")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D4"
    assert book["说明"]["A1"].value == "仅供内部使用。"
    book.close()


def test_json_holds_rows_by_column_and_the_notes(tmp_path: Path) -> None:
    write_table(RANKS, tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["notes"] == ["仅供内部使用。"]
    assert document["rows"][2] == {
        "graduate_id": "9" * 18,
        "post_id": "P,2",
        "rank": 1,
        "score": None,
    }
