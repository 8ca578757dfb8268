"""A cohort of any size on made-up chances: decide it, prove it, move one person.

`python -m benchmarks.cohort --graduates 20000 --posts 4000 --candidates 50`; `make bench` runs
it. Chances are drawn and describe nobody; who may take what is drawn too.
"""

from __future__ import annotations

import time
from datetime import date
from statistics import median
from types import SimpleNamespace
from typing import Any, cast

import click
import numpy as np

from recommender.domain import Graduate, Post, Reference
from recommender.matching.certificate import place_prices
from recommender.matching.draft import Draft
from recommender.matching.eligibility import Standing
from recommender.matching.market import Market
from recommender.matching.plan import BEST, Pins, Plan, make_plan
from recommender.matching.prices import Prices

DAY = date(2026, 5, 15)


def made_up(n_graduates: int, n_posts: int, n_candidates: int, seed: int) -> Market:
    """Draw a market in which each graduate may take so many posts, with a place for most."""
    chance = np.random.default_rng(seed)
    eligible = np.zeros((n_graduates, n_posts), dtype=np.bool_)
    for row in range(n_graduates):
        eligible[row, chance.choice(n_posts, size=min(n_candidates, n_posts), replace=False)] = True
    quality = chance.beta(2, 5, n_posts)
    scores = np.zeros((n_graduates, n_posts), dtype=np.float32)
    scores[eligible] = chance.beta(2, 4, int(eligible.sum())) * quality[np.nonzero(eligible)[1]]
    people = [
        Graduate(graduate_id=f"G{number:06}", college="-", trade="-", class_year=2026, consent=True)
        for number in range(n_graduates)
    ]
    headcounts = chance.integers(1, 1 + 2 * max(1, round(0.8 * n_graduates / n_posts)), n_posts)
    posts = [
        Post(
            post_id=f"P{number:05}",
            enterprise="-",
            credit_code="-",
            occupation_code="-",
            region_code="370100",
            headcount=int(headcount),
            opens_on=DAY,
            closes_on=DAY,
        )
        for number, headcount in enumerate(headcounts)
    ]
    zeros = np.zeros(n_posts)
    return Market(
        day=DAY,
        reference=cast(Reference, None),
        graduates=tuple(people),
        posts=tuple(posts),
        standing=Standing(),
        board=cast(Any, SimpleNamespace(knows_chances=True)),
        capacities=headcounts.astype(np.int32),
        eligible=eligible,
        scores=scores,
        prices=Prices(zeros, zeros, is_share=True),
    )


def prove(plan: Plan) -> None:
    """Find the prices that prove the sum, as a certificate has them."""
    lots = plan.lots
    place_prices(plan.pair_values, lots.pairs, lots.capacities, plan.chosen)


def move_many(market: Market, plan: Plan, seed: int, n_moves: int = 200) -> list[float]:
    """Move one person after another to a post drawn for them: seconds of each move."""
    chance = np.random.default_rng(seed)
    draft = Draft(market=market, values=plan.values, pins=Pins(), floors=(), placed=plan.placed)
    times = []
    for _ in range(n_moves):
        graduate = market.graduates[int(chance.integers(0, len(market.graduates)))]
        post = market.posts[int(chance.integers(0, len(market.posts)))]
        begun = time.perf_counter()
        draft = draft.move(graduate.graduate_id, post.post_id).draft
        times.append(time.perf_counter() - begun)
    return times


@click.command()
@click.option("--graduates", default=20_000, show_default=True)
@click.option("--posts", default=4_000, show_default=True)
@click.option("--candidates", default=50, show_default=True, help="Posts open to each graduate.")
@click.option("--seed", default=7, show_default=True)
def main(graduates: int, posts: int, candidates: int, seed: int) -> None:
    """Measure one cohort."""
    market = made_up(graduates, posts, candidates, seed)
    for way in (BEST, "graduates", "enterprises"):
        begun = time.perf_counter()
        plan = make_plan(market, way=way)
        decided = time.perf_counter()
        line = f"{way}: {plan.n_placed:,} placed of {plan.most:,}, {decided - begun:.1f} s"
        if way == BEST:
            prove(plan)
            line += f", prices that prove it {time.perf_counter() - decided:.1f} s"
            moves = move_many(market, plan, seed)
            line += f", one move {1000 * median(moves):.0f} ms (at most {1000 * max(moves):.0f})"
        click.echo(line)


if __name__ == "__main__":
    main()
