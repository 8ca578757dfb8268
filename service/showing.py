"""Hands every list that is answered to the log of lists, without what was asked.

A profile is never part of it; a graduate's id is, until the log has made a pseudonym of it.
"""

from __future__ import annotations

from recommender.domain import Outcome
from recommender.placements import PostRanking
from recommender.shown import CitedStep, ShownLine, ShownList
from service.parts import parts


def keep(
    ranked: PostRanking, request_id: str, *, via: str, graduate_id: str | None = None
) -> PostRanking:
    """Log a list as it is shown, and give it back; never waits and never fails."""
    shown = ShownList(
        request_id=request_id,
        day=ranked.as_of,
        via=via,
        model=ranked.model,
        published=ranked.published,
        order=ranked.order,
        lines=tuple(
            ShownLine(
                post_id=line.post.post_id,
                open_places=line.open_places,
                score=line.score,
                price=line.price,
            )
            for line in ranked.ranking
        ),
        share=ranked.share,
        swapped=ranked.swapped,
        propensity=ranked.propensity,
        places_as_of=ranked.places_as_of,
        arm=ranked.arm,
    )
    parts().exposures.keep(shown, graduate_id)
    return ranked


def cite(outcome: Outcome, request_id: str) -> None:
    """Log that a step came from a list; never waits and never fails."""
    step = CitedStep(
        request_id=request_id,
        day=parts().today(),
        post_id=outcome.post_id,
        stage=outcome.stage.value,
    )
    parts().exposures.keep(step, outcome.graduate_id)
