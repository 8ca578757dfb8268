"""What may be published of counts of people: nothing of 1 to 9, and nothing that gives one away.

A count of 1 to 9 is hidden, any other is rounded to tens. So two editions differ by 0 or by 10
and more, never by a few people. Counts that add up to a published total have one more of them
hidden, chosen by its place and never by its size, so that the choice says nothing. A count of
nobody is said, unless its total is small. `docs/decisions/0023-small-counts.md` has the proof.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

SMALL = 10  # counts above 0 and below this are hidden
BASE = 10

Shown = int | None  # what is published of a count: a multiple of ten, or None where it is hidden


def show(count: float) -> Shown:
    """Publish one count that adds up to nothing published.

    Parameters
    ----------
    count
        At least 0; a whole number, or shares of people added up.
    """
    if 0 < count < SMALL:
        return None
    return BASE * math.floor(count / BASE + 0.5)


def protect(parts: Sequence[float]) -> tuple[Shown, tuple[Shown, ...]]:
    """Publish the total of counts, and the counts.

    Of a small total every count is hidden. Beside a small count the first of those that are
    not small is hidden too, so the one that readers miss least should stand first.
    """
    total = show(sum(parts))
    if total is None:
        return None, (None,) * len(parts)
    shown = [show(part) for part in parts]
    if None in shown:
        other = next((place for place, value in enumerate(shown) if value), None)
        if other is not None:
            shown[other] = None
    return total, tuple(shown)
