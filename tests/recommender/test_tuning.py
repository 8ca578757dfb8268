"""A search for settings: what it refuses, that it goes on where it stopped, what it never sees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import optuna
import pytest
from filelock import FileLock
from optuna.storages.journal import JournalFileBackend

from recommender.data import store
from recommender.domain import OutcomeStage
from recommender.errors import Busy, NotFound, Unreadable
from recommender.evaluation.baselines import weight_table
from recommender.examination import tuning
from recommender.examination.contest import Contender, Known
from recommender.examination.judging import Data
from recommender.examination.tuning import read_best, tune
from recommender.matching.board import AnyScorer
from tests.builders import DAY
from tests.recommender.test_nightly import COUNTIES, make_counties

Search = Callable[..., list[tuning.Tuned]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """How much a post in one's own county is liked, and something that changes nothing."""

    home: float = 0.0
    idle: int = 0


class Toy:
    """Ranks by county alone, so that it is known which setting must win; counts its fits."""

    def __init__(self) -> None:
        self.fits: Counter[Near] = Counter()
        self.stops_after: int | None = None

    def fit(self, known: Known, settings: Near, seed: int) -> AnyScorer:
        if self.stops_after is not None and sum(self.fits.values()) >= self.stops_after:
            raise KeyboardInterrupt
        self.fits[settings] += 1
        return weight_table({(f"home:{each}", f"place:{each}"): settings.home for each in COUNTIES})

    def contender(self) -> Contender:
        return Contender(
            name="crosswalk",
            settings=Near(),
            space={"home": (-1.0, 0.0, 1.0), "idle": (0, 1, 2)},
            fit=self.fit,
        )


@pytest.fixture(scope="module")
def data(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Data:
    # The classes of 2023 to 2026, nobody of 2026 with a step: 2025 is judged, and as 2023 has
    # nothing before it, 2024 is the one to tune on.
    graduates, posts, outcomes = make_counties()
    path = tmp_path_factory.mktemp("tuning") / "placement.sqlite3"
    path.write_bytes(migrated_file.read_bytes())
    engine = store.connect(f"sqlite:///{path}")
    with store.reading(engine) as conn:
        reference = store.load_reference(conn)
    engine.dispose()
    return Data(day=DAY, graduates=graduates, posts=posts, outcomes=outcomes, reference=reference)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    made = Toy()
    monkeypatch.setattr(tuning, "contenders", lambda: {"crosswalk": made.contender()})
    return made


def trials(folder: Path) -> list[tuple[dict[str, Any], list[float]]]:
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(folder / "crosswalk.journal")))
    (study,) = optuna.get_all_study_names(storage)
    loaded = optuna.load_study(study_name=study, storage=storage)
    return [
        (trial.params, trial.user_attrs["reached"])
        for trial in loaded.get_trials()
        if trial.state.is_finished() and trial.state is not optuna.trial.TrialState.FAIL
    ]


# Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["popularity", "nobody"])
def test_who_has_no_settings_is_named_with_those_who_have(
    data: Data, tmp_path: Path, name: str
) -> None:
    with pytest.raises(NotFound) as refused:
        tune(data, tmp_path, name=name, n_trials=1)
    assert (refused.value.kind, refused.value.key) == ("contender", name)
    assert "model" in refused.value.suggestions
    assert "popularity" not in refused.value.suggestions


def since(data: Data, class_year: int) -> Data:
    people = [each for each in data.graduates if each.class_year >= class_year]
    ids = {each.graduate_id for each in people}
    steps = [each for each in data.outcomes if each.graduate_id in ids]
    return replace(data, graduates=people, outcomes=steps)


@pytest.mark.parametrize(
    ("first", "kind", "key"),
    [(2024, "tuned_class_year", "2025"), (2025, "judged_class_year", "")],
)
def test_two_class_years_must_lie_before_the_one_judged(
    data: Data, toy: Toy, tmp_path: Path, first: int, kind: str, key: str
) -> None:
    with pytest.raises(NotFound) as refused:
        tune(since(data, first), tmp_path / "tuning", n_trials=1)
    assert (refused.value.kind, refused.value.key) == (kind, key)
    assert not (tmp_path / "tuning").exists()


def test_a_library_that_is_missing_is_named(
    data: Data, toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "find_spec", lambda name: None)
    with pytest.raises(NotFound) as refused:
        tune(data, tmp_path, n_trials=1)
    assert (refused.value.kind, refused.value.key) == ("library", "optuna")


@pytest.mark.parametrize(
    "content",
    ["not a journal", "not a journal\n", "[1]\n", '{"other": 1}\n', '3\n{"op_code": 0}\n'],
)
def test_a_file_that_is_no_journal_is_named_and_left_as_it_is(
    data: Data, toy: Toy, tmp_path: Path, content: str
) -> None:
    journal = tmp_path / "crosswalk.journal"
    journal.write_text(content, encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        tune(data, tmp_path, n_trials=1)
    assert (refused.value.value, refused.value.code) == (str(journal), "not_a_journal")
    assert journal.read_text(encoding="utf-8") == content


def test_a_journal_with_a_broken_line_inside_is_refused(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    tune(data, tmp_path, n_trials=2)
    journal = tmp_path / "crosswalk.journal"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:2], lines[2][:5] + b"\n", *lines[3:]]))
    with pytest.raises(Unreadable):
        tune(data, tmp_path, n_trials=3)


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_broken_file_of_the_best_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "best.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        read_best(tmp_path)
    assert refused.value.value == str(tmp_path / "best.json")


def test_two_searches_for_one_contender_do_not_run_at_once(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    with FileLock(tmp_path / "crosswalk.busy"), pytest.raises(Busy):
        tune(data, tmp_path, n_trials=1)


# Searching ---------------------------------------------------------------------------------


def test_the_setting_that_must_win_is_found(data: Data, toy: Toy, tmp_path: Path) -> None:
    # Everybody went to their own county; its 12 posts fill a list of 10 where home weighs 1, and
    # none of them is in it where home weighs -1.
    (found,) = tune(data, tmp_path, n_trials=16)
    assert dict(found.changes)["home"] == 1.0
    assert found.settings["home"] == 1.0
    assert 0 < found.standing < found.best
    assert found.class_years == (2024,)
    assert found.n_counted == (80,)
    assert {params["home"]: reached[0] for params, reached in trials(tmp_path)}[-1.0] == 0.0


def test_the_first_trial_are_the_settings_that_stand(data: Data, toy: Toy, tmp_path: Path) -> None:
    (found,) = tune(data, tmp_path, n_trials=1)
    assert [params for params, _ in trials(tmp_path)] == [{"home": 0.0, "idle": 0}]
    assert (found.best, dict(found.changes), found.n_trials) == (found.standing, {}, 1)


def test_of_equals_those_that_stand_are_the_best(
    data: Data, toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = {"home": (0.0,), "idle": (0, 1, 2)}
    made = replace(toy.contender(), space=space)
    monkeypatch.setattr(tuning, "contenders", lambda: {"crosswalk": made})
    (found,) = tune(data, tmp_path, n_trials=12)
    assert dict(found.changes) == {}


def test_settings_tried_before_are_not_fitted_again(data: Data, toy: Toy, tmp_path: Path) -> None:
    (found,) = tune(data, tmp_path, n_trials=16)
    assert found.n_trials == len(trials(tmp_path)) == 16
    assert set(toy.fits.values()) == {1}


def test_with_two_class_years_all_but_the_best_are_given_up_after_the_latest(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    # Another class of 2022 like that of 2023: 2024 and 2023 are to tune on, the latest first.
    (found,) = tune(with_class_of_2022(data), tmp_path, n_trials=18)
    assert found.class_years == (2024, 2023)
    given_up = [params for params, reached in trials(tmp_path) if len(reached) == 1]
    assert found.n_pruned == len(given_up) > 0
    assert all(params["home"] != 1.0 for params in given_up)


def with_class_of_2022(data: Data) -> Data:
    def earlier(name: str) -> str:
        return name.replace("2023", "2022")

    def year_before(day: date) -> date:
        return day.replace(year=day.year - 1)

    people = [
        replace(each, graduate_id=earlier(each.graduate_id), class_year=2022)
        for each in data.graduates
        if each.class_year == 2023
    ]
    posts = [
        replace(
            each,
            post_id=earlier(each.post_id),
            opens_on=year_before(each.opens_on),
            closes_on=year_before(each.closes_on),
        )
        for each in data.posts
        if each.post_id.startswith("2023")
    ]
    steps = [
        replace(
            each,
            graduate_id=earlier(each.graduate_id),
            post_id=earlier(each.post_id),
            date=year_before(each.date),
        )
        for each in data.outcomes
        if each.graduate_id.startswith("2023")
    ]
    return replace(
        data,
        graduates=[*people, *data.graduates],
        posts=[*posts, *data.posts],
        outcomes=[*steps, *data.outcomes],
    )


def test_what_came_of_the_class_year_judged_last_changes_nothing(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    # Everybody of 2025 now leaves at once.
    told = [
        replace(step, stage=OutcomeStage.LEFT)
        if step.graduate_id.startswith("2025") and step.stage is OutcomeStage.RETAINED
        else step
        for step in data.outcomes
    ]
    assert told != list(data.outcomes)
    (plain,) = tune(data, tmp_path / "plain", n_trials=12)
    (other,) = tune(replace(data, outcomes=told), tmp_path / "other", n_trials=12)
    assert plain == other


# Going on ----------------------------------------------------------------------------------


def test_the_same_seed_tries_the_same_and_another_one_other_settings(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        tune(data, tmp_path / name, n_trials=12, seed=seed)
    assert trials(tmp_path / "a") == trials(tmp_path / "b")
    assert trials(tmp_path / "a") != trials(tmp_path / "c")


def test_a_second_run_goes_on_to_the_number_asked_for(data: Data, toy: Toy, tmp_path: Path) -> None:
    tune(data, tmp_path / "parts", n_trials=5)
    (parts,) = tune(data, tmp_path / "parts", n_trials=9)
    (whole,) = tune(data, tmp_path / "whole", n_trials=9)
    assert trials(tmp_path / "parts") == trials(tmp_path / "whole")
    assert parts == whole
    (again,) = tune(data, tmp_path / "parts", n_trials=3)
    assert again.n_trials == 9


def test_a_run_that_was_stopped_loses_the_trial_it_was_in(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    toy.stops_after = 3
    with pytest.raises(KeyboardInterrupt):
        tune(data, tmp_path / "parts", n_trials=9)
    done = len(trials(tmp_path / "parts"))
    assert done >= 3
    toy.stops_after = None
    tune(data, tmp_path / "parts", n_trials=9)
    tune(data, tmp_path / "whole", n_trials=9)
    assert trials(tmp_path / "parts") == trials(tmp_path / "whole")


def test_a_line_cut_short_by_a_kill_is_taken_off(data: Data, toy: Toy, tmp_path: Path) -> None:
    tune(data, tmp_path, n_trials=4)
    journal = tmp_path / "crosswalk.journal"
    journal.write_bytes(journal.read_bytes()[:-9])
    (found,) = tune(data, tmp_path, n_trials=8)
    assert found.n_trials == 8


def test_other_data_are_another_search_in_the_same_journal(
    data: Data, toy: Toy, tmp_path: Path
) -> None:
    tune(data, tmp_path, n_trials=6)
    (found,) = tune(replace(data, outcomes=data.outcomes[:-1]), tmp_path, n_trials=2)
    assert found.n_trials == 2


def test_the_best_of_others_stay_in_the_file(data: Data, toy: Toy, tmp_path: Path) -> None:
    (tmp_path / "best.json").write_text(json.dumps({"ease": {"best": 0.5}}), encoding="utf-8")
    (found,) = tune(data, tmp_path, n_trials=1)
    best = read_best(tmp_path)
    assert best["ease"] == {"best": 0.5}
    assert best["crosswalk"]["best"] == found.best
    assert best["crosswalk"]["settings"] == {"home": 0.0, "idle": 0}
