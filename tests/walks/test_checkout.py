"""A shop's page takes a payment with a publishable key, and its customer meets the bank, where keys are asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.walks.browsing import LOCAL, Browser, needs_chromium
from tests.walks.callers import Caller, admin_of
from tests.walks.frames import frames, until
from tests.walks.system import System, short_directory, up

SHOP = {"amount": 1000, "currency": "USD", "customer_id": "abc123", "confirm": False}
BANKED = {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/back"}
CHUNK_BYTES = 2**22


@pytest.fixture(scope="module")
async def system() -> AsyncIterator[System]:
    """One for these walks, which asks for keys."""
    with short_directory() as data_dir:
        async with up(data_dir, AUTH="keys", SWEEP_SECONDS="3600") as running:
            yield running


def holds(file: Path, wanted: bytes) -> bool:
    """Whether it stands somewhere in the file, which may go on growing."""
    with file.open("rb") as stream:
        before = b""
        while chunk := stream.read(CHUNK_BYTES):
            if wanted in before + chunk:
                return True
            before = chunk[-len(wanted) :]
    return False


def kept(system: System, text: str) -> list[str]:
    """The files of databases, streams and logs in which it stands."""
    files = [file for file in system.data_dir.rglob("*") if file.is_file() and "secrets" not in file.parts]
    return [file.name for file in files if holds(file, text.encode())]


async def test_a_page_takes_a_payment_and_nothing_of_its_right_is_kept(system: System) -> None:
    # Given a shop whose server has made a payment, and a page with a publishable key and the payment's secret
    shop = await admin_of(system, "main")
    key = await shop.make("/api-keys", {"name": "checkout", "type": "publishable", "scopes": []})
    made = await shop.make("/payments", {**SHOP, "metadata": {"margin": "0.4"}})
    page, place, secret = key["secret"], f"/payments/{made['id']}", made["client_secret"]
    customer = Caller(system, Authorization=f"Bearer {page}")
    assert (await shop.ask("GET", place))[1]["client_secret"] is None
    # When the page follows the payment, and confirms it
    shown = {"publishable_key": page, "client_secret": secret}
    async with system.http.get(
        f"/api/v1{place}/events", params=shown, headers={"Accept": "text/event-stream"}
    ) as stream:
        body = {"client_secret": secret, "payment_method": "pm_card_visa"}
        status, confirmed = await customer.ask("POST", f"{place}/confirm", body)
        told = await until(frames(stream), lambda frame: frame.event == "payment.succeeded")
    # Then it sees that it is paid, and none of what is the shop's
    assert (status, confirmed["status"]) == (200, "succeeded")
    assert [frame.event for frame in told] == ["payment.created", "payment.processing_started", "payment.succeeded"]
    _, seen = await customer.ask("GET", f"{place}?client_secret={secret}")
    assert seen["status"] == "succeeded"
    assert "margin" not in f"{confirmed}{seen}{told}"
    # And it can do nothing else, also not with another payment
    other = await shop.make("/payments", SHOP)
    for method, path in (
        ("GET", f"/payments/{other['id']}?client_secret={secret}"),
        ("GET", f"/payments/pay_none?client_secret={secret}"),
    ):
        assert (await customer.ask(method, path))[1]["code"] == "client_secret_invalid"
    for path in ("/payments", "/refunds", "/events", "/wallets/abc123"):
        assert (await customer.ask("GET", path))[1]["code"] == "scope_missing", path
    # And neither the secret nor the key is in any database, stream or log
    assert kept(system, made["id"])
    assert kept(system, secret.partition("_secret_")[2]) == []
    assert kept(system, page) == []


for_minutes, in_chromium = needs_chromium("met the bank without a key")


@for_minutes
@in_chromium
@pytest.mark.parametrize(("choice", "ends"), [("succeed", "succeeded"), ("fail", "requires_payment_method")])
async def test_a_customer_approves_at_the_bank_by_the_address_alone(
    system: System, browser: Browser, choice: str, ends: str
) -> None:
    # Given a payment whose customer must authenticate
    shop = await admin_of(system, "main")
    made = await shop.make("/payments", {**SHOP, **BANKED, "confirm": True, "return_url": None})
    address = made["next_action"]["redirect_to_url"]["url"]
    gateway = f"http://127.0.0.1:{system.running.ports['gateway']}"
    # When they follow the address, and say yes or no
    await browser.page.goto(gateway + address)
    await expect(browser.page.locator("#question")).to_have_text("Approve 1000 USD (minor units)?")
    await browser.page.locator(f"#{choice}").click()
    await expect(browser.page.locator("#result")).to_have_text(f"The payment is {ends}.")
    # Then that is what became of it, and the right to the page was kept nowhere
    assert (await shop.ask("GET", f"/payments/{made['id']}"))[1]["status"] == ends
    assert browser.complaints == []
    assert browser.hosts <= LOCAL
    assert kept(system, address.partition("?token=")[2]) == []
    # And without its token the page is nobody's
    await browser.page.goto(gateway + address.partition("?")[0])
    await expect(browser.page.locator("#result")).to_contain_text("Send Authorization")
