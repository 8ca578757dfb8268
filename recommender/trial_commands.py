"""The commands on trials: ``trial size`` before, ``start``, ``list``, ``stop``, ``result``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recommender import terminal
from recommender.terminal import author_option, json_option

if TYPE_CHECKING:
    from recommender.year.trial import Ask

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@click.group("trial", cls=terminal.Program, short_help="对照试验 · Does it help?")
def trial() -> None:
    """Give whole classes or cities lists or none by lot, and tell what that did."""


def _asked(command: Decorated) -> Decorated:
    """Add what a trial is to be."""
    options = (
        click.option("--class-year", type=int, metavar="Y", help="The one being placed."),
        click.option(
            "--shares",
            metavar="S,S",
            help="Shares of classes with lists, one for each city by lot (0,0.5,0.8). 0,1: whole "
            "cities; 0.5: classes in every city.",
        ),
        click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (31 August)."),
        click.option(
            "--effect", type=click.FloatRange(0.1, 100), help="Points of direct effect to see (5)."
        ),
        click.option(
            "--crowding", type=click.FloatRange(0.1, 100), help="Points of crowding-out to see (5)."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@trial.command("size")
@_asked
@json_option
def size(json_file: str | None, **asked: Any) -> None:
    """Say how many people and cities it takes, and whether they are there."""
    from recommender import trial_words
    from recommender.year import trial as use
    from recommender.year import trial_json

    found = use.plan(terminal.engine(), _ask(**asked), day=terminal.day())
    terminal.tell(
        trial_words.plan_lines(found, terminal.language()),
        lambda: trial_json.plan_json(found),
        json_file,
    )


@trial.command("start")
@click.argument("name")
@_asked
@click.option("--seed", type=click.IntRange(0), help="Of the draw; drawn itself unless stated.")
@click.option("--anyway", is_flag=True, help="Start although it is too small.")
@author_option
@json_option
def start(
    name: str, *, seed: int | None, anyway: bool, author: str, json_file: str | None, **asked: Any
) -> None:
    """Start the trial NAME: draw the classes, and keep to the draw until its last day."""
    import secrets

    from recommender import trial_words
    from recommender.year import trial as use
    from recommender.year import trial_json

    terminal.log_to_file()
    engine, day, language = terminal.engine(), terminal.day(), terminal.language()
    ask = _ask(**asked)
    if json_file != "-":  # said before, whether or not it starts
        for line in trial_words.plan_lines(use.plan(engine, ask, day=day), language):
            click.echo(line)
    begun, _ = use.start(
        engine,
        name,
        ask,
        day=day,
        seed=secrets.randbits(31) if seed is None else seed,
        author=author,
        anyway=anyway,
    )
    terminal.tell(
        trial_words.trial_lines([begun], language), lambda: trial_json.trial_json(begun), json_file
    )


@trial.command("list")
@json_option
def list_trials(json_file: str | None) -> None:
    """List every trial, the earliest first."""
    from recommender import trial_words
    from recommender.year import trial as use
    from recommender.year import trial_json

    found = use.all_trials(terminal.engine())
    terminal.tell(
        trial_words.trial_lines(found, terminal.language()),
        lambda: [trial_json.trial_json(each, with_plan=False) for each in found],
        json_file,
    )


@trial.command("stop")
@click.argument("name")
def stop(name: str) -> None:
    """Break the trial NAME off: everybody has lists again."""
    from recommender.year import trial as use

    stopped = use.stop(terminal.engine(), name, day=terminal.day())
    terminal.say(f"试验“{name}”已中止。", f"The trial {stopped.name} is broken off.")


@trial.command("result")
@click.argument("name")
@click.option("--early", is_flag=True, help="Look at the effects before the end.")
@json_option
def result(name: str, *, early: bool, json_file: str | None) -> None:
    """Count who was placed in each arm of NAME; once it is over, tell every effect."""
    from recommender import trial_words
    from recommender.year import trial as use
    from recommender.year import trial_json

    found = use.result(terminal.engine(), name, day=terminal.day(), early=early)
    terminal.tell(
        trial_words.result_lines(found, terminal.language()),
        lambda: trial_json.result_json(found),
        json_file,
    )


def _ask(
    *,
    class_year: int | None,
    shares: str | None,
    until: datetime | None,
    effect: float | None,
    crowding: float | None,
) -> Ask:
    from recommender.domain import class_year_of
    from recommender.year.trial import EFFECT, SHARES, Ask

    return Ask(
        class_year=class_year or class_year_of(terminal.day()),
        shares=SHARES if shares is None else _shares(shares),
        ends_on=until and until.date(),
        effect=EFFECT if effect is None else effect / 100,
        crowding=EFFECT if crowding is None else crowding / 100,
    )


def _shares(text: str) -> tuple[float, ...]:
    try:
        found = tuple(sorted({float(each) for each in text.split(",")}))
    except ValueError as wrong:
        raise click.BadParameter(text, param_hint="--shares") from wrong
    if any(not 0 <= each <= 1 for each in found) or found in ((0.0,), (1.0,)):
        raise click.BadParameter(f"{text}: 0 … 1, 0,0.5,0.8", param_hint="--shares")
    return found
