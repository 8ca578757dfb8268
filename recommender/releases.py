"""Versions of the model: list them, point back to one, let a held one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.errors import NotFound
from recommender.model.artefact import (
    current_version,
    point_to,
    publishing,
    read_manifest,
    versions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version on disk.

    Attributes
    ----------
    published
        Name of the contender that it holds: ``model`` or a baseline's.
    parent
        The version that was current when it was written.
    facts
        What the model card says, as data.
    """

    number: int
    published: str
    current: bool
    parent: int | None
    facts: Mapping[str, Any]


def list_versions(models_dir: Path) -> list[Version]:
    """List the versions kept, ascending."""
    current = current_version(models_dir)
    manifests = [read_manifest(models_dir, number) for number in versions(models_dir)]
    return [
        Version(
            number=manifest["version"],
            published=manifest["published"],
            current=manifest["version"] == current,
            parent=manifest["parent"],
            facts=manifest["facts"],
        )
        for manifest in manifests
    ]


def rollback(models_dir: Path, version: int | None = None) -> int:
    """Point to a version, by default the one that was current before; give its number.

    Raises
    ------
    NotFound
        If there is no such version, or none to go back to.
    CorruptArtefact
        If it is not what its manifest says; the pointer stays.
    Busy
        If a night is running.
    """
    with publishing(models_dir):
        current = current_version(models_dir)
        if version is None and current is not None:
            version = read_manifest(models_dir, current)["parent"]
        if version is None:
            raise NotFound("version", "parent")
        point_to(models_dir, version)
        return version


def release(models_dir: Path, version: int) -> int:
    """Let a held version go: point to it after verifying it. See `rollback` for errors."""
    return rollback(models_dir, version)
