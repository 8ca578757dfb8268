"""Finds graduates and posts by what an officer types and picks, a page at a time, or as a sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy import Engine

from recommender import access, places, wording
from recommender.access import Grant
from recommender.data import export, pinyin, store
from recommender.data import finding as kept
from recommender.data.finding import STATUSES, Wanted
from recommender.domain import Graduate, PersonalDetails, Post, Reference, SkillLevel
from recommender.matching.eligibility import Standing, open_places
from recommender.matching.reasons import occupation_name, region_name

Row = TypeVar("Row")

N_ROWS = 50
# A sheet that a person can still use; more is a matter of `import` and the database.
MOST_EXPORTED = 50_000
OPEN, FULL, AHEAD, CLOSED = "open", "full", "ahead", "closed"
POST_STATUSES = (OPEN, FULL, AHEAD, CLOSED)
GRADUATE_STATUSES = STATUSES
SEE_NAMES = access.SEE_NAMES
# Columns of what goes out as a sheet.
_OF_GRADUATES = (
    *("graduate_id", "name", "student_no", "college", "class_name", "class_year", "trade"),
    *("skill_level", "home_region", "consent"),
)
_OF_POSTS = (
    *("post_id", "enterprise", "occupation", "job_type", "region_code", "min_level", "headcount"),
    *("monthly_pay_min", "monthly_pay_max", "industry_chain", "opens_on", "closes_on"),
)


def printable(text: str) -> str:
    """Give a text with a sign that no sheet holds for each that cannot be printed."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed and picked; "" and None ask for nothing.

    Attributes
    ----------
    text
        Words with spaces between; each has to be found somewhere.
    city
        GB/T 2260 code of a city: of the home, or of the place of work.
    level
        Held, or asked for.
    status
        Of `GRADUATE_STATUSES` or `POST_STATUSES`.
    """

    text: str = ""
    class_year: int | None = None
    college: str = ""
    class_name: str = ""
    trade: str = ""
    level: SkillLevel | None = None
    city: str = ""
    chain: str = ""
    status: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text; what nobody can type and no database hold is found nowhere."""
        return tuple(printable(self.text).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGraduate:
    """One graduate who was found; `details` is None for who may not see them."""

    graduate: Graduate
    status: str
    home: str
    details: PersonalDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPost:
    """One post that was found; `open_places` are those open to anybody."""

    post: Post
    occupation: str
    region: str
    open_places: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some of what was found, from a place on.

    Attributes
    ----------
    total
        How many there are altogether.
    number, n_pages
        Which page of how many, from 1.
    """

    total: int
    number: int
    n_pages: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be picked from; cities by code and name."""

    class_years: tuple[int, ...]
    colleges: tuple[str, ...]
    class_names: tuple[str, ...]
    trades: tuple[str, ...]
    chains: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posts:
    """Every post with what it is found by, as of a revision and a day."""

    revision: int
    day: date
    posts: tuple[Post, ...]
    keys: tuple[str, ...]
    reference: Reference


class Finder:
    """Finds people in the database, and posts, which are few, among those kept in memory."""

    def __init__(
        self, engine: Engine, *, today: Callable[[], date], now: Callable[[], datetime]
    ) -> None:
        """Find as of the day and moment that these give."""
        self._engine = engine
        self._today = today
        self._now = now
        self._posts: _Posts | None = None
        self._standing: tuple[int, date, Standing] | None = None

    def graduates(
        self, grant: Grant, asked: Asked, number: int = 1, *, n_rows: int = N_ROWS
    ) -> Page[FoundGraduate]:
        """Find graduates whom a grant covers, ordered by id; a page beyond the last is the last."""
        colleges = access.colleges(self._engine, grant)
        day, moment = self._today(), self._now()
        sees_names = grant.role in SEE_NAMES
        with store.reading(self._engine) as conn:
            reference = self._all_posts().reference
            trades, classes = (
                kept.distinct(conn, column, colleges) if asked.words else []
                for column in ("trade", "class_name")
            )
            wanted = Wanted(
                words=asked.words,
                trades=tuple(_meant(word, trades) for word in asked.words),
                class_names=tuple(
                    frozenset(each for each in classes if word.lower() in each.lower())
                    for word in asked.words
                ),
                names=sees_names,
                colleges=colleges,
                class_year=asked.class_year,
                college=asked.college,
                class_name=asked.class_name,
                trade=asked.trade,
                level=asked.level,
                city=asked.city,
                status=asked.status,
            )
            start = (number - 1) * n_rows
            total, ids = kept.find(conn, wanted, day, moment, start=start, n_most=n_rows)
            if not ids and total:
                number = _n_pages(total, n_rows)
                start = (number - 1) * n_rows
                _, ids = kept.find(conn, wanted, day, moment, start=start, n_most=n_rows)
            found = store.load_graduates(conn, ids=ids)
            status = kept.statuses(conn, ids, day, moment)
            details = store.load_personal(conn, ids) if sees_names else {}
        rows = tuple(
            FoundGraduate(
                graduate=each,
                status=status[each.graduate_id],
                home=region_name(each.home_region, reference),
                details=details.get(each.graduate_id),
            )
            for each in found
        )
        return Page(total=total, number=number, n_pages=_n_pages(total, n_rows), rows=rows)

    def posts(self, asked: Asked, number: int = 1, *, n_rows: int = N_ROWS) -> Page[FoundPost]:
        """Find posts, ordered by id; a page beyond the last is the last."""
        found = list(self._found_posts(asked))
        n_pages = _n_pages(len(found), n_rows)
        number = min(number, n_pages)
        start = (number - 1) * n_rows
        rows = tuple(found[start : start + n_rows])
        return Page(total=len(found), number=number, n_pages=n_pages, rows=rows)

    def choices(self, grant: Grant) -> Choices:
        """List what can be picked from, of people whom a grant covers."""
        colleges = access.colleges(self._engine, grant)
        all_posts = self._all_posts()
        with store.reading(self._engine) as conn:
            years, of, classes, trades = (
                tuple(kept.distinct(conn, column, colleges))
                for column in ("class_year", "college", "class_name", "trade")
            )
        regions = all_posts.reference.regions.values()
        return Choices(
            class_years=years[::-1],
            colleges=of,
            class_names=classes,
            trades=trades,
            chains=tuple(sorted({p.industry_chain for p in all_posts.posts if p.industry_chain})),
            # The province stands among the regions too, as a city of its own.
            cities=tuple(
                (region.code, region.name)
                for region in regions
                if region.code == region.city_code and not region.code.endswith("0000")
            ),
        )

    def graduates_sheet(
        self,
        grant: Grant,
        asked: Asked,
        language: str,
        *,
        tell: Callable[[Iterable[str]], None] = lambda ids: None,
    ) -> bytes:
        """Give whom `graduates` finds as a workbook, at most `MOST_EXPORTED` of them.

        `tell` is told of their ids.
        """
        page = self.graduates(grant, asked, n_rows=MOST_EXPORTED)
        tell(row.graduate.graduate_id for row in page.rows)
        rows = [_graduate_row(row, language) for row in page.rows]
        return _workbook("graduates", _OF_GRADUATES, rows, language)

    def posts_sheet(self, asked: Asked, language: str) -> bytes:
        """Give what `posts` finds as a workbook, at most `MOST_EXPORTED` of them."""
        found = self.posts(asked, n_rows=MOST_EXPORTED).rows
        rows = [_post_row(row, language) for row in found]
        return _workbook("demand_catalog", _OF_POSTS, rows, language)

    def _found_posts(self, asked: Asked) -> Iterator[FoundPost]:
        known = self._all_posts()
        standing = self._standing_of(known)
        words = [word.lower() for word in asked.words]
        for post, keys in zip(known.posts, known.keys, strict=True):
            if not _fits(post, asked) or not all(word in keys for word in words):
                continue
            n_open = open_places(post, standing)
            status = _status(post, n_open, known.day)
            if asked.status in ("", status):
                yield FoundPost(
                    post=post,
                    occupation=occupation_name(post, known.reference),
                    region=region_name(post.region_code, known.reference),
                    open_places=n_open,
                    status=status,
                )

    def _all_posts(self) -> _Posts:
        """Keep every post until sheets or officers' decisions change, or the day does."""
        day, held = self._today(), self._posts
        with store.reading(self._engine) as conn:
            revision = store.sheets_revision(conn)
            if held is not None and (held.revision, held.day) == (revision, day):
                return held
            posts = tuple(store.load_posts(conn, day=day))
            reference = store.load_reference(conn)
        keys = tuple(_post_keys(post, reference) for post in posts)
        self._posts = _Posts(
            revision=revision, day=day, posts=posts, keys=keys, reference=reference
        )
        return self._posts

    def _standing_of(self, known: _Posts) -> Standing:
        """Keep how places stand until anything is written; a hold may run out a minute late."""
        held = self._standing
        with store.reading(self._engine) as conn:
            revision = store.revision(conn)
            if held is not None and held[:2] == (revision, known.day):
                return held[2]
            on_offer = [post for post in known.posts if post.is_open(known.day)]
            standing = places.standing_on(
                conn, on_offer, known.day, graduate_ids=(), moment=self._now()
            )
        self._standing = (revision, known.day, standing)
        return standing


def _n_pages(total: int, n_rows: int) -> int:
    return max(1, -(-total // n_rows))


def _meant(word: str, trades: Sequence[str]) -> frozenset[str]:
    """Give the trades that a word means: as it is written, or by pinyin or initials."""
    typed = f" {word.lower()}"
    by_pinyin = word.isascii() and word.isalpha()
    return frozenset(
        trade for trade in trades if word in trade or (by_pinyin and typed in pinyin.keys(trade, 4))
    )


def _post_keys(post: Post, reference: Reference) -> str:
    occupation = occupation_name(post, reference)
    plain = (post.post_id, post.enterprise, occupation, post.occupation, post.job_type)
    typed = (pinyin.keys(post.enterprise, 1), pinyin.keys(occupation, 4))
    return " ".join(each for each in (*plain, *typed) if each).lower()


def _fits(post: Post, asked: Asked) -> bool:
    return (
        (not asked.city or post.region_code.startswith(asked.city[:4]))
        and (not asked.chain or post.industry_chain == asked.chain)
        and (asked.level is None or post.min_level == asked.level)
    )


def _status(post: Post, n_open: int, day: date) -> str:
    if post.is_open(day):
        return OPEN if n_open else FULL
    return AHEAD if day < post.opens_on else CLOSED


def _graduate_row(row: FoundGraduate, language: str) -> tuple[object, ...]:
    graduate, details = row.graduate, row.details
    cells: dict[str, object] = {
        "name": details.name if details else None,
        "student_no": details.student_no if details else None,
        "skill_level": _level(graduate.skill_level, language),
        "home_region": row.home,
        "consent": "是" if graduate.consent else "否",
    }
    return tuple(
        cells[name] if name in cells else getattr(graduate, name) for name in _OF_GRADUATES
    )


def _post_row(row: FoundPost, language: str) -> tuple[object, ...]:
    cells: dict[str, object] = {
        "occupation": row.occupation,
        "region_code": row.region,
        "min_level": _level(row.post.min_level, language),
    }
    return tuple(cells[name] if name in cells else getattr(row.post, name) for name in _OF_POSTS)


def _level(level: SkillLevel | None, language: str) -> str | None:
    return None if level is None else wording.label(level, language)


def _workbook(
    sheet: str, columns: Sequence[str], rows: list[tuple[object, ...]], language: str
) -> bytes:
    titles: Mapping[str, str] = wording.COLUMNS[sheet] if language == "zh" else {}
    table = export.Table(
        columns=tuple(columns),
        rows=rows,
        titles=titles,
        title=wording.SHEETS[sheet][language == "en"],
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found.xlsx"
        export.write_table(table, file)
        return file.read_bytes()
