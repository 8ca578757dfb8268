"""Posts that nobody has touched for long: asked about, then kept or retired, with a history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from recommender.collection import PostAction, PostEvent, PostVerdict
from recommender.data import collected, post_answers, store
from recommender.domain import Post
from recommender.errors import NotFound, Unreadable

# Days after which an unanswered question about a post retires it.
GRACE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Untouched:
    """A post that is still open, and that nobody has changed or confirmed for long.

    Attributes
    ----------
    touched_on
        Day of its last version or confirmation.
    asked_on
        Day since which it has been asked about; None while nobody has been asked.
    """

    post: Post
    touched_on: date
    asked_on: date | None


def untouched(engine: Engine, *, day: date, days: int) -> list[Untouched]:
    """List the open posts that were last changed or confirmed so many days ago or more."""
    with store.reading(engine) as conn:
        return _untouched(conn, day, days)


def _untouched(conn: Connection, day: date, days: int) -> list[Untouched]:
    posts = store.load_posts(conn, day=day, open_only=True)
    ids = {post.post_id for post in posts}
    touched = collected.changed_on(conn, ids, day)
    asked: dict[str, date] = {}
    for event in collected.load_events(conn, ids):
        if event.day <= day and event.action is PostAction.ASKED:
            asked[event.post_id] = event.day
        elif event.day <= day and event.action is PostAction.KEPT:
            touched[event.post_id] = max(event.day, touched.get(event.post_id, event.day))
    found = [
        Untouched(post=post, touched_on=touched[post.post_id], asked_on=asked.get(post.post_id))
        for post in posts
        if touched.get(post.post_id, day) + timedelta(days=days) <= day
    ]
    # A question before the last confirmation has been answered.
    return [
        each if each.asked_on and each.asked_on >= each.touched_on else replace(each, asked_on=None)
        for each in found
    ]


def ask(engine: Engine, *, day: date, days: int, author: str) -> list[Untouched]:
    """Ask about every post untouched for so many days that nobody asked about yet; list all."""
    with store.writing(engine) as conn:
        found = _untouched(conn, day, days)
        new = [each.post.post_id for each in found if each.asked_on is None]
        collected.append_events(conn, [_event(one, PostAction.ASKED, author, day) for one in new])
        return [each if each.asked_on else replace(each, asked_on=day) for each in found]


def keep(engine: Engine, post_ids: Iterable[str], *, author: str, day: date) -> None:
    """Note that posts are still wanted as they are.

    Raises
    ------
    NotFound
        If one of them is not stored; nothing is noted then.
    """
    ids = list(dict.fromkeys(post_ids))
    with store.writing(engine) as conn:
        _known(conn, ids, day)
        collected.append_events(conn, [_event(one, PostAction.KEPT, author, day) for one in ids])


def retire(
    engine: Engine, post_ids: Iterable[str], *, reason: str, author: str, day: date
) -> list[Post]:
    """Take posts back from a day on, with a reason; those that are back already are left alone.

    Raises
    ------
    Unreadable
        If no reason is given.
    NotFound
        If one of them is not stored; nothing is taken back then.
    """
    if not reason.strip():
        raise Unreadable("reason", reason, "missing")
    ids = list(dict.fromkeys(post_ids))
    with store.writing(engine) as conn:
        return _retire(conn, _known(conn, ids, day), reason, author, day)


def take_answers(engine: Engine, path: Path, *, author: str, day: date) -> tuple[int, int]:
    """Take a sheet of `ask` back in: keep or retire each post that has an answer.

    Gives how many were kept and retired.

    Raises
    ------
    NotFound
        If there is no such file, or a post is not stored.
    ImportRefused
        If the sheet cannot be read; nothing is written then.
    """
    answers = post_answers.read(path)
    with store.writing(engine) as conn:
        _known(conn, [each.post_id for each in answers], day)
        kept = [each.post_id for each in answers if each.verdict is PostVerdict.KEEP]
        collected.append_events(conn, [_event(one, PostAction.KEPT, author, day) for one in kept])
        n_retired = 0
        for each in answers:
            if each.verdict is PostVerdict.RETIRE:
                posts = _known(conn, [each.post_id], day)
                n_retired += len(_retire(conn, posts, each.reason or "", author, day))
    return len(kept), n_retired


def retire_unanswered(
    engine: Engine, *, day: date, days: int, grace: int, reason: str, author: str
) -> list[Post]:
    """Take back the posts asked about so many days ago or more that nobody has answered for."""
    with store.writing(engine) as conn:
        due = [
            each.post
            for each in _untouched(conn, day, days)
            if each.asked_on and each.asked_on + timedelta(days=grace) <= day
        ]
        return _retire(conn, due, reason, author, day)


def _retire(
    conn: Connection, posts: Sequence[Post], reason: str, author: str, day: date
) -> list[Post]:
    taken = [replace(post, withdrawn_on=day) for post in posts if post.withdrawn_on is None]
    store.save_posts(conn, taken, day=day)
    events = [_event(post.post_id, PostAction.RETIRED, author, day, reason) for post in taken]
    collected.append_events(conn, events)
    return taken


def _known(conn: Connection, post_ids: Sequence[str], day: date) -> list[Post]:
    posts = store.load_posts(conn, day=day, post_ids=set(post_ids))
    unknown = set(post_ids) - {post.post_id for post in posts}
    if unknown:
        raise NotFound("post", min(unknown))
    return posts


def _event(
    post_id: str, action: PostAction, author: str, day: date, reason: str | None = None
) -> PostEvent:
    return PostEvent(post_id=post_id, day=day, action=action, author=author, reason=reason)


def history(engine: Engine, post_id: str) -> list[dict[str, Any]]:
    """Tell everything that happened to a post by day: what each version changed, and events.

    Raises
    ------
    NotFound
        If it is not stored.
    """
    with store.reading(engine) as conn:
        versions = collected.load_versions(conn, post_id)
        events = collected.load_events(conn, [post_id])
    if not versions:
        raise NotFound("post", post_id)
    lines: list[dict[str, Any]] = []
    before: Post | None = None
    for day, post in versions:
        lines.append({"day": day, "action": "version", "changed": _changed(before, post)})
        before = post
    lines += [
        {"day": each.day, "action": each.action.value, "author": each.author, "reason": each.reason}
        for each in events
    ]
    return sorted(lines, key=lambda line: line["day"])


def _changed(before: Post | None, now: Post) -> list[str]:
    """Name the columns that a version changed; none for the first."""
    if before is None:
        return []
    names = Post.__dataclass_fields__
    return [name for name in names if getattr(before, name) != getattr(now, name)]
