"""Domain objects as database rows, and back.

Enumerations are stored by value and lists as JSON text; what is None stays NULL. Both ways
go by the names of the fields, which the columns share; a test holds them to that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import Enum
from typing import Any

from recommender.domain import (
    Agreement,
    Apprentice,
    Award,
    AwardLevel,
    Channel,
    Graduate,
    Interest,
    InterestSide,
    Member,
    MemberKind,
    Outcome,
    OutcomeStage,
    PersonalDetails,
    Post,
    ShortageLevel,
    SkillCertificate,
    SkillLevel,
    StepReason,
    TrainingMode,
    TrainingResult,
    TrainingTier,
)
from recommender.fairs import Booth, Registration
from recommender.programmes import Programme

Reader = Callable[[Any], object]
RowValues = Mapping[str, Any]

_LEVELS = {level.value: level for level in SkillLevel}
_STAGES = {stage.value: stage for stage in OutcomeStage}
_CHANNELS = {None: None} | {channel.value: channel for channel in Channel}
_REASONS = {None: None} | {reason.value: reason for reason in StepReason}


_NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (
        Post,
        Graduate,
        PersonalDetails,
        Outcome,
        Member,
        Agreement,
        Interest,
        Apprentice,
        Programme,
        Booth,
        Registration,
        SkillCertificate,
        Award,
    )
}


def to_row(
    item: Post
    | Graduate
    | PersonalDetails
    | Outcome
    | Member
    | Agreement
    | Interest
    | Apprentice
    | Programme
    | Booth
    | Registration,
) -> dict[str, Any]:
    """Give the columns of a domain object."""
    return {name: plain(getattr(item, name)) for name in _NAMES[type(item)]}


# Most values, and there are many.
_AS_THEY_ARE = frozenset({type(None), str, int, bool, date})


def plain(value: object) -> object:
    """Give a value as a column holds it."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return _json([_element(element) for element in value]) if value else "[]"
    return value


def _element(value: object) -> object:
    if isinstance(value, SkillCertificate | Award):
        return [getattr(value, name) for name in _NAMES[type(value)]]
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _texts(value: str) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value != "[]" else ()


def _certificates(value: str) -> tuple[SkillCertificate, ...]:
    if value == "[]":
        return ()
    return tuple(
        SkillCertificate(occupation_code=code, level=_LEVELS[level], certified_by=by)
        for code, level, by in json.loads(value)
    )


def _awards(value: str) -> tuple[Award, ...]:
    if value == "[]":
        return ()
    return tuple(
        Award(level=AwardLevel(level), occupation_code=code) for level, code in json.loads(value)
    )


_POST: Mapping[str, Reader] = {
    "min_level": _LEVELS.__getitem__,
    "training_mode": TrainingMode,
    "shortage_level": ShortageLevel,
    "required_licence": _texts,
    "preferred_certificates": _texts,
}
_GRADUATE: Mapping[str, Reader] = {
    "training_tier": TrainingTier,
    "skill_level": _LEVELS.__getitem__,
    "certificates": _certificates,
    "expected_level": _LEVELS.__getitem__,
    "licences": _texts,
    "awards": _awards,
    "wish_regions": _texts,
}
_AGREEMENT: Mapping[str, Reader] = {"mode": TrainingMode, "level_due": _LEVELS.__getitem__}

_APPRENTICE: Mapping[str, Reader] = {
    "target_level": _LEVELS.__getitem__,
    "result": TrainingResult,
}


def _read(row: RowValues, names: Sequence[str], readers: Mapping[str, Reader]) -> dict[str, Any]:
    values = {name: row[name] for name in names}
    for name, reader in readers.items():
        if values[name] is not None:
            values[name] = reader(values[name])
    return values


def to_post(row: RowValues) -> Post:
    """Read a row of `post_versions`."""
    return Post(**_read(row, _NAMES[Post], _POST))


def to_graduate(row: RowValues) -> Graduate:
    """Read a row of `graduates`."""
    return Graduate(**_read(row, _NAMES[Graduate], _GRADUATE))


def to_agreement(row: RowValues) -> Agreement:
    """Read a row of `agreements`."""
    return Agreement(**_read(row, _NAMES[Agreement], _AGREEMENT))


def member_row(member: Member) -> dict[str, Any]:
    """Give the columns of a member; "" where a part of its key is not stated."""
    row = to_row(member)
    return row | {name: row[name] or "" for name in ("credit_code", "industry_chain")}


def member_key(member: Member) -> tuple[str, str, str, str]:
    """Say which member it is: a body may stand on several chains, two may share a name."""
    return (
        member.alliance,
        member.name,
        member.credit_code or "",
        member.industry_chain or "",
    )


def to_member(row: RowValues) -> Member:
    """Read a row of `members`."""
    return Member(
        name=row["name"],
        kind=MemberKind(row["kind"]),
        region=row["region"],
        alliance=row["alliance"],
        credit_code=row["credit_code"] or None,
        industry_chain=row["industry_chain"] or None,
        staff=row["staff"],
    )


def to_apprentice(row: RowValues) -> Apprentice:
    """Read a row of `apprentices`."""
    return Apprentice(**_read(row, _NAMES[Apprentice], _APPRENTICE))


def to_programme(row: RowValues) -> Programme:
    """Read a row of `programmes`."""
    return Programme(**_read(row, _NAMES[Programme], {"training_tier": TrainingTier}))


def to_interest(row: RowValues) -> Interest:
    """Read a row of `interests`."""
    return Interest(**_read(row, _NAMES[Interest], {"side": InterestSide}))


def to_outcome(
    graduate_id: str,
    post_id: str,
    stage: str,
    day: date,
    recorded_on: date,
    channel: str | None,
    shown_rank: int | None,
    reason: str | None,
    interned_until: date | None = None,
    agreed_on: date | None = None,
) -> Outcome:
    """Read a row of `outcomes`, given in the order of its columns: there are many."""
    return Outcome(
        graduate_id=graduate_id,
        post_id=post_id,
        stage=_STAGES[stage],
        date=day,
        recorded_on=recorded_on,
        channel=_CHANNELS[channel],
        shown_rank=shown_rank,
        reason=_REASONS[reason],
        interned_until=interned_until,
        agreed_on=agreed_on,
    )
