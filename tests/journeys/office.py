"""An office that works by commands alone: sheets go in, and what commands print comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Office:
    """A home folder, and the day that stands for today; a story moves the day on."""

    folder: Path
    day: str

    def sheet(self, name: str, header: str, *rows: str) -> Path:
        """Write a sheet as an officer saves it: CSV with Chinese names of columns."""
        path = self.folder / f"{name}.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    def run(self, *arguments: str | Path, code: int = 0) -> str:
        """Run a command in a process of its own, and give what it printed."""
        env = os.environ | {
            "PLACEMENT_HOME": str(self.folder / "home"),
            "PLACEMENT_AS_OF": self.day,
            "LOGNAME": "王老师",
        }
        done = subprocess.run(
            [sys.executable, "-m", "recommender", *map(str, arguments)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def told(self, *arguments: str | Path) -> Any:
        """Run a command, and give what it tells machines."""
        return json.loads(self.run(*arguments, "--json", "-"))
