"""Versions on disk: whole or absent, verified before use, and moved to in one step."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.errors import Busy, CorruptArtefact, NoModel, NotFound
from recommender.model import artefact
from recommender.model.artefact import (
    KEPT,
    MANIFEST,
    POINTER,
    SEAL,
    Artefact,
    current_version,
    point_to,
    prune,
    publishing,
    read_current,
    read_manifest,
    read_version,
    readable_current,
    versions,
    write_version,
)
from recommender.model.scoring import HybridScorer, Scorer, TableScorer

CARD = "# 模型卡\n\n截止 2026-05-15\n"
NAMES: dict[str, Any] = {
    "graduate_names": ("any", "trade:焊接加工"),
    "post_names": ("any", "occupation:6-18-02-04"),
}


def hybrid() -> HybridScorer:
    return HybridScorer(
        graduate_embeddings=np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
        post_embeddings=np.array([[0.5, 0, 1], [1, 1, 1]], dtype=np.float32),
        post_biases=np.array([0.25, -1], dtype=np.float32),
        **NAMES,
    )


def rule() -> TableScorer:
    return TableScorer(
        rows=np.array([0, 1], dtype=np.int32),
        columns=np.array([0, 1], dtype=np.int32),
        weights=np.array([0.25, 3], dtype=np.float32),
        **NAMES,
    )


def draft(scorer: Scorer | None = None, **overrides: Any) -> Artefact:
    values: dict[str, Any] = {
        "version": 0,
        "published": "model",
        "scorer": scorer or hybrid(),
        "facts": {"data_cutoff": "2026-05-15", "counts": {"graduates": 8}, "seed": 7},
        "prices": {"P1": (0.5, 12.0), "P2": (0.0, 0.25)},
    }
    return Artefact(**values | overrides)


def write(models_dir: Path, **overrides: Any) -> int:
    return write_version(models_dir, draft(**overrides), CARD)


def publish(models_dir: Path, **overrides: Any) -> int:
    version = write(models_dir, **overrides)
    point_to(models_dir, version)
    return version


def listing(models_dir: Path) -> list[str]:
    return sorted(path.name for path in models_dir.iterdir())


FILES = (
    "card.md",
    "features.json",
    "graduate_embeddings.npy",
    MANIFEST,
    SEAL,
    "post_biases.npy",
    "post_embeddings.npy",
    "prices.json",
)

# What is damaged ----------------------------------------------------------------------------


def test_a_version_has_these_files_and_no_others(tmp_path: Path) -> None:
    assert listing(tmp_path / f"v{write(tmp_path)}") == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("where", [0, 0.5, 1], ids=["first", "middle", "last"])
def test_a_flipped_bit_is_found_in_every_file(tmp_path: Path, name: str, where: float) -> None:
    path = tmp_path / f"v{write(tmp_path)}" / name
    content = bytearray(path.read_bytes())
    # The seal's last bytes name the file for `sha256sum -c`; what counts are its 64 digits.
    last = 63 if name == SEAL else len(content) - 1
    content[int(where * last)] ^= 1
    path.write_bytes(content)
    with pytest.raises(CorruptArtefact):
        read_version(tmp_path, 1)
    with pytest.raises(CorruptArtefact):
        point_to(tmp_path, 1)
    assert current_version(tmp_path) is None


@pytest.mark.parametrize("name", [name for name in FILES if name != MANIFEST])
def test_a_missing_file_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / f"v{write(tmp_path)}" / name).unlink()
    with pytest.raises(CorruptArtefact) as refusal:
        read_version(tmp_path, 1)
    assert refusal.value.path == name


def test_a_file_cut_short_is_found(tmp_path: Path) -> None:
    path = tmp_path / f"v{write(tmp_path)}" / "post_biases.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorruptArtefact, match="post_biases"):
        read_version(tmp_path, 1)


def reseal(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest as another program would write it, seal included."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    content = json.dumps(manifest).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SEAL).write_text(f"{sha256(content).hexdigest()}  {MANIFEST}\n", encoding="ascii")


def test_a_version_of_another_schema_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    reseal(folder, lambda manifest: manifest.update(schema=artefact.SCHEMA + 1))
    with pytest.raises(CorruptArtefact, match="another schema"):
        read_version(tmp_path, 1)


@pytest.mark.parametrize("kind", ["table", "chances", "hybrid"])
def test_a_version_of_which_a_scorer_cannot_be_made_is_not_read(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    path = folder / "features.json"
    path.write_text('{"names": [], "graduate": []}', encoding="utf-8")
    digest = sha256(path.read_bytes()).hexdigest()

    def other(manifest: dict[str, Any]) -> None:
        manifest["kind"] = kind
        manifest["files"][path.name].update(sha256=digest)

    reseal(folder, other)
    with pytest.raises(CorruptArtefact, match="another program"):
        read_version(tmp_path, 1)


def test_an_array_that_needs_pickle_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    path = folder / "post_biases.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    digest = sha256(path.read_bytes()).hexdigest()
    reseal(folder, lambda manifest: manifest["files"][path.name].update(sha256=digest))
    with pytest.raises(CorruptArtefact, match="not an array"):
        read_version(tmp_path, 1)


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_version_that_is_not_there_is_not_found(tmp_path: Path, version: int) -> None:
    write(tmp_path)
    for ask in (read_version, read_manifest, point_to):
        with pytest.raises(NotFound):
            ask(tmp_path, version)
    assert current_version(tmp_path) is None


def test_before_the_first_there_is_no_model(tmp_path: Path) -> None:
    for models_dir in (tmp_path, tmp_path / "not made yet"):
        assert versions(models_dir) == []
        assert current_version(models_dir) is None
        with pytest.raises(NoModel):
            read_current(models_dir)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"version": null}', '{"version": "x"}', "7", "\x00"]
)
def test_a_broken_pointer_is_said_to_be_broken(tmp_path: Path, content: str) -> None:
    publish(tmp_path)
    (tmp_path / POINTER).write_text(content, encoding="utf-8")
    with pytest.raises(CorruptArtefact, match="pointer"):
        read_current(tmp_path)
    assert readable_current(tmp_path) is None


def test_a_new_version_puts_a_broken_pointer_right(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / POINTER).write_bytes(b"\xff\xfe")
    assert publish(tmp_path) == 2
    assert read_current(tmp_path).version == 2
    assert read_manifest(tmp_path, 2)["parent"] is None


# A disk that refuses ------------------------------------------------------------------------


def no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def flushes(n_good: int) -> Callable[[int], None]:
    """Give an fsync that works so many times and then finds the disk full."""
    left = iter(range(n_good))

    def fsync(_: int) -> None:
        if next(left, None) is None:
            no_space()

    return fsync


@pytest.mark.parametrize(
    ("module", "name"), [(np, "save"), (os, "fsync"), (Path, "write_text"), (Path, "rename")]
)
def test_a_full_disk_leaves_no_version_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    publish(tmp_path)
    before = listing(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(module, name, no_space)
        with pytest.raises(OSError, match="No space"):
            write(tmp_path)
    assert listing(tmp_path) == before
    assert read_current(tmp_path).version == 1
    assert write(tmp_path) == 2


def test_a_disk_that_fills_up_at_any_flush_leaves_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    write(tmp_path)
    # Each file, the folder, and the folder above it once the version has its name.
    assert len(flushed) == len(FILES) + 2
    for n_good in range(len(FILES) + 2):
        monkeypatch.setattr(os, "fsync", flushes(n_good))
        with pytest.raises(OSError, match="No space"):
            write(tmp_path)
        assert listing(tmp_path) == ["v1"]


@pytest.mark.parametrize(("module", "name"), [(os, "fsync"), (Path, "replace")])
def test_a_pointer_that_cannot_be_moved_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    publish(tmp_path)
    write(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(module, name, no_space)
        with pytest.raises(OSError, match="No space"):
            point_to(tmp_path, 2)
    assert current_version(tmp_path) == 1


def test_facts_that_json_cannot_hold_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write(tmp_path, facts={"ndcg": float("nan")})
    assert listing(tmp_path) == []


def test_what_a_killed_process_had_begun_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "v1.tmp").mkdir(parents=True)
    (tmp_path / "v1.tmp" / "post_biases.npy").write_bytes(b"half")
    (tmp_path / "v9.tmp").mkdir()
    assert versions(tmp_path) == []
    assert write(tmp_path) == 1
    assert listing(tmp_path / "v1") == sorted(FILES)
    prune(tmp_path)
    assert listing(tmp_path) == ["v1"]


def test_a_number_never_comes_back_with_other_content(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / f"v{write(tmp_path)}" / MANIFEST).unlink()
    assert versions(tmp_path) == [1]
    assert write(tmp_path) == 3


# One writer at a time -----------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from recommender.model.artefact import publishing
with publishing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_told_that_the_first_is_busy_until_that_dies(tmp_path: Path) -> None:
    models_dir = tmp_path / "models"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(models_dir)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy), publishing(models_dir):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    with publishing(models_dir):
        assert publish(models_dir) == 1


def test_the_lock_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="oops"), publishing(tmp_path):
        raise ValueError("oops")
    with publishing(tmp_path), pytest.raises(Busy), publishing(tmp_path):
        pass


# What is published --------------------------------------------------------------------------


@pytest.mark.parametrize("scorer", [hybrid(), rule()], ids=["model", "rule"])
def test_a_version_reads_back_as_it_was_written(
    tmp_path: Path, scorer: HybridScorer | TableScorer
) -> None:
    publish(tmp_path, scorer=scorer, published="crosswalk")
    read = read_current(tmp_path)
    assert (read.version, read.published) == (1, "crosswalk")
    assert type(read.scorer) is type(scorer)
    assert read.scorer.graduate_names == scorer.graduate_names
    assert read.scorer.post_names == scorer.post_names
    arrays = read.scorer.arrays()
    assert arrays.keys() == scorer.arrays().keys()
    for name, array in scorer.arrays().items():
        assert (arrays[name].dtype, arrays[name].tobytes()) == (array.dtype, array.tobytes())
    assert read.facts == draft().facts
    assert read.prices == draft().prices


def test_no_file_holds_a_pickle(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    for path in folder.glob("*.npy"):
        np.load(path, allow_pickle=False)
    assert {path.suffix for path in folder.iterdir()} == {".npy", ".json", ".md", ".sha256"}


def test_the_model_card_is_written_with_the_version(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    assert (folder / "card.md").read_text(encoding="utf-8") == CARD


def test_the_manifest_states_sum_and_size_of_every_file(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    stated = read_manifest(tmp_path, 1)["files"]
    assert stated == {
        path.name: {
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in folder.iterdir()
        if path.name not in (MANIFEST, SEAL)
    }


def test_the_seal_is_one_that_sha256sum_reads(tmp_path: Path) -> None:
    folder = tmp_path / f"v{write(tmp_path)}"
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    assert (folder / SEAL).read_text(encoding="ascii") == f"{digest}  {MANIFEST}\n"


def test_equal_content_has_equal_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write(one)
    write(two, facts=dict(reversed(draft().facts.items())))
    for name in FILES:
        assert (one / "v1" / name).read_bytes() == (two / "v1" / name).read_bytes()


def test_writing_a_version_does_not_use_it_yet(tmp_path: Path) -> None:
    publish(tmp_path)
    assert write(tmp_path) == 2
    assert (current_version(tmp_path), versions(tmp_path)) == (1, [1, 2])
    assert read_manifest(tmp_path, 2)["parent"] == 1


def test_the_pointer_is_moved_in_one_step_and_only_once_it_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path)
    write(tmp_path)
    told: list[str] = []
    replace, fsync = Path.replace, os.fsync

    def watched_replace(self: Path, target: Path) -> Path:
        assert json.loads(self.read_text(encoding="utf-8")) == {"version": 2}
        assert current_version(tmp_path) == 1
        told.append("replace")
        return replace(self, target)

    def watched_fsync(descriptor: int) -> None:
        told.append("flush")
        fsync(descriptor)

    monkeypatch.setattr(Path, "replace", watched_replace)
    monkeypatch.setattr(os, "fsync", watched_fsync)
    point_to(tmp_path, 2)
    assert told == ["flush", "replace", "flush"]
    assert current_version(tmp_path) == 2


def test_pointing_back_is_pointing(tmp_path: Path) -> None:
    for _ in range(3):
        publish(tmp_path)
    before = listing(tmp_path)
    point_to(tmp_path, 1)
    assert read_current(tmp_path).version == 1
    assert listing(tmp_path) == before


def test_versions_are_counted_and_not_spelled(tmp_path: Path) -> None:
    for _ in range(11):
        write(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "v12.tmp").mkdir()
    assert versions(tmp_path) == list(range(1, 12))


# What is kept -------------------------------------------------------------------------------


def test_the_newest_are_kept(tmp_path: Path) -> None:
    for _ in range(5):
        publish(tmp_path)
    assert KEPT == 3
    assert prune(tmp_path) == (1, 2)
    assert versions(tmp_path) == [3, 4, 5]
    assert prune(tmp_path) == ()


def test_the_current_version_and_its_parent_are_kept_however_old(tmp_path: Path) -> None:
    for _ in range(7):
        publish(tmp_path)
    point_to(tmp_path, 3)  # whose parent is 2
    assert prune(tmp_path) == (1, 4)
    assert versions(tmp_path) == [2, 3, 5, 6, 7]


def test_a_held_version_is_kept_where_it_is_named(tmp_path: Path) -> None:
    held = write(tmp_path)
    for _ in range(4):
        publish(tmp_path)
    assert prune(tmp_path, keep=frozenset({held})) == (2,)


def test_without_a_current_version_the_newest_are_kept_all_the_same(tmp_path: Path) -> None:
    for _ in range(4):
        write(tmp_path)
    assert prune(tmp_path) == (1,)


def test_nothing_is_removed_while_it_cannot_be_read_what_is_in_use(tmp_path: Path) -> None:
    for _ in range(5):
        publish(tmp_path)
    (tmp_path / POINTER).write_text("?", encoding="utf-8")
    assert prune(tmp_path) == ()
    point_to(tmp_path, 1)
    (tmp_path / "v1" / SEAL).unlink()
    assert prune(tmp_path) == ()
    assert versions(tmp_path) == [1, 2, 3, 4, 5]
