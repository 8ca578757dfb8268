"""Hard rules: what forbids a graduate a post on a day, each rule with a code and a source.

Every rule is said once for one pair (`check_pair`, with what would make it hold) and once
for all pairs (`eligible_pairs`, as a mask); a test holds the two to the same answer.
Source of every rule: the contract page of this project, section "Rules", and what it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.claims import Claim
from recommender.domain import (
    CONFIRMING,
    ENDING,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    SkillLevel,
    StepReason,
)
from recommender.matching.internships import interns

# In the order in which they are told. Where each comes from:
RULE_SOURCES: Mapping[str, str] = {
    "consent": "个人信息保护法 (2021) articles 13 and 24: no automated ranking without consent",
    "unplaced": "contract: a graduate holds one place at a time",
    "open": "demand catalog: first and last day open, both inclusive",
    "places": "demand catalog: headcount less confirmed places and what is held for others;"
    " agreements of colleges and enterprises: less what is reserved for others",
    "level": "demand catalog: lowest skill level, eight-level scale 人社部发〔2022〕14号",
    "licence": "demand catalog; special operations: 安全生产法 (2021) article 30",
    "adult": "demand catalog; 未成年工特殊保护规定 (1994): work barred under eighteen",
    "again": "contract: a post declined, or refused on merit, is not offered again",
    "paused": "contract: an enterprise that answered none of many proposals is left out",
    "vetoed": "contract: a placement officer vetoed the pair, with a reason, until it is lifted",
}
RULES = tuple(RULE_SOURCES)
_OF_THE_PERSON = frozenset({"consent", "unplaced"})  # the same at every post


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Places of one post that an agreement keeps for its members.

    Attributes
    ----------
    places
        At least 1; free ones, neither confirmed nor held.
    members
        Ids of graduates who may take them.
    returns_on
        Day on which everybody may take them.
    """

    agreement_id: str
    places: int
    members: frozenset[str]
    returns_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everybody stands at the end of a day, from the steps and holds known by then.

    Attributes
    ----------
    confirmed
        Post → places taken.
    placed_at
        Graduate → posts at which a place is held.
    shut_out
        Graduate → posts declined, or refused for a stated reason other than a full post.
    held
        Post → graduates for whom a place is held there; nobody who holds a place for good.
    declined
        Graduate → posts declined.
    reserved
        Post → what agreements keep of its free places; `reserved.with_reserved` works it out.
    paused
        Credit codes of the enterprises that are paused.
    vetoed
        Graduate → posts that an officer vetoed.
    """

    confirmed: Mapping[str, int] = field(default_factory=dict)
    placed_at: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shut_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    declined: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reserved: Mapping[str, tuple[Reserved, ...]] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()
    vetoed: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One rule for one pair.

    Attributes
    ----------
    needs
        What would make a failing rule hold, as facts for `wording`: the level, the
        missing licences, a date; empty where nothing would.
    """

    code: str
    holds: bool
    needs: tuple[str, ...] = ()


def standing(
    outcomes: Iterable[Outcome],
    posts: Mapping[str, Post],
    day: date,
    holds: Iterable[Claim] = (),
    paused: frozenset[str] = frozenset(),
    vetoed: Mapping[str, frozenset[str]] | None = None,
) -> Standing:
    """Work out who holds a place and who is shut out, from the steps known by a day.

    `holds` are those whose deadline has not passed, `paused` the enterprises that are paused,
    `vetoed` the pairs that are vetoed.
    An internship holds a place through its last day, where that is stated, unless it was ended
    or turned down before.

    A step that ends a placement counts against the same pair only if it is not earlier than
    the last step that confirms it. It gives the place back only up to the post's last day;
    the graduate is free either way.
    """
    steps = [step for step in outcomes if step.known_by(day)]
    confirmed_on: dict[tuple[str, str], date] = {}
    ends: dict[tuple[str, str], list[date]] = defaultdict(list)
    shut_out: dict[str, set[str]] = defaultdict(set)
    declined: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        pair = (step.graduate_id, step.post_id)
        if step.stage in CONFIRMING:
            confirmed_on[pair] = max(step.date, confirmed_on.get(pair, step.date))
        elif step.stage in ENDING:
            ends[pair].append(step.date)
        elif _shuts_out(step):
            shut_out[step.graduate_id].add(step.post_id)
            if step.stage is OutcomeStage.DECLINED:
                declined[step.graduate_id].add(step.post_id)
    confirmed: dict[str, int] = defaultdict(int)
    placed_at: dict[str, set[str]] = defaultdict(set)
    for (graduate_id, post_id), since in confirmed_on.items():
        later = [end for end in ends.get((graduate_id, post_id), ()) if end >= since]
        if not later:
            placed_at[graduate_id].add(post_id)
        post = posts.get(post_id)
        if not later or (post is not None and min(later) > post.closes_on):
            confirmed[post_id] += 1
    held = {(hold.graduate_id, hold.post_id) for hold in holds} | set(interns(steps, day))
    return Standing(
        confirmed=dict(confirmed),
        placed_at=_frozen(placed_at),
        shut_out=_frozen(shut_out),
        held=_held(held, placed_at),
        declined=_frozen(declined),
        paused=paused,
        vetoed=vetoed or {},
    )


def _held(holds: Iterable[tuple[str, str]], placed: Container[str]) -> dict[str, frozenset[str]]:
    """Gather who holds on to a place at each post, without those who have one for good."""
    held: dict[str, set[str]] = defaultdict(set)
    for graduate_id, post_id in holds:
        if graduate_id not in placed:
            held[post_id].add(graduate_id)
    return _frozen(held)


def _frozen(sets: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(members) for key, members in sets.items()}


def _shuts_out(step: Outcome) -> bool:
    if step.stage is OutcomeStage.DECLINED:
        return True
    return step.stage is OutcomeStage.REJECTED and step.reason not in (None, StepReason.FULL)


def open_places(
    post: Post,
    standing: Standing,
    graduate_id: str | None = None,
    *,
    reserved_too: bool = False,
) -> int:
    """Count the places of a post that are open; never below 0.

    Every caller counts here. The headcount is less what is confirmed, by whatever step, and
    less what is held and reserved: for a graduate by and for others, for nobody in particular
    by and for anybody. `reserved_too` counts what is reserved as open: what the enterprise
    still looks for.
    """
    held = standing.held.get(post.post_id, frozenset()) - {graduate_id}
    free = max(0, post.headcount - standing.confirmed.get(post.post_id, 0) - len(held))
    if reserved_too:
        return free
    for_others = (each.places for each in _reserved_for_others(post, standing, graduate_id))
    return max(0, free - sum(for_others))


def _reserved_for_others(post: Post, standing: Standing, graduate_id: str | None) -> list[Reserved]:
    kept = standing.reserved.get(post.post_id, ())
    return [each for each in kept if graduate_id not in each.members]


def shut_out_by(post: Post, standing: Standing, graduate_id: str) -> list[Reserved]:
    """Name what alone keeps a graduate from a post without open places: what is reserved.

    Empty where the places are taken all the same.
    """
    if open_places(post, standing, graduate_id, reserved_too=True) < 1:
        return []
    return _reserved_for_others(post, standing, graduate_id)


def _until_returned(post: Post, standing: Standing, graduate_id: str) -> tuple[str, ...]:
    """Give the day on which reserved places come back to a graduate whom they shut out."""
    days = [each.returns_on for each in shut_out_by(post, standing, graduate_id)]
    return (min(days).isoformat(),) if days else ()


def reached_level(graduate: Graduate, post: Post) -> SkillLevel | None:
    """Give the highest level that counts at a post; None if none is stated.

    A level that an enterprise certified itself counts there, and where the post accepts
    such certificates.
    """
    counting = [
        certificate.level
        for certificate in graduate.certificates
        if certificate.certified_by is None
        or post.accepts_own_certificate
        or certificate.certified_by == post.credit_code
    ]
    if graduate.skill_level is not None:
        counting.append(graduate.skill_level)
    return max(counting, default=None)


def _consent(graduate: Graduate, _post: Post, _standing: Standing, _day: date) -> RuleCheck:
    return RuleCheck("consent", graduate.consent)


def _unplaced(graduate: Graduate, _post: Post, standing: Standing, _day: date) -> RuleCheck:
    placed = graduate.hired_at_enrolment or graduate.graduate_id in standing.placed_at
    return RuleCheck("unplaced", not placed)


def _open(_graduate: Graduate, post: Post, _standing: Standing, day: date) -> RuleCheck:
    opens_later = day < post.opens_on and post.withdrawn_on is None
    return RuleCheck("open", post.is_open(day), (post.opens_on.isoformat(),) if opens_later else ())


def _places(graduate: Graduate, post: Post, standing: Standing, _day: date) -> RuleCheck:
    has_place = open_places(post, standing, graduate.graduate_id) >= 1
    needs = () if has_place else _until_returned(post, standing, graduate.graduate_id)
    return RuleCheck("places", has_place, needs)


def _level(graduate: Graduate, post: Post, _standing: Standing, _day: date) -> RuleCheck:
    reached = reached_level(graduate, post)
    if post.min_level is None or (reached is not None and reached >= post.min_level):
        return RuleCheck("level", holds=True)
    return RuleCheck("level", holds=False, needs=(post.min_level.name,))


def _licence(graduate: Graduate, post: Post, _standing: Standing, _day: date) -> RuleCheck:
    missing = tuple(name for name in post.required_licence if name not in graduate.licences)
    return RuleCheck("licence", not missing, missing)


def _adult(graduate: Graduate, post: Post, _standing: Standing, day: date) -> RuleCheck:
    holds = not post.adults_only or _is_adult(graduate, day)
    needs = (graduate.adult_on.isoformat(),) if not holds and graduate.adult_on else ()
    return RuleCheck("adult", holds, needs)


def _is_adult(graduate: Graduate, day: date) -> bool:
    return graduate.adult_on is not None and graduate.adult_on <= day


def _again(graduate: Graduate, post: Post, standing: Standing, _day: date) -> RuleCheck:
    shut_out = standing.shut_out.get(graduate.graduate_id, frozenset())
    return RuleCheck("again", post.post_id not in shut_out)


def _paused(_graduate: Graduate, post: Post, standing: Standing, _day: date) -> RuleCheck:
    return RuleCheck("paused", post.credit_code not in standing.paused)


def _vetoed(graduate: Graduate, post: Post, standing: Standing, _day: date) -> RuleCheck:
    vetoed = standing.vetoed.get(graduate.graduate_id, frozenset())
    return RuleCheck("vetoed", post.post_id not in vetoed)


# The rules for one pair, in the order of `RULES`.
CHECKS: Mapping[str, Callable[[Graduate, Post, Standing, date], RuleCheck]] = {
    "consent": _consent,
    "unplaced": _unplaced,
    "open": _open,
    "places": _places,
    "level": _level,
    "licence": _licence,
    "adult": _adult,
    "again": _again,
    "paused": _paused,
    "vetoed": _vetoed,
}


def check_pair(
    graduate: Graduate, post: Post, standing: Standing, day: date
) -> tuple[RuleCheck, ...]:
    """Check every rule for one graduate and one post on a day, in the order of `RULES`."""
    return tuple(check(graduate, post, standing, day) for check in CHECKS.values())


def eligible_pairs(
    graduates: Sequence[Graduate], posts: Sequence[Post], standing: Standing, day: date
) -> NDArray[np.bool_]:
    """Say for all pairs whether every rule holds on a day.

    Parameters
    ----------
    graduates, posts : sequences of length n_graduates and n_posts
        Neither needs an order.
    standing : Standing
        As `standing` worked it out for the same day.
    day : date
        Asia/Shanghai.

    Returns
    -------
    bool array of shape (n_graduates, n_posts)
        True where the graduate may take the post.
    """
    free = np.array(
        [not g.hired_at_enrolment and g.graduate_id not in standing.placed_at for g in graduates],
        dtype=np.bool_,
    )
    eligible = suitable_pairs(graduates, posts, day)
    eligible &= free[:, None] & _has_place(graduates, posts, standing, day)
    column = {post.post_id: index for index, post in enumerate(posts)}
    for row, graduate in enumerate(graduates):
        who = graduate.graduate_id
        for post_id in (*standing.shut_out.get(who, ()), *standing.vetoed.get(who, ())):
            if post_id in column:
                eligible[row, column[post_id]] = False
    return eligible


def _has_place(
    graduates: Sequence[Graduate], posts: Sequence[Post], standing: Standing, day: date
) -> NDArray[np.bool_]:
    """Say where a post is open and has a place, as holders and members of agreements see it."""
    is_open = np.array(
        [post.is_open(day) and post.credit_code not in standing.paused for post in posts],
        dtype=np.bool_,
    )
    for_anybody = np.array([open_places(post, standing) >= 1 for post in posts], dtype=np.bool_)
    takes = np.tile(is_open & for_anybody, (len(graduates), 1))
    row_of = {graduate.graduate_id: row for row, graduate in enumerate(graduates)}
    for column, post in enumerate(posts):
        named = set(standing.held.get(post.post_id, ()))
        named.update(*(each.members for each in standing.reserved.get(post.post_id, ())))
        for graduate_id in named & row_of.keys():
            has_one = open_places(post, standing, graduate_id) >= 1
            takes[row_of[graduate_id], column] = is_open[column] and has_one
    return takes


def suitable_pairs(
    graduates: Sequence[Graduate], posts: Sequence[Post], day: date
) -> NDArray[np.bool_]:
    """Say for all pairs whether the rules about the two themselves hold.

    These are consent, level, licence and adult: what does not change with anybody's steps or
    with the posts' days. The held-out class year is judged by them.

    Returns
    -------
    bool array of shape (n_graduates, n_posts)
    """
    suitable = np.array([g.consent for g in graduates], dtype=np.bool_)[:, None] & np.ones(
        len(posts), dtype=np.bool_
    )
    suitable &= _level_holds(graduates, posts)
    adult = np.array([_is_adult(g, day) for g in graduates], dtype=np.bool_)
    adults_only = np.array([bool(post.adults_only) for post in posts], dtype=np.bool_)
    suitable &= adult[:, None] | ~adults_only[None, :]
    for licence in sorted({name for post in posts for name in post.required_licence}):
        holds = np.array([licence in g.licences for g in graduates], dtype=np.bool_)
        wants = np.array([licence in post.required_licence for post in posts], dtype=np.bool_)
        suitable &= holds[:, None] | ~wants[None, :]
    return suitable


def _level_holds(graduates: Sequence[Graduate], posts: Sequence[Post]) -> NDArray[np.bool_]:
    """Compare levels; the few certificates of enterprises themselves are raised one by one."""
    needed = np.array([post.min_level or 0 for post in posts], dtype=np.int8)
    accepts = np.array([bool(post.accepts_own_certificate) for post in posts], dtype=np.bool_)
    firms = np.array([post.credit_code for post in posts], dtype=object)
    public = np.zeros(len(graduates), dtype=np.int8)
    for row, graduate in enumerate(graduates):
        public[row] = max(
            (c.level for c in graduate.certificates if c.certified_by is None),
            default=0,
        )
        public[row] = max(public[row], graduate.skill_level or 0)
    holds: NDArray[np.bool_] = public[:, None] >= needed[None, :]
    for row, graduate in enumerate(graduates):
        for certificate in graduate.certificates:
            if certificate.certified_by is not None:
                counts = accepts | (firms == certificate.certified_by)
                holds[row] |= counts & (needed <= certificate.level)
    return holds


def excluded_by(
    graduate: Graduate, posts: Sequence[Post], standing: Standing, day: date
) -> tuple[str, ...]:
    """Name the rules that shut a graduate out of every post; empty where a post is left.

    The rules that fail at every post are named; where there is none such, all that fail
    somewhere are, which shut out together. Without any open post it is the rule ``open``.
    """
    everywhere, somewhere = set(RULES), set[str]()
    for post in posts:
        checks = check_pair(graduate, post, standing, day)
        failing = {rule.code for rule in checks if not rule.holds}
        if not failing:
            return ()
        everywhere &= failing
        somewhere |= failing
        # What is left fails at every post, since it does not ask about the post.
        if everywhere and everywhere <= _OF_THE_PERSON:
            break
    if not posts:
        return ("open",)
    named = everywhere or somewhere
    return tuple(code for code in RULES if code in named)
