"""The overview beside a million payments, in a browser that has never seen it: its first paint, and its money."""

import shutil
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import typer
from playwright.async_api import Browser, async_playwright

from bench.http.rivals import pocketpay
from bench.line import Line, at_most
from bench.lists.fill import fill
from bench.servers import servers

PART: Final = "dashboard"
TABLES: Final = ("payment", "transaction")
OPENINGS: Final = 10
PAINT_MOST_MS: Final = 1000.0
CHROMIUM: Final = shutil.which("chromium") or "/usr/bin/chromium"

_PAINTED: Final = """
() => new Promise((done) => {
    const look = () => {
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        const shown = document.querySelector(".monies");
        if (paint && shown) done([paint.startTime, performance.now()]);
        else requestAnimationFrame(look);
    };
    look();
})"""
"""When there was something to see, and when the balances and what moved were."""


class Opened(NamedTuple):
    """Milliseconds since the address was asked for."""

    painted: float
    money: float


async def measure(folder: Path, rounds: int, rows: int) -> list[Line]:
    """Medians of ten openings, each in a browser with an empty cache."""
    async with servers(folder) as here:
        await fill(here, rows, TABLES)
    return await look(folder, rounds, rows)


async def look(folder: Path, rounds: int, rows: int) -> list[Line]:
    """The same of a folder that is filled."""
    async with pocketpay(folder) as ours, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        url = f"http://127.0.0.1:{ours.port}/"
        seen = [[await _open(chromium, url) for _ in range(OPENINGS)] for _ in range(rounds)]
        await chromium.close()
    painted = [median(each.painted for each in one) for one in seen]
    money = [median(each.money for each in one) for one in seen]
    typer.echo(f"dashboard: first paint after {painted[-1]:.0f} ms, money after {money[-1]:.0f} ms")
    beside = f"beside {rows:,} payments"
    return [
        Line(part=PART, figure=f"first contentful paint, ms, {beside}", ours=painted, bar=at_most(PAINT_MOST_MS)),
        Line(part=PART, figure=f"overview with its money, ms, {beside}", ours=money),
    ]


async def _open(chromium: Browser, url: str) -> Opened:
    context = await chromium.new_context()
    try:
        page = await context.new_page()
        await page.goto(url, wait_until="commit")
        return Opened(*await page.evaluate(_PAINTED))
    finally:
        await context.close()
