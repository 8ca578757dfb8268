"""Consents: each for itself, at once, and no sheet brings back what was withdrawn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import intake
from recommender.data import consented, store
from recommender.data.person_keys import PersonKeys
from recommender.errors import ImportRefused, NoConsent, NotFound, Unreadable
from recommender.persons import Consent, ConsentSource, Purpose
from recommender.placements import PlacementDesk
from recommender.rights import consents, corrections
from tests.builders import DAY
from tests.recommender.rights.somebody import NOON, OTHER, WHO

HEADER = "graduate_id,college,trade,class_year,consent,skill_level,name\n"


def say(engine: Engine, purpose: str, *, given: bool, who: str = OTHER, hours: int = 0) -> bool:
    return consents.change(
        engine,
        who,
        purpose,
        given=given,
        at=NOON + timedelta(hours=hours),
        source=ConsentSource.LINK,
        who="self",
    )


def now(engine: Engine, who: str = OTHER) -> dict[Purpose, bool | None]:
    read = consents.read(engine, who).now
    return {purpose: said.given if said else None for purpose, said in read.items()}


def take(
    engine: Engine, folder: Path, *, consent: str = "是", level: str = "中级工", name: str = ""
) -> list[tuple[str, str]]:
    """Take a roster in that has the other graduate; give what is told of it."""
    row = f"{OTHER},示例技师学院,焊接加工,2026,{consent},{level},{name}\n"
    (folder / "r.csv").write_text(HEADER + row, "utf-8")
    keys = PersonKeys(folder)
    summary = intake.import_files(engine, [folder / "r.csv"], day=DAY, keys=keys)
    return [(each.code, each.column) for each in summary.sheets[0].warnings]


# --- refusals ---------------------------------------------------------------------------------


def test_nobody_is_asked_about_another_purpose(office: Engine) -> None:
    with pytest.raises(Unreadable) as wrong:
        say(office, "advertising", given=True)
    assert wrong.value.suggestions == ("ranking", "passing", "training")


def test_nobody_answers_who_is_not_known(office: Engine) -> None:
    with pytest.raises(NotFound):
        say(office, "ranking", given=False, who="G-nobody")


@pytest.mark.parametrize("field", ["graduate_id", "college", "consent", "shoe_size"])
def test_a_key_or_a_consent_is_not_corrected(office: Engine, field: str) -> None:
    with pytest.raises(Unreadable, match="not_correctable"):
        corrections.correct(office, OTHER, field, "x", at=NOON, who="officer")


def test_a_correction_that_cannot_be_read_is_refused_with_what_would_be_right(
    office: Engine,
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        corrections.correct(office, OTHER, "grade_band", "9", at=NOON, who="officer")
    assert [each.column for each in refusal.value.problems] == ["grade_band"]


# --- at once ----------------------------------------------------------------------------------


def test_the_next_request_of_another_process_ranks_who_withdrew_no_more(
    office: Engine, models_dir: Path
) -> None:
    elsewhere = PlacementDesk(office, models_dir, today=lambda: DAY)
    assert elsewhere.rank_posts(OTHER).ranking
    assert [each.graduate_id for each in elsewhere.rank_graduates("P2").graduates] == [OTHER, WHO]
    say(office, "ranking", given=False)
    with pytest.raises(NoConsent):
        elsewhere.rank_posts(OTHER)
    assert [each.graduate_id for each in elsewhere.rank_graduates("P2").graduates] == [WHO]
    say(office, "ranking", given=True)
    assert elsewhere.rank_posts(OTHER).ranking
    assert len(elsewhere.rank_graduates("P2").graduates) == 2


def test_each_purpose_is_answered_for_itself(office: Engine) -> None:
    assert now(office) == {Purpose.RANKING: True, Purpose.PASSING: None, Purpose.TRAINING: True}
    assert say(office, "training", given=False)
    assert now(office) == {Purpose.RANKING: True, Purpose.PASSING: None, Purpose.TRAINING: False}
    with store.reading(office) as conn:
        stored = store.load_graduates(conn, ids=[OTHER])
        learned = consented.for_training(conn, stored)
    assert [(each.consent) for each in (*stored, *learned)] == [True, False]


def test_whoever_is_not_ranked_may_still_teach(office: Engine) -> None:
    say(office, "ranking", given=False)
    with store.reading(office) as conn:
        (stored,) = store.load_graduates(conn, ids=[OTHER])
        said = consented.latest(conn, Purpose.TRAINING, [OTHER])
    assert not stored.consent
    assert said == {}  # nothing but the roster spoke of training, which says what it said of both
    say(office, "training", given=True)
    with store.reading(office) as conn:
        (learned,) = consented.for_training(conn, [stored])
    assert learned.consent


def test_the_same_answer_again_writes_nothing(office: Engine) -> None:
    assert say(office, "passing", given=True)
    assert not say(office, "passing", given=True, hours=1)
    assert len(consents.read(office, OTHER).history) == 1


def test_every_answer_stays_with_its_day_wording_and_source(office: Engine) -> None:
    say(office, "passing", given=True)
    say(office, "passing", given=False, hours=1)
    first, last = consents.read(office, OTHER).history
    assert first == Consent(
        graduate_id=OTHER,
        purpose=Purpose.PASSING,
        given=True,
        at=NOON,
        text_version="1",
        source=ConsentSource.LINK,
        who="self",
    )
    assert (last.given, last.at) == (False, NOON + timedelta(hours=1))


# --- against sheets ---------------------------------------------------------------------------


def test_a_roster_says_both_purposes_of_its_column_with_its_day(
    office: Engine, tmp_path: Path
) -> None:
    take(office, tmp_path, consent="否")
    history = consents.read(office, OTHER).history
    assert [(each.purpose, each.given, each.source) for each in history] == [
        (Purpose.RANKING, False, ConsentSource.SHEET),
        (Purpose.TRAINING, False, ConsentSource.SHEET),
    ]
    assert {each.at.date() for each in history if each.at} == {DAY}


def test_a_yes_of_a_sheet_does_not_bring_back_what_the_person_withdrew(
    office: Engine, tmp_path: Path
) -> None:
    say(office, "ranking", given=False)
    assert take(office, tmp_path) == [("withdrawn", "consent")]
    assert now(office)[Purpose.RANKING] is False


def test_a_no_of_a_sheet_always_counts(office: Engine, tmp_path: Path) -> None:
    say(office, "ranking", given=True)
    take(office, tmp_path, consent="否")
    assert now(office) == {Purpose.RANKING: False, Purpose.PASSING: None, Purpose.TRAINING: False}


def test_a_sheet_may_take_its_own_no_back_but_not_that_of_the_person(
    office: Engine, tmp_path: Path
) -> None:
    say(office, "training", given=False)
    take(office, tmp_path, consent="否")
    take(office, tmp_path, consent="是")
    assert now(office)[Purpose.RANKING] is True


def test_what_was_corrected_away_does_not_come_back_with_an_old_sheet(
    office: Engine, tmp_path: Path
) -> None:
    take(office, tmp_path, name="样例乙")
    corrections.correct(office, OTHER, "skill_level", "高级工", at=NOON, who="officer")
    corrections.correct(office, OTHER, "name", "样例丙", at=NOON, who="officer")
    told = take(office, tmp_path, name="样例乙")
    assert told == [("corrected", "skill_level"), ("corrected", "name")]
    with store.reading(office) as conn:
        (graduate,) = store.load_graduates(conn, ids=[OTHER])
        details = store.load_personal(conn, [OTHER])[OTHER]
    assert (graduate.skill_level, details.name) == (4, "样例丙")


def test_a_later_sheet_with_something_new_is_believed(office: Engine, tmp_path: Path) -> None:
    corrections.correct(office, OTHER, "skill_level", "高级工", at=NOON, who="officer")
    assert take(office, tmp_path, level="技师") == []
    with store.reading(office) as conn:
        (graduate,) = store.load_graduates(conn, ids=[OTHER])
    assert graduate.skill_level == 5


def test_a_correction_keeps_what_stood_there(office: Engine) -> None:
    made = corrections.correct(office, OTHER, "home_region", "邹城市", at=NOON, who="officer")
    assert made is not None
    assert (made.old, made.new) == ("370811", "370883")
    again = corrections.correct(office, OTHER, "home_region", "370883", at=NOON, who="officer")
    assert again is None
