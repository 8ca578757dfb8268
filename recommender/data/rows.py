"""Domain objects as database rows, and back.

Enumerations are stored by value and lists as JSON text; what is None stays NULL. Both ways
go by the names of the fields, which the columns share; a test holds them to that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from recommender.domain import (
    Agreement,
    Award,
    AwardLevel,
    Channel,
    Graduate,
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
    TrainingTier,
)

Reader = Callable[[Any], object]
RowValues = Mapping[str, Any]

_STAGES = {stage.value: stage for stage in OutcomeStage}
_CHANNELS = {None: None} | {channel.value: channel for channel in Channel}
_REASONS = {None: None} | {reason.value: reason for reason in StepReason}


def to_row(
    item: Post | Graduate | PersonalDetails | Outcome | Member | Agreement,
) -> dict[str, Any]:
    """Give the columns of a domain object."""
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return _json([_element(element) for element in value])
    return value


def _element(value: object) -> object:
    return list(astuple(value)) if is_dataclass(value) and not isinstance(value, type) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _texts(value: str) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value != "[]" else ()


def _certificates(value: str) -> tuple[SkillCertificate, ...]:
    return tuple(
        SkillCertificate(occupation_code=code, level=SkillLevel(level), certified_by=by)
        for code, level, by in json.loads(value)
    )


def _awards(value: str) -> tuple[Award, ...]:
    return tuple(
        Award(level=AwardLevel(level), occupation_code=code) for level, code in json.loads(value)
    )


_POST: Mapping[str, Reader] = {
    "min_level": SkillLevel,
    "training_mode": TrainingMode,
    "shortage_level": ShortageLevel,
    "required_licence": _texts,
    "preferred_certificates": _texts,
}
_GRADUATE: Mapping[str, Reader] = {
    "training_tier": TrainingTier,
    "skill_level": SkillLevel,
    "certificates": _certificates,
    "expected_level": SkillLevel,
    "licences": _texts,
    "awards": _awards,
    "wish_regions": _texts,
}
_AGREEMENT: Mapping[str, Reader] = {"mode": TrainingMode, "level_due": SkillLevel}


def _read(row: RowValues, names: Sequence[str], readers: Mapping[str, Reader]) -> dict[str, Any]:
    values = {name: row[name] for name in names}
    for name, reader in readers.items():
        if values[name] is not None:
            values[name] = reader(values[name])
    return values


_POST_NAMES = tuple(field.name for field in fields(Post))
_GRADUATE_NAMES = tuple(field.name for field in fields(Graduate))
_AGREEMENT_NAMES = tuple(field.name for field in fields(Agreement))


def to_post(row: RowValues) -> Post:
    """Read a row of `post_versions`."""
    return Post(**_read(row, _POST_NAMES, _POST))


def to_graduate(row: RowValues) -> Graduate:
    """Read a row of `graduates`."""
    return Graduate(**_read(row, _GRADUATE_NAMES, _GRADUATE))


def to_agreement(row: RowValues) -> Agreement:
    """Read a row of `agreements`."""
    return Agreement(**_read(row, _AGREEMENT_NAMES, _AGREEMENT))


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
    )


def to_outcome(
    graduate_id: str,
    post_id: str,
    stage: str,
    day: date,
    recorded_on: date,
    channel: str | None,
    shown_rank: int | None,
    reason: str | None,
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
    )
