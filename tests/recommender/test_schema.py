"""The tables, their history, and that both say the same."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from recommender import wording
from recommender.afterwards import Destination, FollowUp
from recommender.data import schema, sheets, store
from recommender.domain import (
    Agreement,
    Apprentice,
    Graduate,
    Interest,
    Member,
    Outcome,
    PersonalDetails,
    Post,
)
from recommender.errors import DatabaseFailed
from recommender.fairs import Booth, CheckIn, Closing, Mark, Registration, Slip, Turn
from recommender.programmes import Programme

DICTIONARY = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_migrations_make_the_tables_that_the_schema_describes(engine: Engine) -> None:
    with engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []


def test_the_newest_migration_is_the_one_that_the_schema_names() -> None:
    config = Config()
    folder = Path(store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_the_history_can_be_taken_back_and_walked_again(sqlite_engine: Engine) -> None:
    from alembic import command

    config = Config()
    config.set_main_option(
        "script_location", str(Path(store.__file__).parent / "migrations").replace("%", "%%")
    )
    with store.writing(sqlite_engine) as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "base")
    assert sa.inspect(sqlite_engine).get_table_names() == ["alembic_version"]
    store.upgrade(sqlite_engine)
    assert set(sa.inspect(sqlite_engine).get_table_names()) > set(schema.metadata.tables)


def test_a_second_upgrade_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.sqlite3"
    engine = store.connect(url)
    store.upgrade(engine)
    engine.dispose()
    program = (
        "import sys; from recommender.data import store; "
        f"store.upgrade(store.connect({url!r})); print('alembic' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"


def test_tables_of_a_newer_program_are_left_alone(engine: Engine) -> None:
    version = sa.text("UPDATE alembic_version SET version_num = :made_by")
    with store.writing(engine) as conn:
        conn.execute(version, {"made_by": "9999"})
    try:
        with pytest.raises(DatabaseFailed, match="9999"):
            store.upgrade(engine)
    finally:
        # PostgreSQL's schema serves the next test too.
        with store.writing(engine) as conn:
            conn.execute(version, {"made_by": schema.HEAD})


def test_an_upgrade_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = store.connect(f"sqlite:///{tmp_path}/a.sqlite3")

    def fail_late(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE tokens" in statement:
            raise RuntimeError("the power went")

    sa.event.listen(engine, "before_cursor_execute", fail_late)
    with pytest.raises(RuntimeError):
        store.upgrade(engine)
    assert sa.inspect(engine).get_table_names() == []
    sa.event.remove(engine, "before_cursor_execute", fail_late)
    store.upgrade(engine)
    engine.dispose()


def test_four_processes_that_start_at_once_make_one_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    program = f"from recommender.data import store; store.upgrade(store.connect({url!r}))"
    starts = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)
    ]
    complaints = [start.communicate()[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0, 0], complaints
    engine = store.connect(url)
    with store.reading(engine) as conn:
        found = conn.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    engine.dispose()
    assert found == [(schema.HEAD,)]


@pytest.mark.parametrize(
    ("table", "kind", "more"),
    [
        (schema.post_versions, Post, {"changed_on"}),
        (schema.graduates, Graduate, set()),
        (schema.personal_details, PersonalDetails, {"name_keys"}),
        (schema.outcomes, Outcome, set()),
        (schema.members, Member, set()),
        (schema.agreements, Agreement, set()),
        (schema.apprentices, Apprentice, {"changed_on"}),
        (schema.programmes, Programme, {"changed_on"}),
        (schema.interests, Interest, set()),
        (schema.destinations, Destination, set()),
        (schema.follow_ups, FollowUp, set()),
        (schema.fairs, Booth, set()),
        (schema.registrations, Registration, set()),
        (schema.turns, Turn, set()),
        (schema.slips, Slip, set()),
        (schema.check_ins, CheckIn, set()),
        (schema.marks, Mark, set()),
        (schema.fair_closings, Closing, set()),
    ],
)
def test_each_table_has_the_fields_of_its_object(
    table: sa.Table, kind: type, more: set[str]
) -> None:
    assert set(table.columns.keys()) == {field.name for field in fields(kind)} | more


def test_personal_words_are_columns_of_one_table_only() -> None:
    personal = {"name", "student_no", "gender"}
    holding = {
        table.name
        for table in schema.metadata.tables.values()
        if personal & set(table.columns.keys())
    }
    # A member's name is a body's, a mapping's is a trade's.
    assert holding - {"members", "mappings"} == {"personal_details"}


def section(title: str) -> str:
    """Give the part of the data dictionary under a heading of the third rank."""
    page = DICTIONARY.read_text(encoding="utf-8")
    return page.split(f"\n### {title}", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


@pytest.mark.parametrize("kind", sheets.KINDS)
def test_the_data_dictionary_has_every_column_of_a_sheet_and_no_other(kind: str) -> None:
    described = re.findall(r"^\| `(\w+)`\*? \| (\S+) \|", section(kind), flags=re.MULTILINE)
    assert dict(described) == dict(wording.COLUMNS[kind])


SHEET_OF = {
    "posts": "demand_catalog",
    "post_versions": "demand_catalog",
    "graduates": "graduates",
    "personal_details": "graduates",
    "outcomes": "outcomes",
    "members": "members",
    "agreements": "agreements",
    "apprentices": "apprentices",
    "programmes": "programmes",
    "interests": "interests",
    "destinations": "destinations",
    "follow_ups": "follow_ups",
    "fairs": "fairs",
    "registrations": "registrations",
    "code_changes": "code_changes",
}


@pytest.mark.parametrize("table", SHEET_OF)
def test_the_data_dictionary_names_what_a_table_has_beside_its_sheet(table: str) -> None:
    page = DICTIONARY.read_text(encoding="utf-8")
    [line] = re.findall(rf"^\| `{table}` \|.*$", page, flags=re.MULTILINE)
    known = set(wording.COLUMNS[SHEET_OF[table]]) | set(re.findall(r"`(\w+)`", line))
    assert set(schema.metadata.tables[table].columns.keys()) <= known


@pytest.mark.parametrize("table", sorted(set(schema.metadata.tables) - set(SHEET_OF)))
def test_the_data_dictionary_has_every_column_of_the_other_tables(table: str) -> None:
    described = re.findall(r"^\| `(\w+)` \|", section(table), flags=re.MULTILINE)
    assert described == schema.metadata.tables[table].columns.keys()
