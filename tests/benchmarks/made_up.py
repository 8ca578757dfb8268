"""Small made-up folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.real.folder import RealSet, read_set

USERS = "user,trade\nu1,welding\nu2,welding\nu3,cooking\n"
ITEMS = "item,kind\na,metal\nb,metal\nc,food\n"
PAIRS = "user,item\nu1,a\nu2,a\nu2,b\nu3,c\n"


def write(folder: Path, **files: str) -> Path:
    """Write a set; a file given as an empty text is left out."""
    texts = {"users": USERS, "items": ITEMS, "interactions": PAIRS} | files
    for name, text in texts.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, **files: str) -> RealSet:
    return read_set(write(folder, **files))


def planted(folder: Path, n_users: int = 120) -> Path:
    """Write a set in which the trade alone says which two of its four items somebody takes."""
    rng = np.random.default_rng(5)
    trades = [f"trade {'abcdef'[at % 6]}" for at in range(n_users)]
    users = [
        f"p{at:03d},{trade},{rng.integers(100)},{rng.choice(['x', 'y'])}"
        for at, trade in enumerate(trades)
    ]
    items = [f"i{at:02d},{'abcdef'[at // 4]}" for at in range(24)]
    pairs = [
        f"p{at:03d},i{'abcdef'.index(trade[-1]) * 4 + pick:02d}"
        for at, trade in enumerate(trades)
        for pick in rng.permutation(4)[:2]
    ]
    return write(
        folder,
        users="person_id,trade,age,noise\n" + "\n".join(users) + "\n",
        items="job_id,branch\n" + "\n".join(items) + "\n",
        interactions="person_id,job_id\n" + "\n".join(pairs) + "\n",
    )
