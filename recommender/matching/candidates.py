"""Pairs of a graduate and a lot of places that may be chosen, and nothing of the others.

A cohort is decided on these alone, so that memory grows with who may take what, not with
graduates times posts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNPLACED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Pairs ordered by row, then column, each once.

    Attributes
    ----------
    rows, columns : int32 arrays of shape (n_pairs,)
        The graduate and the lot of each pair.
    shape
        n_graduates and n_lots.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    shape: tuple[int, int]

    @classmethod
    def of(cls, allowed: NDArray[np.bool_]) -> Candidates:
        """Take the pairs that are True in a bool array of shape (n_graduates, n_lots)."""
        rows, columns = np.nonzero(allowed)
        return cls(
            rows=rows.astype(np.int32), columns=columns.astype(np.int32), shape=allowed.shape
        )

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.rows)

    def where(self, kept: NDArray[np.bool_]) -> Candidates:
        """Leave the pairs marked in a bool array of shape (n_pairs,)."""
        return Candidates(rows=self.rows[kept], columns=self.columns[kept], shape=self.shape)

    def has(self, row: int) -> bool:
        """Say whether a graduate may take anything."""
        at = int(np.searchsorted(self.rows, row))
        return at < len(self) and bool(self.rows[at] == row)

    def find(self, rows: NDArray[np.integer], columns: NDArray[np.integer]) -> NDArray[np.int64]:
        """Find pairs by graduate and lot: int64 of the same shape.

        Raises
        ------
        ValueError
            If one of them is no candidate.
        """
        at = np.searchsorted(self._keys(self.rows, self.columns), self._keys(rows, columns))
        inside = np.minimum(at, len(self) - 1)
        if len(at) and not (
            len(self)
            and np.array_equal(self.rows[inside], rows)
            and np.array_equal(self.columns[inside], columns)
        ):
            raise ValueError("somebody has what they may not take")
        return at

    def indices(self, chosen: NDArray[np.int32]) -> NDArray[np.int64]:
        """Find the pair of each graduate's lot: int64 (n_graduates,); -1 for none.

        Parameters
        ----------
        chosen : int32 array of shape (n_graduates,)
            The lot of each; -1 for none.

        Raises
        ------
        ValueError
            If somebody has what they may not take.
        """
        (who,) = np.nonzero(chosen != UNPLACED)
        found = np.full(self.shape[0], UNPLACED, dtype=np.int64)
        found[who] = self.find(who, chosen[who])
        return found

    def _keys(self, rows: NDArray[np.integer], columns: NDArray[np.integer]) -> NDArray[np.int64]:
        keys: NDArray[np.int64] = rows.astype(np.int64) * self.shape[1] + columns
        return keys

    def chosen(self, taken: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Give the lot of each graduate from the pairs taken: int32 (n_graduates,); -1 for none."""
        found = np.full(self.shape[0], UNPLACED, dtype=np.int32)
        found[self.rows[taken]] = self.columns[taken]
        return found
