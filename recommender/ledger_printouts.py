"""What commands print of the ledger of places: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from recommender import phrases, wording
from recommender.claims import LedgerAction, LedgerEvent, local
from recommender.domain import Channel, StepReason
from recommender.places import LEDGER

if TYPE_CHECKING:
    from recommender.ledger import Pending, PostPlaces
    from recommender.ledger_answers import Entry


def entry_lines(entry: Entry, language: str = "zh") -> Iterator[str]:
    """Say what a request wrote into the ledger of places."""
    event, english = entry.event, language == "en"
    pair = f"{event.graduate_id} → {event.post_id}"
    yield f"{wording.label(event.action, language)} {pair} (#{event.event_id})"
    if event.expires_at is not None:
        until = local(event.expires_at)
        yield f"until {until}" if english else f"保留至 {until}"
    if entry.position is not None:
        turn = entry.position
        yield f"number {turn} in the line" if english else f"排在第 {turn} 位"
    if entry.replayed:
        yield "answered before; nothing changed" if english else "此前已答复，没有变化"


def entries_lines(entries: Sequence[Entry], language: str = "zh") -> Iterator[str]:
    """Say what several requests wrote, and how many."""
    for entry in entries:
        yield from entry_lines(entry, language)
    n = len(entries)
    yield f"{n} kept together" if language == "en" else f"共 {n} 项，一并办理"


def entry_json(entry: Entry) -> dict[str, Any]:
    """Give the same for machines."""
    return _event_json(entry.event) | {"position": entry.position, "replayed": entry.replayed}


def places_lines(shown: PostPlaces, language: str = "zh") -> Iterator[str]:
    """Show the places of a post, its line and its history."""
    english = language == "en"
    post = shown.post
    yield (
        f"{post.post_id} {post.enterprise}: {shown.open_places} of {post.headcount} places open"
        if english
        else f"{post.post_id} {post.enterprise}：{post.headcount} 个名额，剩余 {shown.open_places}"
    )
    for each in shown.kept:
        n, back = each.places, each.returns_on
        yield (
            f"  {n} more reserved by agreement {each.agreement_id} until {back}"
            if english
            else f"  另有订单班预留 {n}（协议 {each.agreement_id}，{back} 起释放）"
        )
    for graduate_id in shown.confirmed:
        yield f"  {'confirmed' if english else '已签约'}  {graduate_id}"
    for step in shown.interns:
        last = step.interned_until
        yield f"  {'intern' if english else '实习'}  {step.graduate_id}  " + (
            f"through {last}" if english else f"至 {last}（含当日）"
        )
    for claim in shown.held:
        state = wording.label(LedgerAction.OFFER if claim.offered else LedgerAction.HOLD, language)
        until = local(claim.expires_at) if claim.expires_at else ""
        yield f"  {state}  {claim.graduate_id}  {'until' if english else '至'} {until}"
    for turn, claim in enumerate(shown.line, start=1):
        since = local(claim.since)
        yield f"  {'line' if english else '排队'} {turn}  {claim.graduate_id}  {since}"
    for event in shown.history:
        yield _event_line(event, language)


def _event_line(event: LedgerEvent, language: str) -> str:
    who = ("ledger" if language == "en" else "台账") if event.who == LEDGER else event.who
    why = event.reason
    if event.action is LedgerAction.RELEASE and why is not None:
        why = wording.label(StepReason(why), language)
    elif why is not None:
        why = phrases.rule(why, holds=False, needs=(), language=language)
    done = wording.label(event.action, language)
    via = wording.label(Channel(event.channel), language) if event.channel else None
    told = (f"#{event.event_id}", local(event.at), done, event.graduate_id, who, via, why)
    return " ".join(each for each in (*told, event.note) if each)


def places_json(shown: PostPlaces) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "post_id": shown.post.post_id,
        "headcount": shown.post.headcount,
        "open_places": shown.open_places,
        "reserved": shown.reserved,
        "reserved_by": [
            {
                "agreement_id": each.agreement_id,
                "places": each.places,
                "returns_on": each.returns_on.isoformat(),
            }
            for each in shown.kept
        ],
        "confirmed": list(shown.confirmed),
        "interns": [
            {
                "graduate_id": step.graduate_id,
                "since": step.date.isoformat(),
                "until": step.interned_until.isoformat() if step.interned_until else None,
            }
            for step in shown.interns
        ],
        "held": [
            {
                "graduate_id": claim.graduate_id,
                "since": claim.since.isoformat(),
                "expires_at": claim.expires_at.isoformat() if claim.expires_at else None,
                "offered": claim.offered,
            }
            for claim in shown.held
        ],
        "line": [
            {"position": turn, "graduate_id": claim.graduate_id, "since": claim.since.isoformat()}
            for turn, claim in enumerate(shown.line, start=1)
        ],
        "history": [_event_json(event) for event in shown.history],
    }


def pending_lines(waiting: Pending, language: str = "zh") -> Iterator[str]:
    """Show every hold by its deadline, then every line, and count both."""
    english = language == "en"
    for claim in waiting.held:
        state = wording.label(LedgerAction.OFFER if claim.offered else LedgerAction.HOLD, language)
        until = local(claim.expires_at) if claim.expires_at else ""
        pair = f"{claim.graduate_id} → {claim.post_id}"
        yield f"{state} {pair} {'until' if english else '至'} {until}"
    for post_id, line in waiting.lines.items():
        for turn, claim in enumerate(line, start=1):
            pair, since = f"{claim.graduate_id} → {post_id}", local(claim.since)
            yield f"{'line' if english else '排队'} {turn} {pair} {since}"
    n_held, n_waiting = len(waiting.held), sum(map(len, waiting.lines.values()))
    yield (
        f"{n_held} held, {n_waiting} wait at {len(waiting.lines)} posts"
        if english
        else f"预留 {n_held}，{len(waiting.lines)} 个岗位排队 {n_waiting} 人"
    )


def pending_json(waiting: Pending) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "held": [
            {
                "post_id": claim.post_id,
                "graduate_id": claim.graduate_id,
                "since": claim.since.isoformat(),
                "expires_at": claim.expires_at.isoformat() if claim.expires_at else None,
                "offered": claim.offered,
            }
            for claim in waiting.held
        ],
        "line": [
            {
                "post_id": post_id,
                "position": turn,
                "graduate_id": claim.graduate_id,
                "since": claim.since.isoformat(),
            }
            for post_id, line in waiting.lines.items()
            for turn, claim in enumerate(line, start=1)
        ],
    }


def _event_json(event: LedgerEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "at": event.at.isoformat(),
        "action": event.action.value,
        "post_id": event.post_id,
        "graduate_id": event.graduate_id,
        "who": event.who,
        "expires_at": event.expires_at.isoformat() if event.expires_at else None,
        "reason": event.reason,
        "note": event.note,
        "channel": event.channel,
    }
