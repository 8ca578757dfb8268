"""A whole evaluation on a market that only a model can read, with and without its truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy.engine import Engine

from recommender.data import store
from recommender.errors import NotFound, Unreadable
from recommender.examination.examine import Examination, Question, examine
from tests.builders import DAY, make_details
from tests.recommender.test_nightly import make_counties

QUICK = Question(n_seeds=2, n_trials=2, n_resamples=50, class_year=2025)
N = 80  # graduates of a class year, half of them from either county


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a class year's graduates may go, by the truth: (n_graduates, n_posts)."""

    graduate_ids: list[str]
    post_ids: list[str]
    stay: NDArray[np.float16]

    def write(self, path: Path, class_year: int = 2025) -> Path:
        sure = np.full(self.stay.shape, 0.95, dtype=np.float16)
        arrays: dict[str, Any] = {
            "graduate_ids": np.array(self.graduate_ids),
            "post_ids": np.array(self.post_ids),
            "want": sure,
            "offer": sure,
            "stay": self.stay,
        }
        np.savez(path, **{f"{name}_{class_year}": each for name, each in arrays.items()})
        return path


def county_of(ids: list[str]) -> NDArray[np.str_]:
    return np.array([each.split("-")[1] for each in ids])


def make_truth(*, at_home: float, away: float) -> Truth:
    graduates, posts, _ = make_counties()
    people = sorted(g.graduate_id for g in graduates if g.class_year == 2025)
    on_offer = sorted(p.post_id for p in posts if p.post_id.startswith("2025"))
    same = county_of(people)[:, None] == county_of(on_offer)
    return Truth(people, on_offer, np.where(same, at_home, away).astype(np.float16))


@pytest.fixture(scope="module")
def counties(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("counties") / "placement.sqlite3"
    path.write_bytes(migrated_file.read_bytes())
    engine = store.connect(f"sqlite:///{path}")
    graduates, posts, outcomes = make_counties()
    details = [
        make_details(graduate_id=g.graduate_id, gender="女" if n % 2 else "男")
        for n, g in enumerate(graduates)
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=date(2023, 1, 1))
        store.save_graduates(conn, graduates, details)
        store.save_outcomes(conn, outcomes)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def found(counties: Engine, tmp_path_factory: pytest.TempPathFactory) -> Examination:
    folder = tmp_path_factory.mktemp("found")
    truth = make_truth(at_home=0.9, away=0.1).write(folder / "truth.npz")
    asked = Question(n_seeds=2, n_trials=2, n_resamples=50, truth=truth)
    return examine(counties, folder / "reports", asked, day=DAY)


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows}


# Refusals ----------------------------------------------------------------------------------


def test_an_empty_database_has_nothing_to_judge(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        examine(engine, tmp_path / "reports", Question(), day=DAY)
    assert missing.value.kind == "judged_class_year"
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("class_year", [2023, 2026, 2031])
def test_a_class_year_that_cannot_be_judged_is_not_found(
    counties: Engine, tmp_path: Path, class_year: int
) -> None:
    # Nothing came before 2023, nothing has become of 2026, and 2031 is nobody's.
    with pytest.raises(NotFound):
        examine(counties, tmp_path, Question(class_year=class_year), day=DAY)


def test_a_truth_that_is_not_there_is_said_before_anything_is_fitted(
    counties: Engine, tmp_path: Path
) -> None:
    told: list[str] = []
    asked = Question(truth=tmp_path / "none.npz")
    with pytest.raises(NotFound):
        examine(counties, tmp_path, asked, day=DAY, progress=told.append)
    assert len(told) == 1


def test_the_truth_of_another_world_is_refused(counties: Engine, tmp_path: Path) -> None:
    other = make_truth(at_home=0.9, away=0.1)
    other.graduate_ids[0] = "25G0001"
    with pytest.raises(Unreadable) as refused:
        examine(counties, tmp_path, Question(truth=other.write(tmp_path / "t.npz")), day=DAY)
    assert refused.value.code == "another_world"


def test_who_ranks_better_than_the_truth_has_seen_the_answers(
    counties: Engine, tmp_path: Path
) -> None:
    # A truth that sends everybody away from home, where nobody went.
    turned = make_truth(at_home=0.1, away=0.9).write(tmp_path / "turned.npz")
    wrong = examine(
        counties,
        tmp_path / "reports",
        Question(n_seeds=1, n_trials=1, n_resamples=50, class_year=2025, truth=turned),
        day=DAY,
    )
    assert wrong.has_failed
    failed = {c["subject"] for c in wrong.facts["checks"] if c["finding"] == "fail"}
    assert "model" in failed
    assert "自查未通过" in wrong.report.read_text(encoding="utf-8")


# What is found -----------------------------------------------------------------------------


def test_every_class_year_is_judged_and_settings_chosen_where_they_can_be(
    found: Examination,
) -> None:
    told = [(o["class_year"], o["validation"], o["trained_on"]) for o in found.facts["origins"]]
    assert told == [(2024, None, [2023]), (2025, 2024, [2023, 2024])]
    assert [o["n_counted"] for o in found.facts["origins"]] == [N, N]


def test_only_a_model_can_read_this_market(found: Examination) -> None:
    last = by_name(found.facts["origins"][-1]["contenders"])
    for name in ("popularity", "popularity_in_trade", "crosswalk", "item_knn", "ease", "random"):
        assert last[name]["model_ahead"]["low"] > 0.1, name
    assert last["model"]["model_ahead"] is None


def test_everybody_with_settings_has_the_same_number_of_trials(found: Examination) -> None:
    first, last = found.facts["origins"]
    n_trials = {c["name"]: len(c["trials"]) for c in last["contenders"] if c["settings"]}
    assert set(n_trials.values()) == {2}
    assert {"item_knn", "ease", "factorization", "boosted_trees", "model"} <= set(n_trials)
    assert [c["trials"] for c in first["contenders"] if c["trials"]] == []


def test_the_settings_chosen_are_those_that_reached_most(found: Examination) -> None:
    for each in found.facts["origins"][-1]["contenders"]:
        if each["settings"]:
            best = max(each["trials"], key=lambda trial: trial["ndcg@10"])
            assert best["settings"] == each["settings"], each["name"]


def test_only_those_that_depend_on_chance_are_fitted_again(found: Examination) -> None:
    first, last = (by_name(origin["contenders"]) for origin in found.facts["origins"])
    assert last["factorization"]["n_fits"] == 2
    assert last["ease"]["n_fits"] == last["crosswalk"]["n_fits"] == 1
    assert first["factorization"]["n_fits"] == 1


def test_the_three_targets_are_kept_apart(found: Examination) -> None:
    model = by_name(found.facts["origins"][-1]["contenders"])["model"]
    # Everybody signed and stayed, so the three are one here, and each counts everybody.
    assert {target: each["n"] for target, each in model["targets"].items()} == {
        "applied": N,
        "placed": N,
        "stayed": N,
    }


def test_the_truth_reaches_1_and_nobody_more(found: Examination) -> None:
    rows = by_name(found.facts["truth"])
    assert rows["truth"]["ndcg@10"]["value"] == pytest.approx(1)
    assert all(row["ndcg@10"]["value"] <= 1 + 1e-9 for row in rows.values())
    assert rows["model"]["ndcg@10"]["value"] > rows["popularity"]["ndcg@10"]["value"]
    assert rows["truth"]["priced"]["of_truth_priced"] == pytest.approx(1)


def test_following_the_truth_places_nearly_everybody(found: Examination) -> None:
    truth = by_name(found.facts["truth"])["truth"]
    # 240 places for 80 people; three applications that each come off with 0.95 x 0.95.
    assert truth["priced"]["placed"] > 0.95
    assert truth["priced"]["stayed"]["value"] == pytest.approx(0.9, abs=0.05)


def test_the_checks_pass_and_each_was_made(found: Examination) -> None:
    made = {(c["code"], c["subject"]): c["finding"] for c in found.facts["checks"]}
    assert not found.has_failed
    assert {code for code, _ in made} == {
        "ties", "refused", "unused", "belief", "auc", "oracle", "shuffled"
    }  # fmt: skip
    assert {subject for code, subject in made if code == "shuffled"} == {
        "factorization", "boosted_trees", "model"
    }  # fmt: skip
    assert made["refused", ""] == made["unused", ""] == made["ties", ""] == "pass"


def test_groups_and_newcomers_have_their_n(found: Examination) -> None:
    genders = {s["label"]: s["n"] for s in found.facts["slices"] if s["slice"] == "gender"}
    assert genders == {"女": N // 2, "男": N // 2}
    newcomers = {s["slice"]: s for s in found.facts["newcomers"]}
    assert newcomers["new_graduate"]["n"] == newcomers["withheld_trade"]["n"] == N
    assert newcomers["new_trade"]["n"] == newcomers["new_enterprise"]["n"] == 0
    assert all(s["ndcg@10"] == "insufficient" for s in newcomers.values())


def test_the_report_is_written_beside_its_facts(found: Examination) -> None:
    kept = json.loads((found.report.parent / "report.json").read_text(encoding="utf-8"))
    assert kept == found.facts
    assert found.report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_same_question_has_the_same_answer(
    counties: Engine, found: Examination, tmp_path: Path
) -> None:
    again = examine(counties, tmp_path, QUICK, day=DAY)
    assert again.facts["origins"][-1] == found.facts["origins"][-1]
