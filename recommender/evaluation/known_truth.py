"""What a constructed world knows of a season, read from the file that made it; never to learn."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.errors import NotFound, Unreadable
from recommender.evaluation.following import Chances

STAGES = ("want", "offer", "stay")


def class_years_of(path: Path) -> tuple[int, ...]:
    """List the class years of a truth file, ascending.

    Raises
    ------
    NotFound
        If there is no such file.
    Unreadable
        If it is no truth file.
    """
    if not path.is_file():
        raise NotFound("path", str(path))
    if not zipfile.is_zipfile(path):
        raise Unreadable("truth", path.name, "no_truth")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            years = [name.rpartition("_")[2] for name in arrays.files if name.startswith("want_")]
    except (ValueError, zipfile.BadZipFile, OSError) as error:
        raise Unreadable("truth", path.name, "no_truth") from error
    if not years:
        raise Unreadable("truth", path.name, "no_truth")
    return tuple(sorted(int(year) for year in years))


def truth_of_season(
    path: Path, class_year: int, graduate_ids: tuple[str, ...], post_ids: tuple[str, ...]
) -> Chances:
    """Read the truth of some graduates and posts, in their order.

    Returns
    -------
    Chances
        Arrays of shape (n_graduates, n_posts).

    Raises
    ------
    Unreadable
        If a graduate or a post is not in the file: it belongs to another world.
    """
    with np.load(path, allow_pickle=False) as arrays:
        try:
            rows = _indices(arrays[f"graduate_ids_{class_year}"], graduate_ids, path)
            columns = _indices(arrays[f"post_ids_{class_year}"], post_ids, path)
            at = np.ix_(rows, columns)
            want, offer, stay = (
                arrays[f"{name}_{class_year}"][at].astype(np.float64) for name in STAGES
            )
        except KeyError as error:
            raise Unreadable("truth", f"{path.name}: {class_year}", "no_truth") from error
    return Chances(want=want, offer=offer, stay=stay)


def _indices(known: NDArray[np.str_], ids: tuple[str, ...], path: Path) -> NDArray[np.intp]:
    at = {str(each): index for index, each in enumerate(known)}
    strangers = [each for each in ids if each not in at]
    if strangers:
        raise Unreadable("truth", f"{path.name}: {strangers[0]}", "another_world")
    return np.array([at[each] for each in ids], dtype=np.intp)
