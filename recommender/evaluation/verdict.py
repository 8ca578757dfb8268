"""What the gate found, and how a night ends by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from recommender import wording
from recommender.evaluation.compare import Comparison
from recommender.evaluation.limits import Band


class Effect(StrEnum):
    """What a reason does to the night, mildest first."""

    NOTE = "note"
    BASELINE = "baseline"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that a step of the gate found.

    Attributes
    ----------
    step
        ``G0`` to ``G5``.
    code
        Stable word; `wording` has a sentence for each.
    subject
        What it was found in: a count, a column, a city, a contender; "" for the whole.
    measured, limit
        None where there was nothing to measure.
    """

    step: str
    code: str
    effect: Effect
    subject: str = ""
    measured: float | None = None
    limit: float | None = None

    def text(self, language: str = "zh") -> str:
        """Say it in one sentence."""
        return wording.gate_reason(
            self.code, self.subject, self.measured, self.limit, language=language
        )

    def to_json(self) -> dict[str, object]:
        """Give the reason as ``retrain --json`` writes it."""
        return {
            "code": self.code,
            "text": self.text(),
            "measured": _finite(self.measured),
            "limit": _finite(self.limit),
            "text_en": self.text("en"),
            "subject": self.subject,
            "step": self.step,
            "effect": self.effect.value,
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def outside(
    step: str,
    code: str,
    value: float,
    band: Band,
    *,
    effect: Effect = Effect.REFUSE,
    subject: str = "",
) -> tuple[Reason, ...]:
    """Give the reason that a value lies outside its band; none where it lies inside."""
    limit = band.broken_by(value)
    if limit is None:
        return ()
    return (
        Reason(step=step, code=code, effect=effect, subject=subject, measured=value, limit=limit),
    )


def no_reference(step: str) -> Reason:
    """Say that a step had nothing to compare with, instead of passing in silence."""
    return Reason(step=step, code="no_reference", effect=Effect.NOTE, subject=step)


class VerdictKind(StrEnum):
    """How a night ends."""

    PUBLISHED = "published"
    BASELINE = "baseline"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a night ends, and why.

    Attributes
    ----------
    published
        The contender that is published or held; None where the last good version stays.
    """

    verdict: VerdictKind
    published: str | None
    reasons: tuple[Reason, ...]

    def reasons_to_json(self) -> list[dict[str, object]]:
        """Give the reasons as ``retrain --json`` writes them."""
        return [reason.to_json() for reason in self.reasons]


def decide(reasons: Sequence[Reason], *, model: str, baseline: str) -> Verdict:
    """End a night by the gravest of its reasons.

    Parameters
    ----------
    reasons
        Of all steps that were run, in their order.
    model
        The contender to publish where nothing speaks against it.
    baseline
        The one to publish where the model is not ahead; see `gate.best_baseline`.
    """
    effects = {reason.effect for reason in reasons}
    name: str | None = baseline if Effect.BASELINE in effects else model
    if Effect.REFUSE in effects:
        kind, name = VerdictKind.REFUSED, None
    elif Effect.HOLD in effects:
        kind = VerdictKind.HELD
    elif Effect.BASELINE in effects:
        kind = VerdictKind.BASELINE
    else:
        kind = VerdictKind.PUBLISHED
    return Verdict(verdict=kind, published=name, reasons=tuple(reasons))


def digest(verdict: Verdict, comparison: Comparison | None = None, *, language: str = "zh") -> str:
    """Say what went wrong in a night, gravest first; "" where nothing did.

    Parameters
    ----------
    comparison
        Adds a last line with what each contender reached; None where the night ended before.
    language
        ``zh`` or ``en``.
    """
    if not verdict.reasons:
        return ""
    gravity = list(Effect)
    ordered = sorted(verdict.reasons, key=lambda reason: -gravity.index(reason.effect))
    lines = [wording.gate_verdict(verdict.verdict, verdict.published or "", language=language)]
    lines += [reason.text(language) for reason in ordered]
    if comparison is not None:
        reached = {name: comparison.value(name) for name in comparison.figures}
        lines.append(
            wording.gate_figures(
                comparison.primary, reached, comparison.n_counted, language=language
            )
        )
    return "\n".join(lines)
