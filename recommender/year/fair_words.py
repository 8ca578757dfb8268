"""A fair in words: what commands print, as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from recommender import phrases
from recommender.claims import SHANDONG, local
from recommender.domain import InterestSide
from recommender.fairs import DOOR, Booth, CheckIn, Closing, Mark, Slip
from recommender.year.fair import Fair
from recommender.year.fair_board import Board, Visitor
from recommender.year.fair_result import NOT_MUTUAL, FairResult
from recommender.year.fair_timetable import Timetable

_REASONS: Mapping[str, tuple[str, str]] = {
    NOT_MUTUAL: ("没有双方互选", "no mutual marks"),
    "no_place_left": ("名额已满", "no place left"),
    "no_real_chance": ("机会太小", "no real chance"),
    "no_seat": ("展位已满", "no seat left"),
    "hired_at_enrolment": ("招生即招工", "hired at enrolment"),
}


def reason(codes: str, language: str = "zh") -> str:
    """Say why somebody has nothing, from codes with ``;`` between them."""
    said = []
    for code in codes.split(";"):
        words = _REASONS.get(code)
        said.append(
            words[language == "en"]
            if words
            else phrases.rule(code, holds=False, needs=(), language=language)
        )
    return "；".join(said) if language == "zh" else "; ".join(said)


# --- one request ------------------------------------------------------------------------------


def entry_lines(entry: Slip | CheckIn | Mark | Closing, language: str = "zh") -> Iterator[str]:
    """Say what a request left behind."""
    english = language == "en"
    match entry:
        case Slip(graduate_id=None):
            yield f"slip {entry.slip}" if english else f"签条 {entry.slip}"
        case Slip():
            whose = f"{entry.slip} → {entry.graduate_id}"
            yield f"slip {whose}" if english else f"签条 {whose}"
        case CheckIn():
            door = "the door" if english else "入口"
            place = door if entry.place == DOOR else entry.place
            yield (
                f"{entry.slip} came to {place}, {local(entry.at)}"
                if english
                else f"{entry.slip} 已在{place}签到，{local(entry.at)}"
            )
        case Mark():
            pair = (entry.slip, entry.post_id)
            one, other = pair if entry.side is InterestSide.GRADUATE else pair[::-1]
            rank = "" if entry.rank is None else f" #{entry.rank}"
            yield f"{one} wants {other}{rank}" if english else f"意向：{one} → {other}{rank}"
        case Closing():
            at = local(entry.at)
            yield f"closed, {at}" if english else f"已结束，{at}"


def entry_json(entry: Slip | CheckIn | Mark | Closing) -> dict[str, Any]:
    """Give the same for machines; moments as in Shandong."""
    plain = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return {
        name: value.astimezone(SHANDONG).isoformat() if isinstance(value, datetime) else value
        for name, value in plain.items()
    }


# --- the timetable ----------------------------------------------------------------------------


def timetable_lines(made: Timetable, language: str = "zh") -> Iterator[str]:
    """Say how many have how many booths, and who has none."""
    fair, english = made.fair, language == "en"
    n_people = len(made.graduates)
    n_with = n_people - len(made.without)
    sent = Counter(turn.credit_code for turn in made.turns)
    yield (
        f"{fair.fair_id} on {fair.day}: {len(fair.booths)} booths, {fair.n_slots} rounds, "
        f"{n_people} registered"
        if english
        else f"{fair.fair_id}（{fair.day}）：{len(fair.booths)} 个展位，{fair.n_slots} 轮，"
        f"报名 {n_people} 人"
    )
    yield (
        f"{len(made.turns)} turns: {n_with - made.n_short} have {made.k} booths, "
        f"{made.n_short} fewer, {len(made.without)} none"
        if english
        else f"共 {len(made.turns)} 次会面：{n_with - made.n_short} 人有 {made.k} 个展位，"
        f"{made.n_short} 人不足，{len(made.without)} 人没有"
    )
    for codes, n in sorted(Counter(made.without.values()).items()):
        yield f"  {n} {reason(codes, language)}" if english else f"  {n} 人：{reason(codes)}"
    for booth in fair.booths:
        if not sent[booth.credit_code]:
            yield f"  nobody for {booth.sign}" if english else f"  展位 {booth.sign} 无人可派"


def list_lines(listed: Sequence[tuple[Fair, int]], language: str = "zh") -> Iterator[str]:
    """List the fairs."""
    for fair, n_registered in listed:
        n_booths = len(fair.booths)
        told = (
            f"{fair.fair_id} {fair.day}: {n_booths} booths, {fair.n_slots} rounds, "
            f"{n_registered} registered{', closed' if fair.closing else ''}"
            if language == "en"
            else f"{fair.fair_id} {fair.day}：{n_booths} 个展位，{fair.n_slots} 轮，"
            f"报名 {n_registered} 人{'，已结束' if fair.closing else ''}"
        )
        yield told
    if not listed:
        yield "There is no fair yet." if language == "en" else "还没有双选会。"


def list_json(listed: Sequence[tuple[Fair, int]]) -> list[dict[str, Any]]:
    """Give the same for machines."""
    return [
        {
            "fair_id": fair.fair_id,
            "date": fair.day.isoformat(),
            "slots": fair.n_slots,
            "booths": len(fair.booths),
            "registered": n_registered,
            "closed": fair.closing is not None,
        }
        for fair, n_registered in listed
    ]


# --- as it goes -------------------------------------------------------------------------------


def board_lines(shown: Board, language: str = "zh") -> Iterator[str]:
    """Show the board of places."""
    fair, english = shown.fair, language == "en"
    state = ("closed" if fair.closing else "open") if english else "已结束" if fair.closing else ""
    head = f"{fair.fair_id} {fair.day} {state}".rstrip()
    yield (
        f"{head}: {shown.n_registered} registered, {shown.n_came} came, "
        f"{shown.n_unclaimed} slips without a name"
        if english
        else f"{head}：报名 {shown.n_registered}，到场 {shown.n_came}，"
        f"未认领签条 {shown.n_unclaimed}"
    )
    for line in shown.booths:
        yield (
            f"{line.booth.sign} {line.enterprise}: {line.n_sent} sent, {line.n_here} here"
            if english
            else f"{line.booth.sign} {line.enterprise}：安排 {line.n_sent} 人，"
            f"到展位 {line.n_here} 人"
        )
        for post in line.posts:
            told = (post.open_places, post.n_wanting, post.n_wanted, post.n_mutual)
            yield (
                "  {} {}: {} places, {} want it, {} wanted, {} both".format(
                    post.post.post_id, post.occupation, *told
                )
                if english
                else "  {} {}：剩余 {}，毕业生意向 {}，企业意向 {}，互选 {}".format(
                    post.post.post_id, post.occupation, *told
                )
            )


def board_json(shown: Board) -> dict[str, Any]:
    """Give the board for machines."""
    return {
        "fair_id": shown.fair.fair_id,
        "date": shown.fair.day.isoformat(),
        "slots": shown.fair.n_slots,
        "closed": shown.fair.closing is not None,
        "registered": shown.n_registered,
        "came": shown.n_came,
        "unclaimed": shown.n_unclaimed,
        "booths": [
            {
                "credit_code": line.booth.credit_code,
                "booth": line.booth.sign,
                "enterprise": line.enterprise,
                "sent": line.n_sent,
                "here": line.n_here,
                "posts": [
                    {
                        "post_id": post.post.post_id,
                        "occupation": post.occupation,
                        "open_places": post.open_places,
                        "wanting": post.n_wanting,
                        "wanted": post.n_wanted,
                        "mutual": post.n_mutual,
                    }
                    for post in line.posts
                ],
            }
            for line in shown.booths
        ],
    }


def visitor_json(one: Visitor) -> dict[str, Any]:
    """Give somebody whom a booth is to meet, for machines."""
    plain = {field.name: getattr(one, field.name) for field in fields(one)}
    return plain | {"level": one.level.name if one.level else None}


def visitor_lines(booth: Booth, found: Sequence[Visitor], language: str = "zh") -> Iterator[str]:
    """List whom a booth is to meet."""
    english = language == "en"
    yield f"{booth.sign}: {len(found)} people" if english else f"{booth.sign}：{len(found)} 人"
    for one in found:
        who = one.graduate_id or ("a walk-in" if english else "现场人员")
        turn = f"{'round' if english else '第'} {one.slot}{'' if english else ' 轮'}"
        told = (
            turn if one.slot else None,
            who,
            one.name,
            one.slip,
            one.trade,
            one.post_id,
            ("wants " if english else "意向 ") + "、".join(one.marked) if one.marked else None,
            ("wanted for " if english else "企业意向 ") + "、".join(one.wanted)
            if one.wanted
            else None,
        )
        yield "  " + " ".join(each for each in told if each)


# --- the result -------------------------------------------------------------------------------


def result_lines(found: FairResult, language: str = "zh") -> Iterator[str]:
    """Say how many were matched, why the rest were not, and who did not come."""
    english = language == "en"
    n_matched = sum(line.post is not None for line in found.lines)
    yield (
        f"{found.fair.fair_id}: {n_matched} of {len(found.lines)} people with marks are matched"
        if english
        else f"{found.fair.fair_id}：有意向者 {len(found.lines)} 人，互选成功 {n_matched} 人"
    )
    reasons = Counter(line.reason for line in found.lines if line.reason)
    for codes, n in sorted(reasons.items()):
        yield f"  {n} {reason(codes, language)}" if english else f"  {n} 人：{reason(codes)}"
    absent = sum(each.turn is None for each in found.absences)
    missed = len(found.absences) - absent
    if found.n_unclaimed:
        n = found.n_unclaimed
        yield f"{n} slips with marks nobody claimed" if english else f"有意向而未认领的签条 {n} 张"
    yield (
        f"{absent} did not come, {missed} turns were missed"
        if english
        else f"未到场 {absent} 人，错过会面 {missed} 次"
    )


def result_json(found: FairResult) -> dict[str, Any]:
    """Give a result for machines."""
    return {
        "fair_id": found.fair.fair_id,
        "date": found.fair.day.isoformat(),
        "unclaimed": found.n_unclaimed,
        "lines": [
            {
                "graduate_id": line.graduate.graduate_id,
                "post_id": line.post.post_id if line.post else None,
                "reason": line.reason,
            }
            for line in found.lines
        ],
        "no_shows": [
            {
                "graduate_id": each.graduate.graduate_id,
                "credit_code": each.turn.credit_code if each.turn else None,
                "slot": each.turn.slot if each.turn else None,
            }
            for each in found.absences
        ],
    }
