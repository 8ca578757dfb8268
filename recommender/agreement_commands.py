"""The commands on agreements: ``agreements show`` and ``agreements check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import json_option

if TYPE_CHECKING:
    from recommender.agreements import AgreementReview


@click.group(
    "agreements", cls=terminal.Program, short_help="校企协议 · Places reserved by agreement."
)
def agreements() -> None:
    """See what agreements reserve, what they will lack, and which cannot all be kept."""


@agreements.command("show")
@json_option
def show_agreements(json_file: str | None) -> None:
    """Show each agreement that reserves places on the day: members, places, shortfall."""
    from recommender import agreement_printouts as printouts

    found = _review()
    terminal.tell(
        printouts.review_lines(found, terminal.language()),
        lambda: printouts.review_json(found),
        json_file,
    )


@agreements.command("check")
@json_option
def check_agreements(json_file: str | None) -> None:
    """Name smallest sets of agreements that cannot all be kept; exit 1 where there is one."""
    from recommender import agreement_printouts as printouts

    found = _review()
    terminal.tell(
        printouts.conflict_lines(found, terminal.language()),
        lambda: printouts.conflicts_json(found),
        json_file,
    )
    code = terminal.DONE if found.can_be_kept else terminal.REFUSED
    click.get_current_context().exit(code)


def _review() -> AgreementReview:
    from recommender.agreements import review

    terminal.log_to_file()
    return review(terminal.engine(), day=terminal.day(), moment=terminal.now())
