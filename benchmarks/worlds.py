"""Worlds whose truth is known: `make worlds`, or `python -m benchmarks.worlds --out DIR`.

Every world is made as sheets, imported, learned from and ranked by the program itself, with the
settings that are shipped; docs/evaluation.md says what is asked of each kind. One line of JSON is
kept for each world, so that the run can be stopped and goes on where it was; `--write` sets the
tables between two marks of a page.
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import click
import structlog

from benchmarks.one_world import NARROWED, ORACLE, RANDOM, TRUTH, measure
from recommender.evaluation.baselines import CROSSWALK, TRADE_POPULARITY
from recommender.evaluation.world_config import Kind
from recommender.nightly import FACTORIZATION, MODEL

MARKS = ("<!-- worlds: written by benchmarks.worlds -->", "<!-- worlds end -->")
AIMS = {"fit": 0.60, "linear": 0.95, "null": 0.05}
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """One world to be measured."""

    kind: Kind
    seed: int
    scale: float

    @property
    def name(self) -> str:
        """Tell it from every other."""
        return f"{self.kind.value} {self.seed} {self.scale:g}"


# Rich logs stand beside World A over the same few posts, with a tenth of its graduates.
PLAN = (
    *(Planned(Kind.MARKET, seed, 1.0) for seed in (1, 2)),
    Planned(Kind.LINEAR, 1, 0.5),
    Planned(Kind.PERMUTED, 1, 0.5),
    Planned(Kind.RICH, 1, 0.1),
    Planned(Kind.MARKET, 1, 0.1),
    *(Planned(Kind.NULL, seed, 0.2) for seed in range(1, 21)),
    *(Planned(Kind.MARKET, seed, 1.0) for seed in range(3, 11)),
)


def left(plan: Sequence[Planned], records: Sequence[Record]) -> list[Planned]:
    """Give the worlds that are not measured yet, in their order."""
    done = {each["name"] for each in records}
    return [each for each in plan if each.name not in done]


def beats_popularity(told: Record) -> bool:
    """Whether anything learned was ahead of popularity with the whole of its interval."""
    return any(low > 0 for _, low, _ in told["ahead_of_popularity"].values())


# --- what is told ----------------------------------------------------------------------------


def tables(records: Sequence[Record]) -> str:
    """Set what was measured as tables."""
    commits = sorted({each["commit"] for each in records})
    days = sorted({each["day"] for each in records})
    lines = [
        f"Measured on {' and '.join(days)} at {', '.join(commits)} by `make worlds`.",
        *_market_lines([each for each in records if each["kind"] in ("a", "rich")]),
        *_sanity_lines(records),
    ]
    return "\n".join(lines)


def _market_lines(records: Sequence[Record]) -> Iterator[str]:
    yield ""
    yield (
        "| world | seed | truth | popularity in trade | crosswalk | LightFM alone | model | "
        "feature oracle | model ÷ oracle |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    columns = (TRADE_POPULARITY, CROSSWALK, FACTORIZATION, MODEL, ORACLE)
    for of_world in _by_world(records).values():
        for told in of_world:
            for truth in ("season", "merit"):
                found = [told["ndcg"].get(name, {}).get(truth) for name in columns]
                yield _line(
                    _title(told),
                    str(told["seed"]),
                    truth,
                    *map(_number, found),
                    _number(ratio(told, truth)),
                )
        if len(of_world) > 1:
            for truth in ("season", "merit"):
                found = [fmean(each["ndcg"][name][truth] for each in of_world) for name in columns]
                yield _line(
                    _title(of_world[0]), f"mean of {len(of_world)}", truth, *map(_number, found),
                    _number(fmean(ratio(each, truth) for each in of_world)),
                )  # fmt: skip
    yield ""
    yield (
        "| world | seed | night ended | stay: by fit | with prices | rule | truth with prices | "
        "model ÷ truth | coverage by fit | with prices |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for of_world in _by_world(records).values():
        for told in of_world:
            came = told["market"]
            stayed = [
                came[name]["stayed"]
                for name in (
                    f"{MODEL}/fit",
                    f"{MODEL}/priced",
                    f"{CROSSWALK}/fit",
                    f"{TRUTH}/priced",
                )
            ]
            shown = [came[f"{MODEL}/{order}"]["coverage"] for order in ("fit", "priced")]
            yield _line(
                _title(told), str(told["seed"]), _ended(told), *map(_number, stayed),
                _number(stayed[1] / stayed[3]), *map(_number, shown),
            )  # fmt: skip


def _sanity_lines(records: Sequence[Record]) -> Iterator[str]:
    yield ""
    yield "| sanity world | aim | measured |"
    yield "|---|---|---|"
    null = [each for each in records if each["kind"] == Kind.NULL.value]
    if null:
        ahead = [each["seed"] for each in null if beats_popularity(each)]
        published = [each["seed"] for each in null if each["published"] == MODEL]
        yield _line(
            f"Null, {len(null)} seeds",
            "clearly ahead of popularity in at most 1 of 20",
            f"{len(ahead)} of {len(null)}{_seeds(ahead)}; the model published in "
            f"{len(published)}{_seeds(published)}",
        )
    for told in (each for each in records if each["kind"] == Kind.LINEAR.value):
        of = {name: told["ndcg"][name]["want"] for name in told["ndcg"] if name != ORACLE}
        narrowed = f", on its four features alone {of[NARROWED]:.1%}" if NARROWED in of else ""
        yield _line(
            f"Linear, seed {told['seed']}",
            f"LightFM ≥ {AIMS['linear']:.0%} of the truth",
            f"{of[FACTORIZATION]:.1%}{narrowed}; the model {of[MODEL]:.1%}, a random order "
            f"{of[RANDOM]:.1%}",
        )
    for told in (each for each in records if each["kind"] == Kind.PERMUTED.value):
        for name, split in told["splits"].items():
            apart = split["difference"]
            yield _line(
                f"Permuted time, seed {told['seed']}, {name}",
                "split by time and at random agree",
                f"{split['temporal']:.3f} and {split['random']:.3f}, apart {apart['value']:+.3f} "
                f"[{apart['low']:+.3f}, {apart['high']:+.3f}]",
            )


def ratio(told: Record, truth: str) -> float:
    """Give the model's NDCG@10 as a share of the feature oracle's, both against one truth."""
    return float(told["ndcg"][MODEL][truth] / told["ndcg"][ORACLE][truth])


def _by_world(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for told in sorted(records, key=lambda each: (each["kind"], -each["scale"], each["seed"])):
        found.setdefault(_title(told), []).append(told)
    return found


def _title(told: Record) -> str:
    named = {Kind.MARKET.value: "A", Kind.RICH.value: "Rich logs"}
    return f"{named[told['kind']]}, scale {told['scale']:g}"


def _ended(told: Record) -> str:
    return f"{told['verdict']}: {told['published']}"


def _seeds(seeds: Sequence[int]) -> str:
    return f" (seeds {', '.join(map(str, seeds))})" if seeds else ""


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


# --- the run ---------------------------------------------------------------------------------


def run(plan: Sequence[Planned], kept: Path, tell: Callable[[str], None] = click.echo) -> None:
    """Measure what is left to measure, one world after the other."""
    records = read(kept)
    commit = _commit()
    for other in sorted({each["commit"] for each in records} - {commit}):
        tell(f"some worlds were measured at {other}, not at {commit}; delete {kept} to begin anew")
    for world in left(plan, records):
        begun = time.monotonic()
        with TemporaryDirectory() as folder:
            told = measure(Path(folder), world.kind, world.seed, world.scale)
        told |= {
            "name": world.name,
            "kind": world.kind.value,
            "seed": world.seed,
            "scale": world.scale,
            "commit": commit,
            "day": datetime.now(UTC).date().isoformat(),
            "seconds": round(time.monotonic() - begun),
        }
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n")
        tell(f"{world.name}: {_ended(told)}, {told['seconds']} s")


def read(kept: Path) -> list[Record]:
    """Read what was measured; nothing where nothing was."""
    if not kept.exists():
        return []
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]


def write(page: Path, text: str) -> None:
    """Set a text between the two marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    page.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


def _commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the one on the path
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/worlds"))
@click.option("--write", "page", type=click.Path(path_type=Path, exists=True))
@click.option("--only", type=click.Choice([kind.value for kind in Kind]), multiple=True)
def main(out: Path, page: Path | None, only: tuple[str, ...]) -> None:
    """Measure the worlds that are left, and tell of all of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "worlds.jsonl"
    run([each for each in PLAN if not only or each.kind.value in only], kept)
    text = tables(read(kept))
    click.echo(text)
    if page is not None:
        write(page, text)


if __name__ == "__main__":
    main()
