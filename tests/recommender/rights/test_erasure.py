"""Erasing a person: nothing says who they were, every count stays, no sheet brings them back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender import intake, lists_shown
from recommender.access import Grant
from recommender.claims import ClaimState
from recommender.data import consented, persons, schema, store
from recommender.data import ledger as claimed
from recommender.data.person_keys import PersonKeys
from recommender.domain import OutcomeStage
from recommender.errors import NotFound
from recommender.finding import Asked, Finder
from recommender.ledger import confirm
from recommender.persons import is_erased
from recommender.recording import record_outcome
from recommender.rights import erasure, held
from recommender.year import follow_up, report
from tests.builders import DAY
from tests.recommender.rights.somebody import CLERK, OTHER, WHO, everything, fill

ROSTER = "graduate_id,college,trade,class_year,consent,name\n"
ROW = f"{WHO},示例技师学院,焊接加工,2026,是,样例甲\n"


def erase(office: Engine, home: Path, who: str = WHO) -> erasure.Erasure:
    return erasure.erase(office, home, CLERK, who)


def made_up(office: Engine) -> str:
    with store.reading(office) as conn:
        (found,) = [g.graduate_id for g in store.load_graduates(conn) if is_erased(g.graduate_id)]
    return found


# --- refusals ---------------------------------------------------------------------------------


def test_nobody_is_erased_who_is_not_known(office: Engine, home: Path) -> None:
    with pytest.raises(NotFound):
        erase(office, home, "G-nobody")


def test_the_made_up_id_is_nobody_to_erase_again(office: Engine, home: Path) -> None:
    erase(office, home)
    with pytest.raises(NotFound):
        erase(office, home, made_up(office))


def test_no_step_is_recorded_of_who_was_erased(office: Engine, home: Path) -> None:
    erase(office, home)
    step = {"graduate_id": WHO, "post_id": "P1", "stage": "意向", "date": "2026-05-14"}
    with pytest.raises(NotFound):
        record_outcome(office, step, day=DAY, idempotency_key=None)


def test_a_roster_is_not_taken_in_without_the_key_once_somebody_was_erased(
    office: Engine, home: Path, tmp_path: Path
) -> None:
    erase(office, home)
    (tmp_path / "r.csv").write_text(ROSTER + ROW, "utf-8")
    with pytest.raises(ValueError, match="key"):
        intake.import_files(office, [tmp_path / "r.csv"], day=DAY)


def test_an_erased_row_of_any_sheet_is_left_out_and_told(
    office: Engine, home: Path, tmp_path: Path
) -> None:
    erase(office, home)
    before = everything(office)
    (tmp_path / "r.csv").write_text(ROSTER + ROW, "utf-8")
    (tmp_path / "o.csv").write_text(
        f"graduate_id,post_id,stage,date\n{WHO},P1,意向,2026-05-01\n", "utf-8"
    )
    (tmp_path / "m.csv").write_text(
        ROSTER + f"{made_up(office)},示例技师学院,焊接加工,2026,是,谁\n", "utf-8"
    )
    files = [tmp_path / name for name in ("r.csv", "o.csv", "m.csv")]
    summary = intake.import_files(office, files, day=DAY, keys=PersonKeys(home))
    told = [(each.filename, w.row, w.code) for each in summary.sheets for w in each.warnings]
    assert told == [("r.csv", 2, "erased"), ("o.csv", 2, "erased"), ("m.csv", 2, "erased")]
    assert [each.added + each.changed for each in summary.sheets] == [0, 0, 0]
    imports = "'2026-05-15'"  # but for the line of the import itself nothing was written
    assert before.count(imports) == everything(office).count(imports)
    assert WHO not in everything(office)


# --- nothing says who they were ---------------------------------------------------------------


def test_the_world_has_a_row_of_the_person_in_every_table_of_people(
    office: Engine, home: Path
) -> None:
    read = held.read(office, home, WHO, day=DAY)
    names = {table.name for table in persons.of_people()} | {"check_ins", "marks", "lists"}
    assert set(read.tables) == names


def test_every_table_of_people_says_what_an_erasure_does() -> None:
    assert {table.name for table in persons.of_people()} == set(persons.ERASING)


def test_no_table_and_no_log_says_who_they_were(office: Engine, home: Path) -> None:
    assert WHO in everything(office)
    erase(office, home)
    left = everything(office)
    private = (WHO, "QZ-7", "样例甲", "0012026001", "13800000000", "样例店", "排序不对", "ABCD2345")
    assert [each for each in private if each in left] == []
    assert lists_shown.of_graduate(home, WHO) == []


def test_the_line_of_the_roster_keeps_what_reports_count_by(office: Engine, home: Path) -> None:
    with store.reading(office) as conn:
        (before,) = store.load_graduates(conn, ids=[WHO])
    erase(office, home)
    with store.reading(office) as conn:
        (after,) = store.load_graduates(conn, ids=[made_up(office)])
    assert (after.college, after.trade, after.class_year) == ("示例技师学院", "焊接加工", 2026)
    assert not after.consent
    assert before.home_region is not None
    assert after.home_region is after.skill_level is after.adult_on is after.grade_band is None


def test_the_case_keeps_its_number_and_no_word(office: Engine, home: Path) -> None:
    erase(office, home)
    with office.connect() as conn:
        (row,) = conn.execute(sa.select(schema.cases))
    assert (row.case_id, row.graduate_id, row.text, row.opened_by) == (1, None, "", "")


def test_officers_find_the_erased_no_more(office: Engine, home: Path) -> None:
    finder = Finder(office, today=lambda: DAY, now=lambda: CLERK.now)
    grant = Grant(token_id=1, role="admin")
    assert finder.graduates(grant, Asked()).total == 2
    erase(office, home)
    found = finder.graduates(grant, Asked())
    assert [row.graduate.graduate_id for row in found.rows] == [OTHER]


def test_nobody_is_asked_how_the_erased_is_doing(office: Engine, home: Path) -> None:
    start = {"graduate_id": WHO, "post_id": "P2", "stage": "到岗", "date": "2026-04-01"}
    record_outcome(office, start, day=DAY, idempotency_key=None, clerk=CLERK)
    assert [each.graduate_id for each in follow_up.follow_up(office, day=DAY).due] == [WHO]
    erase(office, home)
    assert follow_up.follow_up(office, day=DAY).due == ()


def test_an_erasure_is_the_same_on_each_database(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    confirm(engine, CLERK, WHO, "P2")
    before = report.report(engine, day=DAY, class_year=2026)
    erase(engine, tmp_path)
    assert [each for each in (WHO, "样例甲", "排序不对") if each in everything(engine)] == []
    assert report.report(engine, day=DAY, class_year=2026) == before
    assert erase(engine, tmp_path).n_rows == {}


# --- what counts stays ------------------------------------------------------------------------


def test_the_report_says_the_same_before_and_after(office: Engine, home: Path) -> None:
    confirm(office, CLERK, WHO, "P2")
    before = report.report(office, day=DAY, class_year=2026)
    assert before.lines[0].graduates == 2
    erase(office, home)
    assert report.report(office, day=DAY, class_year=2026) == before


def test_a_confirmed_place_stays_taken(office: Engine, home: Path) -> None:
    confirm(office, CLERK, WHO, "P2")
    done = erase(office, home)
    assert done.keeps_place
    with store.reading(office) as conn:
        (claim,) = claimed.load_claims(conn, post_ids=["P2"])
        steps = store.load_outcomes(conn, day=DAY, post_ids=["P2"])
    assert (claim.graduate_id, claim.state) == (made_up(office), ClaimState.CONFIRMED)
    assert [step.stage for step in steps] == [OutcomeStage.SIGNED]


def test_a_hold_and_a_turn_are_given_up_with_a_line_in_the_ledger(
    office: Engine, home: Path
) -> None:
    done = erase(office, home)
    assert (done.released, done.keeps_place) == (("P3", "P4"), False)
    with store.reading(office) as conn:
        assert [each.graduate_id for each in claimed.load_claims(conn)] == [OTHER]
        last = claimed.load_events(conn, "P4")[-1]
    assert (last.action.value, last.who, last.note) == ("release", "officer", None)


def test_the_next_model_is_trained_without_them(office: Engine, home: Path) -> None:
    erase(office, home)
    with store.reading(office) as conn:
        learned = consented.for_training(conn, store.load_graduates(conn))
    assert {each.graduate_id for each in learned if each.consent} == {OTHER}


def test_erasing_twice_says_when_it_was_done(office: Engine, home: Path) -> None:
    first = erase(office, home)
    before = everything(office)
    later = replace(CLERK, now=CLERK.now.replace(month=6))
    again = erasure.erase(office, home, later, WHO)
    assert (again.day, again.n_rows) == (first.day, {})
    assert everything(office) == before


def test_every_process_looks_at_the_roster_anew(office: Engine, home: Path) -> None:
    with store.reading(office) as conn:
        before = store.sheets_revision(conn)
    erase(office, home)
    with store.reading(office) as conn:
        assert store.sheets_revision(conn) > before


def test_a_kept_answer_to_the_same_key_is_forgotten(office: Engine, home: Path) -> None:
    with store.reading(office) as conn:
        assert store.remembered(conn, "k-1") is not None
    erase(office, home)
    with store.reading(office) as conn:
        assert store.remembered(conn, "k-1") is None
