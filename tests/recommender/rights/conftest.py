"""The world of `somebody`, filled once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.data import store
from tests.recommender.rights.somebody import fill


@pytest.fixture(scope="session")
def filled(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill one home with its database."""
    home = tmp_path_factory.mktemp("somebody")
    shutil.copyfile(migrated_file, home / "placement.sqlite3")
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    fill(engine, home)
    engine.dispose()
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """Give a copy of the filled home."""
    return Path(shutil.copytree(filled, tmp_path / "home"))


@pytest.fixture
def office(home: Path) -> Iterator[Engine]:
    """Give the database of the copy."""
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    yield engine
    engine.dispose()
