"""The command ``internships``: who interns where, what is odd, and what became of them."""

from __future__ import annotations

import click

from recommender import terminal
from recommender.terminal import json_option


@click.command(cls=terminal.Command, short_help="岗位实习 · Internships, and what became of them.")
@json_option
def internships(json_file: str | None) -> None:
    """Show internships on the day by enterprise: going on, over, placed (签约), and what is odd."""
    from recommender import internship_printouts as printouts
    from recommender.internships import review

    found = review(terminal.engine(), day=terminal.day())
    terminal.tell(
        printouts.review_lines(found, terminal.language()),
        lambda: printouts.review_json(found),
        json_file,
    )
