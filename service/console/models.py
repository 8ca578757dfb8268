"""Models: the versions kept, what the last nights measured, point back, let a held one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from recommender import releases, reports
from recommender.errors import NotFound
from service.console import gate
from service.console.shell import render
from service.parts import parts

pages = Blueprint("models", __name__)

N_NIGHTS = 10
_METRICS = ("ndcg@10", "recall@10", "coverage")
_WIDTH = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One contender by one metric: a dot with its interval, in a drawing 100 wide."""

    value: float
    low: float
    high: float
    x: float
    x_low: float
    width: float


@pages.get("/models")
def show() -> str:
    """Show the versions and what the latest night measured."""
    nights = reports.journal(parts().engine, limit=N_NIGHTS)[::-1]
    return render(
        "models.html",
        versions=releases.list_versions(parts().settings.models_dir)[::-1],
        nights=nights,
        table=_table(nights[0]["facts"].get("contenders", {})) if nights else {},
        metrics=_METRICS,
        acts=gate.may_open("console.models.point_to"),
    )


@pages.post("/models/<int:version>")
def point_to(version: int) -> Response:
    """Answer from a version from now on, in every process: go back, or let a held one go."""
    try:
        releases.rollback(parts().settings.models_dir, version)
    except NotFound:
        raise NoPage from None
    flash("pointed")
    return redirect(url_for("console.models.show"), 303)


def _table(contenders: Mapping[str, Any]) -> dict[str, dict[str, Measured]]:
    """Give contender → metric → what was measured, each metric drawn to its own scale."""
    found: dict[str, dict[str, Measured]] = {name: {} for name in contenders}
    for metric in _METRICS:
        known = {
            name: measured[metric]
            for name, measured in contenders.items()
            if isinstance(measured.get(metric), Mapping)
        }
        most = max((each["high"] for each in known.values()), default=0.0) or 1.0
        for name, each in known.items():
            found[name][metric] = _measured(each, _WIDTH / most)
    return found


def _measured(each: Mapping[str, float], scale: float) -> Measured:
    return Measured(
        value=each["value"],
        low=each["low"],
        high=each["high"],
        x=round(each["value"] * scale, 1),
        x_low=round(each["low"] * scale, 1),
        width=round((each["high"] - each["low"]) * scale, 1),
    )
