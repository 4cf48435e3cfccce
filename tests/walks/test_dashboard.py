"""Somebody logs in to the dashboard in a real browser and does a day's work there, while the shop goes on selling."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.notifications.receiver import Receiver, receiving
from tests.walks.browsing import LOCAL, Browser, needs_chromium, opened
from tests.walks.desk import address_of, complaints, customer, log_in, nameless, payment, shop_of, too_wide
from tests.walks.system import System, short_directory, up
from tests.walks.test_delivered import listening

pytestmark = needs_chromium("worked with the dashboard", 240)

PHONE_PIXELS = 360


@pytest.fixture(scope="module")
async def shop() -> AsyncIterator[System]:
    """One for these walks, which asks for keys; asked with an admin's."""
    with short_directory() as data_dir:
        async with up(data_dir, AUTH="keys", SWEEP_SECONDS="3600") as system:
            shop = await shop_of(system)
            async with shop.http:
                yield shop


def row_of(page: Page, id_: str) -> Locator:
    """In a list."""
    return page.locator(f"tr[data-id='{id_}']")


async def see_payments(page: Page) -> None:
    """Their list, as far as it goes."""
    await page.get_by_role("link", name="Payments").click()
    await expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_visible()


def block(page: Page, title: str) -> Locator:
    """One of a page's panels."""
    return page.locator("section.card").filter(has=page.get_by_role("heading", name=title, exact=True))


async def test_a_payment_appears_by_itself_and_its_refund_moves_the_wallet_and_the_ledger(
    shop: System, browser: Browser
) -> None:
    # Given somebody who looks at the payments, at a customer's wallet with 10.00 in it, and at its account
    buyer = await customer(shop)
    wallet_of = {"type": "wallet", "customer_id": buyer}
    await payment(shop, buyer, destination=wallet_of)
    page, wallet, account = await log_in(browser, shop, "finance"), await browser.tab(), await browser.tab()
    await see_payments(page)
    await wallet.goto(f"{address_of(shop)}/#/customers/{buyer}")
    await account.goto(f"{address_of(shop)}/#/ledger/accounts/liabilities%3Awallets%3A{buyer}")
    await expect(block(wallet, "Wallet")).to_contain_text("10.00 USD")
    await expect(block(account, "Balance")).to_contain_text("10.00 USD")
    for tab in (page, wallet, account):
        await tab.evaluate("window.isTheSame = true")
    # When the shop sells something that fills the wallet
    sold = await payment(shop, buyer, destination=wallet_of)
    # Then it appears, and the wallet and the account have the money
    await expect(row_of(page, sold)).to_contain_text("✓ Succeeded")
    await expect(block(wallet, "Wallet")).to_contain_text("20.00 USD")
    await expect(block(account, "Balance")).to_contain_text("20.00 USD")
    # When 4.00 of it are given back on its page, which tells beforehand what that would do
    await row_of(page, sold).get_by_role("link").first.click()
    await page.get_by_role("button", name="Refund…").click()
    sheet = page.get_by_role("dialog", name="Refund")
    await sheet.get_by_label("Amount in USD").fill("4.00")
    await expect(sheet.locator(".rehearsal")).to_contain_text(f"liabilities:wallets:{buyer}4.00")
    await expect(sheet.locator(".rehearsal tfoot")).to_contain_text("✓ level, USD")
    assert await nameless(sheet) == []
    await sheet.get_by_role("button", name="Refund 4.00 USD").click()
    # Then the page says so by itself, and so do the others
    await expect(sheet).to_have_count(0)
    await expect(page.locator(".lead")).to_contain_text("4.00 USD refunded")
    await expect(block(page, "Refunds")).to_contain_text("✓ Succeeded")
    await expect(block(page, "Timeline")).to_contain_text("Refund succeeded")
    await expect(block(wallet, "Wallet")).to_contain_text("16.00 USD")
    await expect(block(account, "Balance")).to_contain_text("16.00 USD")
    # And nothing was loaded again, came from elsewhere or was complained about
    assert [await tab.evaluate("window.isTheSame") for tab in (page, wallet, account)] == [True] * 3
    assert browser.hosts <= LOCAL, browser.hosts
    assert complaints(browser) == []


async def test_an_invoice_leads_to_its_pdf(shop: System, browser: Browser) -> None:
    # Given an open invoice
    buyer = await customer(shop)
    wish = {"customer_id": buyer, "currency": "EUR", "lines": [{"amount": 1200, "description": "Advice"}]}
    made = await shop.post("/api/v1/invoices", wish | {"collection_method": "send_invoice", "auto_advance": False})
    invoice = (await shop.post(f"/api/v1/invoices/{made.body['id']}/finalize")).body
    page = await log_in(browser, shop, "viewer")
    # When somebody follows it from the list
    await page.get_by_role("link", name="Billing").click()
    await page.get_by_role("link", name="Invoices", exact=True).click()
    await row_of(page, invoice["id"]).get_by_role("link").first.click()
    await expect(page.get_by_role("heading", name=f"Invoice {invoice['number']}")).to_be_visible()
    await expect(block(page, "Lines")).to_contain_text("Advice")
    async with page.expect_popup() as opening:
        await page.get_by_role("link", name="PDF").click()
    # Then it is there, and who may only look is not offered to change anything
    pdf = await page.context.request.get((await opening.value).url)
    assert (pdf.status, pdf.headers["content-type"]) == (200, "application/pdf")
    assert (await pdf.body()).startswith(b"%PDF")
    assert await page.get_by_role("button", name="Void…").count() == 0
    assert complaints(browser) == []


async def test_a_delivery_is_replayed_and_its_receiver_has_it_again(shop: System, browser: Browser) -> None:
    async with receiving() as receiver:
        # Given a delivery that has arrived
        endpoint = await listening(shop, receiver, "payment.succeeded")
        await payment(shop, await customer(shop))
        await receiver.until(1)
        page = await log_in(browser, shop, "admin")
        # When somebody replays it
        await page.goto(f"{address_of(shop)}/#/webhooks/endpoints/{endpoint}")
        await page.locator("table.list").get_by_role("link").first.click()
        await expect(block(page, "Attempts")).to_contain_text("204")
        await page.get_by_role("button", name="Replay…").click()
        await page.get_by_role("button", name="Replay the delivery").click()
        # Then the receiver has the same event twice, and the page is that of the replay
        await receiver.until(2)
        assert replayed(receiver) == [False, True]
        await expect(page.locator(".facts").filter(has_text="Replay")).to_contain_text("yes")
        await expect(block(page, "Attempts")).to_contain_text("204")
    assert complaints(browser) == []


def replayed(receiver: Receiver) -> list[bool]:
    """Of what came, if all of it is one event under one id."""
    assert len({id_ for id_, _ in receiver.seen}) == 1
    return [body["delivery"]["replay"] for _, body in receiver.seen]


async def test_a_refund_needs_no_mouse(shop: System, browser: Browser) -> None:
    # Given a payment, and somebody with a keyboard alone
    sold = await payment(shop, await customer(shop))
    page = await log_in(browser, shop, "finance")
    # When they search for it, open it and refund a part of it
    await page.keyboard.press("/")
    await page.keyboard.type(sold)
    await expect(page.locator("#hits").get_by_role("link")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Refund…")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.get_by_label("Amount in USD")).to_be_focused()
    await page.keyboard.press("ControlOrMeta+A")
    await page.keyboard.type("2.50")
    button = page.get_by_role("button", name="Refund 2.50 USD")
    await expect(button).to_be_enabled()
    while not await button.evaluate("button => button === document.activeElement"):
        await page.keyboard.press("Tab")
    assert await button.evaluate("button => getComputedStyle(button).outlineStyle") != "none"
    await page.keyboard.press("Enter")
    # Then it is done, and they have their way back
    await expect(page.locator(".lead")).to_contain_text("2.50 USD refunded")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_visible()
    assert complaints(browser) == []


async def test_a_phone_shows_what_happens_and_no_page_is_wider_than_it(shop: System) -> None:
    async with opened(width=PHONE_PIXELS) as phone:
        page = await log_in(phone, shop, "finance")
        await see_payments(page)
        sold = await payment(shop, await customer(shop))
        await expect(row_of(page, sold)).to_contain_text("✓ Succeeded")
        assert not await too_wide(page)
        await row_of(page, sold).get_by_role("link").first.click()
        await page.get_by_role("button", name="Refund…").click()
        await expect(page.locator("dialog .rehearsal tfoot")).to_contain_text("level, USD")
        assert not await too_wide(page)
        assert complaints(phone) == []
