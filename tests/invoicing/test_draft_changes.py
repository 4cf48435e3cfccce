"""A draft is not asked for yet: a change or an end gives nothing back of it, but cuts it short."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from actors.invoicing.terms import Terms
from messages.invoices import Invoice
from tests.invoicing.metered import used
from tests.invoicing.selling import SUB, coupon, invoices, stocked, subscribed, subscription, tax_rate
from tests.invoicing.shop import Shop, days
from tests.invoicing.test_subscription_changes import END, change, item, pending, to_price
from tests.invoicing.till import declines

SOON = END + timedelta(minutes=6)
"""Within the hour in which an invoice with usage stays a draft."""


def renewed(**fields: Any) -> Shop:
    """A month has begun whose invoice, of 10.00 and what was used before, is a draft."""
    shop = stocked()
    coupon(shop, "cpn_5", amount_off=500, currency="USD", duration="once")
    tax_rate(shop, "txr_20", "20")
    subscribed(shop, "price_10", "price_use", **fields)
    shop.until(SOON)
    assert invoices(shop)[-1].status == "draft"
    return shop


def ended(shop: Shop) -> Invoice:
    """The draft, when the hour is over."""
    [draft] = [each.id for each in invoices(shop) if each.status == "draft"]
    shop.until(shop.now + timedelta(hours=1))
    return next(each for each in invoices(shop) if each.id == draft)


def test_a_change_asks_for_the_old_price_up_to_then_only() -> None:
    # Given 6 minutes of 31 days gone
    shop = renewed()
    # When it changes to 15.00
    to_price(shop, "price_15")
    # Then nothing is given back, the draft asks for those minutes, which is told, and the rest waits
    assert [pending(shop), shop.types[-2:]] == [[1500], ["invoice.updated", "subscription.updated"]]
    assert [line.type for line in ended(shop).lines] == ["usage"]
    # And the next month asks for it
    shop.until(SOON + days(31))
    assert [line.amount for line in invoices(shop)[-1].lines] == [1500, 0, 1500]


def test_a_credit_does_not_hold_taxes_that_are_never_asked_for() -> None:
    # Given a draft with taxes, whose customer becomes exempt before it is opened
    shop = renewed(default_tax_rates=["txr_20"])
    change(shop, items=[{"id": item(shop), "deleted": True}])
    shop.done("customer.put", "abc123", tax_exempt="exempt")
    # Then there is nothing of which taxes could be given back
    assert (ended(shop).total, pending(shop)) == (0, [])


def test_a_credit_does_not_give_back_what_a_discount_lowers_in_the_end() -> None:
    # Given 5.00 off an invoice of 10.00 and of 900.00 that were used, which nobody has measured yet
    shop = stocked()
    coupon(shop, "cpn_5", amount_off=500, currency="USD", duration="once")
    subscribed(shop, "price_10", "price_use")
    used(shop, "use_1", "18000", subscription_item=item(shop, 1))
    change(shop, coupons=["cpn_5"])
    shop.until(SOON)
    # When what costs 10.00 goes
    change(shop, items=[{"id": item(shop), "deleted": True}])
    # Then all else is asked for
    assert (ended(shop).total, pending(shop)) == (90_000 - 500, [])


def waived(shop: Shop, draft: Invoice) -> int:
    shop.done("invoice.delete", draft.id)
    return 0


def asked_for(shop: Shop, draft: Invoice) -> int:
    return shop.done("invoice.finalize", draft.id).total


@pytest.mark.parametrize("what", [waived, asked_for])
def test_no_credit_survives_a_draft_that_is_waived_after_the_end(what: Callable[[Shop, Invoice], int]) -> None:
    # Given one that is unpaid, with the draft of a month, half of which is gone, and 50.00 of usage
    shop = stocked(terms=Terms(dunning_days=(1,)), till=declines)
    subscribed(shop, "price_10", collection_method="send_invoice")
    change(shop, collection_method="charge_automatically")
    shop.until(END + days(15.5))
    assert subscription(shop).status == "unpaid"
    shop.until(END + days(31))
    [draft] = [each for each in invoices(shop) if each.status == "draft"]
    change(shop, items=[{"price": "price_use"}])
    shop.until(shop.now + days(14))
    used(shop, "use_1", "1000", subscription_item=item(shop, 1))
    # When it is canceled with credit, and the draft is waived or asked for
    shop.done("subscription.cancel", SUB, credit=True)
    total = what(shop, draft)
    # Then what was used is asked for in full, and of the draft at most what was rendered
    last = shop.done("invoice.finalize", invoices(shop)[-1].id)
    assert (total <= 500, last.total, pending(shop)) == (True, 5_000, [])


def test_a_draft_that_was_cut_short_is_opened_as_it_is() -> None:
    # Given a draft of a pause that is over
    shop = stocked()
    subscribed(shop, "price_10")
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(END)
    shop.done("subscription.resume", SUB)
    # When the month gets a dearer price at its half
    shop.until(END + days(15.5))
    to_price(shop, "price_15")
    # Then the draft is for half a month, as any other line is
    [draft] = [each for each in invoices(shop) if each.status == "draft"]
    assert (draft.total, draft.lines[0].period.end, pending(shop)) == (500, END + days(15.5), [750])
    assert shop.done("invoice.finalize", draft.id).total == 500
