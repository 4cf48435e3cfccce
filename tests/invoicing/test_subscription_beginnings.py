"""How a subscription begins: paid, on trial, at an anchor, in the past, with coupons; and what it cannot be."""

from datetime import UTC, datetime

import pytest

from messages.subscriptions import SubscriptionStatus as Status
from tests.invoicing.selling import SUB, amounts, coupon, invoices, price, stocked, subscribed, subscription
from tests.invoicing.shop import START, days


def test_a_subscription_is_active_once_its_first_invoice_is_paid() -> None:
    # When somebody subscribes
    shop = stocked()
    made = subscribed(shop, "price_10", items=[{"price": "price_10", "quantity": 3}])

    # Then they are told of an active one with a paid invoice for the month from 31 January to 28 February
    assert (made.status, made.currency, made.version) == (Status.ACTIVE, "USD", 2)
    assert made.current_period.end == datetime(2026, 2, 28, tzinfo=UTC)
    [first] = invoices(shop)
    assert (first.id, first.status, first.total, first.billing_reason) == (
        made.latest_invoice,
        "paid",
        3000,
        "subscription_create",
    )
    # And each change was told once
    told = [each for each in shop.types if each.startswith("subscription")]
    assert told == ["subscription.created", "subscription.activated"]


def test_one_whose_first_payment_fails_is_incomplete_and_expires_after_23_hours() -> None:
    shop = stocked()
    made = subscribed(shop, default_payment_method="pm_card_chargeDeclined")
    assert made.status == Status.INCOMPLETE
    shop.until(START + days(1))
    assert subscription(shop).status == Status.INCOMPLETE_EXPIRED
    assert [each.status for each in invoices(shop)] == ["void"]
    assert shop.due == {}


def test_one_that_is_billed_by_invoice_begins_at_once() -> None:
    shop = stocked()
    made = subscribed(shop, collection_method="send_invoice", days_until_due=14)
    assert (made.status, invoices(shop)[0].status) == (Status.ACTIVE, "open")


def test_one_that_costs_nothing_begins_at_once() -> None:
    shop = stocked()
    coupon(shop, "cpn_all", percent_off="100")
    made = subscribed(shop, coupons=["cpn_all"])
    assert (made.status, invoices(shop)[0].status, made.coupons) == (Status.ACTIVE, "paid", ["cpn_all"])


def test_a_trial_is_free_and_the_first_period_is_billed_at_its_end() -> None:
    # Given a trial of 14 days
    shop = stocked()
    made = subscribed(shop, "price_10", "price_use", trial_days=14)
    assert (made.status, made.latest_invoice) == (Status.TRIALING, None)
    assert made.trial.end == made.current_period.end == START + days(14)

    # When 11 days have gone by, the end is told of; when it comes, the first month is billed
    shop.until(START + days(11))
    assert shop.types[-1] == "subscription.trial_end_neared"
    shop.until(START + days(14))
    after = subscription(shop)
    assert (after.status, after.billing_cycle_anchor) == (Status.ACTIVE, START + days(14))
    assert amounts(shop) == [[1000]]
    assert after.current_period.end == datetime(2026, 3, 14, tzinfo=UTC)


def test_an_anchor_ahead_bills_a_part_up_to_it_and_then_whole_periods() -> None:
    # Given 14 days up to an anchor: the whole period would be 15 January to 15 February
    shop = stocked(now=datetime(2026, 2, 1, tzinfo=UTC))
    anchor = datetime(2026, 2, 15, tzinfo=UTC)
    made = subscribed(shop, billing_cycle_anchor=anchor)
    # Then 14 of 31 days are billed: 10.00 x 14 / 31 = 4.52, and the next period is a whole one
    assert (amounts(shop), made.current_period.end) == ([[452]], anchor)
    assert invoices(shop)[0].lines[0].proration
    shop.until(anchor)
    assert amounts(shop) == [[452], [1000]]


def test_without_proration_the_part_up_to_the_anchor_is_free() -> None:
    shop = stocked(now=datetime(2026, 2, 1, tzinfo=UTC))
    anchor = datetime(2026, 2, 15, tzinfo=UTC)
    made = subscribed(shop, billing_cycle_anchor=anchor, proration="none")
    assert (made.status, made.latest_invoice) == (Status.ACTIVE, None)
    shop.until(anchor)
    assert amounts(shop) == [[1000]]


def test_one_that_began_in_the_past_is_billed_for_each_period_since() -> None:
    # Given today 15 April, and a beginning on 31 January
    shop = stocked(now=datetime(2026, 4, 15, tzinfo=UTC))
    made = subscribed(shop, backdate_to=START)
    # Then its one invoice has a line for February, March and the month that goes on
    assert amounts(shop) == [[1000, 1000, 1000]]
    spans = [(line.period.start, line.period.end) for line in invoices(shop)[0].lines]
    assert [start.day for start, _ in spans if start] == [31, 28, 31]
    assert (made.start_date, made.billing_cycle_anchor) == (START, START)
    assert made.current_period.end == datetime(2026, 4, 30, tzinfo=UTC)


def test_a_coupon_of_three_months_lowers_three_monthly_invoices() -> None:
    shop = stocked()
    coupon(shop, "cpn_25", percent_off="25", duration="repeating", duration_in_months=3)
    subscribed(shop, coupons=["cpn_25"])
    shop.until(START + days(130))
    assert [each.total for each in invoices(shop)] == [750, 750, 750, 1000, 1000]
    assert subscription(shop).coupons == []


def test_a_coupon_for_once_lowers_one_invoice() -> None:
    shop = stocked()
    coupon(shop, "cpn_once", amount_off=400, currency="USD", duration="once")
    subscribed(shop, coupons=["cpn_once"])
    shop.until(START + days(40))
    assert [each.total for each in invoices(shop)] == [600, 1000]


def test_coupons_that_overlap_never_bring_a_total_below_nothing() -> None:
    shop = stocked()
    coupon(shop, "cpn_a", amount_off=800, currency="USD")
    coupon(shop, "cpn_b", amount_off=700, currency="USD")
    subscribed(shop, coupons=["cpn_a", "cpn_b"])
    assert [(each.total, each.discount) for each in invoices(shop)] == [(0, 1000)]


def test_a_coupon_is_redeemed_as_often_as_it_may_be() -> None:
    shop = stocked()
    coupon(shop, "cpn_1", percent_off="10", max_redemptions=1)
    subscribed(shop, coupons=["cpn_1"])
    wish = {"customer_id": "abc123", "items": [{"price": "price_10"}], "coupons": ["cpn_1"]}
    assert shop.refused("subscription.create", "sub_2", **wish) == "coupon_not_applicable"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"items": [{"price": "price_10"}, {"price": "price_eur"}]}, "mixed_currencies"),
        ({"items": [{"price": "price_10"}, {"price": "price_year"}]}, "mixed_intervals"),
        ({"items": [{"price": "price_none"}]}, "reference_not_found"),
        ({"items": [{"id": "si_none"}]}, "reference_not_found"),
        ({"items": [{"quantity": 1}]}, "validation_failed"),
        ({"items": [{"price": "price_use", "quantity": 1}]}, "validation_failed"),
        ({"items": [{"price": "price_old"}]}, "price_inactive"),
        ({"coupons": ["cpn_none"]}, "reference_not_found"),
        ({"coupons": ["cpn_eur"]}, "coupon_not_applicable"),
        ({"default_tax_rates": ["txr_none"]}, "reference_not_found"),
        ({"trial_days": 3, "trial_end": START + days(3)}, "validation_failed"),
        ({"trial_end": START}, "validation_failed"),
        ({"trial_days": 3, "backdate_to": START - days(3)}, "validation_failed"),
        ({"backdate_to": START + days(1)}, "validation_failed"),
        ({"backdate_to": START - days(400), "items": [{"price": "price_day"}] * 3}, "validation_failed"),
        ({"billing_cycle_anchor": START - days(1)}, "validation_failed"),
        ({"cancel_at": START}, "validation_failed"),
        ({"cancel_at": START + days(1), "cancel_at_period_end": True}, "validation_failed"),
    ],
)
def test_what_a_subscription_cannot_be_made_of(fields: dict[str, object], code: str) -> None:
    shop = stocked()
    price(shop, "price_day", 10, interval="day")
    price(shop, "price_old", 10)
    coupon(shop, "cpn_eur", amount_off=1, currency="EUR")
    for state in list(shop.view.values()):
        if state.key.id == "price_old":
            shop.view[state.key] = state.model_copy(update={"price": state.price.model_copy(update={"active": False})})
    wish = {"customer_id": "abc123", "items": [{"price": "price_10"}], **fields}
    assert shop.refused("subscription.create", SUB, **wish) == code


def test_a_coupon_of_one_that_began_long_ago_counts_from_when_it_was_given() -> None:
    # Given a coupon for two months, on a subscription that is older than these
    shop = stocked()
    coupon(shop, "cpn_5", amount_off=500, currency="USD", duration="repeating", duration_in_months=2)
    subscribed(shop, coupons=["cpn_5"], backdate_to=START - days(80))

    # Then it lowers what is invoiced now, and the two months that begin next
    shop.until(START + days(100))
    assert [each.discount for each in invoices(shop)] == [500, 500, 500, 0]
