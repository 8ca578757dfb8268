"""The gate on trial: 30 clean nights that it must let through, and every fault it must not.

`python -m benchmarks.faults --out DIR` does what is left to do, one night after the other, and
can be stopped at any time; `--write docs/nightly.md` sets its tables between two marks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import click
import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.fault_library import FAULTS, Fault
from benchmarks.nights import DAY, Stored, World, count_nights, lead_up, make_world, open_home
from recommender import nightly
from recommender.data import schema, store
from recommender.evaluation.limits import Band, Limits, load_limits
from recommender.model.training import TrainingSettings
from recommender.model.trees import StageSettings
from recommender.nightly import ModelSettings, NightResult

CLEAN_SEEDS = (11, 12, 13, 14, 15, 16)
# Rosters have just come in; the catalog is growing; the season is under way; it ends; who stayed
# is being told.
CLEAN_NIGHTS = (
    date(2024, 12, 9),
    date(2025, 3, 3),
    date(2025, 5, 20),
    date(2025, 7, 21),
    date(2026, 2, 2),
)
COUNTED = {21: (date(2024, 11, 15), date(2025, 12, 31)), 22: (date(2022, 9, 1), date(2024, 3, 1))}
FAULT_SEED, FAULT_NIGHT = 31, date(2025, 6, 17)
SCALE = 0.5
# A small model is enough to see what the gate does with it, and thirty nights are many.
SMALL = ModelSettings(
    factorization=TrainingSettings(n_components=8, n_epochs=5),
    wants=StageSettings(n_rounds=60),
    hired=StageSettings(n_rounds=40),
    stays=StageSettings(n_rounds=40, learning_rate=0.05, n_leaves=4),
)
MARKS = ("<!-- faults: written by benchmarks.faults -->", "<!-- faults end -->")


# --- what is measured ------------------------------------------------------------------------


def _names(limits: Limits) -> dict[int, str]:
    """Name every band by its identity, since two limits may be equal."""
    return {
        id(getattr(section, each.name)): f"{part.name}.{each.name}"
        for part in fields(limits)
        if is_dataclass(section := getattr(limits, part.name))
        for each in fields(section)
        if isinstance(getattr(section, each.name), Band)
    }


@contextmanager
def measuring(limits: Limits) -> Iterator[dict[str, list[float]]]:
    """Note every value that is held to a limit."""
    names, found = _names(limits), defaultdict[str, list[float]](list)
    judge = Band.broken_by

    def noted(band: Band, value: float) -> float | None:
        found[names[id(band)]].append(float(value))
        return judge(band, value)

    with (
        mock.patch.object(Band, "broken_by", noted),
        mock.patch.object(nightly, "load_limits", lambda: limits),
    ):
        yield found


def one_night(engine: Engine, home: Path, day: date) -> dict[str, Any]:
    """Run a night and say how it ended and what was measured."""
    limits = load_limits()
    with measuring(limits) as found:
        result = nightly.retrain(engine, home, day=day, settings=SMALL)
    return _told(result) | {
        "night": day.isoformat(),
        "measured": summed_up(found),
    }


def summed_up(found: dict[str, list[float]]) -> dict[str, list[float]]:
    """Give lowest, 1 %, median, 99 % and highest of what was held to each limit."""
    return {
        name: np.quantile(values, (0, 0.01, 0.5, 0.99, 1), method="nearest").tolist()
        for name, values in found.items()
    }


def _told(result: NightResult) -> dict[str, Any]:
    reasons = [
        [each[name] for name in ("code", "subject", "effect", "measured", "limit")]
        for each in result.reasons
    ]
    return {"verdict": result.verdict, "published": result.published, "reasons": reasons}


# --- what is run -----------------------------------------------------------------------------


def clean_nights(folder: Path, done: set[str]) -> Iterator[dict[str, Any]]:
    """Let each world live through its season, seven quiet nights before every real one."""
    for seed in CLEAN_SEEDS:
        left = [night for night in CLEAN_NIGHTS if f"clean {seed} {night}" not in done]
        if not left:
            continue
        home = folder / f"clean-{seed}"
        world = make_world(seed, SCALE)
        if left == list(CLEAN_NIGHTS):
            shutil.rmtree(home, ignore_errors=True)
        engine = open_home(home, world)
        last = [night for night in CLEAN_NIGHTS if night < left[0]]
        before = world.by(last[-1]) if last else None
        for night in left:
            before = lead_up(engine, world, night, before)
            yield {"name": f"clean {seed} {night}"} | one_night(engine, home, night)
        engine.dispose()
        shutil.rmtree(home)


def counted_nights(done: set[str]) -> Iterator[dict[str, Any]]:
    """Count and judge every night of more than a year, without a model."""
    for seed, (first, last) in COUNTED.items():
        name = f"counted {seed}"
        if name in done:
            continue
        limits = load_limits()
        with measuring(limits) as found:
            stopped = []
            n_nights = 0
            for feed, reasons in count_nights(make_world(seed, SCALE), first, last, limits=limits):
                n_nights += 1
                stopped += [
                    [feed.day.isoformat(), each.code, each.subject]
                    for each in reasons
                    if each.effect.value in ("hold", "refuse")
                ]
        yield {
            "name": name,
            "n_nights": n_nights,
            "stopped": stopped,
            "measured": summed_up(found),
        }


def fault_nights(folder: Path, done: set[str]) -> Iterator[dict[str, Any]]:
    """Plant every fault in a copy of one world that has a published model and quiet nights."""
    left = [fault for fault in FAULTS if f"fault {fault.name}" not in done]
    if not left:
        return
    world = make_world(FAULT_SEED, SCALE)
    base = folder / "faults"
    if not (base / "ready").exists():
        shutil.rmtree(base, ignore_errors=True)
        prepare(base, world)
        (base / "ready").touch()
    for fault in left:
        home = folder / "fault"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        yield {"name": f"fault {fault.name}"} | faulty_night(home, world, fault)
        shutil.rmtree(home)


def prepare(home: Path, world: World) -> None:
    """Publish a model a week before the fault, and count on the nights since."""
    engine = open_home(home, world)
    first = FAULT_NIGHT - timedelta(days=8)
    before = lead_up(engine, world, first)
    result = nightly.retrain(engine, home, day=first, settings=SMALL)
    if result.verdict != "published":
        raise click.ClickException(f"the night before the faults: {result.digest}")
    lead_up(engine, world, FAULT_NIGHT, before)
    engine.dispose()


def faulty_night(home: Path, world: World, fault: Fault) -> dict[str, Any]:
    """Plant a fault, run the night, and say whether it ended as it has to."""
    engine = open_home(home, world)
    rng = np.random.default_rng(FAULT_SEED)
    if fault.change is not None:
        before = world.by(FAULT_NIGHT)
        plant(engine, before, fault.change(before, FAULT_NIGHT, rng))
    with fault.breaks(rng) if fault.breaks else nullcontext():
        told = one_night(engine, home, FAULT_NIGHT + fault.later * DAY)
    engine.dispose()
    gravest = {code for code, _, effect, *_ in told["reasons"] if effect != "note"}
    told["as_expected"] = told["verdict"] in fault.ends and bool(gravest & set(fault.codes))
    return told


def plant(engine: Engine, before: Stored, now: Stored) -> None:
    """Bring the database to what a fault of the sheets leaves in it."""
    kept = {
        schema.outcomes: (),
        schema.personal_details: {each.graduate_id for each in now.graduates},
        schema.graduates: {each.graduate_id for each in now.graduates},
        schema.post_versions: {each.post_id for each in now.posts},
        schema.posts: {each.post_id for each in now.posts},
    }
    with store.writing(engine) as conn:
        for table, ids in kept.items():
            key = table.c.post_id if "post" in table.name else table.c.graduate_id
            conn.execute(sa.delete(table).where(key.not_in(ids)))
        store.save_posts(
            conn, sorted(set(now.posts) - set(before.posts), key=repr), day=FAULT_NIGHT
        )
        store.save_graduates(conn, sorted(set(now.graduates) - set(before.graduates), key=repr))
        store.save_outcomes(conn, list(now.outcomes))


# --- what is told ----------------------------------------------------------------------------


def tables(records: list[dict[str, Any]]) -> str:
    """Set what was found out as tables."""
    clean = [each for each in records if each["name"].startswith("clean")]
    counted = [each for each in records if each["name"].startswith("counted")]
    faults = [each for each in records if each["name"].startswith("fault")]
    blocked = [each for each in clean if each["verdict"] in ("held", "refused")]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the one on the path
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    n_counted = sum(each["n_nights"] for each in counted)
    n_stopped = len({(e["name"], day) for e in counted for day, *_ in e["stopped"]})
    lines = [
        f"Measured on {datetime.now(UTC).date()} at {commit} by `python -m benchmarks.faults` "
        f"(sample worlds at scale {SCALE:g}, a small model).",
        "",
        f"Clean nights blocked: **{len(blocked)} of {len(clean)}** with a model"
        + (f", {n_stopped} of {n_counted} counted only." if counted else "."),
        "",
        "| fault | ended | reasons |",
        "|---|---|---|",
    ]
    lines += [_fault_line(each) for each in faults]
    lines += ["", "| limit | lets through | lowest | 1 % | median | 99 % | highest |"]
    lines += ["|---|---|---|---|---|---|---|"]
    return "\n".join([*lines, *_limit_lines([*clean, *counted])])


def _fault_line(told: dict[str, Any]) -> str:
    found = dict.fromkeys(code for code, _, effect, *_ in told["reasons"] if effect != "note")
    ended = told["verdict"] + ("" if told["as_expected"] else " (**not as it has to**)")
    return f"| {told['name'].removeprefix('fault ')} | {ended} | {', '.join(found)} |"


def _limit_lines(records: list[dict[str, Any]]) -> Iterator[str]:
    """Give every band with what clean nights measured; quantiles are the widest of any run."""
    limits = load_limits()
    for section in fields(limits):
        for each in fields(getattr(limits, section.name)):
            name = f"{section.name}.{each.name}"
            band = getattr(getattr(limits, section.name), each.name)
            found = [told["measured"][name] for told in records if name in told["measured"]]
            if isinstance(band, Band) and found:
                low, low_1, middle, high_1, high = zip(*found, strict=True)
                seen = (min(low), min(low_1), float(np.median(middle)), max(high_1), max(high))
                told = " | ".join(f"{value:.3g}" for value in seen)
                yield f"| `{name}` | {band.low:g} to {band.high:g} | {told} |"


def write(path: Path, text: str) -> None:
    """Set a text between the two marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, _, rest = page.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/faults"))
@click.option("--write", "page", type=click.Path(path_type=Path, exists=True))
@click.option("--only", type=click.Choice(["clean", "counted", "faults"]), multiple=True)
def main(out: Path, page: Path | None, only: tuple[str, ...]) -> None:
    """Run the nights that are left to run, and tell how all of them ended."""
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "nights.jsonl"
    records = _read(kept)
    done = {each["name"] for each in records}
    runs = {
        "faults": lambda: fault_nights(out, done),
        "clean": lambda: clean_nights(out, done),
        "counted": lambda: counted_nights(done),
    }
    for kind in only or runs:
        for told in runs[kind]():
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
            ended = told.get("verdict") or f"{len(told['stopped'])} reasons"
            click.echo(f"{told['name']}: {ended} {told.get('as_expected', '')}")
    text = tables(_read(kept))
    click.echo(text)
    if page is not None:
        write(page, text)


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
