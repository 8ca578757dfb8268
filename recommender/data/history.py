"""What is odd about steps that are history: told, never refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from recommender.data.changes import Changes, Line, outcome_key
from recommender.data.findings import TOLD_SINGLY, row_ranges
from recommender.domain import CONFIRMING, ENDING, Outcome, OutcomeStage, Post
from recommender.errors import RowProblem
from recommender.wording import label

# The way a placement goes; an internship may come anywhere on it. A step that turns the pair
# down or ends the placement lets it begin anew.
_WAY = (
    OutcomeStage.RECOMMENDED,
    OutcomeStage.INTERESTED,
    OutcomeStage.INTERVIEWED,
    OutcomeStage.OFFERED,
    OutcomeStage.SIGNED,
    OutcomeStage.STARTED,
    OutcomeStage.RETAINED,
)
_PLACE_ON_WAY = {stage: place for place, stage in enumerate(_WAY)}
_ANEW = ENDING | {OutcomeStage.DECLINED, OutcomeStage.REJECTED}
# Steps that come after a post has closed as a matter of course.
_AFTER_CLOSING = ENDING | {OutcomeStage.INTERNED, OutcomeStage.STARTED, OutcomeStage.RETAINED}


def odd_steps(
    steps: Iterable[Outcome],
) -> Iterator[tuple[Outcome, OutcomeStage, OutcomeStage]]:
    """Find the steps of one pair that come out of order: the step, what came first, what next.

    Odd is a step dated after one that lies further on the way, unless the pair began anew in
    between, and an ending with nothing before it to end. Steps may be missing, and steps of
    one date have no order.
    """
    furthest = -1
    is_confirmed = False
    for _, of_the_day in groupby(sorted(steps, key=lambda s: s.date), key=lambda s: s.date):
        today = list(of_the_day)
        stages = {step.stage for step in today}
        is_confirmed = is_confirmed or bool(stages & CONFIRMING)
        for step in today:
            if _PLACE_ON_WAY.get(step.stage, furthest) < furthest:
                yield step, _WAY[furthest], step.stage
            elif step.stage in ENDING and not is_confirmed:
                yield step, step.stage, OutcomeStage.SIGNED
        furthest = max([furthest, *(_PLACE_ON_WAY.get(stage, -1) for stage in stages)])
        if stages & _ANEW:
            furthest = -1
            is_confirmed = is_confirmed and not stages & ENDING


def is_outside_days(step: Outcome, post: Post) -> bool:
    """Say whether a step is dated before its post opened, or after it closed but for work."""
    if step.date < post.opens_on:
        return True
    return step.date > post.closes_on and step.stage not in _AFTER_CLOSING


Told = Iterator[tuple[int, RowProblem]]


def odd_history(
    outcomes: Changes[Outcome],
    *,
    stored: Sequence[Outcome],
    posts: Mapping[str, Post],
    confirmed: Mapping[str, int],
) -> Told:
    """Tell what is odd about the steps of a call, each with its sheet's place in the call.

    Parameters
    ----------
    stored
        The stored steps of the same graduates.
    posts
        The posts of the steps.
    confirmed
        Places taken at each post, all steps counted.
    """
    lines = list(outcomes.lines.values())
    yield from _odd_order(lines, stored)
    yield from _outside_days(lines, posts)
    yield from _too_many_signings(lines, posts, confirmed)


def _odd_order(lines: Sequence[Line[Outcome]], stored: Sequence[Outcome]) -> Told:
    line_of = {line.key: line for line in lines}
    of_pair: defaultdict[tuple[str, str], dict[object, Outcome]] = defaultdict(dict)
    for step in (*stored, *(line.item for line in lines)):
        of_pair[step.graduate_id, step.post_id][outcome_key(step)] = step
    for steps in of_pair.values():
        for step, first, then in odd_steps(steps.values()):
            line = line_of.get(outcome_key(step))
            if line is not None:
                words = (label(first), label(then))
                yield line.sheet, line.says("odd_stage_order", "stage", label(step.stage), *words)


def _outside_days(lines: Sequence[Line[Outcome]], posts: Mapping[str, Post]) -> Told:
    for line in lines:
        post = posts.get(line.item.post_id)
        if post is not None and is_outside_days(line.item, post):
            days = (post.opens_on.isoformat(), post.closes_on.isoformat())
            day = line.item.date.isoformat()
            yield line.sheet, line.says("outside_post_dates", "date", day, *days)


def _too_many_signings(
    lines: Sequence[Line[Outcome]], posts: Mapping[str, Post], confirmed: Mapping[str, int]
) -> Told:
    """Tell a post once, at the row of its last signing."""
    last: dict[str, Line[Outcome]] = {}
    for line in sorted(lines, key=lambda each: (each.item.date, each.sheet, each.row)):
        if line.item.stage in CONFIRMING:
            last[line.item.post_id] = line
    for post_id, line in last.items():
        post = posts.get(post_id)
        n_confirmed = confirmed.get(post_id, 0)
        if post is not None and n_confirmed > post.headcount:
            numbers = (str(n_confirmed), str(post.headcount))
            yield line.sheet, line.says("more_signings_than_places", "post_id", post_id, *numbers)


def told_together(told: Iterable[tuple[int, RowProblem]]) -> dict[int, list[RowProblem]]:
    """Gather warnings by sheet; many of one kind are one, with the number of every row."""
    alike: defaultdict[tuple[int, str], list[RowProblem]] = defaultdict(list)
    for sheet, problem in told:
        alike[sheet, problem.code].append(problem)
    by_sheet: defaultdict[int, list[RowProblem]] = defaultdict(list)
    for (sheet, code), problems in alike.items():
        problems.sort(key=lambda problem: problem.row)
        if len(problems) > TOLD_SINGLY:
            facts = (str(len(problems)), row_ranges(problem.row for problem in problems))
            problems = [replace(problems[0], code=f"{code}_rows", value="", facts=facts)]
        by_sheet[sheet] += problems
    return dict(by_sheet)
