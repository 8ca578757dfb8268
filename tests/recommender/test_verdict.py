"""A night ends by the gravest of its reasons, and says why in both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from recommender import wording
from recommender.evaluation import verdict
from recommender.evaluation.compare import compare
from recommender.evaluation.limits import Band
from recommender.evaluation.verdict import Effect, Reason, VerdictKind, decide, digest, outside
from tests.held_out import make_held_out, scores


def reason(effect: Effect, code: str = "rule_broken", **facts: object) -> Reason:
    return Reason(step="G1", code=code, effect=effect, **({"measured": 3, "limit": 0} | facts))


@pytest.mark.parametrize(
    ("effects", "kind", "published"),
    [
        ([Effect.REFUSE], VerdictKind.REFUSED, None),
        ([Effect.NOTE, Effect.BASELINE, Effect.HOLD, Effect.REFUSE], VerdictKind.REFUSED, None),
        ([Effect.HOLD], VerdictKind.HELD, "model"),
        ([Effect.HOLD, Effect.BASELINE], VerdictKind.HELD, "crosswalk"),
        ([Effect.BASELINE, Effect.NOTE], VerdictKind.BASELINE, "crosswalk"),
        ([Effect.NOTE], VerdictKind.PUBLISHED, "model"),
        ([], VerdictKind.PUBLISHED, "model"),
    ],
)
def test_the_gravest_reason_decides(
    effects: list[Effect], kind: VerdictKind, published: str | None
) -> None:
    ended = decide([reason(effect) for effect in effects], model="model", baseline="crosswalk")
    assert (ended.verdict, ended.published) == (kind, published)
    assert len(ended.reasons) == len(effects)


@pytest.mark.parametrize(("value", "n_reasons"), [(0.2, 0), (0.19, 1), (0.51, 1)])
def test_a_value_outside_its_band_is_a_reason(value: float, n_reasons: int) -> None:
    reasons = outside("G4", "gini", value, Band(0.2, 0.5))
    assert len(reasons) == n_reasons
    assert all(each.effect is Effect.REFUSE and each.measured == value for each in reasons)


def test_a_reason_is_written_as_the_contract_says() -> None:
    written = json.loads(json.dumps(reason(Effect.REFUSE).to_json(), allow_nan=False))
    assert written["code"] == "rule_broken"
    assert written["text"] == "推荐列表中有 3 处违反硬性条件，一处也不允许。"
    assert (written["measured"], written["limit"]) == (3, 0)
    assert written["text_en"] == "Lists hold 3 posts that a rule forbids; none is allowed."


def test_what_could_not_be_measured_is_null() -> None:
    written = reason(Effect.REFUSE, "gini", measured=float("nan"), limit=0.0).to_json()
    assert (written["measured"], written["limit"]) == (None, 0)
    nothing = verdict.no_reference("G5").to_json()
    assert (nothing["measured"], nothing["limit"]) == (None, None)


def test_a_night_without_reasons_has_no_digest() -> None:
    assert digest(decide([], model="model", baseline="crosswalk")) == ""


def test_a_digest_tells_the_gravest_first_and_what_each_reached() -> None:
    held_out = make_held_out([[1, 0], [0, 1]])
    comparison = compare(
        held_out,
        {"model": scores([2, 1], [2, 1]), "crosswalk": scores([2, 1], [1, 2])},
        k=1,
        seed=1,
    )
    ended = decide(
        [verdict.no_reference("G0"), reason(Effect.REFUSE)], model="model", baseline="crosswalk"
    )
    assert digest(ended, comparison, language="en").splitlines() == [
        "Refused; the last good version stays.",
        "Lists hold 3 posts that a rule forbids; none is allowed.",
        "Step G0: no reference, so nothing was compared.",
        # The model's first post is the right one for one graduate of two.
        "NDCG@1 over 2 graduates: the model 0.500; the crosswalk rule 1.000.",
    ]
    assert digest(ended).splitlines() == [
        "本次不发布，保留上一可用版本。",
        "推荐列表中有 3 处违反硬性条件，一处也不允许。",
        "G0 步：没有可比较的先前记录，未作比较。",
    ]


def test_a_baseline_is_named_in_the_digest() -> None:
    behind = Reason(
        step="G2",
        code="not_ahead",
        effect=Effect.BASELINE,
        subject="popularity",
        measured=-0.02,
        limit=0.0,
    )
    ended = decide([behind], model="model", baseline="crosswalk")
    assert digest(ended, language="en").splitlines()[0] == (
        "Published in its place: the crosswalk rule."
    )
    assert "「热门岗位」基线" in digest(ended)


def _codes() -> set[str]:
    """Find every code that a night can give, in the source of its steps."""
    package = Path(str(wording.__file__)).parent
    sources = ["nightly.py"]
    sources += [f"evaluation/{name}.py" for name in ("alarms", "feed", "gate", "verdict")]
    text = "".join((package / source).read_text(encoding="utf-8") for source in sources)
    named = re.findall(r'code="(\w+)"', text)
    named += re.findall(r'_found\(\s*"(\w+)"', text)
    named += re.findall(r'outside\(\s*"G\d", "(\w+)"', text)
    named += re.findall(r'_unjudged\("(\w+)"', text)
    return set(named)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_a_sentence_and_every_sentence_a_reason(language: str) -> None:
    codes = _codes()
    assert len(codes) > 20
    assert codes == set(wording._GATE_REASONS)
    for code in codes:
        said = wording.gate_reason(code, "crosswalk", 0.5, 0.25, language=language)
        assert said.endswith("。" if language == "zh" else ".")
        assert "{" not in said


def test_every_verdict_has_a_sentence() -> None:
    for kind in VerdictKind:
        assert wording.gate_verdict(kind, "model")
        assert wording.gate_verdict(kind, "model", language="en")
