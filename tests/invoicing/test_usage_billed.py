"""From use to invoice: a subscription renewed, its usage billed after the grace, by real time and by a test clock."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.invoicing.terms import Terms
from tests.invoicing.metered import kept, meter, used
from tests.invoicing.selling import SUB, invoices, on_clock, price, stocked, subscribed, tax_rate
from tests.invoicing.shop import START, Shop, days

RENEWED = datetime.fromisoformat("2026-02-28T00:00:00Z")
GRACE = timedelta(hours=1)


def on_real_time() -> tuple[Shop, Any]:
    shop = stocked()
    return shop, shop.until


def by_a_clock() -> tuple[Shop, Any]:
    shop = stocked()
    on_clock(shop)
    return shop, lambda moment: shop.done("test_clock.advance", "clock_1", to=moment)


def billed(shop: Shop, quantity: str, amount: int) -> str:
    """The id of the usage line of the newest invoice, which says so and is final."""
    invoice = invoices(shop)[-1]
    (line,) = [line for line in invoice.lines if line.type == "usage"]
    assert (line.quantity, line.amount, invoice.total) == (quantity, amount, amount)
    assert invoice.status == "paid"
    return line.id


@pytest.mark.parametrize("world", [on_real_time, by_a_clock])
def test_usage_is_billed_when_its_period_is_over_and_nothing_more_can_come(world: Any) -> None:
    # Given a subscription to a metered price, used three times in its first period
    shop, until = world()
    item = subscribed(shop, "price_use").items[0].id
    for number in range(3):
        used(shop, f"call-{number}", "2.5")

    # When the period is over, what still happened in it counts, and what is new is of the next
    until(RENEWED + timedelta(minutes=30))
    assert used(shop, "late-1", "2.5", occurred_at=RENEWED - timedelta(milliseconds=1)).body.status == "recorded"
    assert used(shop, "new-1", "1").body.period.start == RENEWED

    # Then after the grace the invoice asks for all of it
    until(RENEWED + GRACE)
    line = billed(shop, "10", 50)
    assert meter(shop, START, item).invoice_line == line

    # And an event of the period is invoiced; another one comes too late
    assert used(shop, "call-1").body.invoice_line == line
    assert used(shop, "late-2", occurred_at=START).body.status == "late"

    # And the next invoice is of the next period's usage alone
    until(RENEWED + days(40))
    billed(shop, "1", 5)


def test_usage_of_what_was_canceled_is_billed_and_taken_until_then() -> None:
    # Given a subscription that ends in the middle of its period
    shop, until = on_real_time()
    subscribed(shop, "price_use")
    used(shop, "call-1", "4")
    until(START + days(10))
    shop.done("subscription.cancel", SUB)

    # When more is reported of the time before, and of the time after
    assert used(shop, "call-2", "1", occurred_at=START + days(9)).body.status == "recorded"
    assert used(shop, "call-3", "1").code == "validation_failed"

    # Then the last invoice has it, and then it is too late
    until(START + days(10) + GRACE)
    billed(shop, "5", 25)
    assert used(shop, "call-4", "1", occurred_at=START + days(9)).body.status == "late"
    assert kept(shop, "call-4").status == "late"


def test_usage_of_a_period_whose_draft_was_deleted_comes_too_late() -> None:
    # Given a period that is over, whose invoice was deleted as a draft
    shop, until = on_real_time()
    subscribed(shop, "price_use")
    until(RENEWED + timedelta(minutes=5))
    [draft] = [each for each in invoices(shop) if each.status == "draft"]
    shop.done("invoice.delete", draft.id)

    # Then nobody is told that its usage will be billed, and the period is not kept for it
    assert used(shop, "call-1", "4", occurred_at=START + days(3)).body.status == "late"
    until(RENEWED + days(40))
    assert draft.id not in {one.invoice for one in shop.state(SUB).work.closed}


def test_usage_of_an_item_that_went_is_billed_with_the_period() -> None:
    # Given two metered items, one of which goes
    shop, until = on_real_time()
    gone, stays = subscribed(shop, "price_use", "price_10").items
    used(shop, "call-1", "4")
    shop.done("subscription.change", SUB, items=[{"id": gone.id, "deleted": True}, {"id": stays.id}])

    # When the period is billed
    until(RENEWED + GRACE)

    # Then what was used of it is asked for
    (line,) = [line for invoice in invoices(shop) for line in invoice.lines if line.type == "usage"]
    assert (line.quantity, line.amount) == ("4", 20)


def test_without_a_grace_usage_is_billed_the_moment_its_period_is_over() -> None:
    shop = stocked(terms=Terms(usage_grace_seconds=0))
    subscribed(shop, "price_use")
    used(shop, "call-1", "4")
    shop.until(RENEWED)
    billed(shop, "4", 20)


def test_a_period_that_begins_anew_at_its_very_beginning_still_counts_its_usage() -> None:
    # Given a period that is cut off at the instant at which it began: nothing was used in it
    shop = stocked()
    subscribed(shop, "price_use")
    shop.done("subscription.pause", SUB, behavior="none")
    shop.done("subscription.resume", SUB, keep_anchor=False)

    # When something is used in the one that began instead
    shop.until(START + days(10))
    assert used(shop, "call-1", "10").body.status == "recorded"

    # Then it is billed at its end
    shop.until(RENEWED + GRACE)
    billed(shop, "10", 50)


def test_an_item_that_goes_and_is_billed_at_once_closes_the_period_for_itself_alone() -> None:
    # Given two metered items, one of which goes in the middle of the period and is billed after the grace
    shop, until = on_real_time()
    gone, stays = subscribed(shop, items=[{"price": "price_use"}, {"price": "price_use"}]).items
    shop.done("subscription.change", SUB, items=[{"id": gone.id, "deleted": True}], proration="invoice_now")
    until(START + days(5))

    # When the other one is used after that
    assert used(shop, "call-1", "10", subscription_item=stays.id).body.status == "recorded"

    # Then it is billed at the period's end
    until(RENEWED + GRACE)
    billed(shop, "10", 50)


def test_usage_of_the_end_is_taken_though_an_item_went_before_in_the_same_period() -> None:
    # Given the same, and the subscription ends before the period does
    shop, until = on_real_time()
    gone, stays = subscribed(shop, items=[{"price": "price_use"}, {"price": "price_use"}]).items
    shop.done("subscription.change", SUB, items=[{"id": gone.id, "deleted": True}], proration="invoice_now")
    until(START + days(10))
    shop.done("subscription.cancel", SUB)

    # Then what is reported within the grace counts
    fields = {"subscription_item": stays.id, "occurred_at": START + days(9)}
    assert used(shop, "call-1", "10", **fields).body.status == "recorded"
    until(START + days(10) + GRACE)
    billed(shop, "10", 50)


def test_without_a_grace_usage_of_an_item_that_went_is_billed_with_the_period() -> None:
    # Given a metered item that goes, and nothing else at its price
    shop = stocked(terms=Terms(usage_grace_seconds=0))
    gone = subscribed(shop, "price_use", "price_10").items[0].id
    used(shop, "call-1", "4")
    shop.done("subscription.change", SUB, items=[{"id": gone, "deleted": True}])

    # When the period is billed, at once
    shop.until(RENEWED)

    # Then what was used of it is asked for
    assert [line.amount for line in invoices(shop)[-1].lines] == [20, 1000]


def test_an_item_that_came_later_was_not_used_before() -> None:
    # Given an item that came with another interval, while the invoice of what was before is a draft
    shop, until = on_real_time()
    price(shop, "price_use_year", 5, usage_type="metered", interval="year")
    gone = subscribed(shop, "price_use").items[0].id
    until(START + days(5))
    wish = [{"id": gone, "deleted": True}, {"price": "price_use_year"}]
    shop.done("subscription.change", SUB, items=wish)

    # Then what is said to have happened before is late: no invoice would ask for it
    assert used(shop, "call-1", "1", occurred_at=START + days(1)).body.status == "late"
    assert used(shop, "call-2", "1").body.status == "recorded"


def test_usage_of_a_time_that_is_never_invoiced_is_late() -> None:
    # Given a pause that invoices nothing, beyond the period that is paid
    shop, until = on_real_time()
    subscribed(shop, "price_use")
    shop.done("subscription.pause", SUB, behavior="none")
    until(RENEWED + days(5))

    # Then nobody is told that what happens then counts, but what happened before still does
    assert used(shop, "call-1", "1").body.status == "late"
    assert used(shop, "call-2", "4", occurred_at=START + days(1)).body.status == "recorded"
    shop.done("subscription.resume", SUB)
    until(RENEWED + days(6))
    billed(shop, "4", 20)


def test_usage_that_comes_to_more_than_an_amount_can_be_is_refused_with_taxes_too() -> None:
    # Given taxed usage that comes to more than can be counted, of what was canceled
    shop = stocked()
    price(shop, "price_dear", 1000, usage_type="metered")
    tax_rate(shop, "txr_1", "19")
    subscribed(shop, "price_dear", default_tax_rates=["txr_1"])
    used(shop, "call-1", "999999999999999")
    shop.done("subscription.cancel", SUB)
    draft = invoices(shop)[-1].id

    # Then nobody opens it by hand, and by itself it stays a draft, which is told
    assert shop.refused("invoice.finalize", draft) == "amount_too_large"
    shop.until(START + days(1))
    assert [invoice.id for invoice in shop.told("invoice.finalization_failed")] == [draft]
    assert invoices(shop)[-1].status == "draft"
