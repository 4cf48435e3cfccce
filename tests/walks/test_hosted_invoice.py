"""A customer opens the page of their invoice in a real browser, and pays."""

from io import BytesIO

from playwright.async_api import expect
from pypdf import PdfReader

from gateway.bus import connect, disconnect, new_bus, waiting
from gateway.commands import Caller, Wish, command_of, settle
from messages.customers import Address, PutCustomer
from messages.envelope import HttpRequest
from messages.ids import new_id
from messages.invoice_links import link_token
from messages.invoices import CreateInvoice, FinalizeInvoice, LineWish, PayInvoice
from messages.wire import Json, Wire
from pocketpay.running import link_key, nats_url
from tests.walks.browsing import LOCAL, Browser, needs_chromium, opened
from tests.walks.system import System

DECLINED = "Failed to load resource: the server responded with a status of 402 (Payment Required)"

pytestmark = needs_chromium("paid an invoice")


async def ask(system: System, type_: str, subject: str, data: Wire) -> Json:
    """What invoicing makes of a command, as it would of one that the gateway sends."""
    bus = new_bus()
    await connect(bus, nats_url(system.data_dir, system.running, "gateway"), lambda: None)
    try:
        sent = HttpRequest(method="POST", path="/", fingerprint=new_id("key"))
        caller, key = Caller("demo", "open:local"), new_id("key")
        command = command_of(Wish("invoicing", type_, subject, data), caller, key, new_id("req"), sent, None)
        async with waiting(bus) as waiter:
            await settle(bus, command, waiter, 20)
        assert waiter.done is not None
        assert waiter.done.status < 300, waiter.done
        return waiter.done.body
    finally:
        await disconnect(bus)


async def issued(system: System, locale: str, currency: str = "EUR") -> str:
    """The id of an open invoice over 12.00 of a customer of theirs."""
    customer, invoice = new_id("cus"), new_id("inv")
    address = Address(line1="Allee 1", postal_code="10115", city="Berlin", country="DE")
    put = PutCustomer(name="Jörg <b>Groß</b>", address=address, preferred_locales=[locale])
    await ask(system, "customer.put", customer, put)
    lines = [LineWish(amount=1200, description="Beratung & <i>Hilfe</i>")]
    create = CreateInvoice(customer_id=customer, currency=currency, lines=lines, collection_method="send_invoice")
    await ask(system, "invoice.create", invoice, create)
    assert (await ask(system, "invoice.finalize", invoice, FinalizeInvoice()))["status"] == "open"
    return invoice


def address_of(system: System, invoice: str) -> str:
    """Of the invoice's page."""
    token = link_token(link_key(system.data_dir), "demo", invoice)
    return f"http://127.0.0.1:{system.running.ports['gateway']}/i/{token}"


async def test_an_invoice_is_read_declined_and_paid_on_its_own_page(system: System, browser: Browser) -> None:
    page = browser.page
    # Given the page of an open invoice, in the customer's language
    address = address_of(system, await issued(system, "de-DE"))
    await page.goto(address)
    await expect(page.locator("#state")).to_contain_text("12,00\xa0€ zu zahlen")
    await expect(page.locator("article")).to_contain_text("Jörg <b>Groß</b>")
    # When a card is declined, the page says so and the invoice stays open
    await page.locator("select").select_option("pm_card_chargeDeclined")
    await page.get_by_role("button", name="12,00").click()
    await expect(page.locator("#result")).to_contain_text("Die Zahlung ist nicht gelungen.")
    await expect(page.locator("#state")).to_have_attribute("data-status", "open")
    # And when another succeeds, the page says that it is paid
    await page.locator("select").select_option("pm_card_visa")
    await page.get_by_role("button", name="12,00").click()
    await expect(page.locator("#state")).to_have_attribute("data-status", "paid")
    await expect(page.locator("#state")).to_contain_text("Bezahlt")
    await expect(page.locator("form")).to_have_count(0)
    # Then all came from here, and nothing was complained about but the decline
    assert browser.hosts <= LOCAL, browser.hosts
    assert [said for said in browser.complaints if said != DECLINED] == []


async def test_whose_bank_asks_them_comes_back_to_the_page(system: System, browser: Browser) -> None:
    page, address = browser.page, address_of(system, await issued(system, "en-GB"))
    await page.goto(address)
    await page.locator("select").select_option("pm_card_threeDSecure2Required")
    await page.get_by_role("button", name="12.00").click()
    await page.get_by_role("link", name="Confirm the payment").click(timeout=15_000)
    await page.locator("#succeed").click()
    await page.wait_for_url(address, timeout=15_000)
    await expect(page.locator("#state")).to_have_attribute("data-status", "paid", timeout=15_000)


async def test_a_page_that_is_open_sees_what_happens_elsewhere(system: System, browser: Browser) -> None:
    invoice = await issued(system, "en-GB")
    await browser.page.goto(address_of(system, invoice))
    await expect(browser.page.locator("#state")).to_have_attribute("data-status", "open")
    await ask(system, "invoice.pay", invoice, PayInvoice(out_of_band=True))
    await expect(browser.page.locator("#state")).to_have_attribute("data-status", "paid", timeout=15_000)


async def test_the_pdf_is_the_same_before_and_after_it_is_paid(system: System) -> None:
    invoice = await issued(system, "ja-JP", "JPY")
    address = address_of(system, invoice)
    async with system.http.get(f"{address}.pdf") as answer:
        assert answer.status == 200
        before = await answer.read()
    text = PdfReader(BytesIO(before)).pages[0].extract_text()
    assert "請求書" in text
    assert "1,200" in text
    async with system.http.post(f"{address}/pay", json={"payment_method": "pm_card_visa"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "paid"})
    async with system.http.get(f"{address}.pdf") as answer:
        assert await answer.read() == before


async def test_a_page_without_javascript_can_be_read(system: System) -> None:
    address = address_of(system, await issued(system, "fr-FR"))
    async with opened(scripts=False) as browser:
        await browser.page.goto(address)
        text = await browser.page.inner_text("body")
    assert "Facture" in text
    assert "12,00\xa0€" in text
    assert "demande JavaScript" in text
