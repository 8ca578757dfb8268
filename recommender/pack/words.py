"""Packs in words: what commands print, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recommender import pack_problems
from recommender.claims import local
from recommender.pack.hand_in import HandedIn
from recommender.pack.make import Made
from recommender.pack.opened import Pack


def made_lines(made: Made, language: str = "zh") -> Iterator[str]:
    """Say what a pack holds, and with which key it opens."""
    times = local(made.valid_from), local(made.expires_at)
    if language == "en":
        yield (
            f"Pack {made.pack_id} of the fair {made.fair_id}: {made.n_posts} posts, "
            f"{made.n_booths} booths, model v{made.model}"
        )
        yield f"Places as of {local(made.as_of)}; holds from {times[0]} to {times[1]}"
        yield f"Open it with the key {made.key}"
    else:
        yield (
            f"离线包 {made.pack_id}（双选会 {made.fair_id}）：{made.n_posts} 个岗位，"
            f"{made.n_booths} 个展位，模型第 {made.model} 版"
        )
        yield f"剩余名额截至 {local(made.as_of)}；{times[0]} 至 {times[1]} 有效"
        yield f"打开时用公钥 {made.key}"


def made_json(made: Made) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "pack": made.pack_id,
        "fair_id": made.fair_id,
        "as_of": made.as_of.isoformat(),
        "valid_from": made.valid_from.isoformat(),
        "expires_at": made.expires_at.isoformat(),
        "model": made.model,
        "posts": made.n_posts,
        "booths": made.n_booths,
        "bytes": len(made.content),
        "key": made.key,
    }


def opened_lines(pack: Pack, language: str = "zh") -> Iterator[str]:
    """Say what is being served."""
    held = pack.contents
    as_of, until = local(held.as_of), local(pack.expires_at)
    yield (
        f"Pack {pack.pack_id} of the fair {held.fair_id}: {len(held.market.posts)} posts, places "
        f"as of {as_of}, holds until {until}"
        if language == "en"
        else f"离线包 {pack.pack_id}（双选会 {held.fair_id}）：{len(held.market.posts)} 个岗位，"
        f"剩余名额截至 {as_of}，{until} 前有效"
    )


def handed_lines(done: HandedIn, language: str = "zh") -> Iterator[str]:
    """Say what was taken in, then each line that was not."""
    english = language == "en"
    yield (
        f"Fair {done.fair_id}: took in {done.n_slips} slips and {done.n_marks} marks; "
        f"{done.n_known} were here already"
        if english
        else f"双选会 {done.fair_id}：新收签条 {done.n_slips} 张、意向 {done.n_marks} 条；"
        f"已有 {done.n_known} 条"
    )
    for each in done.left:
        why = pack_problems.row(each.code)[english]
        what = each.slip + (f" → {each.post_id}" if each.post_id else "")
        yield (
            f"  line {each.line}, {what}: {why}; left out"
            if english
            else f"  第 {each.line} 行 {what}：{why}，未收"
        )


def handed_json(done: HandedIn) -> dict[str, Any]:
    """Give the same for machines."""
    return {
        "fair_id": done.fair_id,
        "pack": done.pack_id,
        "slips": done.n_slips,
        "marks": done.n_marks,
        "known": done.n_known,
        "left": [
            {"line": each.line, "code": each.code, "slip": each.slip, "post_id": each.post_id}
            for each in done.left
        ],
    }
