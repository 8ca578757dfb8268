"""The model card says what a version is made of, for people."""

from __future__ import annotations

from typing import Any

from recommender.evaluation.card import model_card


def facts(**overrides: Any) -> dict[str, Any]:
    return {
        "published": "model",
        "data_cutoff": "2026-05-15",
        "class_year": 2025,
        "counts": {"graduates": 7200},
        "contenders": {},
        "reasons": [],
        "settings": {"n_components": 32},
        "seed": 7,
    } | overrides


def test_a_night_without_a_comparison_says_so() -> None:
    card = model_card(facts(class_year=None))
    assert "nothing was compared" in card
    assert "Held-out class year: —" in card


def test_metrics_stand_with_their_intervals_and_unmeasured_ones_with_a_dash() -> None:
    contenders = {
        "model": {"ndcg@10": {"value": 0.1236, "low": 0.0939, "high": 0.1584}},
        "popularity": {"ndcg@10": {"value": None, "low": None, "high": None}},
    }
    card = model_card(facts(contenders=contenders))
    assert "| model | 0.124 (0.094–0.158) |" in card
    assert "| popularity | — |" in card


def test_the_card_names_cut_off_counts_settings_reasons_and_limits() -> None:
    reason = {"text": "没有参照。", "text_en": "No reference."}
    card = model_card(facts(reasons=[reason]))
    for said in ("2026-05-15", "graduates: 7,200", "n_components: 32", "No reference.", "局限"):
        assert said in card
