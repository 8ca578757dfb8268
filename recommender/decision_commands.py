"""The commands ``outcomes void``, ``outcomes veto`` and ``outcomes lift``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import author_option

if TYPE_CHECKING:
    pass

_reason = click.option("--reason", required=True, metavar="TEXT", help="Why; kept.")


@click.group("outcomes", cls=terminal.Program, short_help="作废与否决 · Void a step, veto a pair.")
def outcomes() -> None:
    """Void a step that was recorded wrongly; veto a pair, or lift a veto."""


@outcomes.command("void", short_help="作废一步 · Void one step.")
@click.argument("graduate")
@click.argument("post")
@click.argument("stage")
@click.argument("day", metavar="DATE")
@_reason
@author_option
def void_step(graduate: str, post: str, stage: str, day: str, *, reason: str, author: str) -> None:
    """Void the step STAGE of GRADUATE at POST on DATE: it stays as history and counts nowhere."""
    from recommender import voiding

    asked = voiding.step_asked(stage, day)
    voiding.void(terminal.engine(), terminal.clerk(author), graduate, post, *asked, why=reason)
    _say(f"已作废：{graduate} → {post} {stage} {day}", f"Voided: {graduate} → {post} {stage} {day}")


@outcomes.command("veto", short_help="否决 · Veto a pair.")
@click.argument("graduate")
@click.argument("post")
@_reason
@author_option
def veto_pair(graduate: str, post: str, *, reason: str, author: str) -> None:
    """Veto POST for GRADUATE: neither shown, assigned nor held until it is lifted."""
    from recommender import vetoes

    vetoes.veto(terminal.engine(), terminal.clerk(author), graduate, post, reason=reason)
    _say(f"已否决：{graduate} → {post}", f"Vetoed: {graduate} → {post}")


@outcomes.command("lift", short_help="解除否决 · Lift a veto.")
@click.argument("graduate")
@click.argument("post")
@_reason
@author_option
def lift_veto(graduate: str, post: str, *, reason: str, author: str) -> None:
    """Lift the veto of POST for GRADUATE."""
    from recommender import vetoes

    vetoes.lift(terminal.engine(), terminal.clerk(author), graduate, post, reason=reason)
    _say(f"已解除否决：{graduate} → {post}", f"Lifted: {graduate} → {post}")


def _say(chinese: str, english: str) -> None:
    click.echo(english if terminal.language() == "en" else chinese)
