"""The best posts of every graduate, ties broken by a hash of the two ids.

Evaluation and matching both order posts here, so that what is measured is what is shown.
Loops run over blocks of graduates, never over pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

NO_POST = -1

# About one million pairs a block: a few arrays of 8 MiB, whatever the size of the roster.
_BLOCK_PAIRS = 1 << 20

# Up to here, taking the largest over and over beats partitioning: one pass over a row of
# float32 is cheap, and a pass does not mind the mask (partitioning a row that is mostly one
# value, such as -inf under the mask, was measured 10 times slower than a row of distinct ones).
_MOST_PASSES = 16

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def id_keys(ids: Iterable[str]) -> NDArray[np.uint64]:
    """Turn ids into 64-bit numbers that are the same on every machine and every day.

    Parameters
    ----------
    ids : iterable of str
        Graduate or post ids.

    Returns
    -------
    uint64 array of shape (n_ids,)
        Any value of the type; equal ids have equal keys.

    References
    ----------
    BLAKE2b, RFC 7693, with a digest of 8 bytes.
    """
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def pair_hash(
    graduate_keys: NDArray[np.uint64], post_keys: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Mix the keys of a graduate and of a post into one number per pair.

    Parameters
    ----------
    graduate_keys, post_keys : uint64 arrays that broadcast against each other
        From `id_keys`. ``pair_hash(g[:, None], p)`` gives every pair.

    Returns
    -------
    uint64 array of the broadcast shape
        Any value of the type. The two sides are not alike: swapping them gives another number.

    References
    ----------
    Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA:
    the finaliser of SplitMix64.
    """
    mixed = np.atleast_1d(graduate_keys) + np.atleast_1d(post_keys) * _GOLDEN
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX_1
    mixed ^= mixed >> np.uint64(27)
    mixed *= _MIX_2
    mixed ^= mixed >> np.uint64(31)
    return mixed


def top_k(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    k: int,
    graduate_keys: NDArray[np.uint64],
    post_keys: NDArray[np.uint64],
) -> NDArray[np.int32]:
    """List each graduate's `k` best eligible posts.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
        Larger is better; finite wherever `eligible` is True, anything elsewhere.
    eligible : bool array of shape (n_graduates, n_posts)
        True where no rule forbids the pair.
    k : int
        Length of a list, at least 1; may be larger than `n_posts`.
    graduate_keys : uint64 array of shape (n_graduates,)
    post_keys : uint64 array of shape (n_posts,)
        From `id_keys`; between equal scores the smaller `pair_hash` comes first, so that the
        order of rows and columns never decides.

    Returns
    -------
    int32 array of shape (n_graduates, k)
        Post indices, best first; -1 fills a row whose graduate has fewer eligible posts.

    Raises
    ------
    ValueError
        If `k` is below 1, the shapes do not fit, or an eligible score is not finite.
    """
    n_graduates, n_posts = scores.shape
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if eligible.shape != scores.shape:
        raise ValueError(f"eligible has shape {eligible.shape}, scores {scores.shape}")
    if graduate_keys.shape != (n_graduates,) or post_keys.shape != (n_posts,):
        raise ValueError("one key per graduate and one per post are needed")
    lists = np.full((n_graduates, k), NO_POST, dtype=np.int32)
    if n_posts == 0:
        return lists
    width = min(k, n_posts)
    step = max(1, _BLOCK_PAIRS // n_posts)
    for start in range(0, n_graduates, step):
        rows = slice(start, start + step)
        lists[rows, :width] = _best(
            scores[rows], eligible[rows], width, graduate_keys[rows], post_keys
        )
    return lists


def _best(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    k: int,
    graduate_keys: NDArray[np.uint64],
    post_keys: NDArray[np.uint64],
) -> NDArray[np.int32]:
    masked = np.where(eligible, scores, np.float32(-np.inf))
    # The mask is -inf, so an eligible score that is not finite shows as a smaller count.
    if np.count_nonzero(np.isfinite(masked)) != np.count_nonzero(eligible):
        raise ValueError("a score of an eligible pair is not finite")
    if k > _MOST_PASSES:
        chosen = _by_key(masked, k, pair_hash(graduate_keys[:, None], post_keys))
        values = np.take_along_axis(masked, chosen, axis=1)
    else:
        chosen, values, undecided = _by_passes(masked, k)
        if undecided.any():
            tied = masked[undecided]
            pairs = pair_hash(graduate_keys[undecided][:, None], post_keys)
            chosen[undecided] = _by_key(tied, k, pairs)
            values[undecided] = np.take_along_axis(tied, chosen[undecided], axis=1)
    tie_break = pair_hash(graduate_keys[:, None], post_keys[chosen])
    order = np.lexsort((tie_break, -values), axis=1)
    chosen = np.take_along_axis(chosen, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    return np.where(np.isneginf(values), NO_POST, chosen).astype(np.int32)


def _by_passes(
    masked: NDArray[np.float32], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.bool_]]:
    """Take the largest of each row `k` times.

    Returns columns and values, -inf where a row had run out (its column means nothing), and
    True for a row where a tie between the last one taken and the next is left open.
    """
    rest = masked.copy()
    rows = np.arange(len(rest))
    chosen = np.empty((len(rest), k), dtype=np.intp)
    values = np.empty((len(rest), k), dtype=np.float32)
    for place in range(k):
        best = rest.argmax(axis=1)
        chosen[:, place] = best
        values[:, place] = rest[rows, best]
        rest[rows, best] = -np.inf
    last = values[:, -1]
    return chosen, values, (rest.max(axis=1) == last) & np.isfinite(last)


def _by_key(masked: NDArray[np.float32], k: int, pairs: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Choose `k` of each row by score and hash in one number, so that no two are alike.

    The upper half is the score's bits in an order that whole numbers understand, the lower
    half the upper bits of the hash, turned round because the smaller hash wins.
    """
    bits = (masked + np.float32(0)).view(np.uint32)  # -0.0 + 0 is 0.0, which equals it
    sign = np.uint32(1 << 31)
    ordered = np.where(bits & sign, ~bits, bits | sign)
    keys = (ordered.astype(np.uint64) << np.uint64(32)) | (~pairs >> np.uint64(32))
    cut = masked.shape[1] - k
    return np.argpartition(keys, cut, axis=1)[:, cut:]
