"""What a change gives back and asks for, to the second: no instant twice, none left out, no minor unit lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from actors.invoicing import subscription_changing
from messages.invoices import UpdateInvoice
from messages.subscriptions import ChangeSubscription
from messages.subscriptions import SubscriptionStatus as Status
from tests.invoicing.selling import SUB, amounts, coupon, invoices, price, stocked, subscribed, subscription, tax_rate
from tests.invoicing.shop import START, Shop, days

END = START + days(28)


def item(shop: Shop, place: int = 0) -> str:
    """The id of one of its items."""
    return subscription(shop).items[place].id


def change(shop: Shop, **fields: Any) -> Any:
    return shop.done("subscription.change", SUB, **fields)


def to_price(shop: Shop, price: str, **fields: Any) -> Any:
    return change(shop, items=[{"id": item(shop), "price": price}], **fields)


def pending(shop: Shop) -> list[int]:
    return [draft.line.amount for draft in shop.state(SUB).work.pending]


def test_a_dearer_price_credits_the_unused_rest_and_asks_for_the_new_one() -> None:
    # Given 14 of 28 days gone at 10.00
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(14))
    # When it changes to 15.00
    after = to_price(shop, "price_15")
    assert (after.status, shop.types[-1]) == (Status.ACTIVE, "subscription.updated")
    # Then half of each waits for the next invoice
    assert pending(shop) == [-500, 750]
    shop.until(END)
    assert amounts(shop) == [[1000], [-500, 750, 1500]]
    assert [line.description for line in invoices(shop)[1].lines] == [
        "Unused time on 1 × Pro",
        "Remaining time on 1 × Pro",
        "1 × Pro",
    ]


def test_invoice_now_asks_at_once() -> None:
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(14))
    to_price(shop, "price_15", proration="invoice_now")
    assert amounts(shop) == [[1000], [-500, 750]]
    assert (invoices(shop)[1].billing_reason, invoices(shop)[1].total) == ("subscription_update", 250)


def test_what_comes_to_less_than_nothing_is_carried_on_to_the_next_invoice() -> None:
    shop = stocked()
    subscribed(shop, items=[{"price": "price_10", "quantity": 10}])
    shop.until(START + days(14))
    change(shop, items=[{"id": item(shop), "quantity": 1}])
    assert pending(shop) == [-5000, 500]
    shop.until(END + days(100))
    # 100.00 were billed for a month of which half cost 5.00: 45.00 back, over the next 4.5 months
    assert [each.total for each in invoices(shop)] == [10000, 0, 0, 0, 0]
    assert pending(shop) == [-500]


def test_without_proration_nothing_is_given_back_and_the_new_price_counts_from_the_next_period() -> None:
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(7))
    to_price(shop, "price_15", proration="none")
    # A later change gives back what was billed, and no more
    shop.until(START + days(14))
    to_price(shop, "price_7")
    assert pending(shop) == [-500, 350]
    shop.until(END)
    assert amounts(shop) == [[1000], [-500, 350, 700]]


def test_items_come_and_go() -> None:
    shop = stocked()
    subscribed(shop)
    shop.until(START + days(14))
    change(shop, items=[{"price": "price_7"}])
    assert pending(shop) == [350]
    change(shop, items=[{"id": item(shop), "deleted": True}])
    assert pending(shop) == [350, -500]
    assert [each.price for each in subscription(shop).items] == ["price_7"]
    assert shop.refused("subscription.change", SUB, items=[{"id": item(shop), "deleted": True}]) == "validation_failed"


def test_a_metered_item_that_goes_is_billed_for_what_was_used() -> None:
    shop = stocked()
    subscribed(shop, "price_10", "price_use")
    change(shop, items=[{"id": item(shop, 1), "deleted": True}], proration="none")
    shop.until(END)
    assert [line.type for line in invoices(shop)[1].lines] == ["usage", "subscription"]


def test_another_interval_begins_a_period_at_once() -> None:
    shop = stocked()
    subscribed(shop)
    now = START + days(14)
    shop.until(now)
    after = to_price(shop, "price_year")
    assert (after.billing_cycle_anchor, after.current_period.start) == (now, now)
    assert after.current_period.end == datetime(2027, 2, 14, tzinfo=UTC)
    assert amounts(shop) == [[1000], [-500, 10000]]


def test_a_change_at_the_end_of_the_period_counts_from_the_next_one() -> None:
    shop = stocked()
    subscribed(shop)
    after = to_price(shop, "price_15", at="period_end")
    assert (after.items[0].price, after.scheduled_change.at) == ("price_10", END)
    shop.until(END)
    assert amounts(shop) == [[1000], [1500]]
    assert [each for each in shop.types if "change" in each or "renewed" in each] == [
        "subscription.change_scheduled",
        "subscription.change_applied",
        "subscription.renewed",
    ]


def test_a_change_at_an_instant_is_prorated_there_and_may_be_taken_back() -> None:
    shop = stocked()
    subscribed(shop)
    to_price(shop, "price_15", at=START + days(7))
    assert change(shop, clear_scheduled=True).scheduled_change is None
    to_price(shop, "price_15", at=START + days(7))
    shop.until(START + days(8))
    assert pending(shop) == [-750, 1125]


def test_a_change_of_another_currency_is_refused() -> None:
    shop = stocked()
    subscribed(shop)
    wish = {"items": [{"id": item(shop), "price": "price_eur"}]}
    assert shop.refused("subscription.change", SUB, **wish) == "currency_mismatch"
    assert shop.refused("subscription.change", SUB, **wish, at="period_end") == "currency_mismatch"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"items": [{"price": "price_year"}]}, "mixed_intervals"),
        ({"items": [{"price": "price_eur"}]}, "mixed_currencies"),
        ({"items": [{"id": "si_none", "quantity": 2}]}, "reference_not_found"),
        ({"items": [{"price": "price_7", "deleted": True}]}, "validation_failed"),
        ({"at": "period_end"}, "validation_failed"),
        ({"at": START, "items": [{"price": "price_7"}]}, "validation_failed"),
        ({"at": "period_end", "items": [{"price": "price_7"}], "coupons": []}, "validation_failed"),
        ({"trial_end": "now"}, "wrong_state"),
        ({"if_match": 1}, "version_conflict"),
    ],
)
def test_what_cannot_be_changed(fields: dict[str, Any], code: str) -> None:
    shop = stocked()
    subscribed(shop)
    assert shop.refused("subscription.change", SUB, **fields) == code


def test_a_trial_is_made_longer_or_ended_now() -> None:
    shop = stocked()
    subscribed(shop, trial_days=7)
    after = change(shop, trial_end=START + days(20))
    assert after.trial.end == after.current_period.end == after.billing_cycle_anchor == START + days(20)
    shop.until(START + days(10))
    after = change(shop, trial_end="now", items=[{"id": item(shop), "price": "price_15"}])
    assert (after.status, after.billing_cycle_anchor, amounts(shop)) == (Status.ACTIVE, shop.now, [[1500]])


def test_a_change_under_a_coupon_gives_back_and_asks_for_what_is_left_after_it() -> None:
    # Given half off, for ever
    shop = stocked()
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, coupons=["cpn_50"])
    shop.until(START + days(14))
    to_price(shop, "price_15", proration="invoice_now")
    # Then half of the 5.00 that were asked for is given back, and 3.75 of 7.50 asked for
    assert [each.total for each in invoices(shop)] == [500, 125]
    assert [(line.amount, line.discount) for line in invoices(shop)[1].lines] == [(-250, 0), (750, 375)]


def test_a_coupon_given_in_the_middle_of_a_month_counts_from_the_next_one_on() -> None:
    shop = stocked()
    coupon(shop, "cpn_2", percent_off="50", duration="repeating", duration_in_months=2)
    subscribed(shop)
    shop.until(START + days(14))
    assert change(shop, coupons=["cpn_2"]).coupons == ["cpn_2"]
    shop.until(END + days(70))
    assert [each.total for each in invoices(shop)] == [1000, 500, 500, 1000]


def test_a_credit_has_the_taxes_that_were_billed() -> None:
    shop = stocked()
    tax_rate(shop, "txr_20", "20")
    subscribed(shop, default_tax_rates=["txr_20"])
    shop.until(START + days(14))
    to_price(shop, "price_15", default_tax_rates=[], proration="invoice_now")
    # -5.00 with 1.00 of taxes, 7.50 without any
    assert [each.total for each in invoices(shop)] == [1200, 150]


def test_a_price_and_the_rates_on_it_must_agree_about_what_is_included() -> None:
    # Given rates inside and on top, and prices that are without taxes
    shop = stocked()
    tax_rate(shop, "txr_inside", "20", inclusive=True)
    tax_rate(shop, "txr_on_top", "20")
    price(shop, "price_inside", 1200, tax_behavior="inclusive")
    wish = {"customer_id": "abc123", "items": [{"price": "price_10"}]}

    # Then the price is never thought to include what is to come on top of it
    for rates in (["txr_inside"], ["txr_inside", "txr_on_top"]):
        assert shop.refused("subscription.create", SUB, **wish, default_tax_rates=rates) == "tax_conflict"
    subscribed(shop, default_tax_rates=["txr_on_top"])
    assert shop.refused("subscription.change", SUB, default_tax_rates=["txr_inside"]) == "tax_conflict"
    inside = [{"id": item(shop), "price": "price_inside"}]
    for at in ("now", "period_end"):
        assert shop.refused("subscription.change", SUB, items=inside, at=at) == "tax_conflict"
    assert change(shop, items=inside, default_tax_rates=["txr_inside"]).default_tax_rates == ["txr_inside"]


def test_words_and_labels_change_without_an_invoice() -> None:
    shop = stocked()
    subscribed(shop, metadata={"a": "1", "b": "2"})
    after = change(shop, metadata={"a": None, "c": "3"}, description="Seats", collection_method="send_invoice")
    assert (after.metadata, after.description) == ({"b": "2", "c": "3"}, "Seats")
    assert len(invoices(shop)) == 1


@pytest.mark.parametrize("labels", [{"k" * 41: ""}, {"": "1"}, {"a": "v" * 501}])
def test_labels_stay_as_short_as_they_begin(labels: dict[str, str]) -> None:
    for model in (ChangeSubscription, UpdateInvoice):
        with pytest.raises(ValidationError):
            model.model_validate({"metadata": labels})


def test_labels_stay_as_few_as_they_begin() -> None:
    # Given a subscription and a draft with as many as there may be
    shop, full = stocked(), {str(number): "" for number in range(50)}
    subscribed(shop, metadata=full)
    lines = [{"amount": 100, "description": "Set-up"}]
    shop.done("invoice.create", "inv_1", customer_id="abc123", currency="USD", lines=lines, metadata=full)

    # Then one more is refused, but in place of another
    for command, subject in (("subscription.change", SUB), ("invoice.update", "inv_1")):
        assert shop.refused(command, subject, metadata={"more": ""}) == "validation_failed"
        assert len(shop.done(command, subject, metadata={"0": None, "more": ""}).metadata) == 50


MOVES = st.tuples(
    st.sampled_from(["price_7", "price_10", "price_15"]),
    st.integers(0, 9),
    st.sampled_from(["create", "invoice_now", "none"]),
)
SECONDS = st.integers(0, int(timedelta(days=28).total_seconds()))


@given(st.lists(st.tuples(SECONDS, MOVES), max_size=6))
def test_moves_there_and_back_cost_what_each_second_costs_and_no_unit_is_lost(
    moves: list[tuple[int, tuple[str, int, Any]]],
) -> None:
    # Given any sequence of changes in one period, all of them prorated
    shop = stocked()
    subscribed(shop)
    for seconds, (chosen, quantity, proration) in sorted(moves):
        shop.until(START + timedelta(seconds=seconds))
        if shop.now < END:
            how = "create" if proration == "none" else proration
            change(shop, items=[{"id": item(shop), "price": chosen, "quantity": quantity}], proration=how)
    # When in the end everything is as it was, at the very beginning of the next period
    shop.until(END - timedelta(seconds=1))
    change(shop, items=[{"id": item(shop), "price": "price_10", "quantity": 1}])
    shop.until(END)
    # Then each price was billed for its own seconds: the sum of the parts of any one price and quantity, up to the
    # next change, differs from what all seconds cost by less than one unit for each change
    exact, at = 0.0, 0
    unit = {"price_7": 700, "price_10": 1000, "price_15": 1500}
    cost, whole = 1000, 28 * 86_400
    for seconds, (chosen, quantity, _) in sorted(moves):
        if seconds < whole:
            exact += cost * (seconds - at) / whole
            at, cost = seconds, unit[chosen] * quantity
    exact += cost * (whole - 1 - at) / whole + 1000 / whole
    billed = sum(line.amount for each in invoices(shop) for line in each.lines) - 1000  # the next month
    billed += sum(pending(shop))
    assert abs(billed - exact) < len(moves) + 2


@given(st.lists(st.tuples(SECONDS, st.integers(0, 9), st.sampled_from(["create", "invoice_now", "none"])), max_size=6))
def test_a_price_that_never_changes_costs_exactly_itself(moves: list[tuple[int, int, Any]]) -> None:
    # Given an item that stays, while another one comes, goes and changes
    shop = stocked()
    subscribed(shop, "price_10", "price_7")
    for seconds, quantity, proration in sorted(moves):
        shop.until(START + timedelta(seconds=seconds))
        if shop.now < END:
            change(shop, items=[{"id": item(shop, 1), "quantity": quantity}], proration=proration)
    stays = item(shop)
    shop.until(END)
    lines = [line for each in invoices(shop) for line in each.lines if line.subscription_item == stays]
    assert [line.amount for line in lines] == [1000, 1000]


@given(st.lists(SECONDS, min_size=1, max_size=5), st.integers(1, 9))
def test_a_change_and_its_reverse_at_one_instant_cancel_out(instants: list[int], quantity: int) -> None:
    shop = stocked()
    subscribed(shop)
    for seconds in sorted(instants):
        shop.until(START + timedelta(seconds=seconds))
        if shop.now < END:
            change(shop, items=[{"id": item(shop), "quantity": quantity}])
            change(shop, items=[{"id": item(shop), "quantity": 1}])
    assert sum(pending(shop)) == 0


def test_items_that_no_invoice_could_ask_for_are_refused_at_once() -> None:
    # Given a price of which two are more than an amount can be: its renewal could not be told to anybody
    shop = stocked()
    price(shop, "price_huge", 9 * 10**15)
    huge = [{"price": "price_huge", "quantity": 2}]
    # Then no subscription begins with them, now or after a trial
    new = {"customer_id": "abc123", "items": huge}
    assert shop.refused("subscription.create", SUB, **new) == "amount_too_large"
    assert shop.refused("subscription.create", SUB, **new, trial_days=3) == "amount_too_large"
    # And none comes to have them, now or later
    subscribed(shop)
    assert shop.refused("subscription.change", SUB, items=huge, proration="none") == "amount_too_large"
    assert shop.refused("subscription.change", SUB, items=huge, at="period_end") == "amount_too_large"


def test_more_lines_than_an_invoice_can_have_do_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given as many lines as may wait, and one more by a change that was scheduled before
    monkeypatch.setattr(subscription_changing, "LINES_MAX", 3)
    shop = stocked()
    subscribed(shop)
    for number, at in ((2, "now"), (3, "now"), (4, START + days(4))):
        shop.until(START + days(min(number, 3)))
        change(shop, items=[{"id": item(shop), "quantity": number}], at=at)
    shop.until(START + days(5))
    assert len(pending(shop)) == 4

    # When more are to come, now or later, then they are refused until an invoice has asked for these
    wish = [{"id": item(shop), "quantity": 5}]
    for at in ("now", "period_end"):
        assert shop.refused("subscription.change", SUB, items=wish, at=at) == "validation_failed"
    assert change(shop, description="Seats").description == "Seats"
    change(shop, items=wish, proration="invoice_now")
    assert pending(shop) == []
    change(shop, items=[{"id": item(shop), "quantity": 6}])
