"""The dashboard writes and reads amounts in a real browser with the decimals of ISO 4217, as everybody else does."""

from collections.abc import Sequence

import pytest
from playwright.async_api import Page, expect

from messages.money import EXPONENTS, in_major_units
from tests.walks.browsing import Browser, needs_chromium
from tests.walks.desk import address_of, customer, payment
from tests.walks.system import System

pytestmark = needs_chromium("read an amount on the dashboard")

WRITTEN = {
    (123456, "HUF"): "1,234.56 HUF",
    (-5, "HUF"): "−0.05 HUF",
    (1234567, "IQD"): "1,234.567 IQD",
    (1234, "JPY"): "1,234 JPY",
    (1234567, "KWD"): "1,234.567 KWD",
    (123456, "USD"): "1,234.56 USD",
    (12345, "CLF"): "1.2345 CLF",
}
READ = {
    ("1234", "HUF"): 123400,
    ("1234.56", "HUF"): 123456,
    ("1234,5", "HUF"): 123450,
    ("1234.567", "HUF"): None,
    ("1.234", "IQD"): 1234,
    ("5", "IQD"): 5000,
    ("1234", "JPY"): 1234,
    ("1234.5", "JPY"): None,
    ("1.2345", "KWD"): None,
    ("0.001", "KWD"): 1,
    ("12.34", "USD"): 1234,
}


@pytest.fixture
async def page(system: System, browser: Browser) -> Page:
    """The dashboard, whose modules can be asked."""
    await browser.page.goto(address_of(system))
    return browser.page


async def asked(page: Page, name: str, values: Sequence[tuple[int | str | None, str]]) -> list[int | str | None]:
    """What this function of the module makes of each amount or text, with its currency."""
    each = "([name, all]) => import('/dashboard/money.js').then((module) => all.map((given) => module[name](...given)))"
    return await page.evaluate(each, [name, values])


async def test_an_amount_is_written_with_the_decimals_of_its_currency(page: Page) -> None:
    assert dict(zip(WRITTEN, await asked(page, "money", [*WRITTEN]), strict=True)) == WRITTEN


async def test_an_amount_is_read_with_the_decimals_of_its_currency(page: Page) -> None:
    assert dict(zip(READ, await asked(page, "minorOf", [*READ]), strict=True)) == READ


async def test_what_stands_in_a_field_is_what_is_read_from_it_in_every_currency(page: Page) -> None:
    amounts = [(amount, currency) for currency in EXPONENTS for amount in (1, 123456, 123456789)]
    # When they are written into a field or into CSV, then that is what the exports and the command line write
    written = await asked(page, "majorOf", amounts)
    assert written == [in_major_units(*each) for each in amounts]
    # And what is read from the field is the same amount
    fields = [(text, currency) for text, (_, currency) in zip(written, amounts, strict=True)]
    assert await asked(page, "minorOf", fields) == [amount for amount, _ in amounts]


async def test_what_is_below_zero_stands_in_csv_as_in_the_exports(page: Page) -> None:
    amounts = [(amount, currency) for currency in ("CLF", "IQD", "JPY", "USD") for amount in (-1, -30, -400, -12345, 0)]
    assert await asked(page, "majorOf", amounts) == [in_major_units(*each) for each in amounts]


async def test_who_gives_1000_forints_back_gives_1000_forints_back(system: System, page: Page) -> None:
    # Given a payment over 1,234.56 forints, of which CLDR shows no hundredths
    sold = await payment(system, await customer(system), amount=123456, currency="HUF")
    await page.goto(f"{address_of(system)}/#/payments/{sold}")
    await expect(page.get_by_role("heading", name="1,234.56 HUF")).to_be_visible()
    # When somebody gives 1,000 of them back
    await page.get_by_role("button", name="Refund…").click()
    await expect(page.get_by_label("Amount in HUF")).to_have_value("1234.56")
    await page.get_by_label("Amount in HUF").fill("1000")
    await page.get_by_role("button", name="Refund 1,000.00 HUF").click()
    # Then the payment lacks as much
    await expect(page.locator(".lead")).to_contain_text("1,000.00 HUF refunded")
    assert (await system.get(f"/api/v1/payments/{sold}"))["amount_refunded"] == 100000
