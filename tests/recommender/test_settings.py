from datetime import date, datetime
from pathlib import Path

import pytest

from recommender.claims import SHANDONG
from recommender.settings import Settings, sqlite_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLACEMENT_AS_OF", "15.05.2026"),
        ("PLACEMENT_AS_OF", "2026-02-30"),
        ("PLACEMENT_SAMPLE", "maybe"),
        ("PLACEMENT_HTTPS", "2"),
        ("PLACEMENT_EXPLORE_SHARE", "5%"),
        ("PLACEMENT_EXPLORE_SHARE", "nan"),
        ("PLACEMENT_EXPLORE_SHARE", "-0.01"),
        ("PLACEMENT_EXPLORE_SHARE", "0.21"),
        ("PLACEMENT_KEEP_LISTS_DAYS", "-1"),
        ("PLACEMENT_KEEP_LISTS_DAYS", "1.5"),
        ("PLACEMENT_KEEP_ANSWERS_DAYS", "0"),
        ("PLACEMENT_KEEP_VIEWS_DAYS", "0"),
        ("PLACEMENT_KEEP_ANSWERS_DAYS", "month"),
        ("PLACEMENT_DATABASE_URL", "placement.sqlite3"),
        ("PLACEMENT_HOLD_HOURS", "0"),
        ("PLACEMENT_HOLD_HOURS", "721"),
        ("PLACEMENT_HOLD_HOURS", "1.5"),
        ("PLACEMENT_HOLD_HOURS", "two"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: value})


def test_a_wrong_database_url_is_not_repeated_because_it_may_hold_a_password() -> None:
    with pytest.raises(ValueError, match="PLACEMENT_DATABASE_URL") as refusal:
        Settings.from_env({"PLACEMENT_DATABASE_URL": "user:secret@host"})
    assert "secret" not in str(refusal.value)


def test_an_empty_environment_means_sqlite_inside_var_and_the_calendars_day() -> None:
    settings = Settings.from_env({})
    assert settings.home == Path("var").absolute()
    assert settings.database_url == sqlite_url(settings.home)
    assert settings.as_of is None
    assert not settings.sample
    assert not settings.https
    assert settings.hold_hours == 48
    # One list in twenty, as issue and operations page say; a class year and 180 days, and more.
    assert settings.explore_share == 0.05
    assert settings.keep_lists_days >= 365 + 180
    assert settings.keep_answers_days == 30
    assert settings.keep_views_days == 3 * 365


def test_an_empty_variable_is_as_good_as_none() -> None:
    empty = dict.fromkeys(
        (
            "PLACEMENT_HOME",
            "PLACEMENT_DATABASE_URL",
            "PLACEMENT_AS_OF",
            "PLACEMENT_SAMPLE",
            "PLACEMENT_HTTPS",
            "PLACEMENT_EXPLORE_SHARE",
            "PLACEMENT_KEEP_LISTS_DAYS",
            "PLACEMENT_KEEP_ANSWERS_DAYS",
            "PLACEMENT_KEEP_VIEWS_DAYS",
            "PLACEMENT_HOLD_HOURS",
        ),
        "",
    )
    assert Settings.from_env(empty) == Settings.from_env({})


def test_home_moves_database_models_and_log_together(tmp_path: Path) -> None:
    settings = Settings.from_env({"PLACEMENT_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/placement.sqlite3"
    assert settings.models_dir == tmp_path / "models"
    assert settings.log_file.parent == tmp_path / "logs"


def test_every_variable_is_read() -> None:
    settings = Settings.from_env(
        {
            "PLACEMENT_HOME": "/srv/placement",
            "PLACEMENT_DATABASE_URL": "postgresql+psycopg://placement@db/placement",
            "PLACEMENT_AS_OF": "2026-05-15",
            "PLACEMENT_SAMPLE": "Yes",
            "PLACEMENT_HTTPS": "on",
            "PLACEMENT_EXPLORE_SHARE": "0.1",
            "PLACEMENT_KEEP_LISTS_DAYS": "0",
            "PLACEMENT_KEEP_ANSWERS_DAYS": "1",
            "PLACEMENT_KEEP_VIEWS_DAYS": "2",
            "PLACEMENT_HOLD_HOURS": "720",
        }
    )
    assert settings == Settings(
        home=Path("/srv/placement"),
        database_url="postgresql+psycopg://placement@db/placement",
        as_of=date(2026, 5, 15),
        sample=True,
        https=True,
        explore_share=0.1,
        keep_lists_days=0,
        keep_answers_days=1,
        keep_views_days=2,
        hold_hours=720,
    )


def test_now_is_the_clock_on_the_day_that_stands_for_today() -> None:
    clock = datetime(2027, 1, 2, 9, 30, tzinfo=SHANDONG)
    assert Settings.from_env({}).moment(clock) == clock
    then = Settings.from_env({"PLACEMENT_AS_OF": "2026-05-15"}).moment(clock)
    assert then == datetime(2026, 5, 15, 9, 30, tzinfo=SHANDONG)


def test_what_a_started_process_is_told_reads_back_the_same() -> None:
    settings = Settings.from_env(
        {"PLACEMENT_AS_OF": "2026-05-15", "PLACEMENT_SAMPLE": "1", "PLACEMENT_HOLD_HOURS": "7"}
    )
    assert Settings.from_env(settings.to_env()) == settings
    shares = Settings.from_env(
        {
            "PLACEMENT_EXPLORE_SHARE": "0",
            "PLACEMENT_KEEP_LISTS_DAYS": "7",
            "PLACEMENT_KEEP_ANSWERS_DAYS": "9",
            "PLACEMENT_KEEP_VIEWS_DAYS": "9",
        }
    )
    assert Settings.from_env(shares.to_env()) == shares
    without_a_day = Settings.from_env({"PLACEMENT_HOME": "/srv/placement"})
    assert Settings.from_env(without_a_day.to_env()) == without_a_day
