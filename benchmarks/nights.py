"""A constructed world that arrives day by day, so that a night has nights before it.

Rosters come in the first week of December, one college after the other; posts on the day they
open; steps on the day they were recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import Engine

from recommender import nightly
from recommender.data import reference, store
from recommender.domain import Agreement, Graduate, Outcome, Post, Reference
from recommender.evaluation.census import count_feed
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import Limits, load_limits
from recommender.evaluation.verdict import Reason
from recommender.intake import import_files
from training_data.make_sample import write_sample

DAY = timedelta(days=1)
N_QUIET = 7


@dataclass(frozen=True, slots=True)
class Stored:
    """What a database holds."""

    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that ever arrives."""

    whole: Stored
    agreements: tuple[Agreement, ...]
    reference: Reference

    def by(self, day: date) -> Stored:
        """Give what has arrived by the end of a day."""
        colleges = sorted({graduate.college for graduate in self.whole.graduates})
        place = {college: n * 7 // len(colleges) for n, college in enumerate(colleges)}

        def roster_on(graduate: Graduate) -> date:
            return date(graduate.class_year - 1, 12, 1) + place[graduate.college] * DAY

        return Stored(
            tuple(each for each in self.whole.graduates if roster_on(each) <= day),
            tuple(each for each in self.whole.posts if each.opens_on <= day),
            tuple(each for each in self.whole.outcomes if each.known_by(day)),
        )


def make_world(seed: int, scale: float) -> World:
    """Construct the sample of a seed and read it as the program does."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        write_sample(folder / "sheets", seed, scale)
        engine = store.connect(f"sqlite:///{folder / 'world.sqlite3'}")
        store.upgrade(engine)
        import_files(engine, [folder / "sheets"], day=date(2026, 5, 15))
        with store.reading(engine) as conn:
            world = World(
                Stored(
                    tuple(store.load_graduates(conn)),
                    tuple(store.load_posts(conn, day=date(2026, 5, 15))),
                    tuple(store.load_outcomes(conn, day=date.max)),
                ),
                tuple(store.load_agreements(conn)),
                store.load_reference(conn),
            )
        engine.dispose()
    return world


def keep(engine: Engine, before: Stored | None, now: Stored, *, day: date) -> None:
    """Store what is new or other than before; nothing is taken away."""
    old = before or Stored((), (), ())
    posts, people, steps = set(old.posts), set(old.graduates), set(old.outcomes)
    with store.writing(engine) as conn:
        store.save_posts(conn, [each for each in now.posts if each not in posts], day=day)
        store.save_graduates(conn, [each for each in now.graduates if each not in people])
        store.save_outcomes(conn, [each for each in now.outcomes if each not in steps])


def open_home(home: Path, world: World) -> Engine:
    """Make an empty database with the world's agreements."""
    home.mkdir(parents=True, exist_ok=True)
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    store.upgrade(engine)
    with store.writing(engine) as conn:
        store.save_agreements(conn, list(world.agreements))
    return engine


def days_before(night: date) -> Iterator[date]:
    """Give the days of the nights before one."""
    return (night - n * DAY for n in range(N_QUIET, 0, -1))


def lead_up(engine: Engine, world: World, night: date, before: Stored | None = None) -> Stored:
    """Let the world arrive up to a night, with seven accepted nights that only counted."""
    for day in days_before(night):
        now = world.by(day)
        keep(engine, before, now, day=day)
        before = now
        quiet_night(engine, day)
    now = world.by(night)
    keep(engine, before, now, day=night)
    return now


def quiet_night(engine: Engine, day: date) -> tuple[Reason, ...]:
    """Count and judge what came in, and leave a line in the journal; train nothing."""
    snapshot = nightly._read(engine, day)
    with store.writing(engine) as conn:
        store.append_night(
            conn,
            store.Night(
                day=day,
                started_at=datetime.now(UTC),
                verdict="published",
                published=nightly.MODEL,
                version=None,
                digest="",
                facts={"feed": snapshot.feed.to_facts()},
            ),
        )
    return check_input(snapshot.feed, snapshot.history(), load_limits())


def count_nights(
    world: World,
    first: date,
    last: date,
    *,
    limits: Limits,
    change: Callable[[Stored], Stored] = lambda now: now,
) -> Iterator[tuple[Feed, tuple[Reason, ...]]]:
    """Count and judge every night of a stretch without a database."""
    known = set(reference.known_trades())
    history: list[Feed] = []
    day = first
    before: tuple[Post, ...] = ()
    while day <= last:
        now = change(world.by(day))
        feed = count_feed(
            now.graduates,
            now.posts,
            now.outcomes,
            world.reference,
            day,
            known_trades=known,
            open_before=[post for post in before if post.is_open(day - DAY)],
        )
        yield feed, check_input(feed, history[-10:], limits)
        history.append(feed)
        before, day = now.posts, day + DAY
