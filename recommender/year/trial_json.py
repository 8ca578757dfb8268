"""Trials as machines read them: plans, trials and results, as JSON can hold them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from recommender.trials import Trial

if TYPE_CHECKING:
    from recommender.evaluation.trial_design import Size
    from recommender.year.trial import Plan, Result

_DIGITS = 6  # of what is told


def plan_json(found: Plan) -> dict[str, object]:
    """Give a plan as JSON can hold it."""
    return {
        "class_year": found.ask.class_year,
        "shares": sorted(found.ask.shares),
        "ends_on": found.ask.last_day.isoformat(),
        "people": found.n_people,
        "classes": found.n_classes,
        "cities": found.n_cities,
        "without_city": found.n_cityless,
        "rate": round(found.variation.rate, _DIGITS),
        "intra_class_correlation": round(found.variation.alike, _DIGITS),
        "design_effect": round(found.variation.design_effect, _DIGITS),
        "between_cities": round(found.variation.between_cities, _DIGITS),
        "assumed": found.is_assumed,
        "suffices": found.suffices,
        "direct": _size_json(found.direct),
        "crowding": _size_json(found.crowding),
    }


def _size_json(size: Size | None) -> dict[str, object] | None:
    if size is None:
        return None
    seen = None if size.detectable is None else round(size.detectable, _DIGITS)
    return asdict(size) | {"detectable": seen, "suffices": size.suffices}


def trial_json(trial: Trial, *, with_plan: bool = True) -> dict[str, Any]:
    """Give a trial for machines."""
    head = {
        "name": trial.name,
        "class_year": trial.class_year,
        "seed": trial.seed,
        "shares": list(trial.shares),
        "started_on": trial.started_on.isoformat(),
        "ends_on": trial.ends_on.isoformat(),
        "stopped_on": trial.stopped_on and trial.stopped_on.isoformat(),
        "author": trial.author,
    }
    return head | ({"plan": dict(trial.plan)} if with_plan else {})


def result_json(found: Result) -> dict[str, Any]:
    """Give a result for machines."""
    return {
        **trial_json(found.trial),
        "as_of": found.day.isoformat(),
        "is_over": found.is_over,
        "arms": [
            {
                "share": each.share,
                "arm": each.arm.value,
                "cities": each.cities,
                "classes": each.classes,
                "people": each.people,
                "placed": each.placed,
            }
            for each in found.cells
        ],
        "effects": [
            {
                "kind": each.kind.value,
                "share": each.share,
                "value": each.value,
                "standard_error": each.standard_error,
                "low": each.low,
                "high": each.high,
                "people": each.n_people,
                "against": each.n_against,
                "clusters": each.n_clusters,
            }
            for each in found.effects
        ],
    }
