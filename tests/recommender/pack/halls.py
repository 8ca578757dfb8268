"""A fair of which packs are made: forty posts of eight enterprises, three of them with booths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from recommender import access
from recommender.claims import SHANDONG, Claim, ClaimState
from recommender.data import ledger, registered, store
from recommender.domain import OutcomeStage, SkillLevel
from recommender.fairs import Booth, Registration
from recommender.model.artefact import Artefact, point_to, write_version
from recommender.pack import keys
from recommender.pack.hall import Hall
from recommender.pack.journal import Journal
from recommender.pack.make import Made, make
from recommender.pack.opened import Pack, open_pack
from recommender.places import Clerk
from tests.builders import make_agreement, make_details, make_graduate, make_outcome, make_post
from tests.recommender.test_chances import wide

FAIR = date(2026, 5, 20)
STARTS = datetime(2026, 5, 20, 9, tzinfo=SHANDONG)
EVENING = STARTS - timedelta(hours=14)  # the day before, when the pack is made
CODES = [f"9137080{n}MA3X0000{n}" + "ABCDEFGHJ"[n] for n in range(8)]
# Nobody's name or number may reach a pack.
CANARIES = ("金丝雀甲", "CANARY-G1", "0099887766", "CANARY-SECRET", "13812345678", "王联系人")
_WORK = ("6-18-02-04", "6-18-01-01", "6-31-01-03", "4-10-01-03", "6-20-01-01")
_PLACES = ("370800", "370700", "371100", "370102", "370811")


def posts() -> list[Any]:
    levels = (None, SkillLevel.INTERMEDIATE_WORKER, SkillLevel.SENIOR_WORKER)
    return [
        make_post(
            post_id=f"P{n:02}",
            enterprise=f"示例企业{n % 8}",
            credit_code=CODES[n % 8],
            occupation_code=_WORK[n % 5],
            region_code=_PLACES[n % 4],
            headcount=1 + n % 3,
            min_level=levels[n % 3],
            monthly_pay_min=4000 + 100 * n,
            monthly_pay_max=6000 + 100 * n,
            adults_only=n % 7 == 0,
            contact="王联系人 13812345678",
        )
        for n in range(40)
    ]


def hold(engine: Engine) -> None:
    """Store the fair F1 with people, steps, a hold, an agreement and tokens, named as canaries."""
    people = [
        make_graduate(
            graduate_id=f"CANARY-G{n}",
            home_region=_PLACES[n % 5],
            order_class=CODES[1] if n < 4 else None,
        )
        for n in range(1, 13)
    ]
    # The class before: 24 applied for the work of P17 at its enterprise, of whom 12 were hired.
    before = [
        make_graduate(
            graduate_id=f"CANARY-B{n}", class_year=2025, skill_level=SkillLevel.SENIOR_WORKER
        )
        for n in range(24)
    ]
    year_ago = {"date": date(2025, 5, 4), "recorded_on": date(2025, 5, 4)}
    asked = [
        make_outcome(
            graduate_id=f"CANARY-B{n}",
            post_id="P17",
            stage=OutcomeStage.OFFERED if n < 12 else OutcomeStage.INTERVIEWED,
            **year_ago,
        )
        for n in range(24)
    ]
    held = Claim(
        post_id="P02",
        graduate_id="CANARY-G5",
        state=ClaimState.HELD,
        since=EVENING - timedelta(hours=1),
        number=1,
        expires_at=STARTS + timedelta(days=3),
    )
    with store.writing(engine) as conn:
        store.save_posts(conn, posts(), day=date(2026, 4, 1))
        details = make_details(graduate_id="CANARY-G1", name="金丝雀甲", student_no="0099887766")
        store.save_graduates(conn, [*people, *before], [details])
        store.save_agreements(conn, [make_agreement(credit_code=CODES[1], ceiling=3)])
        taken = [("CANARY-G6", "P05"), ("CANARY-G7", "P08"), ("CANARY-G8", "P11")]
        store.save_outcomes(
            conn,
            [
                make_outcome(graduate_id=who, post_id=at, stage=OutcomeStage.SIGNED)
                for who, at in taken
            ]
            + asked,
        )
        ledger.put_claim(conn, held, n_places=3)
        at: dict[str, Any] = {"fair_id": "F1", "date": FAIR}
        booths = [Booth(credit_code=CODES[n], booth=f"A{n}", **at) for n in (1, 2, 3)]
        registered.save_booths(conn, booths)
        registered.save_registrations(conn, [Registration(fair_id="F1", graduate_id="CANARY-G1")])


def publish(models_dir: Path) -> None:
    """Publish a scorer of chances whose tables are drawn at random: everything counts."""
    draft = Artefact(version=0, published="model", scorer=wide(11), facts={}, prices={})
    point_to(models_dir, write_version(models_dir, draft, "# card"))


def made(engine: Engine, home: Path, **overrides: Any) -> Made:
    asked: dict[str, Any] = {"now": EVENING} | overrides
    return make(engine, home / "models", home, "F1", **asked)


def opened(content: bytes, home: Path, now: datetime = STARTS) -> Pack:
    return open_pack(content, keys.public_of(keys.signing_key(home)), now)


def kiosk_token(engine: Engine) -> str:
    return access.create_token(engine, role="kiosk", day=FAIR)


def clerk(hours_later: float = 6) -> Clerk:
    return Clerk(who="officer", now=STARTS + timedelta(hours=hours_later), hold_hours=10)


class Hands:
    """A clock that goes where it is set."""

    def __init__(self, at: datetime = STARTS) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def draws(*numbers: str) -> Callable[[], str]:
    left: Iterator[str] = iter(numbers)
    return lambda: next(left)


def hall_of(pack: Pack, path: Path, hands: Hands, **overrides: Any) -> tuple[Hall, Journal]:
    journal = Journal(path, pack, hands())
    return Hall(pack, journal, hands, **overrides), journal
