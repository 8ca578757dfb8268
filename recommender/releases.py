"""Versions of the model: list them, point back to one, let a held one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recommender.errors import AnotherSchema, CorruptArtefact, NotFound
from recommender.model.artefact import (
    current_version,
    point_to,
    publishing,
    read_manifest,
    readable_current,
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
    damaged
        Whether its manifest cannot be read, so that nothing else is known of it.
    foreign
        Whether another version of the program made it, so that it cannot be read here.
    """

    number: int
    current: bool
    published: str = ""
    parent: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    damaged: bool = False
    foreign: bool = False


def list_versions(models_dir: Path) -> list[Version]:
    """List the versions kept, ascending; also the damaged, for this is where one looks."""
    current = readable_current(models_dir)
    return [
        _version(models_dir, number, is_current=number == current)
        for number in versions(models_dir)
    ]


def _version(models_dir: Path, number: int, *, is_current: bool) -> Version:
    try:
        manifest = read_manifest(models_dir, number)
    except AnotherSchema:
        return Version(number=number, current=is_current, foreign=True)
    except CorruptArtefact:
        return Version(number=number, current=is_current, damaged=True)
    return Version(
        number=number,
        current=is_current,
        published=manifest["published"],
        parent=manifest["parent"],
        facts=manifest["facts"],
    )


def rollback(models_dir: Path, version: int | None = None) -> int:
    """Point to a version, by default the one that was current before; give its number.

    A version that is named is pointed to whatever the pointer says now, also where it is broken.

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
        if version is None:
            version = _parent(models_dir)
        point_to(models_dir, version)
        return version


def _parent(models_dir: Path) -> int:
    current = current_version(models_dir)
    parent = None if current is None else read_manifest(models_dir, current)["parent"]
    if parent is None:
        raise NotFound("earlier_version", "")
    return int(parent)


def release(models_dir: Path, version: int) -> int:
    """Let a held version go: point to it after verifying it. See `rollback` for errors."""
    return rollback(models_dir, version)
