from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import kiosk_choices
from recommender.claims import start_of
from recommender.data import reference as tables
from recommender.data import registered, store
from recommender.domain import OutcomeStage, SkillLevel
from recommender.errors import FairClosed, NoModel, NotFound, Unreadable
from recommender.fairs import Booth
from recommender.kiosk import Answers, Kiosk
from recommender.kiosk_choices import Wish
from recommender.placements import PlacementDesk
from recommender.year import fair_codes, fair_desk
from tests.builders import CREDIT_CODE, make_graduate, make_outcome, make_post
from tests.recommender.year.fairs import FAIR, clerk, hold_fair, n_rows
from tests.service.published import crosswalk, publish

KEY, OTHER_KEY = b"k" * 32, b"j" * 32
NUMBER = "0" * 32
WELDER = Answers(trade="焊接加工", level=SkillLevel.SENIOR_WORKER, home="370811")
Make = Callable[..., Kiosk]


@pytest.fixture
def make(sqlite_engine: Engine, tmp_path: Path) -> Make:
    """Give a kiosk on the small fair, on a day of one's choice."""
    hold_fair(sqlite_engine)

    def made(today: date = FAIR, *, has_model: bool = True) -> Kiosk:
        if has_model:
            publish(tmp_path, crosswalk())
        desk = PlacementDesk(sqlite_engine, tmp_path, today=lambda: today)
        return Kiosk(sqlite_engine, desk, today=lambda: today, now=lambda: start_of(today))

    return made


# --- refusals ---------------------------------------------------------------------------------


def test_a_fair_that_nobody_knows_is_refused(make: Make) -> None:
    with pytest.raises(NotFound):
        make().answer("F9", WELDER, NUMBER)


def test_without_a_model_nothing_is_ranked(make: Make) -> None:
    with pytest.raises(NoModel):
        make(has_model=False).answer("F1", WELDER, NUMBER)


def test_after_the_doors_are_shut_nothing_is_marked(make: Make, sqlite_engine: Engine) -> None:
    kiosk = make()
    fair_desk.close(sqlite_engine, clerk(), "F1")
    assert kiosk.fair("F1").is_closed
    with pytest.raises(FairClosed):
        kiosk.mark(clerk(), "F1", "P1", slip=None, key="k")
    assert n_rows(sqlite_engine) == (0, 0, 0, 0)


def test_a_post_without_a_booth_is_neither_shown_nor_marked(
    make: Make, sqlite_engine: Engine
) -> None:
    kiosk = make()
    shown = {card.post_id for card in kiosk.answer("F1", WELDER, NUMBER).cards}
    assert shown == {"P1", "P2", "SENIOR"}
    with pytest.raises(NotFound):
        kiosk.mark(clerk(), "F1", "ELSEWHERE", slip=None, key="k")


def code(fair_id: str = "F1", day: date = FAIR, who: str = "G1", key: bytes = KEY) -> str:
    return fair_codes.code_of(key, fair_id, day, who)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7K3MQ9TX",
        code(fair_id="F2"),
        code(day=FAIR + timedelta(days=1)),
        code(key=OTHER_KEY),
        code(who="NOBODY"),
        code(who="SILENT"),
        code()[:-1],
        code()[:-1] + ("A" if code()[-1] != "A" else "B"),
        fair_codes.MARK + ("B" if code()[3] != "B" else "C") + code()[4:],
    ],
    ids=[
        "nothing",
        "a slip",
        "another fair",
        "another day",
        "another key",
        "nobody",
        "without consent",
        "cut short",
        "another signature",
        "another reference",
    ],
)
def test_a_code_that_is_not_of_somebody_at_this_fair_is_refused(make: Make, typed: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        make().scanned(KEY, "F1", typed)
    assert (refusal.value.code, refusal.value.value) == ("no_code", "")


def test_a_code_is_worth_nothing_once_the_fair_is_over(make: Make) -> None:
    with pytest.raises(Unreadable) as refusal:
        make(FAIR + timedelta(days=1)).scanned(KEY, "F1", code())
    assert refusal.value.code == "code_expired"


# --- the ways -----------------------------------------------------------------------------------


def test_what_is_scanned_says_the_trade_and_names_nobody(make: Make) -> None:
    found = make().scanned(KEY, "F1", f"  {code().lower()}\r\n")
    person = make_graduate(graduate_id="G1")
    assert (found.trade, found.level, found.home) == (
        person.trade,
        person.skill_level,
        person.home_region,
    )
    assert "G1" not in repr(found)
    assert "G1" not in code()


def test_a_card_says_booth_places_and_distance(make: Make) -> None:
    at_home = replace(WELDER, home=make_post().region_code)
    cards = {card.post_id: card for card in make().answer("F1", at_home, NUMBER).cards}
    assert (cards["P1"].booth, cards["P2"].booth) == ("A1", "A2")
    assert cards["P1"].open_places == 1
    assert cards["P1"].distance_km == pytest.approx(0)
    elsewhere = replace(WELDER, home="")
    assert make().answer("F1", elsewhere, NUMBER).cards[0].distance_km is None


def test_last_year_is_told_of_ten_people_and_not_of_nine(make: Make, sqlite_engine: Engine) -> None:
    # Nine applied at P1 and one more elsewhere, all with P1's occupation: ten of the occupation,
    # too few of the enterprise. All ten were hired, six of them as intermediate workers.
    last = date(2025, 5, 1)
    own = make_post(post_id="OLD", opens_on=last, closes_on=last)
    other = make_post(
        post_id="OLD2", opens_on=last, closes_on=last, credit_code="91371100MA3X00003C"
    )
    levels = [SkillLevel.INTERMEDIATE_WORKER] * 6 + [SkillLevel.SENIOR_WORKER] * 4
    people = [
        make_graduate(graduate_id=f"O{n}", class_year=2025, skill_level=level)
        for n, level in enumerate(levels)
    ]
    kiosk = make()
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, [own, other], day=last)
        store.save_graduates(conn, people)
        for n, person in enumerate(people):
            for stage in (OutcomeStage.INTERESTED, OutcomeStage.SIGNED):
                step = make_outcome(
                    graduate_id=person.graduate_id,
                    post_id="OLD" if n < 9 else "OLD2",
                    stage=stage,
                    date=last,
                    recorded_on=last,
                )
                store.save_outcomes(conn, [step])
    told = {c.post_id: c.last_year for c in kiosk.answer("F1", WELDER, NUMBER).cards}["P1"]
    assert told is not None
    assert (told.n_applied, told.level, told.at_enterprise) == (
        10,
        SkillLevel.INTERMEDIATE_WORKER,
        False,
    )
    with store.writing(sqlite_engine) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="O9", class_year=2025)])
        step = make_outcome(graduate_id="O9", post_id="OLD", date=last, recorded_on=last)
        store.save_outcomes(conn, [replace(step, stage=OutcomeStage.INTERESTED)])
    told = {c.post_id: c.last_year for c in kiosk.answer("F1", WELDER, NUMBER).cards}["P1"]
    assert told is not None
    assert (told.n_applied, told.level, told.at_enterprise) == (10, None, True)


def test_marks_of_one_person_stand_on_one_slip(make: Make, sqlite_engine: Engine) -> None:
    kiosk = make()
    number = kiosk.mark(clerk(), "F1", "P1", slip=None, key="k")
    assert kiosk.mark(clerk(), "F1", "P1", slip=None, key="k") == number  # touched twice
    assert kiosk.mark(clerk(1), "F1", "P2", slip=number, key="k") == number
    assert n_rows(sqlite_engine) == (1, 0, 2, 0)
    shown = kiosk.slip("F1", number)
    assert [card.booth for card in shown.cards] == ["A1", "A2"]


def test_fairs_that_are_over_are_not_offered(make: Make, sqlite_engine: Engine) -> None:
    past = Booth(fair_id="F0", date=FAIR - timedelta(days=1), credit_code=CREDIT_CODE)
    with store.writing(sqlite_engine) as conn:
        registered.save_booths(conn, [past])
    assert [each.fair_id for each in make().fairs()] == ["F1"]


# --- what is offered ----------------------------------------------------------------------------


def test_letters_find_trades_by_every_reading_of_their_characters() -> None:
    # 重 may be read zhong and chong; 数控加工 is s, k.
    assert kiosk_choices.trades(letters="SK")[0].startswith("数控加工")
    assert "数控加工（数控车工）" not in kiosk_choices.trades(letters="KS")
    assert kiosk_choices.trades(letters="QQ") == ()


def test_letters_find_cities_and_counties() -> None:
    assert kiosk_choices.homes("JN")[:2] == ("370100", "370800")  # 济南、济宁
    assert "370811" in kiosk_choices.homes("RC")  # 任城区
    assert len(kiosk_choices.homes()) == 16


def test_what_is_common_here_stands_first() -> None:
    assert kiosk_choices.trades("machines", common={"焊接加工": 3})[0] == "焊接加工"
    assert kiosk_choices.homes(common={"371500": 1})[0] == "371500"


def test_no_letter_leads_nowhere() -> None:
    for group in ("", *kiosk_choices.GROUPS):
        for letter in kiosk_choices.letters_of_trades(group, ""):
            assert kiosk_choices.trades(group, letter)
    assert "I" not in kiosk_choices.letters_of_trades("", "")  # no Chinese syllable begins so


def test_every_class_of_trades_stands_behind_one_picture() -> None:
    shown = [name for classes in kiosk_choices.GROUPS.values() for name in classes]
    assert sorted(shown) == sorted(set(tables.trade_classes().values()) - {""})
    assert len(kiosk_choices.GROUPS) <= kiosk_choices.MOST


def test_a_wish_says_what_a_roster_would() -> None:
    assert kiosk_choices.wish_cells(Wish.NEAR, "370811") == {"wish_regions": "370800"}
    assert kiosk_choices.wish_cells(Wish.NEAR, "") == {}
    assert kiosk_choices.wish_cells(Wish.PAY_5000, "") == {"wish_pay": "5000"}
    assert kiosk_choices.wish_cells(Wish.ANY, "370811") == {}
