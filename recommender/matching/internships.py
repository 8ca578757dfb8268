"""On-post internships (岗位实习), where most placing happens: who is one, what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from recommender.domain import CONFIRMING, ENDING, Outcome, OutcomeStage

_OVER = ENDING | {OutcomeStage.DECLINED, OutcomeStage.REJECTED}


def interns(steps: Iterable[Outcome], day: date) -> dict[tuple[str, str], Outcome]:
    """Find the pairs of graduate and post whose internship holds a place on a day, each with it.

    From its first day through its last, where that is stated; the latest of a pair counts. A
    step that ends it or turns the pair down, that day or later, gives the place back.
    """
    latest: dict[tuple[str, str], Outcome] = {}
    over: dict[tuple[str, str], date] = {}
    for step in steps:
        pair = (step.graduate_id, step.post_id)
        if step.stage in _OVER:
            over[pair] = max(step.date, over.get(pair, step.date))
        elif step.stage is OutcomeStage.INTERNED and (
            pair not in latest or latest[pair].date < step.date
        ):
            latest[pair] = step
    return {
        pair: step
        for pair, step in latest.items()
        if step.interned_until is not None
        and step.date <= day <= step.interned_until
        and over.get(pair, date.min) < step.date
    }


def internships(steps: Iterable[Outcome], day: date) -> dict[str, int]:
    """Count the pairs of an internship (实习): going on, over, and how many came to a placement.

    Going on is one whose stated last day has not passed. Converted is one whose pair was
    confirmed (签约, 到岗 or 留任) on its first day or later.
    """
    began: dict[tuple[str, str], Outcome] = {}
    confirmed: dict[tuple[str, str], date] = {}
    for step in steps:
        pair = (step.graduate_id, step.post_id)
        if step.stage is OutcomeStage.INTERNED and (
            pair not in began or step.date < began[pair].date
        ):
            began[pair] = step
        elif step.stage in CONFIRMING:
            confirmed[pair] = max(step.date, confirmed.get(pair, step.date))
    going_on = sum(
        step.interned_until is not None and day <= step.interned_until for step in began.values()
    )
    converted = sum(confirmed.get(pair, date.min) >= step.date for pair, step in began.items())
    return {"going_on": going_on, "over": len(began) - going_on, "converted": converted}
