"""Every page of the dashboard, with a company's six months on it: none has trouble, and anybody can use it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize

from gateway import dashboard
from messages.ids import new_id
from tests.walks.browsing import LOCAL, Browser, needs_chromium
from tests.walks.desk import PASSWORD, address_of, nameless, payment, too_wide
from tests.walks.system import System, short_directory, up
from tests.walks.test_reconciliation import QUICKLY, at_the_provider, differences
from tests.walks.test_stuck import put_aside

pytestmark = needs_chromium("opened all pages of the dashboard", 400)

DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=740)
READY = """() => !document.querySelector("#page > [data-before]") && document.querySelector("#page h1")
  && [...document.querySelectorAll("#page .panel > .body")].every((body) => body.childNodes.length)"""
_ROUTER = Path(dashboard.__file__).parent / "static" / "dashboard" / "router.js"


@pytest.fixture(scope="module")
async def system() -> AsyncIterator[System]:
    """One of its own, which nobody else changes."""
    with short_directory() as data_dir:
        async with up(data_dir, **QUICKLY) as running:
            code, said = await running.command("demo", seconds=240)
            assert code == 0, said
            await complete(running)
            yield running


async def complete(system: System) -> None:
    """What no demo has: somebody who may log in, a key, stuck money, and a difference from the provider."""
    body = {"email": "ada@example.com", "name": "Ada", "role": "viewer", "password": PASSWORD}
    assert (await system.post("/api/v1/users", body)).status == 201
    assert (await system.post("/api/v1/api-keys", {"name": "reader", "scopes": ["payments:read"]})).status == 201
    await put_aside(system, new_id("pay"))
    sold = await system.get(f"/api/v1/payments/{await payment(system, 'grace-hopper')}")
    changed = "update bookings set amount = 900 where source = ?"
    at_the_provider(system.data_dir, changed, sold["provider_reference"])
    async with asyncio.timeout(60):
        while not await differences(system):
            await asyncio.sleep(0.5)


def patterns() -> list[str]:
    """Of all pages, as the router has them."""
    return re.findall(r'^  "?([\w:/-]*)"?: "[\w-]+",$', _ROUTER.read_text(), re.MULTILINE)


async def go(page: Page, address: str) -> None:
    """Until all blocks of the page have been told something."""
    await page.evaluate("document.querySelector('#page').firstElementChild.dataset.before = ''")
    await page.evaluate("address => { location.hash = address; }", address)
    await page.wait_for_function(READY)


async def faults(page: Page) -> list[str]:
    """What is wrong with the page that is shown."""
    troubles = await page.locator("#page .trouble").all_inner_texts()
    unnamed = await nameless(page.locator("body"))
    await page.set_viewport_size(PHONE)
    wide = await too_wide(page)
    await page.set_viewport_size(DESK)
    return [*troubles, *unnamed, *wide]


async def test_no_page_has_trouble_a_control_without_a_name_or_more_width_than_a_phone(
    system: System, browser: Browser
) -> None:
    page = browser.page
    await page.goto(address_of(system))
    await page.wait_for_function(READY)
    # Given the addresses of all pages, by their patterns; where a resource has its page, another page tells
    known = {each: f"#/{each}" for each in patterns() if ":" not in each}
    to_see, wrong = [*known.values()], dict[str, list[str]]()
    # When they are opened one after the other
    while to_see:
        address = to_see.pop()
        await go(page, address)
        leading = {pattern_of(link): link for link in await links(page)}
        nowhere = [f"leads nowhere: {link}" for pattern, link in leading.items() if pattern is None]
        if found := [*nowhere, *await faults(page)]:
            wrong[address] = found
        new = {pattern: link for pattern, link in leading.items() if pattern and pattern not in known}
        known |= new
        to_see += new.values()
    # Then nothing was wrong with any, and none was left out
    assert wrong == {}
    assert known.keys() == {*patterns()}
    assert browser.hosts <= LOCAL, browser.hosts
    assert browser.complaints == []


async def links(page: Page) -> list[str]:
    """To other pages, from the one that is shown."""
    found = await page.locator("#page a[href^='#/']").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    return [href.partition("?")[0] for href in found]


def pattern_of(address: str) -> str | None:
    """`payments/:id` of `#/payments/pay_1`; None of a link that leads nowhere."""
    path = address.removeprefix("#/")
    return next((each for each in patterns() if re.fullmatch(re.sub(r":\w+", "[^/]+", each), path)), None)
