"""A published version for tests: the plainest rule, in the form of a model."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from recommender.data.reference import load_reference
from recommender.evaluation.baselines import CROSSWALK, baselines
from recommender.model.artefact import Artefact, point_to, write_version


@cache
def crosswalk() -> Artefact:
    scorer = baselines([], [], [], load_reference())[CROSSWALK]
    return Artefact(version=0, published=CROSSWALK, scorer=scorer, facts={}, prices={})


def publish(models_dir: Path, artefact: Artefact) -> int:
    version = write_version(models_dir, artefact, "# card")
    point_to(models_dir, version)
    return version
