"""Requests to the ledger of places, from what somebody wrote: one, or a sheet of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from recommender.claims import LedgerAction
from recommender.data import cells
from recommender.data.batches import read_batch
from recommender.domain import Channel, StepReason
from recommender.errors import Malformed, Unreadable
from recommender.ledger_answers import Request


def request(
    action: LedgerAction,
    graduate_id: str,
    post_id: str,
    *,
    channel: str | None = None,
    reason: str | None = None,
    hours: float | None = None,
    wait: bool = False,
    note: str | None = None,
) -> Request:
    """Make a request of what somebody wrote.

    Raises
    ------
    Unreadable
        If the channel or the reason is none of the outcomes sheet's.
    """
    return Request(
        action=action,
        graduate_id=graduate_id,
        post_id=post_id,
        hours=hours,
        wait=wait,
        reason=_word(StepReason, "reason", reason) if reason is not None else None,
        channel=_word(Channel, "channel", channel) if channel is not None else None,
        note=note,
    )


def _word(enum: type[Any], field: str, written: str) -> Any:
    try:
        return cells.words(enum)(written, [])
    except Malformed as wrong:
        raise Unreadable(field, written, wrong.code, wrong.facts) from wrong


def requests_of(sheet: Path, common: Request) -> list[tuple[int, Request]]:
    """Make a request of each row of a sheet, with its number; `common` fills what a row lacks.

    Raises
    ------
    NotFound, ImportRefused
        If there is no such file, or it or rows of it cannot be read.
    """
    is_release = common.action is LedgerAction.RELEASE
    rows = read_batch(sheet, reasons=is_release, needed=is_release and common.reason is None)
    return [
        (
            row.number,
            replace(
                common,
                graduate_id=row.graduate_id,
                post_id=row.post_id,
                channel=row.channel or common.channel,
                reason=row.reason or common.reason,
                note=row.note or common.note,
            ),
        )
        for row in rows
    ]
