"""What differs between installations, read once from ``PLACEMENT_*`` and handed on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")

DATABASE_FILE = "placement.sqlite3"
EXPLORE_SHARE = 0.05
# A kiosk's list is somebody's: more than one in five is no exploration any more.
MOST_EXPLORE_SHARE = 0.2
# From a list of 1 September to 180 days after that class year's season: 545 days, and some notice.
KEEP_LISTS_DAYS = 600
# Nobody sends a request again after a month.
KEEP_ANSWERS_DAYS = 30
# Who looked at whom can be asked for until three years have passed.
KEEP_VIEWS_DAYS = 1095
# How long a place is held or offered where nobody says otherwise, and the longest that it may be.
HOLD_HOURS, MOST_HOLD_HOURS = 48, 720
# After so many days without a change an enterprise is asked whether it still wants a post.
ASK_AFTER_DAYS = 180
_YES = frozenset({"1", "yes", "true", "on"})
_NO = frozenset({"0", "no", "false", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where everything lies and which day it is.

    Attributes
    ----------
    home
        Folder under which everything is written: database, models, lock, logs. Absolute, so
        that a later change of the working directory changes nothing.
    database_url
        SQLAlchemy URL; by default an SQLite file inside `home`.
    as_of
        The day that stands for today; None for the calendar's.
    sample
        Whether the data are the constructed sample, so that the page says so.
    https
        Whether the service is reached through HTTPS only, so that browsers are told to stay
        there. Off on a plain local network.
    plain_sign_in
        Whether people may sign in from other machines without HTTPS, so that secrets and names
        cross the network for everybody on it to read; off unless somebody takes that risk.
    hold_hours
        How long a place is held, or offered to the next in line, where nobody says otherwise.
    explore_share
        Share of the kiosk's lists that show two neighbours below rank 5 swapped, 0 to 0.2.
    keep_lists_days
        How many days the log of lists shown is kept; 0 keeps none, and explores nothing.
    keep_answers_days
        How many days an ``Idempotency-Key`` brings its answer back, at least 1.
    keep_views_days
        How many days the log of who looked at whom is kept, at least 1.
    ask_after_days
        After how many days without a change it is asked whether a post is still wanted.
    pack_key
        Public key, or a file that holds it, with which a hall opens packs; None for none.
    """

    home: Path
    database_url: str
    as_of: date | None = None
    sample: bool = False
    https: bool = False
    plain_sign_in: bool = False
    hold_hours: int = HOLD_HOURS
    explore_share: float = EXPLORE_SHARE
    keep_lists_days: int = KEEP_LISTS_DAYS
    keep_answers_days: int = KEEP_ANSWERS_DAYS
    keep_views_days: int = KEEP_VIEWS_DAYS
    ask_after_days: int = ASK_AFTER_DAYS
    pack_key: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read ``PLACEMENT_*`` variables; an empty one is as good as none.

        Raises
        ------
        ValueError
            Naming the variable that cannot be read, and what it may hold.
        """
        home = Path(env.get("PLACEMENT_HOME") or "var").absolute()
        share = _read(env, "PLACEMENT_EXPLORE_SHARE", _share)
        keep_days = _read(env, "PLACEMENT_KEEP_LISTS_DAYS", _n_days)
        ask_after = _read(env, "PLACEMENT_ASK_AFTER_DAYS", _n_days)
        return cls(
            home=home,
            database_url=_read(env, "PLACEMENT_DATABASE_URL", _url) or sqlite_url(home),
            as_of=_read(env, "PLACEMENT_AS_OF", _day),
            sample=bool(_read(env, "PLACEMENT_SAMPLE", _switch)),
            https=bool(_read(env, "PLACEMENT_HTTPS", _switch)),
            plain_sign_in=bool(_read(env, "PLACEMENT_PLAIN_SIGN_IN", _switch)),
            hold_hours=_read(env, "PLACEMENT_HOLD_HOURS", _hours) or HOLD_HOURS,
            explore_share=EXPLORE_SHARE if share is None else share,
            keep_lists_days=KEEP_LISTS_DAYS if keep_days is None else keep_days,
            keep_answers_days=(
                _read(env, "PLACEMENT_KEEP_ANSWERS_DAYS", _some_days) or KEEP_ANSWERS_DAYS
            ),
            keep_views_days=_read(env, "PLACEMENT_KEEP_VIEWS_DAYS", _some_days) or KEEP_VIEWS_DAYS,
            ask_after_days=ask_after or ASK_AFTER_DAYS,
            pack_key=env.get("PLACEMENT_PACK_KEY", "").strip() or None,
        )

    def moment(self, clock: datetime) -> datetime:
        """Give the moment that stands for now: what the clock says, on the day of `as_of`."""
        return datetime.combine(self.as_of, clock.timetz()) if self.as_of else clock

    @property
    def models_dir(self) -> Path:
        """The folder of published versions."""
        return self.home / "models"

    def to_env(self) -> dict[str, str]:
        """Say the same again as variables, for a process that is started from this one."""
        return {
            "PLACEMENT_HOME": str(self.home),
            "PLACEMENT_DATABASE_URL": self.database_url,
            "PLACEMENT_AS_OF": self.as_of.isoformat() if self.as_of else "",
            "PLACEMENT_SAMPLE": "1" if self.sample else "0",
            "PLACEMENT_HTTPS": "1" if self.https else "0",
            "PLACEMENT_PLAIN_SIGN_IN": "1" if self.plain_sign_in else "0",
            "PLACEMENT_HOLD_HOURS": str(self.hold_hours),
            "PLACEMENT_EXPLORE_SHARE": repr(self.explore_share),
            "PLACEMENT_KEEP_LISTS_DAYS": str(self.keep_lists_days),
            "PLACEMENT_KEEP_ANSWERS_DAYS": str(self.keep_answers_days),
            "PLACEMENT_KEEP_VIEWS_DAYS": str(self.keep_views_days),
            "PLACEMENT_ASK_AFTER_DAYS": str(self.ask_after_days),
            "PLACEMENT_PACK_KEY": self.pack_key or "",
        }

    @property
    def log_file(self) -> Path:
        """Where the details of a failure are written, one JSON line each."""
        return self.home / "logs" / "placement.log"


def sqlite_url(home: Path) -> str:
    """Give the URL of the database inside a home folder."""
    return f"sqlite:///{(home / DATABASE_FILE).as_posix()}"


def _read(env: Mapping[str, str], name: str, parse: Callable[[str], Value]) -> Value | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    try:
        return parse(text)
    except ValueError as wrong:
        raise ValueError(f"{name}: {wrong}") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"a date such as 2026-05-15 is expected, not {text!r}") from None


def _hours(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_HOLD_HOURS:
        return int(text)
    raise ValueError(f"hours from 1 to {MOST_HOLD_HOURS} are expected, not {text!r}")


def _switch(text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise ValueError(f"1 or 0 is expected, not {text!r}")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= MOST_EXPLORE_SHARE:
        raise ValueError(f"a number from 0 to {MOST_EXPLORE_SHARE} is expected, not {text!r}")
    return share


def _n_days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise ValueError(f"a number of days, 0 to 99999, is expected, not {text!r}")
    return int(text)


def _some_days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) >= 1):
        raise ValueError(f"a number of days, 1 to 99999, is expected, not {text!r}")
    return int(text)


def _url(text: str) -> str:
    # The value is not repeated: it may hold a password.
    if "://" not in text:
        raise ValueError("a URL such as postgresql+psycopg://user@host/name is expected")
    return text
