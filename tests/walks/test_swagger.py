"""A person opens the API's page in a real browser and tries it, with nothing from anywhere else."""

import json

from tests.walks.browsing import LOCAL, Browser, needs_chromium
from tests.walks.system import System

pytestmark = needs_chromium("opened Swagger UI")


async def test_a_payment_is_made_from_the_page_of_the_api(system: System, browser: Browser) -> None:
    page, address = browser.page, f"http://127.0.0.1:{system.running.ports['gateway']}"
    # Given the page, opened in a browser
    await page.goto(f"{address}/swagger/index.html")
    operation = page.locator("#operations-payments-createPayment")
    # When they open the operation and execute the example that stands there
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    # Then the answer is 201 with a payment, which is there
    answer = operation.locator(".live-responses-table .response")
    assert "201" in await answer.locator(".response-col_status").inner_text()
    payment = json.loads(await answer.locator(".highlight-code code").first.inner_text())
    assert (payment["status"], payment["amount"]) == ("succeeded", 1000)
    assert (await system.get(f"/api/v1/payments/{payment['id']}"))["id"] == payment["id"]
    # And nothing came from elsewhere, and nothing was complained about
    assert browser.hosts <= LOCAL, browser.hosts
    assert browser.complaints == []


async def test_a_page_that_asks_elsewhere_is_stopped_and_seen(system: System, browser: Browser) -> None:
    await browser.page.goto(f"http://127.0.0.1:{system.running.ports['gateway']}/swagger/index.html")
    await browser.page.evaluate("fetch('https://example.invalid/').catch(() => {})")
    await browser.page.evaluate("document.body.appendChild(document.createElement('script')).text = 'window.ran = 1'")
    assert await browser.page.evaluate("window.ran") is None
    assert sum("Content Security Policy" in complaint for complaint in browser.complaints) >= 2
