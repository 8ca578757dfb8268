from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from docs.pictures import __main__ as pictures

PICTURES = sorted((Path(__file__).parents[2] / "docs" / "pictures").glob("*.png"))


def png_of(lines: list[list[int]]) -> bytes:
    """Wrap filtered lines of two pixels each as a picture."""
    header = struct.pack(">IIBBBBB", 2, len(lines), 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(bytes(line) for line in lines))
    chunks = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    return pictures.SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + b"\0\0\0\0" for name, data in chunks
    )


def test_a_picture_of_another_depth_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    data = pictures.SIGNATURE + struct.pack(">I", len(header)) + b"IHDR" + header + b"\0\0\0\0"
    with pytest.raises(ValueError, match="16 bits"):
        pictures.read_png(data)


def test_every_filter_is_undone() -> None:
    # Each line says 100, 110 in all three channels, in the words of another filter:
    # none; 110 - left 100; minus the line above; minus the mean of left and above
    # (0 + 100) // 2 = 50 and (100 + 110) // 2 = 105; Paeth of (0, 100, 0) = 100, and of
    # (100, 110, 100) = 110.
    lines = [
        [0, 100, 100, 100, 110, 110, 110],
        [1, 100, 100, 100, 10, 10, 10],
        [2, 0, 0, 0, 0, 0, 0],
        [3, 50, 50, 50, 5, 5, 5],
        [4, 0, 0, 0, 0, 0, 0],
    ]
    picture = pictures.read_png(png_of(lines))
    assert picture.shape == (5, 2, 3)
    assert (picture[:, 0] == 100).all()
    assert (picture[:, 1] == 110).all()


def test_few_colours_are_kept_as_they_are() -> None:
    picture = np.array([[[1, 2, 3], [250, 0, 9]], [[1, 2, 3], [1, 2, 3]]], dtype=np.uint8)
    written = pictures.write_png(picture)
    chunks = pictures._chunks(written)
    palette = np.frombuffer(chunks[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
    indices = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(2, 3)[:, 1:]
    assert (palette[indices] == picture).all()


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_committed_picture_is_small(path: Path) -> None:
    assert path.stat().st_size < 100 * 1024
