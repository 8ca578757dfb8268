"""The commands on the log of lists: ``exposures show``, ``estimate``, ``forget``, ``purge``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from recommender import terminal
from recommender.printouts import aligned

if TYPE_CHECKING:
    from recommender.evaluation.offpolicy import Estimate, OffPolicy
    from recommender.lists_shown import ListCounts


@click.group("exposures", cls=terminal.Program, short_help="展示记录 · The log of lists shown.")
def exposures() -> None:
    """Count the log of lists shown, estimate from it, and forget what it holds."""


@exposures.command("show")
@terminal.json_option
def show(json_file: str | None) -> None:
    """Count the lists: named, explored, damaged, by who asked and by version."""
    from recommender import lists_shown

    counts = lists_shown.count_lists(terminal.settings().home)
    terminal.tell(list_lines(counts, terminal.language()), counts.to_json, json_file)


@exposures.command("estimate")
@click.option("--target", default="ranked", show_default=True, help="ranked, swapped or fit.")
@terminal.json_option
def estimate(target: str, json_file: str | None) -> None:
    """Estimate what the kiosk's lists would have led to in another order, or refuse to."""
    from recommender import lists_shown

    made = lists_shown.estimate(terminal.settings().home, day=terminal.day(), target=target)
    terminal.tell(estimate_lines(made, terminal.language()), lambda: estimate_json(made), json_file)


@exposures.command("forget")
@click.argument("graduate")
def forget(graduate: str) -> None:
    """Delete every list shown of GRADUATE (an id, in the roster or not any more)."""
    from recommender import lists_shown

    n_lines = lists_shown.forget(terminal.settings().home, graduate)
    terminal.say(
        f"已删除 {n_lines} 条展示记录。", f"Deleted {n_lines} line(s) of the log of lists."
    )


@exposures.command("purge")
def purge() -> None:
    """Delete what is past its days, lists of people who no longer agree, and useless keys."""
    from recommender import lists_shown

    settings = terminal.settings()
    gone = lists_shown.tidy(
        terminal.engine(), settings.home, day=terminal.day(), keep_days=settings.keep_lists_days
    )
    terminal.say(
        f"已删除 {gone.n_days} 天的记录、{gone.n_lines} 条记录、{gone.n_keys} 个密钥。",
        f"Deleted {gone.n_days} day(s), {gone.n_lines} line(s) and {gone.n_keys} key(s).",
    )


def list_lines(counts: ListCounts, language: str = "zh") -> Iterator[str]:
    """Say what the log of lists holds."""
    english = language == "en"
    if counts.first_day is None:
        yield "Nothing was logged." if english else "没有展示记录。"
        return
    named, explored = counts.n_named, counts.n_explored
    yield (
        f"{counts.n_lists} lists, {counts.first_day} to {counts.last_day}: {named} of graduates, "
        f"{explored} explored; {counts.n_steps} steps name a list"
        if english
        else f"{counts.first_day} 至 {counts.last_day} 共展示 {counts.n_lists} 份榜单："
        f"实名毕业生 {named} 份，试探 {explored} 份；{counts.n_steps} 个环节注明了榜单"
    )
    for name, n_lists in counts.by_via.items():
        yield f"  {name}: {n_lists}"
    for version, n_lists in counts.by_model.items():
        yield f"  v{version}: {n_lists}"
    size = f"{counts.n_bytes / 1024:.0f} KiB"
    yield (
        f"{size}; {counts.n_damaged} damaged line(s)"
        if english
        else f"{size}；损坏 {counts.n_damaged} 行"
    )


_ESTIMATES = {
    "shown": ("实际展示", "as shown"),
    "ips": ("IPS", "IPS"),
    "snips": ("SNIPS", "SNIPS"),
    "doubly_robust": ("双重稳健", "doubly robust"),
}


def estimate_json(made: OffPolicy) -> dict[str, Any]:
    """Give estimates for machines, each with its standard error and interval of 95 %."""
    return {
        "n_lists": made.n_choices,
        "effective_n": made.effective_n,
        "effective_share": made.effective_n / made.n_choices,
        **{
            name: {
                "value": found.value,
                "standard_error": found.standard_error,
                "low": found.low,
                "high": found.high,
            }
            for name, found in _estimates(made).items()
        },
    }


def estimate_lines(made: OffPolicy, language: str = "zh") -> Iterator[str]:
    """Say how many of the lists somebody would have answered, and how sure that is."""
    english = language == "en"
    share = f"{made.effective_n / made.n_choices:.0%}"
    yield (
        f"{made.n_choices} lists, worth {made.effective_n:.1f} ({share})"
        if english
        else f"{made.n_choices} 份榜单，有效样本 {made.effective_n:.1f} 份（{share}）"
    )
    yield from aligned(
        ["", "意向比例" if not english else "wanted", "±", "95 %"],
        [
            [
                _ESTIMATES[name][english],
                f"{found.value:.4f}",
                f"{found.standard_error:.4f}",
                f"[{found.low:.4f}, {found.high:.4f}]",
            ]
            for name, found in _estimates(made).items()
        ],
    )


def _estimates(made: OffPolicy) -> dict[str, Estimate]:
    return {name: getattr(made, name) for name in _ESTIMATES}
