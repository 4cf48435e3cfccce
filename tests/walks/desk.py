"""Somebody's desk: the dashboard of a system that asks for keys, and the shop whose payments they look after."""

import json
import re
from dataclasses import replace

import aiohttp
from playwright.async_api import Locator, Page, expect

from messages.ids import new_id
from messages.wire import Json
from tests.walks.browsing import Browser
from tests.walks.system import ANSWER_SECONDS, System

PASSWORD = "correct horse battery"
NOT_YET = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
"""What a browser says of the question who is here, while nobody has logged in."""

_NAMELESS = r"- (?:button|link|textbox|searchbox|combobox|checkbox|radio|spinbutton|slider)(?! \").*"
_TOO_WIDE = """async () => {
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);  // charts draw themselves anew
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const beyond = (each) => each.getBoundingClientRect().right > innerWidth + 1;
  return [...document.querySelectorAll("body *")]
    .filter((each) => beyond(each) && !each.closest(".wide, .monies, #rail, pre"))
    .map((each) => `too wide: ${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`);
}"""


async def shop_of(system: System) -> System:
    """The same system, asked with an admin's key from now on. Its session has to be closed."""
    code, said = await system.command("keys", "create", "--admin", "--tenant", "main", "--json")
    assert code == 0, said
    secret = json.loads(said[said.index("{") :])["secret"]  # what is said besides stands before it
    headers, timeout = {"Authorization": f"Bearer {secret}"}, aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    return replace(system, http=aiohttp.ClientSession(address_of(system), headers=headers, timeout=timeout))


def address_of(system: System) -> str:
    """Of the dashboard."""
    return f"http://127.0.0.1:{system.running.ports['gateway']}"


async def user(shop: System, role: str) -> str:
    """The address of somebody new in this role, whose password is PASSWORD."""
    email = f"{new_id('ada').lower()}@example.com"
    body = {"email": email, "name": "Ada", "role": role, "password": PASSWORD}
    assert (await shop.post("/api/v1/users", body)).status == 201
    return email


async def customer(shop: System) -> str:
    """The id of somebody new who buys."""
    made = await shop.post("/api/v1/customers", {"id": new_id("cus"), "name": "Grace Hopper"})
    assert made.status == 201, made.body
    return made.body["id"]


async def payment(shop: System, customer_id: str, **more: Json | str | int) -> str:
    """The id of one over 10.00 USD that has succeeded."""
    wish = {"amount": 1000, "currency": "USD", "customer_id": customer_id, **more}
    made = await shop.post("/api/v1/payments", wish)
    assert (made.status, made.body["status"]) == (201, "succeeded"), made.body
    return made.body["id"]


async def log_in(browser: Browser, shop: System, role: str) -> Page:
    """The dashboard as somebody of this role sees it first. The keyboard is enough for it."""
    page = browser.page
    await page.goto(address_of(shop))
    await expect(page.get_by_label("Email")).to_be_focused()
    await page.keyboard.type(await user(shop, role))
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("● live")
    return page


def complaints(browser: Browser) -> list[str]:
    """All but the one that every log-in begins with."""
    return [said for said in browser.complaints if said != NOT_YET]


async def nameless(place: Locator) -> list[str]:
    """Controls of which a screen reader could not say what they are."""
    return re.findall(_NAMELESS, await place.aria_snapshot())


async def too_wide(page: Page) -> list[str]:
    """What makes one scroll a page sideways; tables that scroll by themselves do not."""
    return await page.evaluate(_TOO_WIDE)
