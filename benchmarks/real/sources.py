"""Make a folder of each public set: `python benchmarks/real/sources.py onisep FROM TO`.

The sets are read where they are and never committed; each has a README with source and licence.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs by its path

Row = dict[str, str]
LEAST_COUNT = 20  # persons: the source rounds to 5, so smaller cells are mostly noise
FIRST_MONTH, LAST_MONTH = "2008-01", "2015-12"  # others are slips of the pen, such as 1991
LATER_SHARE = 0.8  # of the graduates join before the month from which on they are the test


def onisep(source: Path, target: Path) -> None:
    """Training programme → occupation, France (Onisep, ODbL 1.0)."""
    programmes = list(_rows(source / "formations.csv.gz"))
    occupations = list(_rows(source / "metiers.csv.gz"))
    known = {row["formation_id"] for row in programmes}
    edges = [
        (row["formation_id"], row["metier_id"])
        for row in _rows(source / "edges.csv.gz")
        if row["formation_id"] in known
    ]
    _write_rows(target / "users.csv", programmes, "formation_id", "user")
    _write_rows(target / "items.csv", occupations, "metier_id", "item")
    _write(target / "interactions.csv", ("user", "item"), edges)


# Known only after somebody has the job, or for the audit alone.
AMEO_LATER = ("job_city", "gender_audit_only", "joined", "designation")


def ameo(source: Path, target: Path) -> None:
    """Engineering graduate → first job title, India (AMEO 2015, internal evaluation only)."""
    _ameo(list(_rows(source / "graduates.csv.gz")), target)


def ameo_by_time(source: Path, target: Path) -> None:
    """Train on those who joined earlier, ask for those who joined later."""
    graduates = [
        row
        for row in _rows(source / "graduates.csv.gz")
        if FIRST_MONTH <= row["joined"] <= LAST_MONTH
    ]
    months = sorted(row["joined"] for row in graduates)
    cut = months[int(LATER_SHARE * len(months))]
    _ameo(graduates, target)
    _write(
        target / "split.csv",
        ("user", "item", "split"),
        (
            (row["graduate_id"], row["designation"], "cold" if row["joined"] >= cut else "train")
            for row in graduates
        ),
    )


def _ameo(graduates: Sequence[Row], target: Path) -> None:
    known_before = [
        {name: value for name, value in row.items() if name not in AMEO_LATER} for row in graduates
    ]
    titles = sorted({row["designation"] for row in graduates})
    _write_rows(target / "users.csv", known_before, "graduate_id", "user")
    _write(target / "items.csv", ("item", "title"), ((title, title) for title in titles))
    _write(
        target / "interactions.csv",
        ("user", "item", "time"),
        ((row["graduate_id"], row["designation"], row["joined"]) for row in graduates),
    )


def statcan(source: Path, target: Path) -> None:
    """Field of study → occupation it is known for, Canada (Statistics Canada Open Licence).

    A pair counts where at least 20 persons are in it, and at least as large a share of the
    field works in the occupation as of everybody (specialisation ratio, RCA, of 1 or more;
    Balassa 1965).
    """
    cells = [(row, int(row["count"])) for row in _rows(source / "cip_noc_counts.csv.gz")]
    of_field: dict[str, int] = defaultdict(int)
    of_occupation: dict[str, int] = defaultdict(int)
    for row, count in cells:
        of_field[row["cip"]] += count
        of_occupation[row["noc"]] += count
    total = sum(of_field.values())
    pairs = [
        (row["cip"], row["noc"])
        for row, count in cells
        if count >= LEAST_COUNT
        and count * total >= of_field[row["cip"]] * of_occupation[row["noc"]]
    ]
    fields = sorted({(row["cip"], row["cip_title"]) for row, _ in cells})
    jobs = sorted({(row["noc"], row["noc_title"]) for row, _ in cells})
    _write(
        target / "users.csv",
        ("user", "title", "family"),
        ((code, title, code[:2]) for code, title in fields),
    )
    # NOC 2021: broad category, TEER (training, education, experience), major and minor group.
    _write(
        target / "items.csv",
        ("item", "title", "broad", "teer", "major", "minor"),
        ((code, title, code[0], code[1], code[:2], code[:3]) for code, title in jobs),
    )
    _write(target / "interactions.csv", ("user", "item"), pairs)


SOURCES: dict[str, Callable[[Path, Path], None]] = {
    "onisep": onisep,
    "ameo": ameo,
    "ameo_by_time": ameo_by_time,
    "statcan": statcan,
}


def _rows(path: Path) -> Iterator[Row]:
    if not path.exists():
        raise click.ClickException(f"{path.name} is missing in {path.parent.name}")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write_rows(path: Path, rows: Sequence[Row], id_name: str, new_name: str) -> None:
    names = [id_name, *(name for name in rows[0] if name != id_name)]
    _write(path, (new_name, *names[1:]), ([row[name] for name in names] for row in rows))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


@click.command()
@click.argument("name", type=click.Choice(sorted(SOURCES)))
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
def main(name: str, source: Path, target: Path) -> None:
    """Write users, items and interactions (and a split by time) of a public set to TARGET."""
    SOURCES[name](source, target)


if __name__ == "__main__":
    main()
