"""Makes the pictures of the documentation again, from whatever the settings' home folder holds.

`make pictures` runs it on the sample. A picture has few colours, so that it stays small.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from secrets import token_urlsafe

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from playwright.sync_api import Page

from recommender import access, accounts
from recommender.data import registered, store
from recommender.errors import NotFound
from recommender.fairs import Booth
from recommender.settings import Settings
from service.parts import parts
from tests.service.browser import chromium, open_browser, shown
from wsgi import build

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 830}
OFFICE = {"width": 1366, "height": 768}
N_COLOURS = 48
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Picture, page of the console, and what is there once it is whole.
CONSOLE = (
    ("console-today", "today", "#follow"),
    ("console-find", "graduates", "tbody tr"),
    ("console-graduate", "graduates/26G0500", ".ahead"),
    ("console-models", "models", "table"),
)
# Size of a kiosk → what is touched before the picture, and what is there then.
KIOSK = {
    "landscape": ((1920, 1080), (), ".pictures"),
    "portrait": (
        (1080, 1920),
        ("group:machines", "trade:焊接加工", "level:SENIOR_WORKER", "home:370800", "wish:near"),
        ".card",
    ),
    "tablet": ((1280, 800), ("group:machines",), ".choices"),
}
FAIR, N_BOOTHS = "样例双选会", 40
QUESTION = {"#trade": "数控加工（数控车工）", "#home": "济宁市"}


def main() -> None:
    """Take the pictures of the page with a question answered, of the console and of a kiosk."""
    executable = chromium()
    if executable is None:
        raise SystemExit("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    app = build(Settings.from_env(os.environ))
    with shown(app) as address, open_browser(executable) as browser:
        page = browser.new_page(viewport=SIZE, locale="zh-CN")
        page.goto(address)
        for field, text in QUESTION.items():
            page.locator(field).fill(text)
        page.locator("#level").select_option("SENIOR_WORKER")
        page.locator("input[name=adult]").check()
        page.locator("button[name=ask]").click()
        page.locator(".post").first.wait_for()
        page.evaluate("window.scrollTo(0, 0)")
        keep("page", page)
        page = browser.new_page(viewport=OFFICE, locale="zh-CN")
        sign_in(app, page, address)
        for name, path, part in CONSOLE:
            page.goto(f"{address}/console/{path}")
            page.locator(part).first.wait_for()
            keep(name, page)
        token = hold_fair(app)
        for name, (size, touches, part) in KIOSK.items():
            width, height = size
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            page.goto(f"{address}/kiosk/open")
            page.locator("#token").fill(token)
            page.locator("form.stack button").click()
            for touch in touches:
                page.locator(f"button[value='{touch}']").click()
            page.locator(part).first.wait_for()
            keep(f"kiosk-{name}", page)
            page.context.close()
        with app.app_context():
            access.revoke_token(parts().engine, token)


def hold_fair(app: Flask) -> str:
    """Hold a fair of today with some of the enterprises that have posts; give a kiosk's token."""
    with app.app_context():
        engine, day = parts().engine, parts().today()
    with store.writing(engine) as conn:
        posts = store.load_posts(conn, day=day, open_only=True)
        codes = sorted({post.credit_code for post in posts})[:N_BOOTHS]
        booths = [
            Booth(
                fair_id=FAIR, date=day, credit_code=code, booth=f"{'ABCD'[n // 10]}{n % 10 + 1:02}"
            )
            for n, code in enumerate(codes)
        ]
        registered.save_booths(conn, booths)
    return access.create_token(engine, role="kiosk", day=day)


def keep(name: str, page: Page) -> None:
    """Take a picture of what is seen."""
    (HERE / f"{name}.png").write_bytes(write_png(read_png(page.screenshot())))


def sign_in(app: Flask, page: Page, address: str) -> None:
    """Sign an officer in at the console, who is there for pictures alone."""
    with app.app_context():
        engine, now = parts().engine, parts().clock()
    login, own = "pictures", token_urlsafe()
    try:
        first = accounts.reset_user(engine, login)
    except NotFound:
        first = accounts.create_user(engine, login, role="officer", day=now.date())
    inside = accounts.sign_in(engine, login, first, now=now)
    accounts.change_secret(engine, inside, first, own, now=now)
    page.goto(f"{address}/console/sign-in")
    page.locator("#login").fill(login)
    page.locator("#secret").fill(own)
    page.locator("form.stack button").click()


def read_png(data: bytes) -> NDArray[np.uint8]:
    """Read a picture as Chromium writes it: 8 bits a channel, not interlaced.

    Returns
    -------
    uint8 array of shape (height, width, 3)

    References
    ----------
    PNG (Third Edition), W3C 2025, section 9: filtering.
    """
    chunks = _chunks(data)
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    n_channels = {2: 3, 6: 4}[kind]
    if depth != 8:
        raise ValueError(f"{depth} bits a channel")
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8)
    lines = raw.reshape(height, 1 + width * n_channels)
    above = np.zeros((width, n_channels), dtype=np.uint8)
    picture = np.empty((height, width, n_channels), dtype=np.uint8)
    for y, line in enumerate(lines):
        above = picture[y] = _unfiltered(int(line[0]), line[1:].reshape(width, n_channels), above)
    return picture[:, :, :3]


def write_png(picture: NDArray[np.uint8]) -> bytes:
    """Write a picture with its most frequent colours, the others as the nearest of these.

    Parameters
    ----------
    picture : uint8 array of shape (height, width, 3)
    """
    height, width, _ = picture.shape
    colours, place, count = np.unique(
        picture.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    palette = _spread(colours, count)
    distance = np.abs(colours[:, None, :].astype(np.int16) - palette[None].astype(np.int16))
    nearest = distance.sum(axis=2).argmin(axis=1).astype(np.uint8)
    indices = nearest[place.reshape(-1)].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), dtype=np.uint8), indices])
    return (
        SIGNATURE
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", palette.tobytes())
        + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def _spread(colours: NDArray[np.uint8], count: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Choose colours one by one: frequent, and far from those chosen before."""
    chosen = [int(count.argmax())]
    gap = np.full(len(colours), np.inf)
    while len(chosen) < min(N_COLOURS, len(colours)):
        step = np.abs(colours.astype(np.int16) - colours[chosen[-1]].astype(np.int16)).sum(axis=1)
        gap = np.minimum(gap, step)
        chosen.append(int((np.sqrt(count) * gap).argmax()))
    return colours[chosen]


def _unfiltered(kind: int, line: NDArray[np.uint8], above: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if kind == 0:
        return line
    if kind == 1:
        return line.cumsum(axis=0, dtype=np.uint8)
    if kind == 2:
        return line + above
    plain = np.zeros_like(line)
    left = upper_left = np.zeros(line.shape[1], dtype=np.int16)
    for x, up in enumerate(above.astype(np.int16)):
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, upper_left)
        plain[x] = (line[x] + guess) & 0xFF
        left, upper_left = plain[x].astype(np.int16), up
    return plain


def _paeth(
    left: NDArray[np.int16], up: NDArray[np.int16], upper_left: NDArray[np.int16]
) -> NDArray[np.int16]:
    estimate = left + up - upper_left
    near_left, near_up = np.abs(estimate - left), np.abs(estimate - up)
    near_both = np.abs(estimate - upper_left)
    is_left = (near_left <= near_up) & (near_left <= near_both)
    return np.where(is_left, left, np.where(near_up <= near_both, up, upper_left))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        found[name] = found.get(name, b"") + data[at + 8 : at + 8 + length]
        at += 12 + length
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


if __name__ == "__main__":
    main()
