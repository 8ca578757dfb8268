"""One fair, its model and its pack, made once: reading them changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.data import store
from recommender.pack.make import Made
from recommender.pack.opened import Pack
from tests.recommender.pack import halls


@dataclass(frozen=True)
class Packed:
    """A database with the fair, its home folder, the pack, and a kiosk's token."""

    engine: Engine
    home: Path
    made: Made
    token: str

    @property
    def pack(self) -> Pack:
        return halls.opened(self.made.content, self.home)


@pytest.fixture(scope="session")
def packed(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packed]:
    home = tmp_path_factory.mktemp("server")
    shutil.copyfile(migrated_file, home / "placement.sqlite3")
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    halls.hold(engine)
    halls.publish(home / "models")
    token = halls.kiosk_token(engine)
    yield Packed(engine, home, halls.made(engine, home), token)
    engine.dispose()


@pytest.fixture(scope="session")
def pack(packed: Packed) -> Pack:
    return packed.pack


@pytest.fixture
def stored_fair(packed: Packed, tmp_path: Path) -> Iterator[Packed]:
    """Give a copy that a test may write into."""
    home = tmp_path / "server"
    shutil.copytree(packed.home, home)
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    yield Packed(engine, home, packed.made, packed.token)
    engine.dispose()
