"""What was used is asked for once, as it was priced and counted, whatever its item changes into."""

from datetime import timedelta

import pytest

from tests.invoicing.metered import used
from tests.invoicing.selling import SUB, invoices, price, stocked, subscribed
from tests.invoicing.shop import START, Shop, days

END = START + days(28)
GRACE = timedelta(hours=1)


def shop_with_usage(quantity: str = "1000") -> tuple[Shop, str]:
    """One item at 0.05, used in the first period; also for sale is usage at 0.50. The item's id."""
    shop = stocked()
    price(shop, "price_dear", 50, usage_type="metered")
    item = subscribed(shop, "price_use").items[0].id
    shop.until(START + days(10))
    used(shop, "call-1", quantity)
    return shop, item


def asked_for(shop: Shop) -> list[list[tuple[str | None, str, int]]]:
    """Price, quantity and amount of the lines of each invoice."""
    return [[(line.price, line.quantity, line.amount) for line in each.lines] for each in invoices(shop)]


@pytest.mark.parametrize("proration", ["none", "create", "invoice_now"])
def test_a_price_that_changes_at_the_periods_end_leaves_the_ended_one_as_it_was(proration: str) -> None:
    # Given usage, and a dearer price from the next period on
    shop, item = shop_with_usage()
    wish = [{"id": item, "price": "price_dear"}]
    shop.done("subscription.change", SUB, items=wish, at="period_end", proration=proration)

    # When the period is over, also for what comes late, and the next one after it
    shop.until(END + timedelta(minutes=30))
    assert used(shop, "call-2", "200", occurred_at=END - days(1)).body.status == "recorded"
    used(shop, "call-3", "10")
    shop.until(END + days(31) + GRACE)

    # Then each is asked for at its own price, once
    assert asked_for(shop) == [[("price_use", "1200", 6000)], [("price_dear", "10", 500)]]


def test_a_price_that_changes_at_the_end_of_a_void_period_asks_for_nothing_of_it() -> None:
    shop, item = shop_with_usage()
    shop.done("subscription.change", SUB, items=[{"id": item, "price": "price_dear"}], at="period_end")
    shop.done("subscription.pause", SUB, behavior="void")
    shop.until(END + days(5))
    shop.done("subscription.resume", SUB)
    shop.until(END + days(31) + GRACE)
    assert asked_for(shop) == [[("price_dear", "0", 0)]]


@pytest.mark.parametrize("at", ["period_end", "now"])
def test_a_price_that_changes_under_a_pause_leaves_the_period_before_it_as_it_was(at: str) -> None:
    # Given a pause beyond the period's end, and a dearer price at that end or after it
    shop, item = shop_with_usage()
    shop.done("subscription.pause", SUB, behavior="none")
    if at == "now":
        shop.until(END + days(5))
    for price_id in ("price_dear", "price_use", "price_dear"):
        shop.done("subscription.change", SUB, items=[{"id": item, "price": price_id}], at=at)

    # When it goes on
    shop.until(END + days(10))
    shop.done("subscription.resume", SUB)
    used(shop, "call-2", "10")
    shop.until(END + days(31) + GRACE)

    # Then what was used before is asked for once, at its price
    assert asked_for(shop) == [[("price_use", "1000", 5000)], [("price_dear", "10", 500)]]
