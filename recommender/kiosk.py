"""What a kiosk at a fair asks: which fair it stands at, posts for a few answers, a slip.

Its pages know this module and nothing below it; whatever else answers the same questions may
stand in its place. Nothing of a person is kept: answers come with every question, and a slip
names nobody until somebody claims it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from recommender import kiosk_choices, placements, places
from recommender.data import fair_desk as kept
from recommender.data import kiosk as counted
from recommender.data import store
from recommender.domain import (
    Graduate,
    InterestSide,
    Post,
    Reason,
    Reference,
    SkillLevel,
    class_year_of,
    distance_km,
)
from recommender.errors import CorruptArtefact, NoModel, NotFound, Unreadable
from recommender.kiosk_choices import Wish, wish_cells
from recommender.matching.eligibility import open_places
from recommender.matching.reasons import occupation_name, region_name
from recommender.placements import PlacementDesk, PostRanking
from recommender.places import Clerk
from recommender.year import fair, fair_codes, fair_desk, suppression

N_CARDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What somebody at a kiosk has answered.

    Attributes
    ----------
    level
        None of who has no certificate yet.
    home
        GB/T 2260 code; "" where it is not said.
    licences, certificates
        As a roster writes them; known of who was scanned.
    """

    trade: str
    level: SkillLevel | None
    home: str
    wish: Wish = Wish.ANY
    is_adult: bool = False
    licences: tuple[str, ...] = ()
    certificates: str = ""

    def cells(self, day: date) -> dict[str, object]:
        """Give the answers under the roster's column names."""
        stated = {
            "trade": self.trade,
            "skill_level": self.level.name if self.level else "",
            "home_region": self.home,
            "licences": ";".join(self.licences),
            "certificates": self.certificates,
            "adult_on": day.isoformat() if self.is_adult else "",
            **wish_cells(self.wish, self.home),
        }
        return {column: value for column, value in stated.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class LastYear:
    """How many applied the class year before, and the level of most who were hired.

    Attributes
    ----------
    n_applied
        Rounded to tens; fewer than ten are not told.
    level
        None where too few were hired to say.
    at_enterprise
        Whether it is of this enterprise's posts of the occupation, or of everybody's.
    """

    n_applied: int
    level: SkillLevel | None
    at_enterprise: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One post as a kiosk shows it.

    Attributes
    ----------
    booth
        Sign of the enterprise's booth.
    pay
        CNY per month, least and most; None if not stated.
    board_and_lodging, shifts
        As the catalog has them; "" if not stated.
    distance_km
        From home as the crow flies; None where either place is unknown.
    """

    post_id: str
    occupation: str
    enterprise: str
    booth: str
    region: str
    open_places: int
    pay: tuple[int | None, int | None]
    board_and_lodging: str
    shifts: str
    min_level: SkillLevel | None
    distance_km: float | None
    last_year: LastYear | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The cards for somebody, best first, and the ranking that they come from."""

    cards: tuple[Card, ...]
    ranked: PostRanking


@dataclass(frozen=True, slots=True, kw_only=True)
class FairShown:
    """A fair as a kiosk knows it; `common` has how many people have a trade, and a home."""

    fair_id: str
    day: date
    is_closed: bool
    n_booths: int
    n_posts: int
    common_trades: Mapping[str, int]
    common_homes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipShown:
    """A slip with the posts that its bearer marked, without reasons or distances."""

    fair_id: str
    number: str
    day: date
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtFair:
    """What is read of a fair once for many questions, and the state of the data it is of."""

    revision: int
    today: date
    found: fair.Fair
    posts: Mapping[str, Post]
    signs: Mapping[str, str]
    reference: Reference
    last_year: counted.AppliedThen
    trades: Counter[str] = field(default_factory=Counter)
    homes: Counter[str] = field(default_factory=Counter)


class Kiosk:
    """Answers kiosks from the database and the model in memory."""

    def __init__(
        self,
        engine: Engine,
        desk: PlacementDesk,
        *,
        today: Callable[[], date],
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._desk = desk
        self._today = today
        self._now = now
        self._known: dict[str, AtFair] = {}

    def fairs(self) -> tuple[FairShown, ...]:
        """List the fairs that are still to come or under way, by day."""
        listed = fair.list_fairs(self._engine)
        coming = [one for one, _ in listed if one.day >= self._today() and not one.closing]
        return tuple(self.fair(one.fair_id) for one in coming)

    def fair(self, fair_id: str) -> FairShown:
        """Show a fair.

        Raises
        ------
        NotFound
            If no sheet has it.
        """
        known = self._at(fair_id)
        return FairShown(
            fair_id=fair_id,
            day=known.found.day,
            is_closed=known.found.closing is not None,
            n_booths=len(known.found.booths),
            n_posts=len(known.posts),
            common_trades=known.trades,
            common_homes=known.homes,
        )

    def get_ready(self) -> None:
        """Get ready for the first answer.

        Raises
        ------
        NoModel
            If there is no model that can be used, or personal rankings are switched off.
        """
        anything = {"trade": kiosk_choices.trades()[0]}
        try:
            self._desk.rank_for_profile(anything, top=1, among=frozenset())
        except CorruptArtefact as refusal:
            raise NoModel("nothing that is published can be read") from refusal

    def answer(
        self, fair_id: str, answers: Answers, request_id: str, *, explore_share: float = 0.0
    ) -> Answered:
        """Rank the posts at a fair for somebody of whom nothing is stored.

        The order is drawn by the request's number, the same each time.

        Raises
        ------
        NotFound
            If no sheet has the fair.
        NoModel
            If nothing is published yet.
        Unreadable
            If an answer cannot be read.
        """
        known = self._at(fair_id)
        ranked = self._desk.rank_for_profile(
            answers.cells(known.today), top=N_CARDS, among=frozenset(known.posts)
        )
        ranked = placements.explored(ranked, request_id, explore_share)
        cards = tuple(
            card_of(known, line.post, line.open_places, answers.home, line.reasons)
            for line in ranked.ranking
        )
        return Answered(cards=cards, ranked=ranked)

    def scanned(self, key: bytes, fair_id: str, typed: str) -> Answers:
        """Read the answers of who is scanned from a roster; nothing says who it is.

        Raises
        ------
        NotFound
            If no sheet has the fair.
        Unreadable
            If the code is none, was changed, is of another fair or of one that is over, or of
            somebody who does not agree to be ranked.
        """
        known = self._at(fair_id)
        day = known.found.day
        reference = fair_codes.read_code(key, fair_id, day, typed, today=known.today)
        with store.reading(self._engine) as conn:
            ids = counted.load_ids(conn, class_year_of(known.today))
            who = fair_codes.find(key, fair_id, reference, ids)
            people = store.load_graduates(conn, ids=[who] if who else [])
        if not people or not people[0].consent:
            raise Unreadable("code", "", "no_code")
        return _answers_of(people[0], known.today)

    def mark(self, clerk: Clerk, fair_id: str, post_id: str, *, slip: str | None, key: str) -> str:
        """Mark that somebody wants a post, on their slip or on a new one; give its number.

        Raises
        ------
        NotFound
            If nobody knows fair or slip, or no booth has the post open.
        FairClosed
            If its doors are shut.
        """
        number = slip or fair_desk.issue(self._engine, clerk, fair_id, key=key).slip
        fair_desk.mark(self._engine, clerk, fair_id, number, post_id)
        return number

    def slip(self, fair_id: str, number: str) -> SlipShown:
        """Show a slip with its marks.

        Raises
        ------
        NotFound
            If nobody knows the fair or the slip.
        """
        known, number = self._at(fair_id), fair_desk.read_number(number)
        with store.reading(self._engine) as conn:
            if kept.find_slip(conn, fair_id, number) is None:
                raise NotFound("slip", number)
            marks = kept.load_marks(conn, fair_id, number)
            wanted = [
                known.posts[made.post_id]
                for made in sorted(marks, key=lambda made: made.at)
                if made.side is InterestSide.GRADUATE and made.post_id in known.posts
            ]
            standing = places.standing_on(conn, wanted, known.today, moment=self._now())
        cards = tuple(card_of(known, post, open_places(post, standing), "") for post in wanted)
        return SlipShown(fair_id=fair_id, number=number, day=known.found.day, cards=cards)

    def _at(self, fair_id: str) -> AtFair:
        """Read a fair again where anything was written since, or the day has changed."""
        with store.reading(self._engine) as conn:
            revision, today, held = store.revision(conn), self._today(), self._known.get(fair_id)
            closing = kept.closing_of(conn, fair_id)
            if held and (held.revision, held.today, held.found.closing) == (
                revision,
                today,
                closing,
            ):
                return held
            self._known[fair_id] = found = read_fair(conn, fair_id, today, revision)
        return found


def read_fair(conn: Connection, fair_id: str, today: date, revision: int) -> AtFair:
    """Read what a kiosk at a fair is answered from, on a day and of a state of the data."""
    found = fair.load(conn, fair_id)
    posts = fair.posts_at(conn, found)
    reference = store.load_reference(conn, day=today)
    trades, homes = counted.load_common(conn, class_year_of(today))
    year = class_year_of(today) - 1
    known_trades: Counter[str] = Counter()
    for name, count in trades.items():
        known_trades[reference.trade_of(name)] += count
    cities: Counter[str] = Counter()
    for code, count in homes.items():
        cities[reference.city_of(code) or ""] += count
    return AtFair(
        revision=revision,
        today=today,
        found=found,
        posts={post.post_id: post for post in posts},
        signs={booth.credit_code: booth.sign for booth in found.booths},
        reference=reference,
        last_year=counted.load_applied(conn, since=date(year - 1, 9, 1), until=date(year, 8, 31)),
        trades=known_trades,
        homes=cities,
    )


def card_of(
    known: AtFair, post: Post, n_open: int, home: str, reasons: tuple[Reason, ...] = ()
) -> Card:
    """Write the card of a post of a fair for somebody from a home; "" is nowhere."""
    regions = known.reference.regions
    here, there = regions.get(home), regions.get(post.region_code)
    return Card(
        post_id=post.post_id,
        occupation=occupation_name(post, known.reference),
        enterprise=post.enterprise,
        booth=known.signs[post.credit_code],
        region=region_name(post.region_code, known.reference),
        open_places=n_open,
        pay=(post.monthly_pay_min, post.monthly_pay_max),
        board_and_lodging=post.board_and_lodging or "",
        shifts=post.shifts or "",
        min_level=post.min_level,
        distance_km=distance_km(here, there) if here and there else None,
        last_year=last_year_of(known.last_year, post),
        reasons=reasons,
    )


def last_year_of(then: counted.AppliedThen, post: Post) -> LastYear | None:
    """Count the enterprise's own where that names nobody, else everybody's; None for neither."""
    own = then.at_enterprise.get((post.credit_code, post.occupation_code))
    all_of_them = then.in_occupation.get(post.occupation_code)
    for counts, at_enterprise in ((own, True), (all_of_them, False)):
        n_applied = suppression.show(counts.n_applied) if counts else None
        if counts and n_applied:
            enough = suppression.show(counts.hired.total())
            levels = {level: n for level, n in counts.hired.items() if level is not None}
            most = max(levels, key=lambda level: (levels[level], level), default=None)
            return LastYear(
                n_applied=n_applied,
                level=most if enough else None,
                at_enterprise=at_enterprise,
            )
    return None


def _answers_of(person: Graduate, today: date) -> Answers:
    return Answers(
        trade=person.trade,
        level=person.skill_level,
        home=person.home_region or "",
        is_adult=person.adult_on is not None and person.adult_on <= today,
        licences=tuple(person.licences),
        certificates=";".join(
            ":".join(filter(None, (each.occupation_code, each.level.name, each.certified_by)))
            for each in person.certificates
        ),
    )
