"""Tables as files that a browser takes: one, or several in one archive."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from recommender.data import export
from recommender.data.export import Table


def file_of(table: Table, suffix: str) -> bytes:
    """Write a table as a file, by a suffix of `export`; formulas are made harmless.

    Raises
    ------
    Unreadable
        If the suffix is unknown, or a worksheet cannot hold the rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"table{suffix}"
        export.write_table(table, out, guard=True)
        return out.read_bytes()


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """Put files into one archive, each under its name; the same files are the same archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()
