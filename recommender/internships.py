"""What internships have to be, whoever records them, and how those of each enterprise go.

Imported ones are history and only told of; one that is recorded as it happens is refused where
it is out of trade, or at a post for adults by a minor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection, Engine

from recommender.data import store
from recommender.data.changes import Changes, Line, outcome_key
from recommender.domain import CONFIRMING, Graduate, Member, Outcome, OutcomeStage, Post, Reference
from recommender.errors import Ineligible, RowProblem
from recommender.matching.internships import (
    OVER,
    Crowd,
    CrowdKind,
    Spell,
    crowds,
    forbidden,
    internships,
    spells,
)

STAGES = OVER | CONFIRMING | {OutcomeStage.INTERNED}
# What is told where it cannot be refused, by the rule or the share that is broken.
CODES: Mapping[str, str] = {
    "trade": "internship_out_of_trade",
    "adult": "internship_of_a_minor",
    CrowdKind.STAFF: "interns_above_staff",
    CrowdKind.LIKE_POSTS: "interns_above_like_posts",
}
NO_AGREEMENT = "no_three_party_agreement"

End = TypeVar("End", Graduate, Post)
Told = Iterator[tuple[int, RowProblem]]


# --- of sheets --------------------------------------------------------------------------------


def odd_internships(
    conn: Connection,
    outcomes: Changes[Outcome],
    graduates: Changes[Graduate],
    posts: Changes[Post],
    members: Changes[Member],
    day: date,
) -> Told:
    """Tell what is odd about the internships of a call, each with its sheet's place in it."""
    lines = [line for line in outcomes.written if line.item.stage is OutcomeStage.INTERNED]
    if not lines:
        return
    at = {line.item.post_id for line in lines}
    named = {post.post_id: post for post in store.load_posts(conn, day=day, post_ids=at)}
    named |= _new(posts, at)
    ids = {line.item.graduate_id for line in lines}
    people = {each.graduate_id: each for each in store.load_graduates(conn, ids=ids)}
    people |= _new(graduates, ids)
    known = store.load_reference(conn, day=day)
    for line in lines:
        post, graduate = named.get(line.item.post_id), people.get(line.item.graduate_id)
        if post is not None and graduate is not None:
            for rule, facts in forbidden(graduate, post, line.item.date, known):
                told = facts if rule == "trade" else ()
                yield line.sheet, line.says(CODES[rule], "post_id", post.post_id, *told)
    firms = {post.credit_code for post in named.values()}
    theirs = {post.post_id: post for post in store.load_posts(conn, day=day, credit_codes=firms)}
    theirs |= named | {
        one.post_id: one
        for one in (line.item for line in posts.lines.values())
        if one.credit_code in firms
    }
    stored = store.load_outcomes(conn, day=date.max, stages=STAGES, post_ids=theirs)
    steps = {outcome_key(step): step for step in stored}
    steps |= {line.key: line.item for line in outcomes.lines.values()}
    of_call = [line.item for line in members.lines.values()]
    staff = staff_of([*store.load_members(conn), *of_call])
    yield from _crowded(lines, steps.values(), theirs, staff)


def _new(changes: Changes[End], ids: set[str]) -> dict[str, End]:
    return {str(key): line.item for key, line in changes.lines.items() if key in ids}


def _crowded(
    lines: Sequence[Line[Outcome]],
    steps: Iterable[Outcome],
    posts: Mapping[str, Post],
    staff: Mapping[str, int],
) -> Told:
    """Tell an enterprise once for each share, at the row that begins the largest crowd."""
    there: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells(steps):
        if spell.step.post_id in posts:
            there[posts[spell.step.post_id].credit_code].append(spell)
    of_firm: dict[str, dict[str, Post]] = defaultdict(dict)
    for post in posts.values():
        of_firm[post.credit_code][post.post_id] = post
    # A crowd is largest on a day on which somebody begins.
    begins: dict[tuple[date, str], Line[Outcome]] = {}
    for line in lines:
        if line.item.post_id in posts:
            begins.setdefault((line.item.date, posts[line.item.post_id].credit_code), line)
    largest: dict[tuple[CrowdKind, str, str], tuple[Crowd, Line[Outcome]]] = {}
    for (day, firm), line in sorted(begins.items(), key=lambda each: each[0]):
        for crowd in crowds(there[firm], of_firm[firm], staff, day):
            which = (crowd.kind, firm, crowd.occupation_code)
            if which not in largest or largest[which][0].n_interns < crowd.n_interns:
                largest[which] = crowd, line
    for crowd, line in largest.values():
        firm = crowd.credit_code
        facts = (firm, str(crowd.n_interns), str(crowd.n_people))
        yield line.sheet, line.says(CODES[crowd.kind], "post_id", line.item.post_id, *facts)


def staff_of(members: Iterable[Member]) -> dict[str, int]:
    """Give how many people each enterprise employs; the largest of several numbers."""
    staff: dict[str, int] = {}
    for each in members:
        if each.credit_code and each.staff:
            staff[each.credit_code] = max(each.staff, staff.get(each.credit_code, 0))
    return staff


# --- of a single step -------------------------------------------------------------------------


def refusal(conn: Connection, graduate: Graduate, post: Post, step: Outcome) -> Ineligible | None:
    """Say why an internship may not be recorded; None where it may, and for every other step."""
    if step.stage is not OutcomeStage.INTERNED:
        return None
    broken = forbidden(graduate, post, step.date, store.load_reference(conn, day=step.date))
    return Ineligible(graduate.graduate_id, post.post_id, broken) if broken else None


def crowded_by(conn: Connection, post: Post, step: Outcome, day: date) -> list[RowProblem]:
    """Tell which shares of the enterprise are passed on the first day of a step that is kept."""
    if step.stage is not OutcomeStage.INTERNED:
        return []
    firms = {post.credit_code}
    posts = {one.post_id: one for one in store.load_posts(conn, day=day, credit_codes=firms)}
    steps = store.load_outcomes(conn, day=date.max, stages=STAGES, post_ids=posts)
    found = crowds(spells(steps), posts, staff_of(store.load_members(conn)), step.date)
    return [
        RowProblem(
            filename="",
            row=0,
            column="post_id",
            value=post.post_id,
            code=CODES[crowd.kind],
            facts=(crowd.credit_code, str(crowd.n_interns), str(crowd.n_people)),
            kind="outcomes",
        )
        for crowd in found
        if crowd.occupation_code in ("", post.occupation_code)
    ]


def uncounted(told: RowProblem) -> RowProblem:
    """Tell that a share is passed without saying by how many, who may be anybody's."""
    if told.code not in (CODES[kind] for kind in CrowdKind):
        return told
    firm, _, n_people = told.facts
    return replace(told, facts=(firm, "…", n_people))


# --- how they go ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseInterns:
    """The internships of one enterprise on a day.

    Attributes
    ----------
    counts
        ``going_on``, ``over`` and ``converted`` (签约 on its first day or later).
    staff
        People employed; None if not stated.
    crowds
        Shares that those who intern on the day pass.
    """

    credit_code: str
    enterprise: str
    counts: Mapping[str, int]
    staff: int | None
    crowds: tuple[Crowd, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InternshipReview:
    """All internships on a day.

    Attributes
    ----------
    lines
        By credit code.
    odd
        Graduate, post and what is odd about an internship that holds a place on the day, as
        codes of `RowProblem`.
    """

    day: date
    lines: tuple[EnterpriseInterns, ...]
    odd: tuple[tuple[str, str, tuple[str, ...]], ...]


def review(engine: Engine, *, day: date) -> InternshipReview:
    """Look at the internships known on a day, enterprise by enterprise."""
    with store.reading(engine) as conn:
        posts = {post.post_id: post for post in store.load_posts(conn, day=day)}
        steps = store.load_outcomes(conn, day=day, stages=STAGES)
        staff = staff_of(store.load_members(conn))
        people = {each.graduate_id: each for each in store.load_graduates(conn)}
        known = store.load_reference(conn, day=day)
    of_firm: dict[str, list[Outcome]] = defaultdict(list)
    for step in steps:
        of_firm[posts[step.post_id].credit_code].append(step)
    there = spells(steps)
    full: dict[str, list[Crowd]] = defaultdict(list)
    for crowd in crowds(there, posts, staff, day):
        full[crowd.credit_code].append(crowd)
    names = {post.credit_code: post.enterprise for post in posts.values()}
    lines = [
        EnterpriseInterns(
            credit_code=firm,
            enterprise=names[firm],
            counts=counts,
            staff=staff.get(firm),
            crowds=tuple(full[firm]),
        )
        for firm, some in sorted(of_firm.items())
        if (counts := internships(some, day))["going_on"] + counts["over"] > 0
    ]
    odd = [
        (*spell.pair, codes)
        for spell in sorted(there, key=lambda each: each.pair)
        if spell.holds_on(day)
        and (codes := _odd(spell.step, people[spell.pair[0]], posts[spell.pair[1]], known))
    ]
    return InternshipReview(day=day, lines=tuple(lines), odd=tuple(odd))


def _odd(step: Outcome, graduate: Graduate, post: Post, known: Reference) -> tuple[str, ...]:
    broken = [CODES[rule] for rule, _ in forbidden(graduate, post, step.date, known)]
    return (*broken, *([] if step.agreed_on else [NO_AGREEMENT]))
