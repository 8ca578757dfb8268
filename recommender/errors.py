"""Every error raised on purpose, drawn as a tree; each carries facts, not sentences.

PlacementError
├── InvalidValue            a domain object was given a value that it cannot hold
├── Malformed               a cell or a file that cannot be read as what it should be
├── Refused                 exit 1: nothing was written
│   ├── ImportRefused       rows of the sheets have problems
│   ├── MassClosing         a whole catalog would close too many posts
│   ├── PreviewChanged      what would be written is not what was agreed to
│   ├── NoOpenPlace         a signing finds no open place
│   ├── AlreadyPlaced       a graduate already holds a place
│   ├── AlreadyClaimed      a place is held for the graduate, or they stand in line, already
│   ├── HoldExpired         a hold ran out, and its place went to somebody else
│   ├── NothingClaimed      a graduate has nothing at a post that could be released
│   ├── FairClosed          the doors of a fair are shut
│   ├── FairOpen            a result is asked for before the doors are shut
│   ├── FairBegun           a timetable is asked for after somebody came
│   ├── SlipTaken           a slip is somebody else's, or somebody used another
│   ├── Ineligible          a rule forbids the graduate the post
│   ├── SignInRefused       a login and a secret that do not belong together
│   ├── SignInSlowed        too many failed sign-ins; the next one has to wait
│   ├── LoginTaken          a login that somebody has already
│   ├── BatchRefused        some of several requests cannot be kept, so none was
│   ├── DecisionRefused     a pair cannot be vetoed or lifted, or a step voided, as it stands
│   ├── DraftRefused        a draft of an assignment does not allow this as it stands
│   │   └── DraftChanged    somebody else changed it since it was seen
│   ├── PinsConflict        more are fixed at a post than it has places
│   ├── RoundRefused        a collection round does not allow this as it stands
│   ├── PlanRefused         a move of places that cannot be, or nothing to replay it with
│   ├── TrialRefused        a trial does not start or allow this as it stands
│   ├── PackRefused         a pack of a fair, or a journal of its marks, is not taken
│   ├── FloorsConflict      floors of agreements that cannot all be kept
│   ├── ReplayMismatch      an idempotency key came back with another body
│   ├── TooFewLists         too few lists were shown to estimate anything from
│   ├── NeverShown          a way of ordering would show what was never shown
│   └── TooFewEffective     the lists shown say too little about a way of ordering
├── WrongUsage              exit 2
│   ├── NotFound            an id, name or version that nobody knows
│   ├── Unreadable          a profile or request field that cannot be read
│   └── CannotListen        an address that the server cannot serve at
├── NoConsent               a graduate without consent gets no personal ranking
├── NoModel                 nothing is published yet
│   └── RankingOff          personal rankings are switched off
├── CorruptArtefact         a published file is not what its manifest says
│   └── AnotherSchema       another version of the program made it
├── DatabaseFailed          the database could not be reached, read or written
├── Busy                    exit 3: another process holds the lock
│   └── PortTaken           another process serves at the address
└── Held                    exit 5: a person has to release it

`wording.py` turns these into what a person reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PlacementError(Exception):
    """Anything that a person can act on."""


class InvalidValue(PlacementError):
    """A domain object was given a value that it cannot hold."""

    def __init__(self, kind: str, key: str, field: str, value: object) -> None:
        super().__init__(f"{kind} {key}: {field}={value!r}")
        self.kind = kind
        self.key = key
        self.field = field
        self.value = value


class Malformed(PlacementError):
    """A cell or a file cannot be read as what it should be.

    `row` is the place in the file where that is known, else 0; `code` and `facts` are those
    of the `RowProblem` that it becomes.
    """

    def __init__(self, code: str, *facts: str, row: int = 0) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts
        self.row = row


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing wrong, or worth saying, at one place of a sheet.

    Attributes
    ----------
    code
        What kind of problem, e.g. ``not_a_headcount``; `wording` has a sentence for each.
    row
        Row number as Excel shows it, from 1; 0 where the whole file is meant.
    column
        The column's English name, or "" where a whole row or file is meant.
    value
        What the cell held, masked where personal.
    facts
        What the sentence needs beside the value: candidates, suggestions, the other name.
    kind
        The kind of sheet, which gives the column its Chinese name; "" if not known.
    n_more
        How many further rows of the file say exactly the same.
    """

    filename: str
    row: int
    column: str
    value: str
    code: str
    facts: tuple[str, ...] = ()
    kind: str = ""
    n_more: int = 0


class Refused(PlacementError):
    """A check said no, so nothing was written."""


class ImportRefused(Refused):
    """Sheets had problems, so nothing of the call was written."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"{len(problems)} problem(s)")
        self.problems = tuple(problems)


class MassClosing(Refused):
    """A whole catalog would close more of a body's open posts than is likely meant."""

    def __init__(self, issuing_body: str, n_closing: int, n_open: int) -> None:
        super().__init__(f"{issuing_body}: {n_closing} of {n_open} open posts would close")
        self.issuing_body = issuing_body
        self.n_closing = n_closing
        self.n_open = n_open


class PreviewChanged(Refused):
    """Something else was written since the difference was shown, so it is another one now."""


class NoOpenPlace(Refused):
    """A signing finds no open place at the post.

    `agreements` are those whose reserved places are all that is left, each with the day on
    which they return (ISO 8601); empty where nothing is left.
    """

    def __init__(self, post_id: str, agreements: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(post_id)
        self.post_id = post_id
        self.agreements = tuple((name, day) for name, day in agreements)


class AlreadyPlaced(Refused):
    """The graduate already holds a place, at this or another post."""

    def __init__(self, graduate_id: str, post_id: str) -> None:
        super().__init__(graduate_id)
        self.graduate_id = graduate_id
        self.post_id = post_id


class AlreadyClaimed(Refused):
    """A place at the post is held for the graduate already, or they stand in its line."""

    def __init__(self, graduate_id: str, post_id: str) -> None:
        super().__init__(f"{graduate_id} at {post_id}")
        self.graduate_id = graduate_id
        self.post_id = post_id


class HoldExpired(Refused):
    """The hold of a place ran out, and no place is open any more."""

    def __init__(self, graduate_id: str, post_id: str) -> None:
        super().__init__(f"{graduate_id} at {post_id}")
        self.graduate_id = graduate_id
        self.post_id = post_id


class NothingClaimed(Refused):
    """The graduate has neither a place nor a turn at the post."""

    def __init__(self, graduate_id: str, post_id: str) -> None:
        super().__init__(f"{graduate_id} at {post_id}")
        self.graduate_id = graduate_id
        self.post_id = post_id


class FairClosed(Refused):
    """The doors of the fair are shut: nobody checks in or marks any more."""

    def __init__(self, fair_id: str) -> None:
        super().__init__(fair_id)
        self.fair_id = fair_id


class FairOpen(Refused):
    """The doors of the fair are open still, so it has no result yet."""

    def __init__(self, fair_id: str) -> None:
        super().__init__(fair_id)
        self.fair_id = fair_id


class FairBegun(Refused):
    """Somebody came to the fair already, so its timetable stays."""

    def __init__(self, fair_id: str) -> None:
        super().__init__(fair_id)
        self.fair_id = fair_id


class SlipTaken(Refused):
    """The slip is somebody else's, or the graduate used another at this fair."""

    def __init__(self, fair_id: str, slip: str, graduate_id: str) -> None:
        super().__init__(f"{slip} of {fair_id}")
        self.fair_id = fair_id
        self.slip = slip
        self.graduate_id = graduate_id


class Ineligible(Refused):
    """Rules forbid the graduate the post; each with its code and what would make it hold."""

    def __init__(
        self, graduate_id: str, post_id: str, rules: Sequence[tuple[str, Sequence[str]]]
    ) -> None:
        super().__init__(f"{graduate_id} at {post_id}: {', '.join(code for code, _ in rules)}")
        self.graduate_id = graduate_id
        self.post_id = post_id
        self.rules = tuple((code, tuple(needs)) for code, needs in rules)


class BatchRefused(Refused):
    """Some of several requests cannot be kept, so none was.

    `rows` has each of them: its number from 1, graduate, post, and why.
    """

    def __init__(self, rows: Sequence[tuple[int, str, str, PlacementError]]) -> None:
        super().__init__(f"{len(rows)} request(s)")
        self.rows = tuple(rows)


class PinsConflict(Refused):
    """More graduates are fixed at a post than places are open there.

    Leaving out enough of `graduate_ids` makes it possible, and no fewer does.
    """

    def __init__(self, post_id: str, n_places: int, graduate_ids: Sequence[str]) -> None:
        super().__init__(f"{post_id}: {len(graduate_ids)} fixed, {n_places} open")
        self.post_id = post_id
        self.n_places = n_places
        self.graduate_ids = tuple(graduate_ids)


class SignInRefused(Refused):
    """A login and a secret do not belong together; which of them is wrong is not said."""


class SignInSlowed(Refused):
    """Too many sign-ins failed; the next one is looked at in `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"{wait_s} s")
        self.wait_s = wait_s


class LoginTaken(Refused):
    """Somebody signs in under this name already."""

    def __init__(self, login: str) -> None:
        super().__init__(login)
        self.login = login


class RoundRefused(Refused):
    """A collection round, or a pause, does not allow this as it stands: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class TrialRefused(Refused):
    """A trial does not start, or does not allow this as it stands: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class PlanRefused(Refused):
    """A move of places cannot be, or there is nothing to replay it with: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class DecisionRefused(Refused):
    """A pair cannot be vetoed or lifted, or a step voided, as it stands: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class DraftRefused(Refused):
    """A draft of an assignment does not allow this as it stands: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class DraftChanged(DraftRefused):
    """A draft was changed since it was seen, by `n_entries` entries, the last by `who`."""

    def __init__(self, n_entries: int, who: str) -> None:
        super().__init__("changed", str(n_entries), who)
        self.n_entries = n_entries


class FloorsConflict(Refused):
    """Floors of agreements cannot all be kept; without any one of these they can."""

    def __init__(self, agreement_ids: Sequence[str]) -> None:
        super().__init__(", ".join(agreement_ids))
        self.agreement_ids = tuple(agreement_ids)


class PackRefused(Refused):
    """A pack of a fair, or the journal of its marks, is not taken: a code and its facts."""

    def __init__(self, code: str, *facts: str) -> None:
        super().__init__(code, *facts)
        self.code = code
        self.facts = facts


class ReplayMismatch(Refused):
    """An idempotency key was used before, with another body."""


class TooFewLists(Refused):
    """Too few lists were shown long enough ago to estimate anything from."""

    def __init__(self, n_lists: int, n_needed: int) -> None:
        super().__init__(f"{n_lists} of {n_needed} lists")
        self.n_lists = n_lists
        self.n_needed = n_needed


class NeverShown(Refused):
    """Another way of ordering would show what was never shown, so nothing is known of it.

    `share` is how much of it lies there, above 0 to 1.
    """

    def __init__(self, n_lists: int, share: float) -> None:
        super().__init__(f"{share:.4f} of {n_lists} lists")
        self.n_lists = n_lists
        self.share = share


class TooFewEffective(Refused):
    """The lists shown say too little about another way of ordering.

    `effective_n` is Kish's effective sample size, `limit` the share of the lists it must reach.
    """

    def __init__(self, n_lists: int, effective_n: float, limit: float) -> None:
        super().__init__(f"{effective_n:.1f} effective of {n_lists} lists")
        self.n_lists = n_lists
        self.effective_n = effective_n
        self.limit = limit


class WrongUsage(PlacementError):
    """The question itself is wrong."""


class NotFound(WrongUsage):
    """An id, name or version that nobody knows."""

    def __init__(self, kind: str, key: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"{kind} {key}")
        self.kind = kind
        self.key = key
        self.suggestions = tuple(suggestions)


class Unreadable(WrongUsage):
    """A field of a request that cannot be read."""

    def __init__(self, field: str, value: str, code: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"{field}={value!r}: {code}")
        self.field = field
        self.value = value
        self.code = code
        self.suggestions = tuple(suggestions)


class CannotListen(WrongUsage):
    """The server cannot serve at an address."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host}:{port}: {why}")
        self.host = host
        self.port = port
        self.why = why


class NoConsent(PlacementError):
    """The graduate has not agreed to a personal ranking."""

    def __init__(self, graduate_id: str) -> None:
        super().__init__(graduate_id)
        self.graduate_id = graduate_id


class NoModel(PlacementError):
    """Nothing is published yet."""


class RankingOff(NoModel):
    """Personal rankings are switched off, for everybody."""


class CorruptArtefact(PlacementError):
    """A published file is missing or is not what its manifest says."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class AnotherSchema(CorruptArtefact):
    """A published version was made by another version of the program; nothing is damaged."""


class DatabaseFailed(PlacementError):
    """The database could not be reached, read or written; what was under way is undone."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Busy(PlacementError):
    """Another process holds the lock."""


class PortTaken(Busy):
    """Another process serves at the address already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port}")
        self.host = host
        self.port = port


class Held(PlacementError):
    """The version waits for a person's release."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version
