"""Published models on disk: whole or absent, never half-written.

A version is a folder ``v<N>`` of ``.npy`` arrays and JSON beside a manifest with the SHA-256
and size of each file, and a seal with the manifest's own. ``current.json`` names the version
that is in use, and moving it is one rename. Published folders never change; rolling back is
pointing at an earlier one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from recommender.errors import AnotherSchema, Busy, CorruptArtefact, NoModel, NotFound
from recommender.model.chances import ChanceScorer
from recommender.model.pairs import FEATURES
from recommender.model.scoring import HybridScorer, Scorer, TableScorer

SCHEMA = 4
KEPT = 3  # versions kept; the current one and the one before it always are
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"  # as `sha256sum -c` reads it
POINTER = "current.json"
LOCK = "publishing.lock"
_KINDS: Mapping[type, str] = {
    HybridScorer: "hybrid",
    TableScorer: "table",
    ChanceScorer: "chances",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One version, as published.

    Attributes
    ----------
    version
        From 1; 0 for a draft that is not written yet.
    published
        Name of the contender that won: ``model`` or a baseline's.
    facts
        Data cut-off, counts, metrics, seed, verdict: what the model card says.
    prices
        Post → price, a share of a chance or in units of a score that only orders, and the
        applicants expected there when everybody follows the priced lists.
    """

    version: int
    published: str
    scorer: Scorer | ChanceScorer
    facts: Mapping[str, Any]
    prices: Mapping[str, tuple[float, float]]


@contextmanager
def publishing(models_dir: Path) -> Iterator[None]:
    """Hold the lock under which versions are written and the pointer is moved.

    The kernel frees it when the process ends, however it ends.

    Raises
    ------
    Busy
        If another process holds it.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(models_dir / LOCK, timeout=0):
            yield
    except Timeout as error:
        raise Busy("another process is training or publishing") from error


def write_version(models_dir: Path, draft: Artefact, card: str) -> int:
    """Write a version beside the others, flushed and whole; it is not in use yet.

    Parameters
    ----------
    card
        The model card, Markdown.

    Returns
    -------
    int
        The new version's number.

    Raises
    ------
    OSError
        If the disk refuses; what was begun is removed.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    # Past every folder, whole or not: a number never comes back with other content.
    version = max(_numbered(models_dir), default=0) + 1
    folder, final = models_dir / f"v{version}.tmp", models_dir / f"v{version}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        _write_files(folder, draft, card)
        manifest = {
            "schema": SCHEMA,
            "version": version,
            "published": draft.published,
            "kind": kind_of_scorer(draft.scorer),
            "parent": readable_current(models_dir),
            "facts": dict(draft.facts),
            "files": {
                path.name: {"sha256": _digest(path), "bytes": path.stat().st_size}
                for path in sorted(folder.iterdir())
            },
        }
        (folder / MANIFEST).write_text(_json(manifest), encoding="utf-8")
        (folder / SEAL).write_text(f"{_digest(folder / MANIFEST)}  {MANIFEST}\n", encoding="ascii")
        for path in (*folder.iterdir(), folder):
            _flush(path)
        folder.rename(final)
        _flush(models_dir)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(final, ignore_errors=True)
        raise
    return version


def point_to(models_dir: Path, version: int) -> None:
    """Make a version current in one step, after verifying it.

    Raises
    ------
    NotFound
        If there is no such version.
    CorruptArtefact
        If one of its files is not what the manifest says.
    """
    read_version(models_dir, version)
    beside = models_dir / f"{POINTER}.tmp"
    beside.write_text(_json({"version": version}), encoding="utf-8")
    _flush(beside)
    beside.replace(models_dir / POINTER)
    _flush(models_dir)


def prune(models_dir: Path, keep: frozenset[int] = frozenset()) -> tuple[int, ...]:
    """Remove all but the newest versions; never the current one, its parent or `keep`.

    Nothing is removed while it cannot be read which these are. Call it under the lock: it also
    sweeps away what a process that was killed had begun.
    """
    whole = versions(models_dir)
    kept = set(whole[-KEPT:]) | keep
    try:
        current = current_version(models_dir)
        if current is not None:
            kept |= {current, read_manifest(models_dir, current)["parent"]}
    except (CorruptArtefact, NotFound):
        return ()
    removed = tuple(version for version in whole if version not in kept)
    for version in removed:
        # One step out of sight, so that no half-removed version is ever listed.
        (models_dir / f"v{version}").rename(models_dir / f"v{version}.tmp")
    for begun in models_dir.glob("v*.tmp"):
        shutil.rmtree(begun)
    return removed


def versions(models_dir: Path) -> list[int]:
    """List the versions that are there, ascending; whether one is sound shows when it is read."""
    return [v for v in _numbered(models_dir) if (models_dir / f"v{v}" / MANIFEST).is_file()]


def _numbered(models_dir: Path) -> list[int]:
    if not models_dir.is_dir():
        return []
    names = [path.name for path in models_dir.iterdir()]
    return sorted(int(name[1:]) for name in names if name[:1] == "v" and name[1:].isdecimal())


def current_version(models_dir: Path) -> int | None:
    """Read which version is in use; None before the first is published.

    Raises
    ------
    CorruptArtefact
        If the pointer cannot be read; see `readable_current`.
    """
    try:
        return int(json.loads((models_dir / POINTER).read_text(encoding="utf-8"))["version"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptArtefact(POINTER, "not a pointer") from error


def readable_current(models_dir: Path) -> int | None:
    """Read which version is in use; None also where the pointer is broken.

    For whoever is about to put that right by moving it.
    """
    try:
        return current_version(models_dir)
    except CorruptArtefact:
        return None


def read_current(models_dir: Path) -> Artefact:
    """Read and verify the version in use.

    Raises
    ------
    NoModel
        Before the first is published.
    CorruptArtefact
        If a file is not what the manifest says.
    """
    version = current_version(models_dir)
    if version is None:
        raise NoModel("nothing is published")
    return read_version(models_dir, version)


def read_manifest(models_dir: Path, version: int) -> dict[str, Any]:
    """Read what a version says of itself.

    Raises
    ------
    NotFound
        If there is no such version.
    CorruptArtefact
        If the manifest is not what its seal says.
    AnotherSchema
        If another version of the program made it.
    """
    folder = models_dir / f"v{version}"
    if not (folder / MANIFEST).is_file():
        raise NotFound("version", str(version))
    try:
        stated = (folder / SEAL).read_text(encoding="ascii").partition(" ")[0]
    except (FileNotFoundError, ValueError) as error:
        raise CorruptArtefact(SEAL, "missing or not a seal") from error
    manifest = json.loads(_verified(folder / MANIFEST, stated))
    if manifest["schema"] != SCHEMA:
        raise AnotherSchema(MANIFEST, "another schema")
    return dict(manifest)


def read_version(models_dir: Path, version: int) -> Artefact:
    """Read a version and verify every file against the manifest before using it."""
    manifest = read_manifest(models_dir, version)
    folder = models_dir / f"v{version}"
    contents = {
        name: _verified(folder / name, stated["sha256"])
        for name, stated in manifest["files"].items()
    }
    names = json.loads(contents["features.json"])
    arrays = {
        name.removesuffix(".npy"): _array(content, name)
        for name, content in contents.items()
        if name.endswith(".npy")
    }
    return Artefact(
        version=version,
        published=manifest["published"],
        scorer=scorer_of(manifest["kind"], names, arrays),
        facts=manifest["facts"],
        prices={
            post_id: (price, applicants)
            for post_id, (price, applicants) in json.loads(contents["prices.json"]).items()
        },
    )


def kind_of_scorer(scorer: Scorer | ChanceScorer) -> str:
    """Name what kind of scorer one is, as a manifest says it."""
    return _KINDS[type(scorer)]


def scorer_of(
    kind: str, names: Mapping[str, list[str]], arrays: Mapping[str, NDArray[Any]]
) -> Scorer | ChanceScorer:
    """Make a scorer again from its kind, `vocabulary` and `arrays`.

    Raises
    ------
    CorruptArtefact
        If another version of the program wrote them.
    """
    if kind == _KINDS[ChanceScorer] and tuple(names["names"]) != tuple(FEATURES):
        raise CorruptArtefact("features.json", "another program's features")
    try:
        if kind == _KINDS[ChanceScorer]:
            return ChanceScorer.made_of(names, arrays)
        maker: Any = HybridScorer if kind == _KINDS[HybridScorer] else TableScorer
        scorer: Scorer = maker(**{name: tuple(each) for name, each in names.items()}, **arrays)
    except (KeyError, TypeError) as error:
        raise CorruptArtefact(MANIFEST, "another program's parts") from error
    return scorer


def _write_files(folder: Path, draft: Artefact, card: str) -> None:
    for name, array in draft.scorer.arrays().items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    (folder / "features.json").write_text(_json(draft.scorer.vocabulary()), encoding="utf-8")
    (folder / "prices.json").write_text(_json(dict(draft.prices)), encoding="utf-8")
    (folder / "card.md").write_text(card, encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _verified(path: Path, stated: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise CorruptArtefact(path.name, "missing") from error
    if sha256(content).hexdigest() != stated:
        raise CorruptArtefact(path.name, "changed since it was published")
    return content


def _array(content: bytes, name: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(BytesIO(content), allow_pickle=False)
    except ValueError as error:
        raise CorruptArtefact(name, "not an array") from error
    return array


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
