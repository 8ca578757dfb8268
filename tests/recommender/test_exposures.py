"""The log of lists on disk, and the pseudonyms in it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from recommender.data import day_files, exposures
from recommender.data.pseudonyms import Pseudonyms
from recommender.shown import CitedStep, ShownLine, ShownList, from_line, to_line
from tests.builders import DAY

REQUEST_ID = "0f3c5a7e9b1d2f4a6c8e0a1b3d5f7092"


def make_list(**overrides: object) -> ShownList:
    """Give a list of one post, of nobody, as ranked."""
    line = ShownLine(post_id="P1", open_places=2, score=1.25, price=0.5)
    values = {
        "request_id": REQUEST_ID,
        "day": DAY,
        "via": "officer",
        "model": 3,
        "published": "model",
        "order": "market",
        "lines": (line,),
    }
    return ShownList(**values | overrides)  # type: ignore[arg-type]


def make_step(**overrides: object) -> CitedStep:
    values = {"request_id": REQUEST_ID, "day": DAY, "post_id": "P1", "stage": "interested"}
    return CitedStep(**values | overrides)  # type: ignore[arg-type]


def records(folder: Path) -> list[object]:
    return [record for day in exposures.read(folder) for record in day.records]


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"kind":"list","day":"2026-05-15"}',
        '{"kind":"list","day":"soon","lines":[]}',
        '{"kind":"step","day":"2026-05-15","name":"张三"}',
        to_line(make_list())[:-20],
        to_line(make_list()).replace("[[", "[[1,"),
    ],
)
def test_a_line_that_is_no_record(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        exposures.append(tmp_path / "file" / "exposures", [make_list()])


def test_a_disk_that_fills_up_leaves_no_half_of_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exposures.append(tmp_path, [make_list()])
    before = (tmp_path / "2026-05-15.jsonl").read_bytes()

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", no_space)
        with pytest.raises(OSError, match="No space"):
            exposures.append(tmp_path, [make_list(), make_list()])
    assert (tmp_path / "2026-05-15.jsonl").read_bytes() == before


def test_a_day_that_is_full_takes_no_more(tmp_path: Path) -> None:
    size = len(to_line(make_list())) + 1
    assert exposures.append(tmp_path, [make_list()], most_bytes=2 * size) == 1
    assert exposures.append(tmp_path, [make_list()] * 2, most_bytes=2 * size) == 0
    tomorrow = make_list(day=date(2026, 5, 16))
    assert exposures.append(tmp_path, [make_list(), tomorrow], most_bytes=2 * size) == 2
    assert exposures.n_bytes(tmp_path) == 3 * size


def test_a_key_that_was_cut_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "2026.key").write_bytes(b"short")
    with pytest.raises(OSError, match="not a key"):
        Pseudonyms(tmp_path).make("G1", 2026)


# --- what is kept -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        make_list(),
        make_list(lines=(), person="ab", share=0.05, swapped=7, propensity=0.0125),
        make_list(places_as_of="2026-05-15T08:00:00+00:00", published="规则"),
        make_step(),
        make_step(person="ab"),
    ],
)
def test_a_record_reads_back_as_it_was_written(record: ShownList | CitedStep) -> None:
    assert from_line(to_line(record)) == record
    assert to_line(record).isascii()


def test_a_score_has_six_decimals() -> None:
    line = ShownLine(post_id="P1", open_places=2, score=1 / 3, price=0.0)
    read = from_line(to_line(make_list(lines=(line,))))
    assert isinstance(read, ShownList)
    assert read.lines[0].score == 0.333333


def test_a_day_has_a_file_that_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "exposures"
    exposures.append(folder, [make_list(), make_list(day=date(2026, 5, 16)), make_step()])
    exposures.append(folder, [make_list(model=4)])
    assert day_files.days(folder) == [date(2026, 5, 15), date(2026, 5, 16)]
    assert (folder / "2026-05-15.jsonl").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    (first, second) = exposures.read(folder)
    assert first.records == (make_list(), make_step(), make_list(model=4))
    assert second.records == (make_list(day=date(2026, 5, 16)),)
    assert list(exposures.read(folder, until=DAY)) == [first]


def test_what_a_power_cut_tore_off_costs_one_line(tmp_path: Path) -> None:
    exposures.append(tmp_path, [make_list(), make_list()])
    path = tmp_path / "2026-05-15.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    exposures.append(tmp_path, [make_step()])
    (day,) = exposures.read(tmp_path)
    assert (day.records, day.n_damaged) == ((make_list(), make_step()), 1)


def test_nothing_was_logged_yet(tmp_path: Path) -> None:
    folder = tmp_path / "exposures"
    assert (records(folder), day_files.days(folder), exposures.n_bytes(folder)) == ([], [], 0)
    assert exposures.drop_persons(folder, {"ab"}) == 0
    assert day_files.drop_before(folder, DAY) == 0


def test_old_days_go_whole(tmp_path: Path) -> None:
    days = [date(2026, 5, day) for day in (13, 14, 15)]
    exposures.append(tmp_path, [make_list(day=day) for day in days])
    assert day_files.drop_before(tmp_path, date(2026, 5, 15)) == 2
    assert day_files.days(tmp_path) == [DAY]


def test_a_person_goes_line_by_line_also_where_a_line_is_torn(tmp_path: Path) -> None:
    kept = [make_list(), make_list(person="cd")]
    exposures.append(tmp_path, [*kept, make_list(person="ab"), make_step(person="ab")])
    path = tmp_path / "2026-05-15.jsonl"
    path.write_bytes(path.read_bytes() + b'{"kind":"list","person":"ab","da')
    assert exposures.drop_persons(tmp_path, {"ab"}) == 3
    assert records(tmp_path) == kept
    assert b'"ab"' not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert exposures.drop_persons(tmp_path, {"ab"}) == 0


# --- pseudonyms -------------------------------------------------------------------------------


def test_a_pseudonym_is_one_of_a_person_and_a_year_and_needs_the_key(tmp_path: Path) -> None:
    names = Pseudonyms(tmp_path / "keys")
    made = names.make("G1", 2026)
    assert made == Pseudonyms(tmp_path / "keys").make("G1", 2026)
    assert made == Pseudonyms(tmp_path / "keys").known("G1", 2026)
    others = {names.make("G2", 2026), names.make("G1", 2027)}
    assert len({made, *others}) == 3
    assert made != Pseudonyms(tmp_path / "elsewhere").make("G1", 2026)
    assert names.years() == [2026, 2027]


def test_without_a_key_there_is_no_pseudonym(tmp_path: Path) -> None:
    assert Pseudonyms(tmp_path).known("G1", 2026) is None
    assert Pseudonyms(tmp_path / "no such folder").years() == []
    names = Pseudonyms(tmp_path)
    names.make("G1", 2026)
    names.destroy(2026)
    names.destroy(2026)
    assert names.known("G1", 2026) is None
    assert names.years() == []


def test_a_key_is_the_owners_alone(tmp_path: Path) -> None:
    Pseudonyms(tmp_path / "keys").make("G1", 2026)
    assert (tmp_path / "keys" / "2026.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert len((tmp_path / "keys" / "2026.key").read_bytes()) == 32


# --- several processes ------------------------------------------------------------------------

WORKER = """
import sys
from datetime import date
from pathlib import Path
from recommender.data import exposures
from recommender.data.pseudonyms import Pseudonyms
from recommender.shown import CitedStep
folder, worker = Path(sys.argv[1]), sys.argv[2]
person = Pseudonyms(folder / "keys").make("G1", 2026)
for n in range(50):
    steps = [
        CitedStep(request_id=f"{worker}-{n}-{i}", day=date(2026, 5, 15), post_id="P" * 500,
                  stage="interested", person=person)
        for i in range(4)
    ]
    assert exposures.append(folder, steps) == 4
"""


def test_processes_that_write_at_once_lose_no_line_and_agree_on_the_key(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path), str(n)]) for n in range(3)
    ]
    # Meanwhile somebody else is forgotten, again and again: what is written stays.
    exposures.append(tmp_path, [make_step(person="ab", request_id=f"{n}") for n in range(20)])
    while any(worker.poll() is None for worker in workers):
        exposures.append(tmp_path, [make_step(person="ab")])
        exposures.drop_persons(tmp_path, {"ab"})
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    (day,) = exposures.read(tmp_path)
    assert day.n_damaged == 0
    assert {step.request_id for step in day.records} == {
        f"{worker}-{n}-{i}" for worker in range(3) for n in range(50) for i in range(4)
    }
    assert len({step.person for step in day.records}) == 1
