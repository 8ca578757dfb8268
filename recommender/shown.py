"""Lists as they were shown, and steps that name one: what the log of lists holds, and no more.

Nothing here says who somebody is: no name, no id, nothing that was entered. A person is a
pseudonym that only the holder of a key can join; see `data/pseudonyms.py`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date

_LIST, _STEP = "list", "step"
_DIGITS = 6  # of a score; more tells nothing and fills a disk


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """One post of a list, with what was known of it then.

    Attributes
    ----------
    open_places
        At least 0.
    score, price
        What ordered the line, and what of it the queue took off.
    """

    post_id: str
    open_places: int
    score: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownList:
    """One list of posts, in the order in which it was shown.

    Attributes
    ----------
    request_id
        The number of the answer, 32 hexadecimal digits.
    day
        The day of the question.
    via
        The role whose token asked, or ``page``.
    person
        Pseudonym of the graduate ranked; None for a profile, of whom nothing is kept.
    model, published, order
        Version, contender, and ``market`` or ``fit``.
    share
        Share of such lists that show a swap, 0 to 1.
    swapped
        Rank of the upper of two neighbours that changed places; None for a list as ranked.
    propensity
        Chance of this order, above 0 to 1.
    places_as_of
        Time of the places, where the database was away.
    arm
        ``with`` or ``without`` of the trial that ran; None outside one.
    """

    request_id: str
    day: date
    via: str
    model: int
    published: str
    order: str
    lines: tuple[ShownLine, ...]
    person: str | None = None
    share: float = 0.0
    swapped: int | None = None
    propensity: float = 1.0
    places_as_of: str | None = None
    arm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedStep:
    """A step that was recorded with the number of the list that it came from.

    Attributes
    ----------
    day
        The day on which it was recorded.
    stage
        The glossary's identifier, e.g. ``interested``.
    """

    request_id: str
    day: date
    post_id: str
    stage: str
    person: str | None = None


Record = ShownList | CitedStep


def to_line(record: Record) -> str:
    """Write a record as one line of JSON, in ASCII; the end of the line is left off."""
    facts = asdict(record) | {"day": record.day.isoformat()}
    if isinstance(record, ShownList):
        facts["lines"] = [
            [each.post_id, each.open_places, round(each.score, _DIGITS), round(each.price, _DIGITS)]
            for each in record.lines
        ]
    kind = _LIST if isinstance(record, ShownList) else _STEP
    return json.dumps({"kind": kind, **facts}, separators=(",", ":"))


def from_line(line: str) -> Record:
    """Read a record back.

    Raises
    ------
    ValueError
        If the line is none, or one that a power cut left half written.
    """
    try:
        facts = json.loads(line)
        kind, day = facts.pop("kind"), date.fromisoformat(facts.pop("day"))
        if kind == _STEP:
            return CitedStep(day=day, **facts)
        lines = tuple(
            ShownLine(post_id=post_id, open_places=places, score=score, price=price)
            for post_id, places, score, price in facts.pop("lines")
        )
        return ShownList(day=day, lines=lines, **facts)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a record of the log of lists: {error}") from error


def of_person(record: Record, person: str | None) -> Record:
    """Give the same record about a person, by pseudonym."""
    return replace(record, person=person)
