"""What describes users and items: every column of a file as a sparse matrix of its values.

What a column holds is told from its values: codes, categories, several values in a cell,
numbers, dates or text. Nobody has to declare it, and no column is known by its meaning, but
for those that must never describe a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.real.folder import moment
from benchmarks.real.tables import Table
from recommender.model.features import feature_matrix, vocabulary

# Never a feature, whatever a file holds; nor a column whose name ends in _audit_only.
FORBIDDEN = {"gender", "sex", "性别", "gender_audit_only", "ethnicity", "race", "religion", "民族"}
SEPARATORS = ("|", ";", "；", "、")
LEAST_COUNT = 2  # a value of one row only says who it is
N_BINS = 8
FEW_NUMBERS = 12  # numbers with so few values are categories
PURE = 0.98  # share of the values that must be numbers, for a column of numbers
LONG_WORDS = 4.0  # words per value, from which on it is text
STEM = 6  # letters: worker, workers and working meet
GRAM = (3, 4)
MOST_WORDS = 2000  # of a column, the commonest
LONGEST_PREFIX = 6
MOST_GROUPS = 0.7  # of the number of codes

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One view of a column of a file.

    Attributes
    ----------
    kind
        category, values, code, number, words.
    names
        The distinct values, as ``column:value``.
    matrix : float32 CSR array of shape (n_rows, n_values)
        0 to 1; a row adds up to 1, or to 0 where nothing is stated.
    """

    name: str
    kind: str
    names: tuple[str, ...]
    matrix: sparse.csr_array[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """All columns of a file.

    Attributes
    ----------
    texts
        Per row, all of its labels and texts in one, for comparing users with items.
    notes
        How each column was taken.
    """

    columns: tuple[Column, ...]
    texts: tuple[str, ...]
    notes: tuple[str, ...]


def describe(table: Table, ids: Sequence[str]) -> Described:
    """Tell what each column of a file holds, and lay it out.

    Parameters
    ----------
    table : Table
    ids : sequence of length n_rows
        Ids that are codes have digits in common with others of their group.
    """
    columns: list[Column] = []
    notes: list[str] = []
    texts: list[list[str]] = [[] for _ in range(table.n_rows)]
    for name, cells in table.columns.items():
        if name.casefold() in FORBIDDEN or name.casefold().endswith("_audit_only"):
            notes.append(f"{table.file}: column {name} is never a feature; left out")
            continue
        found = _views(name, cells)
        kept = [view for view in found if view.matrix.shape[1]]
        told = ", ".join(f"{view.kind} ({view.matrix.shape[1]})" for view in kept)
        notes.append(f"{table.file}: column {name}: {told or 'says nothing; left out'}")
        columns.extend(kept)
        if any(view.kind == "words" for view in kept):
            for text, cell in zip(texts, cells, strict=True):
                text.append(cell)
    if not _are_running_numbers(ids):
        columns.extend(_prefixes("id", [[each] for each in ids]))
    return Described(
        columns=tuple(_different(columns)),
        texts=tuple(" ".join(text) for text in texts),
        notes=tuple(notes),
    )


def _are_running_numbers(ids: Sequence[str]) -> bool:
    """Ids that were counted up say nothing; codes leave gaps, for groups of their own."""
    digits = [re.sub(r"\D", "", each) for each in ids]
    if any(not each for each in digits) or len({len(each) for each in ids}) > 1:
        return True
    numbers = [int(each) for each in digits]
    return max(numbers) - min(numbers) + 1 < 2 * len(ids)


def _different(columns: Sequence[Column]) -> list[Column]:
    """Leave out a view that groups rows as an earlier one does: twice said is not twice true."""
    kept: dict[bytes, Column] = {}
    for column in columns:
        if column.matrix.shape[1]:
            grouped = column.matrix.toarray().T
            kept.setdefault(grouped[np.lexsort(grouped.T)].tobytes(), column)
    return list(kept.values())


def _views(name: str, cells: Sequence[str]) -> list[Column]:
    stated = [cell for cell in cells if cell]
    distinct = set(stated)
    if len(distinct) < 2 and len(stated) in (0, len(cells)):
        return []
    separator = _separator(stated)
    if separator:
        parts = [_parts(cell, separator) for cell in cells]
        views = [_column(name, "values", parts)]
        return [*views, *(_prefixes(name, parts) or _words_too(name, parts))]
    numbers = _numbers(stated)
    if numbers is not None and not _is_code(name, stated):
        if len(distinct) <= FEW_NUMBERS:
            return [_category(name, cells)]
        return [_bins(name, cells)]
    if _is_code(name, stated):
        return [_category(name, cells), *_prefixes(name, [[cell] for cell in cells])]
    if _is_text(stated):
        return [_words(name, [[cell] for cell in cells])]
    return [_category(name, cells), *_words_too(name, [[cell] for cell in cells])]


def _separator(stated: Sequence[str]) -> str | None:
    for separator in SEPARATORS:
        share = sum(separator in cell for cell in stated) / len(stated)
        parts = [part for cell in stated for part in _parts(cell, separator)]
        repeated = len(parts) > 1.2 * len(set(parts))
        if (separator == "|" and share > 0) or (share > 0.1 and repeated):
            return separator
    return None


def _parts(cell: str, separator: str) -> list[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _numbers(stated: Sequence[str]) -> NDArray[np.float64] | None:
    read = [moment(value.replace("\u00a0", "").replace("%", "")) for value in stated]
    if sum(value is not None for value in read) < PURE * len(read):
        return None
    return np.array([np.nan if value is None else value for value in read])


_DOT = re.compile(r"[.\-]")
_CODE = re.compile(r"[A-Za-z]{0,4}[.\-]?\d[\d.\-A-Za-z]*$")
_CODE_NAME = re.compile(r"(^|_)(code|codes|id|nr|no|zip|noc|cip|soc|isco|naics|nace|nsf|rome)($|_)")


def _is_code(name: str, stated: Sequence[str]) -> bool:
    """Codes look like numbers, but count nothing: they begin with zeros or with letters."""
    if sum(bool(_CODE.match(value)) for value in stated) < PURE * len(stated):
        return False
    zeros = any(re.match(r"0\d", value) for value in stated)
    letters = sum(value[0].isalpha() for value in stated) > len(stated) / 2
    named = bool(_CODE_NAME.search(name.casefold())) and not any("-" in v[:1] for v in stated)
    return zeros or letters or named


def _is_text(stated: Sequence[str]) -> bool:
    n_words = np.mean([len(tokens(value)) for value in stated])
    repeats = len(stated) / len(set(stated))
    return bool(n_words >= LONG_WORDS and repeats < 5) or bool(n_words >= 1.5 and repeats < 2)


def _column(name: str, kind: str, cells: Cells, least: int = LEAST_COUNT) -> Column:
    """Lay values out; each row shares 1 among those it states, as the product does."""
    folded = [sorted({value.casefold() for value in values if value}) for values in cells]
    counts = Counter(value for values in folded for value in values)
    # A value that every row has tells nobody apart.
    kept = {v for v, n in counts.items() if least <= n < max(len(cells), least + 1)}
    if kind == "words" and len(kept) > MOST_WORDS:
        kept = set(sorted(kept, key=lambda word: (-counts[word], word))[:MOST_WORDS])
    described = [
        {f"{name}:{value}": 1.0 / len(values) for value in values if value in kept}
        for values in folded
    ]
    names = vocabulary(described)
    return Column(name=name, kind=kind, names=names, matrix=feature_matrix(described, names))


def _category(name: str, cells: Sequence[str]) -> Column:
    return _column(name, "category", [[cell] for cell in cells])


def _prefixes(name: str, cells: Cells) -> list[Column]:
    """Group codes by how they begin: before a dot, or by their first signs."""
    stated = [part for cell in cells for part in cell if part]
    if not stated or not _is_code(name, stated):
        return []
    cuts: dict[str, Callable[[str], str]] = {
        f"{name}[:{place}.]": lambda value, place=place: ".".join(_DOT.split(value)[:place])
        for place in (1, 2)
    }
    cuts |= {
        f"{name}[:{length}]": lambda value, length=length: value[:length]
        for length in range(1, LONGEST_PREFIX + 1)
    }
    n_distinct = len(set(stated))
    found, sizes = [], {n_distinct}
    for cut_name, cut in cuts.items():
        size = len({cut(part) for part in stated})
        # As many groups as before say the same; a group per code says nothing.
        if size > 1 and size not in sizes and size < MOST_GROUPS * n_distinct:
            sizes.add(size)
            groups = [[cut(part) for part in cell if part] for cell in cells]
            found.append(_column(cut_name, "code", groups))
    return found


def _bins(name: str, cells: Sequence[str]) -> Column:
    """Cut numbers into bins of about as many rows each; what is not stated is in none."""
    read = [moment(cell.replace("\u00a0", "").replace("%", "")) for cell in cells]
    numbers = np.array([np.nan if value is None else value for value in read])
    stated = numbers[~np.isnan(numbers)]
    edges = np.unique(np.quantile(stated, np.arange(1, N_BINS) / N_BINS))
    at = np.searchsorted(edges, numbers)
    return _column(
        name,
        "number",
        [
            [] if np.isnan(number) else [f"{bin_:02d}"]
            for number, bin_ in zip(numbers, at, strict=True)
        ],
    )


def _words_too(name: str, cells: Cells) -> list[Column]:
    """Labels of a category in words as well, so that rare ones resemble common ones."""
    labels = {part for cell in cells for part in cell if part}
    n_words = np.mean([len(tokens(label)) for label in labels]) if labels else 0.0
    if len(labels) < 10 or n_words < 1.5:
        return []
    return [_words(name, cells)]


def _words(name: str, cells: Cells) -> Column:
    return _column(
        f"{name}~", "words", [[word for part in cell for word in tokens(part)] for cell in cells]
    )


_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    """Words of a text, cut to their first letters; of Chinese, every two signs in a row."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        han = _HAN.findall(word)
        if han:
            found.extend(run[i : i + 2] for run in han for i in range(max(1, len(run) - 1)))
        elif len(word) > 1:
            found.append(word[:STEM])
    return found


def grams_of(
    left: Sequence[str], right: Sequence[str]
) -> tuple[sparse.csr_array[np.float32], sparse.csr_array[np.float32]]:
    """Lay texts out by the letters they share, for comparing the left with the right.

    Returns
    -------
    float32 CSR arrays of shapes (len(left), n_grams) and (len(right), n_grams)
        TF-IDF weights of letter n-grams within words, rows of length 1: their product is a
        cosine, 0 to 1.
    """
    counts = [_grams(text) for text in (*left, *right)]
    n_with = Counter(gram for count in counts for gram in count)
    idf = {gram: np.log(len(counts) / n) for gram, n in n_with.items() if n >= LEAST_COUNT}
    weighed = [
        {gram: (1 + np.log(n)) * idf[gram] for gram, n in count.items() if gram in idf}
        for count in counts
    ]
    matrix = unit_rows(feature_matrix(weighed, vocabulary(weighed)))
    return matrix[: len(left)], matrix[len(left) :]


def _grams(text: str) -> Counter[str]:
    grams: Counter[str] = Counter()
    for word in _WORD.findall(text.casefold()):
        if _HAN.search(word):
            grams.update(word[i : i + 2] for i in range(max(1, len(word) - 1)))
            continue
        padded = f" {word} "
        grams.update(padded[i : i + n] for n in GRAM for i in range(len(padded) - n + 1))
    return grams


def unit_rows(matrix: sparse.csr_array[np.float32]) -> sparse.csr_array[np.float32]:
    """Scale rows to length 1; an empty row stays empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix, dtype=np.float32)


def joined(columns: Iterable[Column], *, by_rarity: bool) -> sparse.csr_array[np.float32]:
    """Put columns side by side, each row of length 1.

    Parameters
    ----------
    by_rarity
        Weigh a value by the logarithm of how rare it is (IDF).
    """
    parts = [column.matrix for column in columns]
    matrix = sparse.csr_array(sparse.hstack(parts, format="csr"), dtype=np.float32)
    if by_rarity:
        n_with = np.bincount(matrix.indices, minlength=matrix.shape[1])
        idf = np.log((matrix.shape[0] + 1) / (n_with + 1)).astype(np.float32)
        matrix = sparse.csr_array(matrix @ sparse.diags_array(idf), dtype=np.float32)
    return unit_rows(matrix)
