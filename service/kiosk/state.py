"""What somebody has answered so far, as the form of every screen carries it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from werkzeug.datastructures import MultiDict

from recommender import kiosk_choices as choices
from recommender.domain import SkillLevel
from recommender.kiosk import Answers
from recommender.kiosk_choices import Wish

_NO_LEVEL = "none"
_LIST_NUMBER = re.compile("[0-9a-f]{32}")
# Fields that are each one answer, and what is forgotten once it is given.
_ANSWERS = {"group": "letters", "trade": "letters", "level": "", "home": "letters", "wish": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where somebody is.

    Attributes
    ----------
    letters
        Initials typed on the pad of the present screen.
    level
        Name of a level, ``none`` of who has no certificate; "" while unanswered.
    code
        What was scanned from a roster, which says trade, level and home.
    number
        Of the list that was answered: draws its order the same each time.
    picked
        Post to compare with the next one.
    marked
        Posts marked, so that their cards say so.
    view
        "" for the list, ``compare`` or ``slip``.
    """

    group: str = ""
    letters: str = ""
    trade: str = ""
    level: str = ""
    home: str = ""
    wish: str = ""
    adult: str = ""
    code: str = ""
    number: str = ""
    page: str = "0"
    picked: str = ""
    beside: str = ""
    slip: str = ""
    marked: tuple[str, ...] = ()
    view: str = ""

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> State:
        """Read a form; what nobody could have chosen is as if it were not answered."""
        sent = {each.name: form.get(each.name, "")[:200] for each in fields(cls)}
        marked = tuple(form.getlist("marked"))[: choices.MOST + 1]
        return cls(**{**sent, "marked": marked})._checked()  # type: ignore[arg-type]  # of names

    def after(self, name: str, value: str) -> State:
        """Give where a touch leads."""
        if name in _ANSWERS:
            given = {name: value} | ({"letters": ""} if _ANSWERS[name] else {})
            return replace(self, **given)._checked()  # type: ignore[arg-type]  # of names
        if name == "letter":
            return replace(self, letters=(self.letters + value)[:4])._checked()
        if name == "erase":
            return replace(self, letters=self.letters[:-1])
        if name == "page":
            return replace(self, page=value, view="", picked="")._checked()
        if name == "pick":
            return self._picking(value)
        if name in {"list", "slip"}:
            return replace(self, view="slip" if name == "slip" else "", picked="", beside="")
        return self

    def carried(self, *, but: str = "") -> list[tuple[str, str]]:
        """List what the form of the next screen carries, but for what it asks itself."""
        single = [
            (each.name, getattr(self, each.name)) for each in fields(self) if each.name != "marked"
        ]
        filled = [(name, value) for name, value in single if value and name != but]
        return filled + [("marked", post_id) for post_id in self.marked]

    def answers(self, scanned: Answers | None) -> Answers:
        """Give the answers for the ranking; those of who was scanned with their own wish."""
        wish = Wish(self.wish or Wish.ANY)
        if scanned is not None:
            return replace(scanned, wish=wish, is_adult=scanned.is_adult or bool(self.adult))
        return Answers(
            trade=self.trade,
            level=None if self.level in {"", _NO_LEVEL} else SkillLevel[self.level],
            home=self.home,
            wish=wish,
            is_adult=bool(self.adult),
        )

    @property
    def number_of_page(self) -> int:
        """Give the page of cards, from 0."""
        return int(self.page)

    def _picking(self, post_id: str) -> State:
        if self.picked == post_id:
            return replace(self, picked="")
        if not self.picked:
            return replace(self, picked=post_id)
        return replace(self, beside=post_id, view="compare")

    def _checked(self) -> State:
        wrong: Mapping[str, bool] = {
            "group": self.group not in choices.GROUPS,
            "letters": not (self.letters.isascii() and self.letters.isalpha()),
            "trade": not choices.is_trade(self.trade),
            "level": self.level not in levels(),
            "home": not choices.home_name(self.home),
            "wish": self.wish not in set(Wish),
            "number": not _LIST_NUMBER.fullmatch(self.number),
            "view": self.view not in {"compare", "slip"},
        }
        emptied = {name: "" for name, is_wrong in wrong.items() if is_wrong}
        page = self.page if self.page in {"0", "1", "2"} else "0"
        return replace(self, **emptied, page=page)  # type: ignore[arg-type]  # of names


def levels() -> dict[str, SkillLevel | None]:
    """Give the levels by what a form calls them."""
    return {each.name if each else _NO_LEVEL: each for each in choices.LEVELS}
