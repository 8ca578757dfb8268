"""What commands print of agreements: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from recommender import wording

if TYPE_CHECKING:
    from recommender.agreements import AgreementLine, AgreementReview
    from recommender.matching.conflicts import Conflict
    from recommender.matching.shortfall import Shortfall

# Kind of conflict → what is said of it.
_CONFLICTS = {
    "places": (
        "{ids} 不能同时履行：至少需 {needed} 个名额，只有 {there} 个",
        "{ids} cannot all be kept: at least {needed} places are needed, {there} are there",
    ),
    "members": (
        "{ids} 不能同时履行：至少需 {needed} 名学员，只有 {there} 名",
        "{ids} cannot all be kept: at least {needed} members are needed, {there} are there",
    ),
    "ceilings": (
        "{ids} 不能足额预留：共约定 {needed} 个名额，只有 {there} 个",
        "{ids} cannot be reserved in full: {needed} places are promised, {there} are there",
    ),
}


def review_lines(found: AgreementReview, language: str = "zh") -> Iterator[str]:
    """Say how each agreement stands, and what conflicts."""
    english = language == "en"
    for line in found.lines:
        yield _head(line, language)
        for post_id, n in line.reserved.items():
            yield f"  {post_id}: {n} reserved" if english else f"  {post_id}：预留 {n}"
        yield from _hired(line, english=english)
        if line.shortfall is not None:
            yield "  " + _shortfall(line.shortfall, english=english)
    n, rest = len(found.lines), found.n_others
    yield (
        f"{n} agreements reserve places on {found.day}, {rest} others do not"
        if english
        else f"{found.day} 有 {n} 份协议预留名额，另有 {rest} 份不预留"
    )
    for conflict in found.conflicts:
        yield _conflict(conflict, english=english)


def _head(line: AgreementLine, language: str) -> str:
    terms = line.agreement
    mode = wording.label(terms.mode, language)
    with_whom = f"{terms.college} – {line.enterprise or terms.credit_code}"
    if language == "en":
        return (
            f"{terms.agreement_id} {with_whom} ({mode}): {line.promised} promised, "
            f"{line.n_members} members, {line.n_there} there, places return on {line.returns_on}"
        )
    return (
        f"{terms.agreement_id} {with_whom}（{mode}）：约定 {line.promised} 人，学员 "
        f"{line.n_members} 人，已落实 {line.n_there} 人，{line.returns_on} 起释放"
    )


def _hired(line: AgreementLine, *, english: bool) -> Iterator[str]:
    """Say who was hired before, or enrolled after: two facts about other people."""
    if line.n_hired_at_enrolment:
        n = line.n_hired_at_enrolment
        yield f"  {n} members hired at enrolment" if english else f"  招生即招工 {n} 人"
    if sum(line.apprentices.values()):
        now, passed = line.apprentices["in_training"], line.apprentices["passed"]
        total = sum(line.apprentices.values())
        yield (
            f"  {total} employees enrolled as apprentices: {now} in training, {passed} passed"
            if english
            else f"  招工即招生（学徒）{total} 人：在培 {now}，评价合格 {passed}"
        )


def _shortfall(lack: Shortfall, *, english: bool) -> str:
    if english:
        return (
            f"short of the level due: {lack.expected:.1f} (90 %: {lack.low} to {lack.high}); "
            f"{lack.n_ready} of {lack.n_members} have it, from {lack.n_earlier} people of "
            "earlier years"
        )
    return (
        f"达级缺口 {lack.expected:.1f} 人（90%：{lack.low} 至 {lack.high}）；"
        f"{lack.n_members} 人中 {lack.n_ready} 人已达级，依据往届 {lack.n_earlier} 人"
    )


def conflict_lines(found: AgreementReview, language: str = "zh") -> Iterator[str]:
    """Name what cannot be kept, or say that everything can."""
    english = language == "en"
    for conflict in found.conflicts:
        yield _conflict(conflict, english=english)
    if not found.conflicts:
        n = len(found.lines)
        yield f"All {n} agreements can be kept." if english else f"{n} 份协议均可履行。"


def _conflict(conflict: Conflict, *, english: bool) -> str:
    ids = (", " if english else "、").join(conflict.agreement_ids)
    said = _CONFLICTS[conflict.kind.value][english]
    return said.format(ids=ids, needed=conflict.needed, there=conflict.there)


def review_json(found: AgreementReview) -> dict[str, Any]:
    """Give the same for machines."""
    return conflicts_json(found) | {
        "agreements": [
            {
                "agreement_id": line.agreement.agreement_id,
                "college": line.agreement.college,
                "credit_code": line.agreement.credit_code,
                "mode": line.agreement.mode.value,
                "promised": line.promised,
                "members": line.n_members,
                "placed": line.n_there,
                "reserved": dict(line.reserved),
                "returns_on": line.returns_on.isoformat(),
                "hired_at_enrolment": line.n_hired_at_enrolment,
                "apprentices": dict(line.apprentices),
                "shortfall": asdict(line.shortfall) if line.shortfall else None,
            }
            for line in found.lines
        ]
    }


def conflicts_json(found: AgreementReview) -> dict[str, Any]:
    """Give what conflicts for machines."""
    return {
        "as_of": found.day.isoformat(),
        "can_be_kept": found.can_be_kept,
        "conflicts": [
            {
                "kind": each.kind.value,
                "agreements": list(each.agreement_ids),
                "needed": each.needed,
                "there": each.there,
            }
            for each in found.conflicts
        ],
    }
