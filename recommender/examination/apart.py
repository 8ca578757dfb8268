"""Groups of graduates looked at apart: how well they are ranked for, and what they would meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.groups import Group, gap, grouped, room
from recommender.examination.exhibits import Doubles, Facts, bounds
from recommender.examination.judging import NDCG, Judged
from recommender.nightly import MODEL

ROOM, STAYED = "room", "stayed"
# Who else is told beside the model stands in the first measure only.
MEASURES = (NDCG, ROOM, STAYED)


def group_facts(
    judged: Judged,
    genders: Mapping[str, str],
    names: Sequence[str],
    lists: NDArray[np.int32],
    stayed: Doubles | None,
) -> tuple[list[Facts], list[Facts]]:
    """Look at groups apart, and measure how far the model's groups lie apart.

    NDCG@10 is known of those with a gain alone. The room that people would find is known of
    everybody with a list, and on a constructed world who would be placed and stay.

    Parameters
    ----------
    genders
        Graduate → gender, of those who state it.
    names
        Contenders whose NDCG@10 is told; the model among them.
    lists : int32 array of shape (n_graduates, k)
        The model's, after prices.
    stayed : float64 array of shape (n_graduates,) or None
        From the truth.
    """
    season = judged.origin.test
    gender = np.array([genders.get(g.graduate_id, "") for g in season.graduates], dtype=np.str_)
    measures: dict[str, dict[str, Doubles]] = {
        NDCG: {name: judged.pooled.ndcg(name) for name in names},
        ROOM: {MODEL: room(lists, judged.held_out.capacities)},
    }
    if stayed is not None:
        measures[STAYED] = {MODEL: stayed}
    resamples = judged.pooled.comparison.resamples
    groups: list[Facts] = []
    gaps: list[Facts] = []
    for kind, labels in {"gender": gender, **judged.held_out.slices}.items():
        found = {name: grouped(kind, labels, each, resamples) for name, each in measures.items()}
        groups += [_told(of_label) for of_label in zip(*found.values(), strict=True)]
        for name, of_kind in found.items():
            apart = gap(of_kind, MODEL, labels, measures[name][MODEL], resamples)
            if apart:
                gaps.append(asdict(apart) | {"measure": name, "figure": bounds(apart.figure)})
    return groups, gaps


def _told(of_label: Sequence[Group]) -> Facts:
    """Give one group with every measure, each with its n."""
    first = of_label[0]
    told: Facts = {"slice": first.kind, "label": first.label, "n": first.n_graduates}
    for name, group in zip(MEASURES, of_label, strict=False):
        figures = {each: bounds(interval) for each, interval in group.figures.items()}
        told[name] = figures or "insufficient"
        told[f"n_{name}"] = group.n_graduates
    return told
