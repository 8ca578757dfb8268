from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "service/static/vendor"


def test_vendored_files_are_as_they_were_published() -> None:
    told = dict(
        re.findall(
            r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$",
            (VENDOR / "VENDOR.md").read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
    )
    files = {path.name: path for path in VENDOR.iterdir() if path.name != "VENDOR.md"}
    assert set(told) == set(files)
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == told[name]
