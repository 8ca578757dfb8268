"""Handing lists over: what a request notices of it, which is nothing."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from recommender import exposure
from recommender.data import exposures
from recommender.exposure import DROPPED, FAILED, WRITTEN, ExposureLog
from recommender.shown import Record
from tests.recommender.test_exposures import make_list, records


def open_log(home: Path, told: Counter[str], **settings: object) -> ExposureLog:
    values = {"explore_share": 0.05} | settings
    return ExposureLog(home, tell=lambda result, n: told.update({result: n}), **values)  # type: ignore[arg-type]


def test_a_disk_that_fails_is_counted_and_nothing_is_explored_until_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Counter[str] = Counter()
    log = open_log(tmp_path, told)
    assert log.explore_share == 0.05

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", no_space)
        log.keep(make_list(), "G1")
        log.flush()
    assert told == {FAILED: 1}
    assert log.explore_share == 0.0
    log.keep(make_list(), "G1")
    log.flush()
    assert (told[FAILED], told[WRITTEN]) == (1, 1)
    assert log.explore_share == 0.05
    log.close()


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    told: Counter[str] = Counter()
    (tmp_path / "exposures").touch()  # a file where the folder should be
    log = open_log(tmp_path, told)
    log.keep(make_list())
    log.keep(make_list(), "G1")
    log.flush()
    log.close()
    assert told == {FAILED: 2}


def test_a_disk_that_hangs_holds_up_nobody_and_what_is_too_much_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Counter[str] = Counter()
    free = threading.Event()
    written: list[Record] = []

    def hang(_: Path, batch: list[Record]) -> int:
        assert free.wait(30)
        written.extend(batch)
        return len(batch)

    monkeypatch.setattr(exposures, "append", hang)
    monkeypatch.setattr(exposure, "MOST_WAITING", 10)
    log = open_log(tmp_path, told)
    began = time.monotonic()
    for _ in range(100):
        log.keep(make_list())
    assert time.monotonic() - began < 1.0
    # Ten wait, and the thread may have taken up to ten of them before it hung.
    assert 80 <= told[DROPPED] <= 90
    free.set()
    log.flush()
    log.close()
    assert told[WRITTEN] == len(written) == 100 - told[DROPPED]


def test_a_day_that_is_full_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: Counter[str] = Counter()
    monkeypatch.setattr(exposures, "append", lambda _folder, _batch: 0)
    log = open_log(tmp_path, told)
    log.keep(make_list())
    log.flush()
    log.close()
    assert told == {DROPPED: 1, WRITTEN: 0}
    assert log.explore_share == 0.0


def test_where_nothing_is_kept_nothing_is_written_and_nothing_explored(tmp_path: Path) -> None:
    told: Counter[str] = Counter()
    log = open_log(tmp_path, told, is_on=False)
    log.keep(make_list(), "G1")
    log.flush()
    log.close()
    assert list(tmp_path.iterdir()) == []
    assert log.explore_share == 0.0
    assert told == {}


def test_no_id_is_written_in_clear(tmp_path: Path) -> None:
    log = open_log(tmp_path, Counter())
    log.keep(make_list(), "20260001-张三")
    log.close()
    for path in (tmp_path / "exposures").rglob("*"):
        if path.is_file():
            assert b"20260001" not in path.read_bytes()
    (kept,) = records(tmp_path / "exposures")
    assert kept.person is not None  # type: ignore[attr-defined]


def test_threads_hand_over_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    told: Counter[str] = Counter()
    log = open_log(tmp_path, told)

    def show(worker: int) -> None:
        for n in range(50):
            log.keep(make_list(request_id=f"{worker}-{n}"), f"G{n}")

    threads = [threading.Thread(target=show, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    kept = [record.request_id for record in records(tmp_path / "exposures")]  # type: ignore[attr-defined]
    assert sorted(kept) == sorted(f"{worker}-{n}" for worker in range(4) for n in range(50))
    assert told[WRITTEN] == 200


def test_a_log_that_was_closed_begins_again(tmp_path: Path) -> None:
    log = open_log(tmp_path, Counter())
    log.close()
    log.keep(make_list())
    log.close()
    log.close()
    log.keep(make_list())
    log.close()
    assert len(records(tmp_path / "exposures")) == 2
