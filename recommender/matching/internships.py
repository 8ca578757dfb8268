"""On-post internships (岗位实习), where most placing happens: who is one, what became of them.

What an internship must be is said in 职业学校学生实习管理规定 (教职成〔2021〕4号): in trade, agreed
by three parties, and interns at a time are no more than shares of who works there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from recommender.domain import (
    CONFIRMING,
    ENDING,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    Reference,
)

OVER = ENDING | {OutcomeStage.DECLINED, OutcomeStage.REJECTED}
# One intern at most for so many who work at the enterprise, and in like posts: 10 % and 20 %.
STAFF_FOR_EACH, LIKE_FOR_EACH = 10, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """An internship that holds a place.

    Attributes
    ----------
    step
        That says from when and until when.
    last
        Last day on which it holds the place: the stated one, or that before it was given up.
    """

    step: Outcome
    last: date

    @property
    def pair(self) -> tuple[str, str]:
        """Graduate and post."""
        return self.step.graduate_id, self.step.post_id

    def holds_on(self, day: date) -> bool:
        """Whether it holds a place on a day."""
        return self.step.date <= day <= self.last


def spells(steps: Iterable[Outcome]) -> list[Spell]:
    """Find the internships with a stated last day; the latest of a pair counts.

    A step that ends one or turns the pair down, on its first day or later, gives the place back.
    """
    latest: dict[tuple[str, str], Outcome] = {}
    over: dict[tuple[str, str], list[date]] = defaultdict(list)
    for step in steps:
        pair = (step.graduate_id, step.post_id)
        if step.stage in OVER:
            over[pair].append(step.date)
        elif step.stage is OutcomeStage.INTERNED and (
            pair not in latest or latest[pair].date < step.date
        ):
            latest[pair] = step
    found = []
    for pair, step in latest.items():
        if step.interned_until is not None:
            ends = [each - timedelta(days=1) for each in over[pair] if each >= step.date]
            found.append(Spell(step=step, last=min([step.interned_until, *ends])))
    return found


def interns(steps: Iterable[Outcome], day: date) -> dict[tuple[str, str], Outcome]:
    """Find the pairs of graduate and post whose internship holds a place on a day, each with it.

    Whoever was placed at another post on its first day or later has given the place back, also
    where that placement has ended since: somebody else may have it. The steps are those known by
    the day, also those of interns at other posts.
    """
    known = list(steps)
    there = [spell for spell in spells(known) if spell.holds_on(day)]
    own: dict[str, list[Outcome]] = {spell.step.graduate_id: [] for spell in there}
    for step in known:
        if step.graduate_id in own:
            own[step.graduate_id].append(step)
    return {
        spell.pair: spell.step
        for spell in there
        if not _placed_elsewhere(spell, own[spell.step.graduate_id])
    }


def _placed_elsewhere(spell: Spell, steps: Iterable[Outcome]) -> bool:
    first = spell.step.date
    since: dict[str, list[date]] = defaultdict(list)
    ended: dict[str, list[date]] = defaultdict(list)
    for step in steps:
        if step.post_id != spell.step.post_id:
            if step.stage in CONFIRMING:
                since[step.post_id].append(step.date)
            elif step.stage in ENDING:
                ended[step.post_id].append(step.date)
    # Steps know days only: what ended on the first day itself may have ended after it began.
    return any(
        begun >= first or not any(begun <= end < first for end in ended[post_id])
        for post_id, some in since.items()
        for begun in some
    )


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


# --- what one must be -------------------------------------------------------------------------


def forbidden(
    graduate: Graduate, post: Post, first: date, known: Reference
) -> list[tuple[str, tuple[str, ...]]]:
    """Name the rules that an internship breaks, each with its facts.

    ``trade``: the trade does not lead to the post's occupation; with both names. A trade that
    leads nowhere known breaks nothing. ``adult``: a post for adults, and on the first day the
    graduate is none or does not say; with the day on which they are, where it is known.
    """
    broken: list[tuple[str, tuple[str, ...]]] = []
    if known.leads_to(graduate.trade, post.occupation_code) is False:
        broken.append(("trade", (graduate.trade, occupation_of(post, known))))
    if post.adults_only and (graduate.adult_on is None or first < graduate.adult_on):
        broken.append(("adult", (graduate.adult_on.isoformat(),) if graduate.adult_on else ()))
    return broken


def occupation_of(post: Post, known: Reference) -> str:
    """Name the occupation of a post; its code where it has no name."""
    code = post.occupation_code
    return post.occupation or known.occupations.get(code) or code


class CrowdKind(StrEnum):
    """Of whom interns are too large a share: all who work there, or those in like posts."""

    STAFF = "staff"
    LIKE_POSTS = "like_posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """More interns at an enterprise at a time than the share allows.

    Attributes
    ----------
    occupation_code
        Of the like posts; "" for the whole enterprise.
    n_people
        Those who work there; of like posts, the people that the catalog wants.
    """

    kind: CrowdKind
    credit_code: str
    occupation_code: str
    n_interns: int
    n_people: int


def crowds(
    there: Iterable[Spell], posts: Mapping[str, Post], staff: Mapping[str, int], day: date
) -> list[Crowd]:
    """Find where more intern on a day than 10 % of the staff, or 20 % of like posts.

    Like posts are the enterprise's of one occupation that are open on the day or have an
    intern: how many work in them no sheet says, so the people wanted stand for it.

    Parameters
    ----------
    posts
        All of the enterprises asked about.
    staff
        Credit code → people employed, where it is stated.
    """
    at_firm: dict[str, set[str]] = defaultdict(set)
    at_work: dict[tuple[str, str], set[str]] = defaultdict(set)
    with_intern: set[str] = set()
    for spell in there:
        if spell.holds_on(day):
            who, post = spell.step.graduate_id, posts[spell.step.post_id]
            at_firm[post.credit_code].add(who)
            at_work[post.credit_code, post.occupation_code].add(who)
            with_intern.add(post.post_id)
    found = [
        Crowd(
            kind=CrowdKind.STAFF,
            credit_code=firm,
            occupation_code="",
            n_interns=len(people),
            n_people=staff[firm],
        )
        for firm, people in sorted(at_firm.items())
        if firm in staff and len(people) * STAFF_FOR_EACH > staff[firm]
    ]
    wanted: dict[tuple[str, str], int] = defaultdict(int)
    for post in posts.values():
        if post.is_open(day) or post.post_id in with_intern:
            wanted[post.credit_code, post.occupation_code] += post.headcount
    for (firm, code), people in sorted(at_work.items()):
        n_like = wanted[firm, code]
        if len(people) * LIKE_FOR_EACH > n_like:
            found.append(
                Crowd(
                    kind=CrowdKind.LIKE_POSTS,
                    credit_code=firm,
                    occupation_code=code,
                    n_interns=len(people),
                    n_people=n_like,
                )
            )
    return found
