"""Many confirmations of one place at once, round after round: `python -m benchmarks.places`.

Two processes of 25 threads each, as a server has workers and threads, ask for one place for
fifty people. One of them gets it, the others are told why not, and the database holds one claim,
one line of the ledger and one step; anything else stops the benchmark. Who is told that the
database is busy asks again, as the API says; that is counted. Without `--database` a new SQLite
file is used; a database that is given must be empty, and is filled.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import count
from multiprocessing import get_context
from statistics import median

import click
import structlog
from sqlalchemy.engine import Engine

from recommender import access, ledger
from recommender.claims import SHANDONG
from recommender.data import store
from recommender.domain import Graduate, Post
from recommender.errors import Busy, PlacementError
from recommender.places import Clerk

DAY = date(2026, 5, 15)
CLERK = Clerk(who="bench", now=datetime(2026, 5, 15, 12, tzinfo=SHANDONG), hold_hours=1)
N_PROCESSES, N_THREADS = 2, 25
PEOPLE = tuple(f"G{n:02}" for n in range(N_PROCESSES * N_THREADS))


@cache
def opened(url: str) -> Engine:
    """Open the database once in each process, and say nothing of each confirmation."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return store.connect(url)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person was told in the end, after how many times "busy" and how long."""

    kind: str
    n_busy: int
    seconds: float


def ask(url: str, post_id: str, people: tuple[str, ...]) -> list[Answer]:
    """Confirm a place for many at once."""

    def one(graduate_id: str) -> Answer:
        begun = time.perf_counter()
        for n_busy in count():
            try:
                ledger.confirm(opened(url), CLERK, graduate_id, post_id)
            except Busy:
                continue
            except PlacementError as refusal:
                return Answer(type(refusal).__name__, n_busy, time.perf_counter() - begun)
            return Answer("confirmed", n_busy, time.perf_counter() - begun)
        raise AssertionError("counting has no end")

    with ThreadPoolExecutor(N_THREADS) as pool:
        return list(pool.map(one, people))


def fill(engine: Engine, n_rounds: int) -> None:
    """Store fifty people, and a post with one place for each round."""
    posts = [
        Post(
            post_id=f"R{number}",
            enterprise="构造企业",
            credit_code="91370800MA3X00001H",
            occupation_code="6-18-02-04",
            region_code="370800",
            headcount=1,
            opens_on=date(2026, 4, 1),
            closes_on=date(2026, 6, 30),
        )
        for number in range(n_rounds)
    ]
    people = [
        Graduate(
            graduate_id=each, college="构造学院", trade="焊接加工", class_year=2026, consent=True
        )
        for each in PEOPLE
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people)


def is_once(engine: Engine, post_id: str) -> bool:
    """Say whether claim, ledger and step name the same one graduate."""
    shown = ledger.show(engine, CLERK, post_id)
    with store.reading(engine) as conn:
        steps = store.load_outcomes(conn, day=DAY, post_ids=[post_id])
    lines = [event.graduate_id for event in shown.history]
    return [step.graduate_id for step in steps] == lines == list(shown.confirmed)


def race(url: str, n_rounds: int) -> None:
    """Run the rounds, and print what was answered and how long it took."""
    access.open_database(url).dispose()
    engine = opened(url)
    fill(engine, n_rounds)
    parts = [PEOPLE[at::N_PROCESSES] for at in range(N_PROCESSES)]
    given: list[Answer] = []
    with ProcessPoolExecutor(N_PROCESSES, mp_context=get_context("spawn")) as pool:
        for number in range(n_rounds):
            post_id = f"R{number}"
            asked = [pool.submit(ask, url, post_id, part) for part in parts]
            answers = [answer for part in asked for answer in part.result()]
            told = Counter(answer.kind for answer in answers)
            given += answers
            right = told["confirmed"] == 1 and told["NoOpenPlace"] == len(PEOPLE) - 1
            if not right or not is_once(engine, post_id):
                raise click.ClickException(f"round {number}: {dict(told)}")
            [winner] = ledger.show(engine, CLERK, post_id).confirmed
            ledger.release(engine, CLERK, winner, post_id, reason="其他")
    engine.dispose()
    kinds = Counter(answer.kind for answer in given)
    seconds = [answer.seconds for answer in given]
    click.echo(
        f"{engine.dialect.name}: {n_rounds} rounds right, {dict(kinds)}, told to wait "
        f"{sum(answer.n_busy for answer in given)} times; an answer after "
        f"{median(seconds):.2f} s in the middle, {max(seconds):.2f} s at most"
    )


@click.command()
@click.option("--rounds", default=200, show_default=True, type=click.IntRange(min=1))
@click.option("--database", metavar="URL", help="An empty database, to be filled.")
def main(rounds: int, database: str | None) -> None:
    """Race for single places."""
    with tempfile.TemporaryDirectory() as folder:
        race(database or f"sqlite:///{folder}/race.sqlite3", rounds)


if __name__ == "__main__":
    main()
