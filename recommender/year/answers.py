"""What enterprises answer to proposals, and how fast; who answers nobody is paused, with notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from recommender.collection import Pause
from recommender.data import collected, store
from recommender.domain import Outcome, OutcomeStage, Post
from recommender.errors import NotFound, RoundRefused, Unreadable

# Proposals without an answer at which an enterprise is due to be paused.
MOST_UNANSWERED = 20
# A proposal waits so long before its silence counts, and counts no longer than this.
PATIENCE = timedelta(days=14)
MEMORY = timedelta(days=365)

PROPOSALS = frozenset({OutcomeStage.RECOMMENDED, OutcomeStage.INTERESTED})
ANSWERS = frozenset(
    {
        OutcomeStage.INTERVIEWED,
        OutcomeStage.REJECTED,
        OutcomeStage.OFFERED,
        OutcomeStage.SIGNED,
        OutcomeStage.INTERNED,
        OutcomeStage.STARTED,
        OutcomeStage.RETAINED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How one enterprise answered the proposals of the last year.

    Attributes
    ----------
    proposals
        Pairs of graduate and post proposed.
    answered, withdrawn
        Of these, those that it answered; and those that the graduate withdrew before.
    waiting
        Those that still have time to be answered.
    unanswered
        The others: silence, whether before or after an answer to somebody else.
    since_answer
        Of the unanswered, those proposed after its last answer to anybody, and after the last
        time that a pause of it was lifted.
    median_days
        From proposal to answer; None where there is none.
    """

    credit_code: str
    enterprise: str
    proposals: int
    answered: int
    withdrawn: int
    waiting: int
    unanswered: int
    since_answer: int
    median_days: float | None
    paused_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    proposed_on: date
    answered_on: date | None
    is_withdrawn: bool


def tally(
    outcomes: Iterable[Outcome],
    posts: Sequence[Post],
    pauses: Sequence[Pause] = (),
    *,
    day: date,
) -> list[Answers]:
    """Count answers by enterprise, the most unanswered first.

    An answer counts for the pair's last proposal not after it; an answer without any proposal
    (walk-ins) counts as the enterprise's last answer all the same.
    """
    of_pair: dict[tuple[str, str], list[Outcome]] = {}
    for step in outcomes:
        if step.known_by(day):
            of_pair.setdefault((step.graduate_id, step.post_id), []).append(step)
    firm_of = {post.post_id: (post.credit_code, post.enterprise) for post in posts}
    pairs: dict[str, list[_Pair]] = {code: [] for code, _ in firm_of.values()}
    last_answer: dict[str, date] = {}
    for (_, post_id), steps in of_pair.items():
        if post_id not in firm_of:
            continue
        code = firm_of[post_id][0]
        answers = [step.date for step in steps if step.stage in ANSWERS]
        if answers:
            last_answer[code] = max([last_answer.get(code, date.min), *answers])
        proposals = [s.date for s in steps if s.stage in PROPOSALS and s.date > day - MEMORY]
        if proposals:
            pairs[code].append(_pair(max(proposals), answers, steps))
    paused = {each.credit_code: each.paused_on for each in pauses if each.holds_on(day)}
    for each in pauses:  # who was let in again has as many proposals before it as at first
        if each.lifted_on is not None and each.lifted_on <= day:
            before = last_answer.get(each.credit_code, date.min)
            last_answer[each.credit_code] = max(before, each.lifted_on)
    names = dict(firm_of.values())
    found = [
        _count(code, names[code], of, last_answer.get(code), paused.get(code), day)
        for code, of in pairs.items()
        if of or code in paused
    ]
    return sorted(found, key=lambda each: (-each.unanswered, -each.proposals, each.credit_code))


def _pair(proposed_on: date, answers: Sequence[date], steps: Sequence[Outcome]) -> _Pair:
    declined = any(
        step.stage is OutcomeStage.DECLINED and step.date >= proposed_on for step in steps
    )
    later = [each for each in answers if each >= proposed_on]
    return _Pair(proposed_on, min(later, default=None), declined and not later)


def _count(
    code: str,
    enterprise: str,
    pairs: Sequence[_Pair],
    last_answer: date | None,
    paused_on: date | None,
    day: date,
) -> Answers:
    open_ = [each for each in pairs if each.answered_on is None and not each.is_withdrawn]
    silent = [each for each in open_ if each.proposed_on + PATIENCE <= day]
    took = [(p.answered_on - p.proposed_on).days for p in pairs if p.answered_on is not None]
    return Answers(
        credit_code=code,
        enterprise=enterprise,
        proposals=len(pairs),
        answered=len(took),
        withdrawn=sum(each.is_withdrawn for each in pairs),
        waiting=len(open_) - len(silent),
        unanswered=len(silent),
        since_answer=sum(last_answer is None or p.proposed_on > last_answer for p in silent),
        median_days=median(took) if took else None,
        paused_on=paused_on,
    )


def answers(engine: Engine, *, day: date, colleges: frozenset[str] | None = None) -> list[Answers]:
    """Count how every enterprise answered, the most unanswered first.

    `colleges` are those whose people are counted; None for all.
    """
    with store.reading(engine) as conn:
        return _answers(conn, day, colleges)


def _answers(conn: Connection, day: date, colleges: frozenset[str] | None = None) -> list[Answers]:
    stages = PROPOSALS | ANSWERS | {OutcomeStage.DECLINED}
    steps = store.load_outcomes(conn, day=day, stages=stages)
    if colleges is not None:
        people = store.load_graduates(conn, ids={step.graduate_id for step in steps})
        own = {each.graduate_id for each in people if each.college in colleges}
        steps = [step for step in steps if step.graduate_id in own]
    posts = store.load_posts(conn, day=day)
    return tally(steps, posts, collected.load_pauses(conn), day=day)


def pause_due(
    engine: Engine, *, day: date, most: int = MOST_UNANSWERED, author: str, dry_run: bool = False
) -> list[Answers]:
    """Pause every enterprise with so many proposals and no answer since; list them.

    `dry_run` lists who would be paused and pauses nobody.
    """
    transaction = store.reading if dry_run else store.writing
    with transaction(engine) as conn:
        due = [
            each
            for each in _answers(conn, day)
            if each.since_answer >= most and each.paused_on is None
        ]
        if not dry_run:
            collected.save_pauses(
                conn,
                [
                    Pause(
                        credit_code=each.credit_code,
                        paused_on=day,
                        reason=f"unanswered: {each.since_answer}",
                        author=author,
                    )
                    for each in due
                ],
            )
    return due


def pause(engine: Engine, credit_code: str, *, reason: str, author: str, day: date) -> Pause:
    """Pause one enterprise, for a reason that is kept.

    Raises
    ------
    Unreadable
        If no reason is given.
    NotFound
        If no post is the enterprise's.
    RoundRefused
        If it is paused already.
    """
    if not reason.strip():
        raise Unreadable("reason", reason, "missing")
    with store.writing(engine) as conn:
        if not store.load_posts(conn, day=day, credit_codes={credit_code}):
            raise NotFound("enterprise", credit_code)
        if credit_code in collected.paused_on(conn, day):
            raise RoundRefused("paused_already", credit_code)
        new = Pause(credit_code=credit_code, paused_on=day, reason=reason, author=author)
        collected.save_pauses(conn, [new])
    return new


def lift(engine: Engine, credit_code: str, *, reason: str, author: str, day: date) -> Pause:
    """Lift the pause of an enterprise, for a reason that is kept.

    Raises
    ------
    Unreadable
        If no reason is given.
    RoundRefused
        If it is not paused.
    """
    if not reason.strip():
        raise Unreadable("reason", reason, "missing")
    with store.writing(engine) as conn:
        if not collected.lift_pause(conn, credit_code, day, author, reason):
            raise RoundRefused("not_paused", credit_code)
        return [p for p in collected.load_pauses(conn) if p.credit_code == credit_code][-1]


def list_pauses(engine: Engine) -> list[Pause]:
    """List every pause, also those lifted, the earliest first."""
    with store.reading(engine) as conn:
        return collected.load_pauses(conn)
