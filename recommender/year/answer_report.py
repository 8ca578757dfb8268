"""How enterprises answered, as a table, as a page with a chart, and as notices to those paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from recommender.collection import Pause
from recommender.data import export
from recommender.errors import Unreadable
from recommender.evaluation import plots
from recommender.year import round_words
from recommender.year.answers import Answers

# A chart of more bars is no picture any more; the table has all.
MOST_BARS = 40


def write(found: Sequence[Answers], out: Path, *, day: date, language: str = "zh") -> None:
    """Write the table; as a page (.html) with a chart above it."""
    english = language == "en"
    title = f"{round_words.answers_title(language)} {day.isoformat()}"
    table = export.Table(
        columns=tuple(round_words.ANSWER_TITLES),
        rows=[round_words.answer_row(each) for each in found],
        titles={name: words[english] for name, words in round_words.ANSWER_TITLES.items()},
        title=title,
    )
    if out.suffix.lower() == ".html":
        export.write_text(export.html_page(table, chart(found, title, language)), out)
    else:
        export.write_table(table, out, guard=True)


def chart(found: Sequence[Answers], title: str, language: str = "zh") -> str:
    """Draw the proposals of each enterprise in their four parts, the most unanswered first."""
    rows = [
        (each.enterprise, (each.answered, each.unanswered, each.waiting, each.withdrawn))
        for each in found[:MOST_BARS]
    ]
    return plots.bars(rows, title, round_words.answers_legend(language))


def as_json(found: Sequence[Answers]) -> list[dict[str, Any]]:
    """Give the same for machines."""
    return [
        asdict(each) | {"paused_on": each.paused_on.isoformat() if each.paused_on else None}
        for each in found
    ]


def pause_json(pause: Pause) -> dict[str, Any]:
    """Give a pause for machines."""
    days = {
        name: value.isoformat() if (value := getattr(pause, name)) else None
        for name in ("paused_on", "lifted_on")
    }
    return asdict(pause) | days


def write_notices(due: Sequence[Answers], folder: Path, *, day: date, author: str) -> list[Path]:
    """Write a notice for each enterprise that is paused.

    Raises
    ------
    Unreadable
        If the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise Unreadable("notices", str(folder), "is_no_folder")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for each in due:
        out = folder / f"{each.credit_code}.txt"
        export.write_text(round_words.notice(each, day.isoformat(), author), out)
        written.append(out)
    return written
