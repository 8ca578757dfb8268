"""Pointing back, letting go, and looking at what there is, also when something is broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.errors import AnotherSchema, Busy, CorruptArtefact, NotFound
from recommender.model import artefact
from recommender.model.artefact import (
    MANIFEST,
    POINTER,
    Artefact,
    current_version,
    point_to,
    publishing,
    write_version,
)
from recommender.model.scoring import TableScorer
from recommender.releases import Version, list_versions, release, rollback


def write(models_dir: Path, published: str = "model") -> int:
    nothing = np.array([], dtype=np.int32)
    scorer = TableScorer(
        graduate_names=("any",),
        post_names=("any",),
        rows=nothing,
        columns=nothing,
        weights=nothing.astype(np.float32),
    )
    draft = Artefact(version=0, published=published, scorer=scorer, facts={"seed": 7}, prices={})
    return write_version(models_dir, draft, "# 模型卡")


def publish(models_dir: Path, published: str = "model") -> int:
    version = write(models_dir, published)
    point_to(models_dir, version)
    return version


def break_manifest(models_dir: Path, version: int) -> None:
    path = models_dir / f"v{version}" / MANIFEST
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize("version", [None, 1])
def test_there_is_nothing_to_go_back_to_before_the_first(tmp_path: Path, version: int) -> None:
    with pytest.raises(NotFound):
        rollback(tmp_path, version)


def test_there_is_nothing_before_the_first(tmp_path: Path) -> None:
    publish(tmp_path)
    with pytest.raises(NotFound):
        rollback(tmp_path)
    assert current_version(tmp_path) == 1


def test_a_version_that_nobody_knows_is_not_found(tmp_path: Path) -> None:
    publish(tmp_path)
    for move in (rollback, release):
        with pytest.raises(NotFound) as refusal:
            move(tmp_path, 9)
        assert refusal.value.key == "9"
    assert current_version(tmp_path) == 1


def test_a_damaged_version_is_not_pointed_to(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path)
    (tmp_path / "v1" / "weights.npy").write_bytes(b"")
    for move in (lambda: rollback(tmp_path), lambda: release(tmp_path, 1)):
        with pytest.raises(CorruptArtefact):
            move()
    assert current_version(tmp_path) == 2


def test_nobody_points_back_while_a_night_is_running(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path)
    with publishing(tmp_path), pytest.raises(Busy):
        rollback(tmp_path)
    assert current_version(tmp_path) == 2


def test_going_back_goes_to_what_was_current_before(tmp_path: Path) -> None:
    publish(tmp_path)
    write(tmp_path)  # held, never in use
    publish(tmp_path)
    assert rollback(tmp_path) == 1
    assert current_version(tmp_path) == 1


def test_a_version_that_is_named_is_gone_to(tmp_path: Path) -> None:
    for _ in range(3):
        publish(tmp_path)
    assert rollback(tmp_path, 1) == 1
    assert rollback(tmp_path, 3) == 3
    assert current_version(tmp_path) == 3


def test_a_held_version_is_let_go(tmp_path: Path) -> None:
    publish(tmp_path)
    held = write(tmp_path)
    assert release(tmp_path, held) == held
    assert current_version(tmp_path) == held


def test_naming_a_version_repairs_a_broken_pointer(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path)
    (tmp_path / POINTER).write_text("{", encoding="utf-8")
    with pytest.raises(CorruptArtefact):  # which one came before, nobody can say
        rollback(tmp_path)
    assert rollback(tmp_path, 1) == 1
    assert current_version(tmp_path) == 1


def test_a_version_of_another_schema_is_listed_and_not_pointed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path)
    monkeypatch.setattr(artefact, "SCHEMA", artefact.SCHEMA + 1)
    publish(tmp_path)
    first, second = list_versions(tmp_path)
    assert (first.foreign, first.damaged) == (True, False)
    assert (second.foreign, second.damaged, second.current) == (False, False, True)
    with pytest.raises(AnotherSchema):
        rollback(tmp_path, 1)
    assert current_version(tmp_path) == 2


def test_naming_a_version_leads_away_from_a_damaged_one(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path)
    break_manifest(tmp_path, 2)
    with pytest.raises(CorruptArtefact):
        rollback(tmp_path)
    assert rollback(tmp_path, 1) == 1


def test_before_the_first_the_list_is_empty(tmp_path: Path) -> None:
    assert list_versions(tmp_path / "models") == []


def test_versions_are_listed_with_the_current_one_marked(tmp_path: Path) -> None:
    publish(tmp_path, "crosswalk")
    publish(tmp_path)
    write(tmp_path)
    rollback(tmp_path, 1)
    facts = {"seed": 7}
    assert list_versions(tmp_path) == [
        Version(number=1, published="crosswalk", current=True, parent=None, facts=facts),
        Version(number=2, published="model", current=False, parent=1, facts=facts),
        Version(number=3, published="model", current=False, parent=2, facts=facts),
    ]


def test_a_damaged_version_and_a_broken_pointer_are_listed_all_the_same(tmp_path: Path) -> None:
    publish(tmp_path)
    publish(tmp_path)
    break_manifest(tmp_path, 2)
    first, second = list_versions(tmp_path)
    assert (first.damaged, second.damaged, second.current) == (False, True, True)
    (tmp_path / POINTER).write_text("{", encoding="utf-8")
    assert [version.current for version in list_versions(tmp_path)] == [False, False]
