"""Records docs/pictures/walk.webp: the ledger is killed and comes back. `python -m scripts.moving_picture`.

Needs Chromium and ImageMagick, on a machine that does little else. Each frame is shown for as long as it was true,
so that the picture lasts as long as what it tells.
"""

import asyncio
import base64
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize, expect

from tests.walks.browsing import opened
from tests.walks.system import System, short_directory, up

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "walk.webp"
SALE = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
WIDTH = 900
EVERY_SECONDS = 0.1
KILLED_AFTER_SECONDS = 1.2
PAYMENTS_PER_SECOND = 15
SELLS_SECONDS = 4.0
BEFORE_SECONDS = 4.0
STANDS_SECONDS = 1.0
COMES_TO_REST_SECONDS = 2.5
ALONE = "walk => { document.body.replaceChildren(walk); walk.style.margin = 0; }"


async def record() -> None:
    """On a system of its own."""
    with short_directory() as data_dir:
        async with up(data_dir) as system, opened(width=WIDTH) as browser:
            await _looked_at(browser.page, system)
            async with _filmed(browser.page) as film:
                began = await _killed_and_back(system, browser.page)
    await _write(_thinned([(at, frame) for at, frame in film if at >= began]))


async def _killed_and_back(system: System, page: Page) -> float:
    """Until what waited is in the books; since when it is worth seeing."""
    async with selling(system, BEFORE_SECONDS + SELLS_SECONDS):
        await asyncio.sleep(BEFORE_SECONDS)
        began = time.time()
        await asyncio.sleep(KILLED_AFTER_SECONDS)
        os.kill(system.running.pids["ledger"], signal.SIGKILL)
    await expect(page.locator("[data-counter=on_their_way]")).to_have_text("on their way 0")
    await asyncio.sleep(COMES_TO_REST_SECONDS)
    return began


async def _looked_at(page: Page, system: System) -> None:
    """Nothing but the walk is on the screen."""
    await page.goto(f"http://127.0.0.1:{system.running.ports['gateway']}/#/health")
    walk = page.locator("#walk")
    await walk.locator("[data-counter=lost]").wait_for()
    await walk.evaluate(ALONE)
    box = await walk.bounding_box()
    assert box
    await page.set_viewport_size(ViewportSize(width=WIDTH, height=round(box["height"])))


@contextlib.asynccontextmanager
async def _filmed(page: Page) -> AsyncIterator[list[tuple[float, bytes]]]:
    """Frames as the browser draws them, each with its time."""
    film, camera = list[tuple[float, bytes]](), await page.context.new_cdp_session(page)

    def take(frame: dict[str, Any]) -> None:
        film.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
        going.add(asyncio.create_task(camera.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})))

    going: set[asyncio.Task[dict[str, Any]]] = set()
    camera.on("Page.screencastFrame", take)
    await camera.send("Page.startScreencast", {"format": "png"})
    yield film
    camera.remove_listener("Page.screencastFrame", take)
    await camera.send("Page.stopScreencast")
    await asyncio.gather(*going)


@contextlib.asynccontextmanager
async def selling(system: System, seconds: float) -> AsyncIterator[None]:
    """So many payments a second, whatever becomes of those before; each has its answer at the end."""

    async def sell() -> None:
        async with asyncio.TaskGroup() as sales:
            for _ in range(int(seconds * PAYMENTS_PER_SECOND)):
                sales.create_task(system.post("/api/v1/payments", SALE))
                await asyncio.sleep(1 / PAYMENTS_PER_SECOND)

    async with asyncio.TaskGroup() as shop:
        shop.create_task(sell())
        yield


def _thinned(film: list[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    """At most one in EVERY_SECONDS, each with for how many seconds it was true."""
    kept = list[tuple[float, bytes]]()
    for at, frame in film:
        if not kept or at >= kept[-1][0] + EVERY_SECONDS:
            kept.append((at, frame))
    ends = [at for at, _ in kept[1:]] + [kept[-1][0] + STANDS_SECONDS]
    return [(end - at, frame) for (at, frame), end in zip(kept, ends, strict=True)]


async def _write(shown: list[tuple[float, bytes]]) -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number:04}.png" for number in range(len(shown))]
        arguments = list[str]()
        for file, (seconds, frame) in zip(files, shown, strict=True):
            file.write_bytes(frame)
            arguments += ["-delay", f"{seconds * 1000:.0f}x1000", str(file)]
        told = ("-loop", "0", *arguments, "-quality", "60", str(PICTURE))
        drawing = await asyncio.create_subprocess_exec("convert", *told)
        assert await drawing.wait() == 0


if __name__ == "__main__":
    asyncio.run(record())
