"""Answers to follow-ups as steps of the outcomes: 留任 after 180 days, 离职 whenever it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from recommender.afterwards import DUE_DAYS, FollowUp, FollowUpResult
from recommender.data import store
from recommender.data.afterwards import FOLLOW_UPS
from recommender.data.changes import Line
from recommender.data.columns import Parsed
from recommender.data.sheets import ParsedSheet
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import RowProblem
from recommender.wording import label

Pair = tuple[str, str]
_ANSWERS = frozenset({OutcomeStage.RETAINED, OutcomeStage.LEFT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What the answers of a call mean for the outcomes.

    Attributes
    ----------
    sheets
        One of outcomes for each sheet of follow-ups that brings a step, under its name.
    warnings
        Each with its sheet's place in the call.
    """

    sheets: tuple[ParsedSheet, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[tuple[int, RowProblem], ...]


def implied_steps(conn: Connection, sheets: Sequence[ParsedSheet]) -> Implied:
    """Work out the steps that answers to follow-ups stand for, and which cannot be.

    留任 is dated 180 days after 到岗; 离职 on the day of leaving, or, where nobody knows it, on
    the day that was asked about. A pair whose 留任 or 离职 is known keeps it.
    """
    problems: list[RowProblem] = []
    warnings: list[tuple[int, RowProblem]] = []
    made: list[ParsedSheet] = []
    lines = list(_answers(sheets))
    known = _steps_of(conn, sheets, {line.item.graduate_id for line in lines})
    steps: dict[int, dict[Pair, Parsed]] = {}
    for line in lines:
        pair = (line.item.graduate_id, line.item.post_id)
        started = max((s.date for s in known.get(pair, ()) if _is_start(s)), default=None)
        if started is None:
            problems.append(line.says("never_started", "post_id", line.item.post_id))
            continue
        problem = _impossible(line, started)
        step = _step_of(line.item, started)
        if problem is not None or step is None:
            problems += [problem] if problem is not None else []
            continue
        said = [s for s in known[pair] if s.stage in _ANSWERS and s.date >= started]
        if said:
            if all(each.stage is not step.stage for each in said):
                words = label(said[0].stage)
                told = line.says("answered_otherwise", "result", label(line.item.result), words)
                warnings.append((line.sheet, told))
            continue
        if step.stage is OutcomeStage.LEFT and line.item.left_on is None:
            told = line.says("left_on_assumed", "left_on", "", step.date.isoformat())
            warnings.append((line.sheet, told))
        steps.setdefault(line.sheet, {}).setdefault(pair, Parsed(row=line.row, item=step))
    for place, of_sheet in steps.items():
        name = sheets[place].filename
        made.append(ParsedSheet(filename=name, kind="outcomes", items=tuple(of_sheet.values())))
    return Implied(sheets=tuple(made), problems=tuple(problems), warnings=tuple(warnings))


def _answers(sheets: Sequence[ParsedSheet]) -> Iterator[Line[Any]]:
    """Give the rows that answer something, the earliest asking of a pair first."""
    found = [
        Line(
            key=(place, parsed.row),
            sheet=place,
            filename=sheet.filename,
            kind=sheet.kind,
            row=parsed.row,
            item=parsed.item,
            details=None,
        )
        for place, sheet in enumerate(sheets)
        if sheet.kind == FOLLOW_UPS.name
        for parsed in sheet.items
        if isinstance(parsed.item, FollowUp) and parsed.item.result is not None
    ]
    yield from sorted(found, key=lambda line: (line.item.due_days, line.sheet, line.row))


def _steps_of(
    conn: Connection, sheets: Sequence[ParsedSheet], graduate_ids: set[str]
) -> Mapping[Pair, list[Outcome]]:
    """Gather the steps of graduates, stored or in the same call, by pair."""
    new = [
        parsed.item
        for sheet in sheets
        for parsed in sheet.items
        if isinstance(parsed.item, Outcome) and parsed.item.graduate_id in graduate_ids
    ]
    known: dict[Pair, list[Outcome]] = {}
    for step in [*store.load_outcomes(conn, day=date.max, graduate_ids=graduate_ids), *new]:
        known.setdefault((step.graduate_id, step.post_id), []).append(step)
    return known


def _is_start(step: Outcome) -> bool:
    return step.stage is OutcomeStage.STARTED


def _impossible(line: Line[Any], started: date) -> RowProblem | None:
    asked = line.item
    due = started + timedelta(days=asked.due_days)
    if asked.result is FollowUpResult.HERE and asked.date < due:
        return line.says("asked_too_early", "date", asked.date.isoformat(), due.isoformat())
    left = asked.left_on or (asked.date if asked.result is FollowUpResult.LEFT else None)
    if left is not None and left < started:
        return line.says("left_before_start", "left_on", left.isoformat(), started.isoformat())
    return None


def _step_of(asked: FollowUp, started: date) -> Outcome | None:
    """Give the step that an answer stands for; None for what is no step."""
    assert asked.date is not None  # noqa: S101 - a sheet's check: an answer has its day
    due = started + timedelta(days=asked.due_days)
    if asked.result is FollowUpResult.LEFT:
        stage, happened = OutcomeStage.LEFT, asked.left_on or min(due, asked.date)
    elif asked.result is FollowUpResult.HERE and asked.due_days == DUE_DAYS[-1]:
        stage, happened = OutcomeStage.RETAINED, due
    else:
        return None
    return Outcome(
        graduate_id=asked.graduate_id,
        post_id=asked.post_id,
        stage=stage,
        date=happened,
        recorded_on=asked.date,
    )
