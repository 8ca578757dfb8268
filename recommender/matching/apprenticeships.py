"""Apprentices (招工即招生) on a day: how each stands, and the levels that they will bring.

They are employed already: they take no open place and seek none, and enter supply by level only.
Graduates hired at enrolment (招生即招工) are another thing, and stand in the roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from recommender.domain import (
    Agreement,
    Apprentice,
    Reference,
    TrainingMode,
    TrainingResult,
    class_year_of,
)


class ApprenticeState(StrEnum):
    """How an apprentice stands; AWAITED has ended without a known result."""

    TO_BEGIN = "to_begin"
    IN_TRAINING = "in_training"
    AWAITED = "awaited"
    PASSED = "passed"
    FAILED = "failed"
    LEFT = "left"


_OF_RESULT = {
    TrainingResult.PASSED: ApprenticeState.PASSED,
    TrainingResult.FAILED: ApprenticeState.FAILED,
    TrainingResult.LEFT: ApprenticeState.LEFT,
}
# Who has the level at the end of training, or may have it.
_PROMISING = frozenset(
    {ApprenticeState.IN_TRAINING, ApprenticeState.AWAITED, ApprenticeState.PASSED}
)


def state_on(apprentice: Apprentice, day: date) -> ApprenticeState:
    """Say how an apprentice stands on a day, by the record of that day.

    A result counts from the day of the examination, where that is stated.
    """
    examined = apprentice.examined_on
    if apprentice.result is not None and (examined is None or examined <= day):
        return _OF_RESULT[apprentice.result]
    if day < apprentice.starts_on:
        return ApprenticeState.TO_BEGIN
    return ApprenticeState.IN_TRAINING if day <= apprentice.ends_on else ApprenticeState.AWAITED


def count_states(apprentices: Iterable[Apprentice], day: date) -> dict[str, int]:
    """Count apprentices by how they stand on a day; every state is there."""
    states = Counter(state_on(each, day) for each in apprentices)
    return {state.value: states[state] for state in ApprenticeState}


def bringing_levels(
    apprentices: Iterable[Apprentice], day: date, class_year: int
) -> list[Apprentice]:
    """List those who bring their target level in a class year: in training, awaited or passed."""
    return [
        each
        for each in apprentices
        if class_year_of(each.ends_on) == class_year and state_on(each, day) in _PROMISING
    ]


def apprentices_of(
    agreement: Agreement, apprentices: Iterable[Apprentice], reference: Reference
) -> list[Apprentice]:
    """List the apprentices under an agreement (学徒制): of its college and enterprise.

    They train while it runs, for an occupation to which its trade leads, where it names one.
    """
    if agreement.mode is not TrainingMode.APPRENTICESHIP:
        return []
    return [
        each
        for each in apprentices
        if (each.college, each.credit_code) == (agreement.college, agreement.credit_code)
        and each.starts_on <= agreement.ends_on
        and agreement.starts_on <= each.ends_on
        and (
            agreement.trade is None
            or reference.leads_to(agreement.trade, each.occupation_code) is not False
        )
    ]
