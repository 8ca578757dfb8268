"""The command on next steps: ``next-step``."""

from __future__ import annotations

import click

from recommender import terminal
from recommender.terminal import json_option


@click.command(
    "next-step", cls=terminal.Command, short_help="下一步 · What a graduate could change, proved."
)
@click.argument("graduate")
@click.argument("post", required=False)
@click.option("--top", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option(
    "--ranking",
    type=click.Choice(["market", "fit"]),
    default="market",
    show_default=True,
    help="Whose list: by fit less a price per post, or by fit alone.",
)
@click.option(
    "--congestion",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="How much of the price a market ranking takes off: 0 none, 1 all of it.",
)
@json_option
def next_step(
    graduate: str,
    post: str | None,
    *,
    top: int,
    ranking: str,
    congestion: float,
    json_file: str | None,
) -> None:
    """Find the smallest changes that open POST to GRADUATE and bring it into their list.

    Without POST: the posts, open on the day, that the smallest changes bring into the list.
    Every set of changes is replayed through the rules and the ranking before it is told.
    """
    from recommender import next_step_printouts as printouts
    from recommender.next_steps import Ask
    from recommender.placements import PlacementDesk

    if congestion != congestion:  # not a number, which lies in no range
        raise click.BadParameter("nan", param_hint="--congestion")
    terminal.log_to_file()
    ask = Ask(top=top, order=ranking, congestion=congestion)
    desk = PlacementDesk(
        terminal.engine(), terminal.settings().models_dir, today=terminal.day, now=terminal.now
    )
    language = terminal.language()
    if post is None:
        with terminal.working("正在查找……", "Looking …"):
            listed = desk.next_steps(graduate, ask)
        said, document = printouts.list_lines(listed, language), printouts.list_json(listed)
    else:
        with terminal.working("正在查找……", "Looking …"):
            found = desk.next_step(graduate, post, ask)
        said, document = printouts.pair_lines(found, language), printouts.pair_json(found)
    terminal.tell(said, lambda: document, json_file)
