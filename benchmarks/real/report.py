"""Write what was measured: figures, lists, and the table of the documentation."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path

from benchmarks.real.contenders import World
from benchmarks.real.measure import METRICS, K, Part, Run
from benchmarks.real.tuning import FIRST_STAGE
from recommender.evaluation.metrics import Interval
from recommender.model.topk import NO_POST

OURS, TREES_ALONE, WITHOUT = "ours", "trees_alone", "ours_without_lightfm"
TITLES = {each.name: each.title for each in FIRST_STAGE} | {
    TREES_ALONE: "boosted trees alone",
    WITHOUT: "(ours without LightFM)",
    OURS: "**ours**",
}
HEADS = {"recall": f"recall@{K}", "ndcg": f"NDCG@{K}"}


def write_rankings(path: Path, world: World, runs: Sequence[Run]) -> None:
    """Write every contender's lists: seed, contender, user, rank from 1, item."""
    users, items = world.data.user_ids, world.data.item_ids
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("seed", "contender", "user", "rank", "item"))
        for run in runs:
            for name in reversed(run.lists):
                for row, listed in zip(run.rows, run.lists[name], strict=True):
                    writer.writerows(
                        (run.seed, name, users[row], rank, items[item])
                        for rank, item in enumerate(listed, start=1)
                        if item != NO_POST
                    )


def write_report(
    path: Path,
    world: World,
    runs: Sequence[Run],
    parts: Mapping[str, Part | None],
) -> str:
    """Write figures as JSON, and give the table of them."""
    data = world.data
    seconds = sum(run.seconds for run in runs)
    told = {
        "set": data.name,
        "n_users": len(data.user_ids),
        "n_items": len(data.item_ids),
        "n_pairs": len(data.rows),
        "seeds": [run.seed for run in runs],
        "seconds": round(seconds),
        "notes": [*data.notes, *world.users.notes, *world.items.notes],
        "parts": {name: _part(part) for name, part in parts.items() if part},
        "settings": {str(run.seed): run.settings for run in runs},
    }
    path.write_text(
        json.dumps(told, ensure_ascii=False, indent=1, default=_plain) + "\n", encoding="utf-8"
    )
    head = (
        f"{len(data.user_ids):,} users, {len(data.item_ids):,} items, {len(data.rows):,} pairs; "
        f"seeds {', '.join(str(run.seed) for run in runs)}; "
        f"{seconds / 60:.0f} minutes of one processor."
    )
    return "\n\n".join([head, *_tables({n: part for n, part in parts.items() if part})])


def _part(part: Part) -> dict[str, object]:
    return {
        "n_users": part.n_users,
        "n_lists": part.n_lists,
        "figures": {
            name: {HEADS[metric]: _bounds(each) for metric, each in by_metric.items()}
            for name, by_metric in part.figures.items()
        },
        "ours_less": {
            name: {HEADS[metric]: _bounds(each) for metric, each in by_metric.items()}
            for name, by_metric in part.over.items()
        },
    }


def _bounds(each: Interval) -> list[float | None]:
    bounds = (each.value, each.low, each.high)
    return [round(value, 5) if isfinite(value) else None for value in bounds]


def _plain(value: object) -> object:
    return getattr(value, "item", lambda: str(value))()


def _tables(parts: Mapping[str, Part]) -> list[str]:
    heads = [f"{name} {HEADS[metric]}" for name in parts for metric in METRICS]
    lines = ["| ranking | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    first = next(iter(parts.values()))
    order = sorted(first.figures, key=lambda name: -first.figures[name]["recall"].value)
    for name in order:
        cells = [_cell(part.figures[name][metric]) for part in parts.values() for metric in METRICS]
        lines.append(f"| {TITLES[name]} | " + " | ".join(cells) + " |")
    leads = [
        f"{name}, {HEADS[metric]}, {part.n_users:,} users: ours less {TITLES[second]} "
        f"{_signed(interval)}"
        for name, part in parts.items()
        for metric, (second, interval) in part.lead.items()
    ]
    leads += [
        f"{name}, {HEADS[metric]}: what LightFM adds to ours {_signed(part.over[WITHOUT][metric])}"
        for name, part in parts.items()
        for metric in METRICS
    ]
    return ["\n".join(lines), "\n".join(f"- {lead}" for lead in leads)]


def _cell(each: Interval) -> str:
    return f"{each.value:.3f} ({each.low:.3f}–{each.high:.3f})"


def _signed(each: Interval) -> str:
    return f"{each.value:+.3f} ({each.low:+.3f} to {each.high:+.3f})"


def write_table(page: Path, name: str, title: str, text: str) -> None:
    """Put a table between a set's two marks of a page; where there are none, at its end."""
    begin, end = f"<!-- real:{name} -->", f"<!-- /real:{name} -->"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    new = f"{begin}\n### {title}\n\n{text}\n{end}"
    if begin in old and end in old:
        before, _, rest = old.partition(begin)
        page.write_text(before + new + rest.partition(end)[2], encoding="utf-8")
    else:
        page.write_text((old.rstrip() + "\n\n" + new).lstrip() + "\n", encoding="utf-8")
