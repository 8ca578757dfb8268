"""Three nights publish while people ask; one version is damaged on the way; nobody notices."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from recommender import access
from recommender.data import store
from recommender.model.artefact import Artefact, write_version
from recommender.settings import sqlite_url
from tests.builders import DAY, make_graduate, make_post
from tests.service.published import crosswalk, publish
from tests.service.served import Served, serving

WORKERS = 2
REQUESTS_A_SECOND = 20
NOTICE_S = 2.0


@dataclass
class Visitors:
    """Ask for a ranking twenty times a second, and remember every answer."""

    served: Served
    headers: dict[str, str]
    answers: list[tuple[float, int, int]] = field(default_factory=list)

    def __enter__(self) -> Visitors:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask_on_and_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def _ask_on_and_on(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            status, body = self.served.get("/api/v1/graduates/G1/ranking", self.headers)
            version = json.loads(body)["model"] if status == 200 else 0
            self.answers.append((time.monotonic(), status, version))
            due += 1 / REQUESTS_A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))


def versions_named(served: Served) -> dict[str, int]:
    """Say which version each process answers with, by its own account."""
    text = served.get("/metrics")[1].decode()
    return {
        sample.labels["pid"]: int(sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "placement_model_version"
    }


def seconds_until(holds: Callable[[], bool], patience_s: float) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience_s
        time.sleep(0.02)
    return time.monotonic() - began


def all_answer_with(served: Served, version: int) -> bool:
    named = versions_named(served)
    return len(named) == WORKERS and set(named.values()) == {version}


def tonight(night: int) -> Artefact:
    return replace(crosswalk(), facts={"night": night})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(post_id="P1"), make_post(post_id="P2")], day=DAY)
        store.save_graduates(conn, [make_graduate()], [])
    (tmp_path / "secret").write_text(access.create_token(engine, role="officer", day=DAY))
    engine.dispose()
    publish(tmp_path / "models", crosswalk())
    return tmp_path


def test_new_versions_are_answered_with_at_once_and_a_damaged_one_never(home: Path) -> None:
    models_dir = home / "models"
    headers = {"Authorization": f"Bearer {(home / 'secret').read_text()}"}
    with serving(home, workers=WORKERS) as served:
        seconds_until(lambda: served.get("/readyz")[0] == 200, 60)
        with Visitors(served, headers) as visitors:
            seconds_until(lambda: all_answer_with(served, 1), 30)

            for version in (2, 3):
                assert publish(models_dir, tonight(version)) == version
                assert seconds_until(lambda v=version: all_answer_with(served, v), 10) < NOTICE_S

            damaged = write_version(models_dir, tonight(4), "# card")
            weights = models_dir / f"v{damaged}" / "weights.npy"
            weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
            # Publishing verifies before it points, so the pointer is moved by hand.
            (models_dir / "current.json").write_text(json.dumps({"version": damaged}))
            time.sleep(NOTICE_S)
            assert all_answer_with(served, 3)

            assert publish(models_dir, tonight(5)) == 5
            assert seconds_until(lambda: all_answer_with(served, 5), 10) < NOTICE_S
            # The visitors come twenty times a second; let one of them meet it, too.
            seconds_until(lambda: any(version == 5 for _, _, version in visitors.answers), 10)

        statuses = {status for _, status, _ in visitors.answers}
        assert statuses == {200}
        assert {version for _, _, version in visitors.answers} == {1, 2, 3, 5}
        assert len(visitors.answers) >= REQUESTS_A_SECOND * NOTICE_S
