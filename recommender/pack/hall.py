"""A hall without a database: slips and marks go into the journal, counts come from it.

A slip given here has nine letters where the server's have eight, so that the two never meet;
the ninth follows from the others and catches most slips of the pen. Numbers of the server and
of other laptops are taken as they are written: whether they exist is said when the journal is
handed in.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from recommender.data import fair_desk as kept
from recommender.domain import InterestSide
from recommender.errors import NotFound, ReplayMismatch
from recommender.fairs import SLOTS, Mark, Slip
from recommender.matching.eligibility import open_places
from recommender.matching.reasons import occupation_name
from recommender.pack.journal import MARK, SEEN, SLIP, Journal
from recommender.pack.opened import Pack
from recommender.year.fair import Fair
from recommender.year.fair_board import Board, BoothLine, PostLine
from recommender.year.fair_desk import LENGTH, LETTERS, draw_number, read_number

PULSE = timedelta(minutes=1)
Answer = TypeVar("Answer", Slip, Mark)


def with_check(number: str) -> str:
    """Add the ninth letter: any one wrong letter, and most that change places, change it."""
    # Odd weights, so that no letter of the 32 stands for another.
    total = sum((2 * place + 1) * LETTERS.index(letter) for place, letter in enumerate(number))
    return number + LETTERS[total % len(LETTERS)]


def is_number(number: str) -> bool:
    """Whether a slip may have this number: eight letters of the server, or nine of a hall."""
    if not set(number) <= set(LETTERS):
        return False
    if len(number) == LENGTH + 1:
        return with_check(number[:LENGTH]) == number
    return len(number) == LENGTH


def code_of(pack: Pack) -> str:
    """Give the code that opens a kiosk of a hall: eight letters, of this pack alone."""
    digest = hashlib.sha256(b"hall code " + pack.contents.journal_seed).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:LENGTH])


@dataclass(frozen=True, slots=True)
class _Said:
    """What was asked under a key, and answered."""

    digest: str
    answer: Slip | Mark


class Hall:
    """Slips and marks of a pack."""

    def __init__(
        self,
        pack: Pack,
        journal: Journal,
        now: Callable[[], datetime],
        *,
        draw: Callable[[], str] = draw_number,
    ) -> None:
        self.pack = pack
        self._journal, self._now, self._draw = journal, now, draw
        self._lock = threading.Lock()
        self._slips: set[str] = set()
        self._marks: dict[tuple[str, str], Mark] = {}
        self._said: dict[str, _Said] = {}
        signs = {booth.credit_code for booth in pack.contents.booths}
        self.posts = {
            post.post_id: post for post in pack.contents.market.posts if post.credit_code in signs
        }
        for entry in journal.entries:
            if entry.kind == SLIP:
                self._remember(kept.of_plain(Slip, entry.facts["is"]), entry.facts)
            elif entry.kind == MARK:
                self._remember(kept.of_plain(Mark, entry.facts["is"]), entry.facts)

    def require_open(self) -> datetime:
        """Give the moment, and note once a minute that it was reached.

        Raises
        ------
        PackRefused
            Before and after the pack's time.
        """
        moment = self._now()
        if moment - self._journal.written_at >= PULSE:
            # So that a clock set back later is seen, whatever has been marked.
            self._journal.append(SEEN, moment)
        self.pack.require_valid(moment)
        return moment

    def _moment(self) -> datetime:
        """Give the moment of what is written down itself; see `require_open`."""
        moment = self._now()
        return (
            moment if self.pack.valid_from <= moment < self.pack.expires_at else self.require_open()
        )

    def issue(self, *, key: str | None = None) -> Slip:
        """Give a walk-in a slip that names nobody.

        Raises
        ------
        PackRefused, ReplayMismatch
            Out of the pack's time; if the key was used for another request.
        """

        def act(moment: datetime) -> Slip:
            number = with_check(self._draw())
            while number in self._slips:
                number = with_check(self._draw())
            return Slip(fair_id=self.pack.contents.fair_id, slip=number, issued_at=moment)

        return self._once(SLIP, Slip, ("slip",), key, act)

    def mark(
        self, slip: str, post_id: str, *, rank: int | None = None, key: str | None = None
    ) -> Mark:
        """Mark that the bearer of a slip wants a post of the fair; a second time changes the rank.

        Raises
        ------
        NotFound
            If no slip can have the number, or no booth has the post.
        PackRefused, ReplayMismatch
            As for `issue`.
        """
        number = read_number(slip)
        if not is_number(number):
            raise NotFound("slip", number)
        if post_id not in self.posts:
            raise NotFound("post_at_fair", post_id)

        def act(moment: datetime) -> Mark:
            return Mark(
                fair_id=self.pack.contents.fair_id,
                slip=number,
                post_id=post_id,
                side=InterestSide.GRADUATE,
                at=moment,
                who=f"pack {self.pack.pack_id}",
                rank=rank,
            )

        return self._once(MARK, Mark, ("mark", number, post_id, rank), key, act)

    def board(self) -> Board:
        """Show the places of the fair as of the pack, and what was marked here."""
        held, wanting = self.pack.contents, Counter(post for _, post in self._marks)
        free = dict(zip((post.post_id for post in held.market.posts), held.wanted, strict=True))
        lines = [
            PostLine(
                post=post,
                occupation=occupation_name(post, held.market.reference),
                open_places=int(free[post_id]),
                n_wanting=wanting[post_id],
                n_wanted=0,
                n_mutual=0,
            )
            for post_id, post in sorted(self.posts.items())
        ]
        booths = []
        for booth in held.booths:
            own = tuple(line for line in lines if line.post.credit_code == booth.credit_code)
            name = own[0].post.enterprise if own else booth.credit_code
            booths.append(BoothLine(booth=booth, enterprise=name, posts=own, n_sent=0, n_here=0))
        return Board(
            fair=self.fair(),
            booths=tuple(booths),
            n_registered=0,
            n_came=0,
            n_unclaimed=len(self._slips),
        )

    def fair(self) -> Fair:
        """Give the fair, whose doors are open as long as the pack holds."""
        held = self.pack.contents
        return Fair(
            fair_id=held.fair_id,
            day=held.day,
            n_slots=held.booths[0].slots or SLOTS,
            booths=held.booths,
            closing=None,
        )

    def free_places(self) -> dict[str, int]:
        """Give the places that are open for anybody, as of the pack, by post."""
        market = self.pack.contents.market
        return {post.post_id: open_places(post, market.standing) for post in market.posts}

    def marked_on(self, number: str) -> tuple[str, ...]:
        """Name the posts that were marked on a slip here, in their order.

        Raises
        ------
        NotFound
            If no slip can have the number.
        """
        if not is_number(number):
            raise NotFound("slip", number)
        made = sorted(self._marks.values(), key=lambda each: each.at)
        return tuple(each.post_id for each in made if each.slip == number)

    def may_ask(self, secret: str) -> bool:
        """Whether somebody has the code of the hall, or a kiosk's token of the server."""
        digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
        is_code = hmac.compare_digest(
            read_number(secret).encode("utf-8", "replace"), code_of(self.pack).encode()
        )
        return is_code or digest in self.pack.contents.tokens

    def _once(
        self,
        kind: str,
        shape: type[Answer],
        asked: tuple[object, ...],
        key: str | None,
        act: Callable[[datetime], Answer],
    ) -> Answer:
        """Answer a request once it is in the journal, or as its key was answered before."""
        digest = hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            before = self._said.get(key) if key else None
            if before is not None:
                if before.digest != digest or not isinstance(before.answer, shape):
                    raise ReplayMismatch
                return before.answer
            moment = self._moment()
            answer = act(moment)
            facts: dict[str, Any] = {"is": kept.to_plain(answer)}
            if key:
                facts |= {"key": key, "asked": digest}
            self._journal.append(kind, moment, **facts)
            self._remember(answer, facts)
            return answer

    def _remember(self, answer: Slip | Mark, facts: Any) -> None:
        if isinstance(answer, Slip):
            self._slips.add(answer.slip)
        else:
            self._marks[answer.slip, answer.post_id] = answer
        if "key" in facts:
            self._said[facts["key"]] = _Said(facts["asked"], answer)
