"""Replies to a collection round laid over the catalog: field by field, and what contradicts.

Three states of a post are compared, as in any merge of three: as the template showed it, as it is
stored now, and as the reply has it. A field that the reply left as it was keeps what is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from recommender.collection import STORED, Reply
from recommender.domain import Post

# Neither is a column of a reply.
_NOT_COMPARED = frozenset({"post_id", "withdrawn_on"})
FIELDS = tuple(each.name for each in fields(Post) if each.name not in _NOT_COMPARED)


class Kind(StrEnum):
    """What a difference is; the first two have to be decided."""

    FILES = "files"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    CLOSED = "closed"


DECIDED_FIRST = frozenset({Kind.FILES, Kind.MOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one post that a reply would change, or that replies contradict each other on.

    Attributes
    ----------
    kind
        FILES: two files differ. MOVED: reply and catalog both changed it since the round was
        opened. CHANGED: only the reply did. NEW, CLOSED: the whole post, `field` is "".
    stored
        What the catalog holds; None where it holds nothing.
    replies
        File → what it holds.
    chosen
        What an officer chose: a file, or STORED; None where nobody has.
    """

    post_id: str
    enterprise: str
    kind: Kind
    field: str = ""
    stored: object = None
    replies: Mapping[str, object]
    chosen: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose before the round can be approved."""
        return self.kind in DECIDED_FIRST and self.chosen is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What issuing the round would change.

    Attributes
    ----------
    posts
        Those that are new or change, as they will be.
    closing
        Posts that their enterprise's reply no longer has, as they are now.
    confirmed
        Ids of posts that a reply has and leaves as they are.
    """

    posts: tuple[Post, ...]
    closing: tuple[Post, ...]
    confirmed: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def undecided(self) -> tuple[str, ...]:
        """Posts about which somebody has to choose."""
        return tuple(dict.fromkeys(each.post_id for each in self.differences if each.is_open))


def merge(
    base: Mapping[str, Post],
    stored: Mapping[str, Post],
    replies: Sequence[Reply],
    choices: Mapping[str, str],
    *,
    day: date,
) -> Merged:
    """Lay all replies over the catalog.

    Parameters
    ----------
    base
        Posts as the templates showed them, by id.
    stored
        Posts as they are on the day, by id.
    choices
        Post → file that counts, or STORED.
    """
    of_post: dict[str, dict[str, Post]] = defaultdict(dict)
    for reply in sorted(replies, key=lambda each: each.filename):
        for post in reply.posts:
            of_post[post.post_id][reply.filename] = post
    posts: list[Post] = []
    confirmed: list[str] = []
    differences: list[Difference] = []
    for post_id in sorted(of_post):
        found, told = _merged(
            base.get(post_id), stored.get(post_id), of_post[post_id], choices.get(post_id)
        )
        differences += told
        if found is not None and found == stored.get(post_id):
            confirmed.append(post_id)
        elif found is not None:
            posts.append(found)
    closing = _closing(base, stored, replies, of_post, day)
    differences += [
        Difference(post_id=each.post_id, enterprise=each.enterprise, kind=Kind.CLOSED, replies={})
        for each in closing
    ]
    return Merged(
        posts=tuple(posts),
        closing=tuple(closing),
        confirmed=tuple(confirmed),
        differences=tuple(differences),
    )


def _merged(
    base: Post | None, stored: Post | None, versions: Mapping[str, Post], choice: str | None
) -> tuple[Post | None, list[Difference]]:
    """Give a post as it will be, None for one that stays out, and every field that differs."""
    told = _differences(base, stored, versions, choice)
    if choice == STORED:
        return stored, told
    reply = versions.get(choice or "") or next(iter(versions.values()))
    if stored is None or base is None:
        return reply, told
    kept = {
        name: getattr(stored, name)
        for name in FIELDS
        if getattr(reply, name) == getattr(base, name)
    }
    return replace(reply, **kept), told


def _differences(
    base: Post | None, stored: Post | None, versions: Mapping[str, Post], choice: str | None
) -> list[Difference]:
    first = next(iter(versions.values()))
    about = Difference(
        post_id=first.post_id,
        enterprise=first.enterprise,
        kind=Kind.NEW,
        replies=dict.fromkeys(versions, True),
        chosen=choice,
    )
    found = []
    for name in FIELDS:
        values = {filename: getattr(post, name) for filename, post in versions.items()}
        now = getattr(stored, name) if stored else None
        if len({repr(value) for value in values.values()}) > 1:
            kind = Kind.FILES
        elif stored is None or _is_untouched(base, name, values) or now in values.values():
            continue
        else:
            has_moved = base is not None and now != getattr(base, name)
            kind = Kind.MOVED if has_moved else Kind.CHANGED
        found.append(replace(about, kind=kind, field=name, stored=now, replies=values))
    return [*found, about] if stored is None else found


def _is_untouched(base: Post | None, name: str, values: Mapping[str, object]) -> bool:
    return base is not None and all(each == getattr(base, name) for each in values.values())


def _closing(
    base: Mapping[str, Post],
    stored: Mapping[str, Post],
    replies: Iterable[Reply],
    named: Mapping[str, object],
    day: date,
) -> list[Post]:
    """Find the posts of the template that an enterprise's replies no longer have."""
    replied = {reply.credit_code for reply in replies}
    return [
        stored[post_id]
        for post_id in sorted(base)
        if post_id in stored
        and post_id not in named
        and base[post_id].credit_code in replied
        and stored[post_id].withdrawn_on is None
        and stored[post_id].closes_on >= day
    ]
