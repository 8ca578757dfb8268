"""What a kiosk offers to choose from: at most eight things at a time, and letters for the rest.

Nothing here asks the database; what is common at a place is handed in and stands first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from recommender.data import pinyin
from recommender.data import reference as tables
from recommender.domain import SkillLevel

# With the button that starts again there are nine choices on a screen.
MOST = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Picture → the technician colleges' classes of trades that it stands for.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "machines": ("机械类",),
    "electricity": ("电工电子类", "能源类"),
    "transport": ("交通类",),
    "information": ("信息类",),
    "commerce": ("财经商贸类",),
    "service": ("服务类",),
    "building": ("建筑类", "文化艺术类"),
    "chemistry": ("化工类", "医药类", "轻工类", "农业类"),
}
# None is who has no certificate yet. The two levels above these come after years of work.
LEVELS: tuple[SkillLevel | None, ...] = (
    None,
    SkillLevel.JUNIOR_WORKER,
    SkillLevel.INTERMEDIATE_WORKER,
    SkillLevel.SENIOR_WORKER,
    SkillLevel.TECHNICIAN,
    SkillLevel.SENIOR_TECHNICIAN,
)


class Wish(StrEnum):
    """What matters most to somebody; each one touch."""

    ANY = "any"
    NEAR = "near"
    BIG_CITY = "big_city"
    PAY_4000 = "pay_4000"
    PAY_5000 = "pay_5000"
    PAY_6000 = "pay_6000"


BIG_CITIES = ("370100", "370200")  # 济南、青岛
_PAY = {Wish.PAY_4000: 4000, Wish.PAY_5000: 5000, Wish.PAY_6000: 6000}


def wish_cells(wish: Wish, home: str) -> dict[str, str]:
    """Give what a wish says under the roster's column names."""
    if wish is Wish.NEAR:
        region = tables.load_reference().regions.get(home)
        return {"wish_regions": region.city_code} if region else {}
    if wish is Wish.BIG_CITY:
        return {"wish_regions": ";".join(BIG_CITIES)}
    return {"wish_pay": str(_PAY[wish])} if wish in _PAY else {}


def trades(
    group: str = "", letters: str = "", common: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """List the trades of a picture whose names begin with some initials; the common ones first.

    Parameters
    ----------
    group
        A key of `GROUPS`; "" for every trade.
    letters
        Initials, in capitals.
    common
        Trade → how many people here have it.
    """
    classes = tables.trade_classes()
    wanted = GROUPS.get(group)
    named = [name for name, kind in classes.items() if wanted is None or kind in wanted]
    return _ordered(_beginning(named, letters), common or {})


def homes(letters: str = "", common: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """List the codes of cities, and with letters of counties too; the common ones first."""
    regions = tables.load_reference().regions
    places = [each for each in regions.values() if each.code != tables.PROVINCE]
    cities = [each.code for each in places if each.code == each.city_code]
    if not letters:
        return _ordered(cities, common or {})
    counties = [each.code for each in places if each.code != each.city_code]
    names = {code: regions[code].name for code in (*cities, *counties)}
    return tuple(code for code, name in names.items() if _begins(name, letters))


def home_name(code: str) -> str:
    """Name a city or county as a person says it; "" where no table has it."""
    region = tables.load_reference().regions.get(code)
    return region.full_name if region else ""


def is_trade(name: str) -> bool:
    """Whether a trade can be chosen here."""
    return name in tables.trade_classes()


def next_letters(names: Iterable[str], letters: str) -> frozenset[str]:
    """Give the letters that may follow those typed, so that no touch leads nowhere."""
    at = len(letters)
    return frozenset(
        each[at].upper()
        for name in names
        for each in pinyin.initials(name)
        if each.startswith(letters.lower()) and len(each) > at
    )


def letters_of_trades(group: str, letters: str) -> frozenset[str]:
    """Give the letters that lead on to trades."""
    return next_letters(trades(group, letters), letters)


def letters_of_homes(letters: str) -> frozenset[str]:
    """Give the letters that lead on to cities and counties."""
    regions = tables.load_reference().regions.values()
    names = [each.name for each in regions if each.code != tables.PROVINCE]
    return next_letters(names, letters)


def _beginning(names: Iterable[str], letters: str) -> list[str]:
    return [name for name in names if not letters or _begins(name, letters)]


def _begins(name: str, letters: str) -> bool:
    return any(each.startswith(letters.lower()) for each in pinyin.initials(name))


def _ordered(names: Iterable[str], common: Mapping[str, int]) -> tuple[str, ...]:
    """Put the most common first; those alike stay in the tables' order."""
    return tuple(sorted(names, key=lambda name: -common.get(name, 0)))
