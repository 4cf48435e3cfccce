"""What was used is asked for once, as it was priced and counted, whatever its item changes into."""

from datetime import timedelta

import pytest

from messages.products import Aggregation
from tests.invoicing.metered import meter, used
from tests.invoicing.selling import SUB, invoices, price, stocked, subscribed, subscription
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


@pytest.mark.parametrize("at", ["period_end", "now"])
def test_usage_of_an_item_that_is_metered_no_more_is_asked_for(at: str) -> None:
    # Given usage, and a price by the month in the place of what it cost
    shop, item = shop_with_usage()
    wish = [{"id": item, "price": "price_10"}]
    shop.done("subscription.change", SUB, items=wish, at=at, proration="none")

    # When the period is over
    shop.until(END + GRACE)

    # Then what was used is asked for, and another item stands in its place
    assert asked_for(shop) == [[("price_use", "1000", 5000), ("price_10", "1", 1000)]]
    assert [(each.price, each.id == item) for each in subscription(shop).items] == [("price_10", False)]


def test_an_item_that_is_metered_again_in_the_same_period_counts_anew() -> None:
    shop, _ = shop_with_usage()
    for price_id in ("price_10", "price_use"):
        wish = [{"id": subscription(shop).items[0].id, "price": price_id}]
        shop.done("subscription.change", SUB, items=wish, proration="none")
    used(shop, "call-2", "10")
    shop.until(END + GRACE)
    assert asked_for(shop) == [[("price_use", "1000", 5000), ("price_use", "10", 50)]]


@pytest.mark.parametrize(("aggregation", "quantity"), [("unique_count", "2"), ("max", "7"), ("last", "4")])
def test_usage_is_asked_for_as_it_was_counted_when_it_came(aggregation: Aggregation, quantity: str) -> None:
    # Given usage that is added up, and then counted otherwise
    shop, item = shop_with_usage()
    price(shop, "price_other", 50, usage_type="metered", aggregation=aggregation)
    shop.done("subscription.change", SUB, items=[{"id": item, "price": "price_other"}])
    for number, (user, calls) in enumerate([("ada", "3"), ("bob", "7"), ("ada", "4")]):
        used(shop, f"seat-{number}", calls, unique=user)

    # When the period is over
    shop.until(END + GRACE)

    # Then each part of it is asked for by its own way to count
    assert asked_for(shop) == [[("price_use", "1000", 5000), ("price_other", quantity, 50 * int(quantity))]]


def test_an_item_that_a_scheduled_change_brings_back_is_not_billed_twice_for_what_was_used() -> None:
    # Given a dearer price from the 20th day on, and an item that is metered no more before that, billed at once
    shop, item = shop_with_usage()
    dear = [{"id": item, "price": "price_dear"}]
    shop.done("subscription.change", SUB, items=dear, at=START + days(20))
    licensed = [{"id": item, "price": "price_10"}]
    shop.done("subscription.change", SUB, items=licensed, proration="invoice_now")

    # When the item is there again, and the period is over
    shop.until(END + GRACE)

    # Then what was used before is on the first of the invoices alone
    [first, second] = [line for each in invoices(shop) for line in each.lines if line.type == "usage"]
    assert (first.price, first.amount, second.price, second.amount) == ("price_use", 5000, "price_dear", 0)
    assert meter(shop, START, item).invoice_line == first.id


@pytest.mark.parametrize("goes", ["change", "cancel"])
def test_usage_of_a_time_in_which_its_item_will_be_gone_is_refused(goes: str) -> None:
    # Given an item that goes at the period's end, which is near
    shop, item = shop_with_usage()
    wish = {"items": [{"id": item, "price": "price_10"}]} if goes == "change" else {}
    shop.done(f"subscription.{goes}", SUB, at="period_end", **wish)
    shop.until(END - timedelta(minutes=1))

    # Then what happens after it would be billed by nobody, and is refused; what happens before counts
    assert used(shop, "call-2", occurred_at=END).code == "validation_failed"
    assert used(shop, "call-3", occurred_at=END - timedelta(milliseconds=1)).body.status == "recorded"

    # Also where nobody has noticed yet that the end has come
    shop.now = END + timedelta(minutes=1)
    assert used(shop, "call-4").code == "validation_failed"
    shop.until(END + days(1))
    assert asked_for(shop)[0][0] == ("price_use", "1001", 5005)
