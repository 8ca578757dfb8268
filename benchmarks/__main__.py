"""Speed and memory of the main job: `make bench`; `ARGS="--repeats 1 --scale 1"` for a quick look.

Every command runs as its own process, start included. A time is the median of the repeats; on a
machine that does other things, the ratio to one LightFM fit of the same matrices, measured
beside it, says more than the seconds. Memory is the most that any process of a command held.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import click

ROOT = Path(__file__).parents[1]
DAY = date(2026, 5, 15)
Command = tuple[str | Path, ...]
PROGRAM: Command = (sys.executable, "-m", "recommender")


@dataclass(frozen=True, slots=True)
class Run:
    """One process, from start to end."""

    seconds: float
    peak_mib: float


def run(arguments: Command) -> Run:
    """Run a command quietly; stop the benchmark where it fails."""
    begun = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        pid = os.posix_spawn(
            str(arguments[0]),
            [str(each) for each in arguments],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )
        _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise click.ClickException(f"failed: {' '.join(map(str, arguments))}")
    return Run(seconds, usage.ru_maxrss / 1024)


def repeated(n_repeats: int, once: Callable[[], Run]) -> Run:
    """Take the median time and the highest peak."""
    runs = [once() for _ in range(n_repeats)]
    return Run(median(each.seconds for each in runs), max(each.peak_mib for each in runs))


def night(folder: Path, number: int) -> Run:
    """Import and train in a new home; give both together."""
    at_home = ("--home", folder / f"home{number}", "--as-of", DAY.isoformat())
    imported = run((*PROGRAM, *at_home, "import", folder / "sheets"))
    trained = run((*PROGRAM, *at_home, "retrain"))
    return Run(imported.seconds + trained.seconds, max(imported.peak_mib, trained.peak_mib))


# In a process of its own: this one stays small, since a child's peak begins at its parent's.
LIGHTFM_FIT = """
import sys, time
from datetime import date
from recommender import access
from recommender.data import store
from recommender.model.interactions import training_data
from recommender.model.training import TrainingSettings, fit

day = date.fromisoformat(sys.argv[2])
with store.reading(access.open_database(sys.argv[1])) as conn:
    graduates = store.load_graduates(conn)
    steps = store.load_outcomes(conn, day=day)
    named = {step.post_id for step in steps}
    posts = [post for post in store.load_posts(conn, day=day) if post.post_id in named]
    reference = store.load_reference(conn)
data = training_data(graduates, posts, steps, reference)
begun = time.perf_counter()
fit(data, TrainingSettings())
print(time.perf_counter() - begun)
"""


def lightfm_fit(home: Path) -> Run:
    """Fit what the night fits on everything, and nothing else."""
    url = f"sqlite:///{home / 'placement.sqlite3'}"
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", LIGHTFM_FIT, url, DAY.isoformat()],
        check=True,
        capture_output=True,
        cwd=ROOT,
        text=True,
    )
    return Run(float(told.stdout), math.nan)


@click.command()
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--scale", default=1.25, show_default=True, help="1.25: 9,000 graduates.")
@click.option("--seed", default=7, show_default=True)
def main(repeats: int, scale: float, seed: int) -> None:
    """Measure import, training, ranking and start on a world made for it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        maker: Command = (
            sys.executable,
            ROOT / "training_data/make_sample.py",
            "--out",
            folder / "sheets",
        )
        run((*maker, "--seed", str(seed), "--scale", str(scale)))
        sheets = sorted((folder / "sheets").glob("*.csv"))
        n_rows = {path.stem: sum(1 for _ in path.open(encoding="utf-8")) - 1 for path in sheets}
        click.echo(", ".join(f"{name} {n:,}" for name, n in n_rows.items()))

        numbers = iter(range(repeats))
        nights = repeated(repeats, lambda: night(folder, next(numbers)))
        home = folder / "home0"
        fits = repeated(repeats, lambda: lightfm_fit(home))
        rank: Command = (
            *PROGRAM,
            "--home",
            home,
            "--as-of",
            DAY.isoformat(),
            "rank",
            "--top",
            "10",
        )
        ranks = repeated(repeats, lambda: run((*rank, "--out", folder / "rankings.csv")))
        assign: Command = (*PROGRAM, "--home", home, "--as-of", DAY.isoformat(), "assign")
        assigns = repeated(repeats, lambda: run((*assign, "--out", folder / "placed.csv")))
        cohort: Command = (sys.executable, "-m", "benchmarks.cohort")
        cohorts = repeated(1, lambda: run(cohort))
        kiosk: Command = (sys.executable, "-m", "benchmarks.kiosk", home)
        answers = subprocess.run(  # noqa: S603 - our own program
            [str(each) for each in kiosk], check=True, capture_output=True, cwd=ROOT, text=True
        ).stdout.splitlines()[-1]
        helps = repeated(5 * repeats, lambda: run((*PROGRAM, "--help")))
        clicks = repeated(5 * repeats, lambda: run((sys.executable, "-c", "import click")))

    told = {
        "import + retrain": (nights, f"{nights.seconds / fits.seconds:.1f} × one LightFM fit"),
        "one LightFM fit": (fits, ""),
        "rank --top 10": (ranks, ""),
        "assign": (assigns, ""),
        "20,000 × 4,000 assigned": (cohorts, "50 candidates each, three ways"),
        "--help": (helps, f"{helps.seconds / clicks.seconds:.2f} × import click"),
    }
    for name, (measured, note) in told.items():
        memory = "" if math.isnan(measured.peak_mib) else f"{measured.peak_mib:6.0f} MiB"
        click.echo(f"{name:18} {measured.seconds:7.2f} s  {memory:10}  {note}".rstrip())
    click.echo(answers)


if __name__ == "__main__":
    main()
