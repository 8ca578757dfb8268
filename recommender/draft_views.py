"""What a page shows of a draft: its head, some of its people, and what was done last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from recommender.domain import Graduate, PersonalDetails, Post
from recommender.draft_markets import Laid
from recommender.drafting import Decided, DraftEntry, KeptDraft
from recommender.finding import Page
from recommender.matching.candidates import UNPLACED
from recommender.matching.draft import Breach, Draft
from recommender.matching.hand_certificate import reasons_without
from recommender.matching.reasons import occupation_name, region_name

N_ROWS = 50
N_TOLD = 12
# What a page can be narrowed to.
SHOWN = ("placed", "unplaced", "broken", "by_hand", "confirmed")
_OF_POST = frozenset({"overfilled", "reserved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A post with the names of what it is about."""

    post: Post
    occupation: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One graduate of a draft.

    Attributes
    ----------
    state
        ``assigned``, ``moved``, ``pinned``, ``confirmed`` or ``unplaced``.
    value
        Of the pair: a chance, or a percentile where a baseline is published.
    left
        Places of the post that are left.
    reason
        Why somebody has no post, as codes.
    broken
        What the draft breaks about them.
    vetoed
        Posts that are vetoed for them in this draft.
    """

    graduate: Graduate
    name: str
    state: str
    named: Named | None
    value: float | None
    left: int | None
    reason: str
    broken: tuple[Breach, ...]
    vetoed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft as a page shows it.

    Attributes
    ----------
    number
        Of the last entry: what a change has to name.
    total, n_placed
        Of those with a post in the draft; `n_confirmed` have one for good, and are not counted.
    most
        How many could have a post; None where pins cannot all be kept.
    knows_chances
        Whether values are chances, so that the total is a number of people.
    floors, n_broken
        Floors that are missed; how much else is broken.
    told
        The latest entries, the last first; `standing` are those that are not undone.
    """

    kept: KeptDraft
    number: int
    version: int
    knows_chances: bool
    n_graduates: int
    n_confirmed: int
    n_placed: int
    most: int | None
    total: float
    floors: tuple[Breach, ...]
    n_broken: int
    shown: str
    page: Page[Line]
    told: tuple[DraftEntry, ...]
    standing: frozenset[int]


def seen(
    kept: KeptDraft,
    laid: Laid,
    draft: Draft,
    now: Decided,
    entries: Sequence[DraftEntry],
    *,
    most: int | None,
    details: Callable[[Iterable[str]], Mapping[str, PersonalDetails]],
    number: int,
    shown: str,
    text: str,
) -> Seen:
    """Show a page of a draft; a page beyond the last is the last."""
    floors = tuple(each for each in draft.breaches if each.code == "floor_missed")
    people = laid.market.graduates
    lines = _Lines(laid, draft, now, details(laid.rows) if text else {})
    rows = [row for row in range(len(laid.market.graduates)) if lines.has(row, shown, text)]
    n_pages = max(1, -(-len(rows) // N_ROWS))
    number = min(max(1, number), n_pages)
    some = rows[(number - 1) * N_ROWS : number * N_ROWS]
    lines.name(details(people[row].graduate_id for row in some), reasons_without(draft, some))
    return Seen(
        kept=kept,
        number=entries[-1].number,
        version=laid.artefact.version,
        knows_chances=laid.market.board.knows_chances,
        n_graduates=len(laid.market.graduates),
        n_confirmed=sum(laid.is_placed(each.graduate_id) for each in laid.market.graduates),
        n_placed=draft.n_placed,
        most=most,
        total=draft.total,
        floors=floors,
        n_broken=len(draft.breaches) - len(floors),
        shown=shown,
        page=Page(
            total=len(rows),
            number=number,
            n_pages=n_pages,
            rows=tuple(lines.line(row) for row in some),
        ),
        told=tuple(entries[::-1][:N_TOLD]),
        standing=now.standing,
    )


def named(laid: Laid, column: int) -> Named:
    """Name a post on offer."""
    post, reference = laid.market.posts[column], laid.market.reference
    return Named(
        post=post,
        occupation=occupation_name(post, reference),
        region=region_name(post.region_code, reference),
    )


class _Lines:
    """Tells of each graduate where they stand in a draft."""

    def __init__(
        self, laid: Laid, draft: Draft, now: Decided, details: Mapping[str, PersonalDetails]
    ) -> None:
        self._laid, self._draft, self._now, self._details = laid, draft, now, details
        self._broken = broken_of(draft)
        self._reasons: Mapping[int, str] = {}
        self._vetoed: dict[str, list[str]] = defaultdict(list)
        for who, post_id in sorted(now.barred):
            self._vetoed[who].append(post_id)

    def name(self, details: Mapping[str, PersonalDetails], reasons: Mapping[int, str]) -> None:
        """Take in the names of those who are shown, and why they have no post."""
        self._details, self._reasons = details, reasons

    def has(self, row: int, shown: str, text: str) -> bool:
        """Whether a graduate is among those asked for."""
        graduate = self._laid.market.graduates[row]
        if text and not any(
            text.casefold() in each.casefold()
            for each in (graduate.graduate_id, self._name(graduate), graduate.class_name or "")
        ):
            return False
        state = self._state(row)
        match shown:
            case "placed":
                return state not in ("unplaced", "confirmed")
            case "by_hand":
                return state in ("moved", "pinned") or graduate.graduate_id in self._vetoed
            case "broken":
                return graduate.graduate_id in self._broken
            case "unplaced" | "confirmed":
                return state == shown
        return True

    def line(self, row: int) -> Line:
        """Tell of one graduate."""
        market, graduate = self._laid.market, self._laid.market.graduates[row]
        who, column = graduate.graduate_id, int(self._draft.placed[row])
        is_placed = column != UNPLACED
        if not is_placed:
            at = min(market.standing.placed_at.get(who, ()), default="")
            column = self._laid.columns.get(at, UNPLACED)
        return Line(
            graduate=graduate,
            name=self._name(graduate),
            state=self._state(row),
            named=named(self._laid, column) if column != UNPLACED else None,
            value=float(self._draft.values[row, column]) if is_placed else None,
            left=int(self._draft.places_left[column]) if is_placed else None,
            reason=self._reasons.get(row, ""),
            broken=tuple(self._broken.get(who, ())),
            vetoed=tuple(self._vetoed.get(who, ())),
        )

    def _name(self, graduate: Graduate) -> str:
        found = self._details.get(graduate.graduate_id)
        return (found.name if found else None) or ""

    def _state(self, row: int) -> str:
        who = self._laid.market.graduates[row].graduate_id
        if self._laid.is_placed(who):
            return "confirmed"
        if self._draft.placed[row] == UNPLACED:
            return "unplaced"
        if who in self._now.fixed:
            return "pinned"
        return "moved" if who in self._now.moved else "assigned"


def broken_of(draft: Draft) -> dict[str, list[Breach]]:
    """Say what a draft breaks, by graduate; too many at a post are all of those there."""
    at: dict[str, list[str]] = defaultdict(list)
    for who, (post_id, _) in draft.lots.items():
        at[post_id].append(who)
    found: dict[str, list[Breach]] = defaultdict(list)
    for each in draft.breaches:
        if each.code == "floor_missed":
            continue
        people: Iterable[str] = at[each.about[0]] if each.code in _OF_POST else each.about[:1]
        for who in people:
            found[who].append(each)
    return found
