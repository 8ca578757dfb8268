"""Who is to be asked, 30, 90 and 180 days after 到岗, whether they are still there.

Who was not reached stays unknown: nothing is ever made up for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine

from recommender.afterwards import DUE_DAYS, FollowUp, FollowUpResult
from recommender.data import kept, store
from recommender.data.sheets import ParsedSheet, parse_row
from recommender.domain import ENDING, Graduate, Outcome, OutcomeStage, Post
from recommender.errors import ImportRefused, RowProblem
from recommender.intake import take_in
from recommender.persons import is_erased

Pair = tuple[str, str]
# The steps that `starts_of` reads.
STEPS = ENDING | {OutcomeStage.STARTED, OutcomeStage.RETAINED}
# Later nobody is asked any more, and what is unknown stays so.
ASKED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A graduate who started at a post, and what is known since.

    Attributes
    ----------
    ended_on
        Day on which they left; None while nobody knows that they did.
    here_until
        So many days after the start they are known to have been there, at least.
    """

    graduate: Graduate
    post: Post
    started_on: date
    ended_on: date | None = None
    here_until: int = 0

    def is_known(self, days: int) -> bool:
        """Whether it is known if they were there so many days after the start."""
        return self.ended_on is not None or self.here_until >= days

    def stayed(self, days: int) -> bool:
        """Whether they are known to have been there so many days after the start."""
        if self.ended_on is not None:
            return self.ended_on >= self.started_on + timedelta(days=days)
        return self.here_until >= days

    def is_over(self, days: int, day: date) -> bool:
        """Whether so many days have passed since the start."""
        return self.started_on + timedelta(days=days) <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One person to be asked."""

    graduate_id: str
    post_id: str
    due_days: int
    college: str
    enterprise: str
    started_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Of how many it is known whether they are still there.

    Attributes
    ----------
    kind, name
        ``all`` and "", ``college`` or ``enterprise`` and its name.
    n_due
        Those whose days are over, of the starts of the last year.
    """

    kind: str
    name: str
    due_days: int
    n_due: int
    n_known: int

    @property
    def rate(self) -> float | None:
        """Known of due; None where nobody was due."""
        return self.n_known / self.n_due if self.n_due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpList:
    """Who is due on a day, ordered by college, enterprise and graduate; and response rates."""

    day: date
    due: tuple[Due, ...]
    responses: tuple[Response, ...]


def follow_up(
    engine: Engine,
    *,
    day: date,
    college: str | None = None,
    enterprise: str | None = None,
    colleges: Collection[str] | None = None,
) -> FollowUpList:
    """List who is due on a day: each pair once, for the latest of its days that are over.

    Parameters
    ----------
    college, enterprise
        Only theirs; an enterprise by name or credit code.
    colleges
        Those whom the asker may know of; None for all.
    """
    with store.reading(engine) as conn:
        starts = starts_of(
            store.load_outcomes(conn, day=day, stages=STEPS),
            kept.load_follow_ups(conn, day=day),
            {each.graduate_id: each for each in store.load_graduates(conn)},
            {each.post_id: each for each in store.load_posts(conn, day=day)},
        )
    found = [
        each
        for each in starts
        if day - each.started_on <= ASKED_FOR
        and not is_erased(each.graduate.graduate_id)
        and college in (None, each.graduate.college)
        and enterprise in (None, each.post.enterprise, each.post.credit_code)
        and (colleges is None or each.graduate.college in colleges)
    ]
    due = (_due(each, day) for each in found)
    return FollowUpList(
        day=day,
        due=tuple(sorted((each for each in due if each is not None), key=_by_place)),
        responses=tuple(_responses(found, day)),
    )


def record_follow_up(engine: Engine, body: Mapping[str, object], *, day: date) -> FollowUp:
    """Keep one answer, given by the English columns of the sheet, as an import would.

    Raises
    ------
    ImportRefused
        If it cannot be read or cannot be, or nothing was found out.
    """
    parsed, problems, _ = parse_row("follow_ups", body)
    if parsed is None or not isinstance(parsed.item, FollowUp):
        raise ImportRefused(problems)
    if parsed.item.result is None:
        raise ImportRefused([_unanswered()])
    take_in(engine, [ParsedSheet(filename="", kind="follow_ups", items=(parsed,))], day=day)
    return parsed.item


def _unanswered() -> RowProblem:
    return RowProblem(
        filename="", row=0, column="result", value="", code="missing", kind="follow_ups"
    )


def starts_of(
    steps: Iterable[Outcome],
    answers: Iterable[FollowUp],
    graduates: Mapping[str, Graduate],
    posts: Mapping[str, Post],
) -> list[Start]:
    """Gather the latest start of each pair, and what is known since, by graduate and post."""
    of_pair: dict[Pair, list[Outcome]] = defaultdict(list)
    for step in steps:
        of_pair[step.graduate_id, step.post_id].append(step)
    here: dict[Pair, list[FollowUp]] = defaultdict(list)
    for answer in answers:
        if answer.result is FollowUpResult.HERE:
            here[answer.graduate_id, answer.post_id].append(answer)
    found = []
    for pair, known in sorted(of_pair.items()):
        start = _start(known, here[pair], graduates.get(pair[0]), posts.get(pair[1]))
        if start is not None:
            found.append(start)
    return found


def _start(
    steps: Iterable[Outcome],
    here: Iterable[FollowUp],
    graduate: Graduate | None,
    post: Post | None,
) -> Start | None:
    days = {stage: [s.date for s in steps if s.stage is stage] for stage in STEPS}
    if graduate is None or post is None or not days[OutcomeStage.STARTED]:
        return None
    started = max(days[OutcomeStage.STARTED])
    ends = [each for stage in ENDING for each in days[stage] if each >= started]
    until = [answer.due_days for answer in here if answer.date and answer.date >= started]
    if any(each >= started for each in days[OutcomeStage.RETAINED]):
        until.append(DUE_DAYS[-1])
    return Start(
        graduate=graduate,
        post=post,
        started_on=started,
        ended_on=min(ends, default=None),
        here_until=max(until, default=0),
    )


def _due(start: Start, day: date) -> Due | None:
    over = [days for days in DUE_DAYS if start.is_over(days, day)]
    if not over or start.is_known(over[-1]):
        return None
    return Due(
        graduate_id=start.graduate.graduate_id,
        post_id=start.post.post_id,
        due_days=over[-1],
        college=start.graduate.college,
        enterprise=start.post.enterprise,
        started_on=start.started_on,
    )


def _by_place(due: Due) -> tuple[str, str, str, str]:
    return (due.college, due.enterprise, due.graduate_id, due.post_id)


def _responses(starts: Iterable[Start], day: date) -> list[Response]:
    counts: dict[tuple[str, str, int], list[bool]] = defaultdict(list)
    for start in starts:
        for days in DUE_DAYS:
            if not start.is_over(days, day):
                continue
            names = (("all", ""), ("college", start.graduate.college))
            for kind, name in (*names, ("enterprise", start.post.enterprise)):
                counts[kind, name, days].append(start.is_known(days))
    return [
        Response(kind=kind, name=name, due_days=days, n_due=len(known), n_known=sum(known))
        for (kind, name, days), known in sorted(counts.items())
    ]
