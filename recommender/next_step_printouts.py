"""What `next-step` prints: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from recommender import step_words

if TYPE_CHECKING:
    from recommender.next_steps import Ask, ListSteps, PairSteps, Step


def pair_lines(found: PairSteps, language: str = "zh") -> Iterator[str]:
    """Say what forbids a pair, and the smallest sets of changes."""
    english = language == "en"
    yield f"{found.graduate_id} → {found.post.post_id} ({found.as_of}, v{found.model})"
    for rule in found.failing:
        yield f"- {rule.text_en if english else rule.text}"
    for step in (found.to_take, found.to_list):
        yield step.text_en if english else step.text


def list_lines(found: ListSteps, language: str = "zh") -> Iterator[str]:
    """Say how many posts each rule shuts out, and what brings further ones into the list."""
    english = language == "en"
    yield f"{found.graduate_id} ({found.as_of}, v{found.model})"
    for code, n_posts in found.shut_out.items():
        yield "- " + step_words.shut_out(code, n_posts, found.n_posts, language)
    for each in found.steps:
        where = ", ".join((each.post.enterprise, each.occupation, each.region))
        said = each.step.text_en if english else each.step.text
        yield (
            f"{each.post.post_id} {where}: {said}"
            if english
            else (f"{each.post.post_id} {where.replace(', ', '，')}：{said}")
        )
    if not found.steps:
        yield step_words.no_step(for_list=True, language=language)


def pair_json(found: PairSteps) -> dict[str, Any]:
    """Give the same for machines."""
    return _head(found.ask, found.model, found.as_of.isoformat()) | {
        "graduate_id": found.graduate_id,
        "post_id": found.post.post_id,
        "failing": [
            {
                "code": rule.code,
                "needs": "; ".join(rule.needs) or None,
                "can_change": rule.can_change,
                "text": rule.text,
                "text_en": rule.text_en,
            }
            for rule in found.failing
        ],
        "to_take": _step(found.to_take),
        "to_list": _step(found.to_list),
    }


def list_json(found: ListSteps) -> dict[str, Any]:
    """Give the same for machines."""
    return _head(found.ask, found.model, found.as_of.isoformat()) | {
        "graduate_id": found.graduate_id,
        "n_posts": found.n_posts,
        "shut_out": dict(found.shut_out),
        "steps": [
            {
                "post_id": each.post.post_id,
                "enterprise": each.post.enterprise,
                "occupation": each.occupation,
                "region": each.region,
                "step": _step(each.step),
            }
            for each in found.steps
        ],
    }


def _head(ask: Ask, model: int, as_of: str) -> dict[str, Any]:
    return {
        "model": model,
        "as_of": as_of,
        "order": ask.order,
        "congestion": ask.weight,
        "top": ask.top,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "reachable": step.changes is not None,
        "on": step.on.isoformat() if step.on else None,
        "rank": step.rank,
        "changes": [
            {
                "kind": change.kind,
                "value": change.value,
                "on": change.on.isoformat(),
                "text": change.text,
                "text_en": change.text_en,
            }
            for change in step.changes or ()
        ],
        "text": step.text,
        "text_en": step.text_en,
    }
