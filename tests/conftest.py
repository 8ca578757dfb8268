"""What many tests stand on: a database of each kind, and a profile for property tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import URL, Engine, make_url

from recommender.data import schema, store
from tests.builders import DAY, SmallWorld, make_small_world, publish_crosswalk

# No deadline and no chance: a busy machine must not turn a property test red.
settings.register_profile(
    "placement", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("placement")

POSTGRES_URL = os.environ.get("PLACEMENT_TEST_POSTGRES_URL", "")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file for the whole run; each test has a copy."""
    path = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    engine = store.connect(f"sqlite:///{path}")
    store.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_schema() -> Iterator[URL]:
    """Make one PostgreSQL schema for the whole run; a second run beside it has its own."""
    if not POSTGRES_URL:
        pytest.skip("needs PLACEMENT_TEST_POSTGRES_URL")
    name = f"placement_test_{uuid4().hex}"
    owner = sa.create_engine(POSTGRES_URL)
    with owner.begin() as conn:
        conn.execute(sa.schema.CreateSchema(name))
    yield make_url(POSTGRES_URL).update_query_dict({"options": f"-csearch_path={name}"})
    with owner.begin() as conn:
        conn.execute(sa.schema.DropSchema(name, cascade=True))
    owner.dispose()


@pytest.fixture
def sqlite_engine(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """Give an empty, migrated SQLite database."""
    path = tmp_path / "placement.sqlite3"
    shutil.copyfile(migrated_file, path)
    engine = store.connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_schema: URL) -> Iterator[Engine]:
    """Give an empty, migrated PostgreSQL schema."""
    engine = store.connect(postgres_schema.render_as_string(hide_password=False))
    store.upgrade(engine)
    names = ", ".join(schema.metadata.tables)
    with engine.begin() as conn:
        conn.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give an empty, migrated database: the same test runs on each kind."""
    made: Engine = request.getfixturevalue(f"{request.param}_engine")
    return made


@pytest.fixture(scope="session")
def small_world() -> SmallWorld:
    """Give eight graduates and five posts, known by heart; see `make_small_world`."""
    return make_small_world()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write into the report which tests drive a browser or need PostgreSQL; CI counts them."""
    for item in items:
        for name in ("browser", "postgres"):
            if item.get_closest_marker(name):
                item.user_properties.append(("mark", name))


@pytest.fixture
def stored_world(engine: Engine, small_world: SmallWorld) -> Engine:
    """Give a database that holds the small world, as on the day of most tests."""
    with store.writing(engine) as conn:
        store.save_posts(conn, small_world.posts, day=DAY)
        store.save_graduates(conn, small_world.graduates)
        store.save_outcomes(conn, small_world.outcomes)
    return engine


@pytest.fixture
def models_dir(tmp_path: Path, small_world: SmallWorld) -> Path:
    """Give a folder with one published version: the crosswalk rule."""
    folder = tmp_path / "models"
    publish_crosswalk(folder, small_world)
    return folder
