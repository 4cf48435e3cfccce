"""Takes docs/pictures of the dashboard, on a system of its own with a demo company: `python -m scripts.pictures`.

Needs Chromium, which writes WebP by itself.
"""

import asyncio
import base64
from pathlib import Path
from typing import Literal

from playwright.async_api import Page

from tests.walks.browsing import opened
from tests.walks.system import System, short_directory, up

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
PAGES = {
    "overview": "#/?period=all",
    "walk": "#/health",
    "payments": "#/payments",
    "payment": "#/payments/{refunded}",
    "ledger": "#/ledger",
    "billing": "#/billing/invoices",
}
MOVING = {"overview", "walk"}
DESK, PHONE = 1280, 360
TALLEST = 1400
QUALITY = 70
SALE = {"amount": 1000, "currency": "USD", "customer_id": "grace-hopper"}
BUSY_SECONDS = 3


async def take() -> None:
    """Light and dark, at a desk and on a phone."""
    with short_directory() as data_dir:
        async with up(data_dir) as system:
            code, said = await system.command("demo", seconds=300)
            assert code == 0, said
            refunded = await _refunded(system)
            for width in (DESK, PHONE):
                for scheme in ("light", "dark"):
                    await take_all(system, width, scheme, refunded)


async def take_all(system: System, width: int, scheme: Literal["light", "dark"], refunded: str) -> None:
    """One of each page; payments walk through those where they are seen."""
    async with opened(width=width) as browser:
        page = browser.page
        await page.emulate_media(color_scheme=scheme)
        for name, address in PAGES.items():
            origin = f"http://127.0.0.1:{system.running.ports['gateway']}"
            await page.goto(f"{origin}/{address.format(refunded=refunded)}")
            await page.locator("#page h1").wait_for()
            if name in MOVING:
                await _sell(system)
            await asyncio.sleep(1)
            at = "phone" if width == PHONE else "desk"
            (FOLDER / f"{name}-{at}-{scheme}.webp").write_bytes(await _picture(page))


async def _picture(page: Page) -> bytes:
    """As tall as the page is, up to a bound."""
    tall = await page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size
    assert size
    await page.set_viewport_size({"width": size["width"], "height": min(tall, TALLEST)})
    await asyncio.sleep(0.3)
    camera = await page.context.new_cdp_session(page)
    shot = await camera.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    await page.set_viewport_size(size)
    return base64.b64decode(shot["data"])


async def _sell(system: System) -> None:
    for _ in range(BUSY_SECONDS * 4):
        await system.post("/api/v1/payments", SALE)
        await asyncio.sleep(0.25)


async def _refunded(system: System) -> str:
    """The id of a payment of which a part went back."""
    sold = await system.post("/api/v1/payments", SALE)
    await system.post(f"/api/v1/payments/{sold.body['id']}/refunds", {"amount": 400})
    return sold.body["id"]


if __name__ == "__main__":
    asyncio.run(take())
