"""What a kiosk's answer costs the server: `python -m benchmarks.kiosk HOME`.

HOME holds the sample and its model. A fair with forty of its enterprises is held in a copy of the
database; the page is asked for as a browser asks, the last touch of the path by pictures.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median, quantiles

import click
from flask.testing import FlaskClient

from recommender import access
from recommender.data import registered, store
from recommender.fairs import Booth
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from service import create_app

DAY = date(2026, 5, 15)
FAIR, N_BOOTHS, N_ANSWERS = "F", 40, 60
TRADES = ("焊接加工", "电子商务", "汽车维修", "护理", "机电一体化技术", "建筑施工")


def opened(home: Path) -> FlaskClient:
    """Open a kiosk at a fair in a home folder."""
    url = f"sqlite:///{home / 'placement.sqlite3'}"
    engine = access.open_database(url)
    with store.writing(engine) as conn:
        posts = store.load_posts(conn, day=DAY, open_only=True)
        codes = sorted({post.credit_code for post in posts})[:N_BOOTHS]
        booths = [Booth(fair_id=FAIR, date=DAY, credit_code=code) for code in codes]
        registered.save_booths(conn, booths)
    settings = Settings(home=home, database_url=url, as_of=DAY)
    desk = PlacementDesk(engine, settings.models_dir, today=lambda: DAY)
    client = create_app(settings, engine=engine, desk=desk, today=lambda: DAY).test_client()
    token = access.create_token(engine, role="kiosk", day=DAY)
    client.post("/kiosk/open", data={"token": token, "fair": FAIR})
    client.get("/kiosk")  # gets ready, as the start does before anybody touches it
    return client


def answer_times(client: FlaskClient) -> tuple[list[float], list[float]]:
    """Time the page of posts for trades in turn: seconds that passed, and of the processor."""
    times, worked = [], []
    for n in range(N_ANSWERS):
        sent = {"trade": TRADES[n % len(TRADES)], "level": "SENIOR_WORKER", "home": "370800"}
        begun, began_work = time.perf_counter(), time.process_time()
        answer = client.post("/kiosk", data={**sent, "do": "wish:near"})
        times.append(time.perf_counter() - begun)
        worked.append(time.process_time() - began_work)
        if answer.status_code != 200:
            raise SystemExit(f"{sent['trade']}: {answer.status_code}")
    return times, worked


def main(home: Path) -> None:
    """Measure on a copy, and print the median and the slowest of twenty."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "home"
        shutil.copytree(home, copy)
        times, worked = answer_times(opened(copy))
    cuts, own = quantiles(times, n=20), median(worked)
    click.echo(
        f"kiosk's answer     {cuts[9]:7.3f} s  {own * 1000:.0f} ms of the processor, "
        f"95 of 100 within {cuts[18]:.3f} s"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
