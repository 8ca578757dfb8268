"""What a large roster costs at the import page: `python -m benchmarks.importing`.

Seconds of the processor to send and check 20,000 rows, a hundredth of them wrong, to show a page
of what is wrong, to correct one cell, to show a page of the difference, and to write it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.claims import start_of
from recommender.importing import drafts, looking

DAY = date(2026, 5, 15)
ADMIN = Grant(token_id=1, role="admin")
HEADER = "毕业生编号,院校,专业,班级,届,技能等级,姓名,学号,生源地,意向地区,期望月薪,同意推荐\n"
ONE_IN = 100


def roster(n_rows: int, *, wrong: bool) -> str:
    """Give a roster; one row in a hundred has a pay that is none."""
    lines = (
        f"G{n:06d},示例技师学院,焊接加工,23焊接{n % 40}班,2026,中级工,姓名{n},S{n:06d},邹城市,"
        f"济宁市；青岛市,{'面议' if wrong and n % ONE_IN == 0 else 5000},是\n"
        for n in range(n_rows)
    )
    return HEADER + "".join(lines)


@click.command()
@click.option("--rows", default=20_000)
def main(rows: int) -> None:
    """Measure each step of an import, and print them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = access.open_database(f"sqlite:///{home / 'placement.sqlite3'}")
        now = start_of(DAY)

        def told(what: str, act: Callable[[], object]) -> None:
            began = time.process_time()
            act()
            click.echo(f"{what:<34}{time.process_time() - began:7.2f} s")

        def send(*, wrong: bool) -> None:
            text = roster(rows, wrong=wrong)
            drafts.keep(home, "one", [("a.csv", lambda path: path.write_text(text))], now)
            look()

        def draft() -> drafts.Draft:
            return _found(home, now)

        def look() -> looking.Looked:
            return looking.look(engine, ADMIN, draft(), day=DAY)

        def page_of_rows() -> None:
            seen = looking.looked(draft())
            assert seen is not None  # noqa: S101 - looked at above
            looking.rows(draft(), 0, seen.sheets[0].bad[-25:])

        def correct() -> None:
            drafts.change(draft(), corrected={0: {(2, 10): "5000"}})
            look()

        told(f"send and check {rows} rows", lambda: send(wrong=True))
        told("a page of rows with problems", page_of_rows)
        told("correct a cell and check again", correct)
        told("mark the file", lambda: _mark(draft()))
        told("send and compare, all new", lambda: send(wrong=False))
        told(
            "a page of the difference",
            lambda: looking.changes(draft(), max(0, rows - 50), 50, names=True),
        )
        told("confirm and write", lambda: _confirm(engine, draft()))
        told("send again, nothing new", lambda: send(wrong=False))


def _found(home: Path, now: datetime) -> drafts.Draft:
    found = drafts.find(home, "one", now)
    assert found is not None  # noqa: S101 - kept above
    return found


def _mark(draft: drafts.Draft) -> None:
    seen = looking.looked(draft)
    assert seen is not None  # noqa: S101 - looked at above
    looking.write_marked(draft, 0, seen.sheets[0], draft.folder / "marked.xlsx", "zh")


def _confirm(engine: Engine, draft: drafts.Draft) -> None:
    seen = looking.looked(draft)
    assert seen is not None  # noqa: S101 - looked at above
    looking.confirm(engine, ADMIN, draft, seen.key, day=DAY)


if __name__ == "__main__":
    main()
