"""What finding costs an officer among 100,000 graduates: `python -m benchmarks.finding`.

Median of seven, in milliseconds of the processor, so that a busy machine changes little; the
first time, in a process that has nothing in memory yet, beside it.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import click
from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.claims import start_of
from recommender.data import store
from recommender.domain import OutcomeStage, PersonalDetails
from recommender.finding import Asked, Finder, Page
from tests.builders import make_graduate, make_outcome, make_post

DAY = date(2026, 5, 15)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙单曾重", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
TRADES = ("焊接加工", "数控加工", "汽车维修", "电子商务")
N_REPEATS = 7
OFFICER = Grant(token_id=1, role="officer")


def fill(engine: Engine, n_graduates: int, n_posts: int) -> None:
    """Store people of six class years, half of them placed, and posts."""
    chance = random.Random(1)  # noqa: S311 - names for a measurement
    people = [
        make_graduate(
            graduate_id=f"G{n:06d}",
            class_year=2021 + n % 6,
            trade=chance.choice(TRADES),
            class_name=f"{n % 80}班",
        )
        for n in range(n_graduates)
    ]
    details = [
        PersonalDetails(
            graduate_id=each.graduate_id,
            name=chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
            student_no=f"S{each.graduate_id[1:]}",
        )
        for each in people
    ]
    posts = [
        make_post(post_id=f"P{n}", enterprise=f"山东示例{n}机械有限公司", headcount=5)
        for n in range(n_posts)
    ]
    steps = [
        make_outcome(graduate_id=each.graduate_id, post_id=f"P{n % n_posts}", stage=stage)
        for n, each in enumerate(people[::2])
        for stage in (OutcomeStage.RECOMMENDED, OutcomeStage.SIGNED)
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people, details)
        store.save_outcomes(conn, steps)


def measure(name: str, ask: Callable[[], Page[object]]) -> None:
    """Ask again and again, and say how long the processor was at it."""
    times = []
    for _ in range(N_REPEATS):
        begun = time.process_time()
        found = ask()
        times.append(1000 * (time.process_time() - begun))
    click.echo(f"{name:<34} {times[0]:7.0f} {median(times):7.0f} {found.total:9,}")


@click.command()
@click.option("--graduates", default=100_000, show_default=True)
@click.option("--posts", default=20_000, show_default=True)
def main(graduates: int, posts: int) -> None:
    """Measure on a database that is made for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        engine = access.open_database(f"sqlite:///{Path(folder) / 'found.sqlite3'}")
        fill(engine, graduates, posts)
        finder = Finder(engine, today=lambda: DAY, now=lambda: start_of(DAY))
        click.echo(f"{'':<34} {'first':>7} {'median':>7} {'found':>9}")
        for name, asked in {
            "posts with places": Asked(status="open"),
            "posts by a word": Asked(text="示例99"),
        }.items():
            measure(name, lambda asked=asked: finder.posts(asked))  # type: ignore[misc]
        for name, asked in {
            "a class year": Asked(class_year=2026),
            "everybody": Asked(),
            "a name": Asked(text="王伟"),
            "initials": Asked(text="sxl"),
            "initials in a class year": Asked(text="sxl", class_year=2026),
            "seeking, of a class year": Asked(status="seeking", class_year=2026),
            "seeking, of all years": Asked(status="seeking"),
        }.items():
            measure(name, lambda asked=asked: finder.graduates(OFFICER, asked))  # type: ignore[misc]


if __name__ == "__main__":
    main()
