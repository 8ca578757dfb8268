from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from recommender import ledger_answers
from recommender.data import store
from recommender.errors import Busy, DatabaseFailed
from tests.builders import DAY

APRIL, MAY_1, MAY_2 = date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2)


@pytest.fixture
def answered(engine: Engine) -> Engine:
    with store.writing(engine) as conn:
        for day in (APRIL, MAY_1, MAY_2, DAY):
            store.remember(conn, day.isoformat(), body_sha256="", status=201, answer="{}", day=day)
    return engine


def kept(engine: Engine) -> list[date]:
    with store.reading(engine) as conn:
        return [
            day for day in (APRIL, MAY_1, MAY_2, DAY) if store.remembered(conn, day.isoformat())
        ]


@pytest.mark.parametrize("failure", [Busy(), DatabaseFailed("disk I/O error")])
def test_a_night_that_cannot_delete_goes_on(
    answered: Engine, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> int:
        raise failure

    monkeypatch.setattr(store, "forget_answers", fail)
    assert ledger_answers.tidy(answered, day=DAY, keep_days=1) == 0
    assert len(kept(answered)) == 4


def test_an_answer_goes_when_its_days_are_over(answered: Engine) -> None:
    # Fourteen days up to 15 May begin on 2 May.
    assert ledger_answers.tidy(answered, day=DAY, keep_days=14) == 2
    assert kept(answered) == [MAY_2, DAY]
    assert ledger_answers.tidy(answered, day=DAY, keep_days=1) == 1
    assert kept(answered) == [DAY]
