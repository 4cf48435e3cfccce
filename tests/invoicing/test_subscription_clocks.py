"""Subscriptions under a test clock: one leap does what many steps do, and a clock that is deleted takes them along."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.runtime.decision import Wish
from messages.subscriptions import SubscriptionStatus as Status
from messages.test_clocks import TestClock
from tests.invoicing.selling import SUB, amounts, coupon, invoices, on_clock, stocked, subscribed, subscription
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.till import needs_action, payment

Wishes = list[tuple[str, dict[str, Any]]]

FIRST = "the first item"

BEGINNINGS: list[dict[str, Any]] = [
    {},
    {"trial_days": 10},
    {"billing_cycle_anchor": START + days(12)},
    {"backdate_to": START - days(45)},
    {"items": [{"price": "price_10", "quantity": 2}, {"price": "price_use"}]},
    {"items": [{"price": "price_week"}]},
    {"collection_method": "send_invoice", "days_until_due": 5},
    {"default_payment_method": "pm_card_chargeDeclined", "trial_days": 5},
    {"cancel_at": START + days(50)},
    {"cancel_at_period_end": True},
    {"coupons": ["cpn_2"]},
    {"coupons": ["cpn_once"], "collection_method": "send_invoice"},
]
NEXT: list[tuple[str, dict[str, Any]]] = [
    ("subscription.change", {"items": [{"price": "price_7"}], "at": START + days(20)}),
    ("subscription.change", {"items": [{"price": "price_7"}], "at": "period_end"}),
    ("subscription.change", {"items": [{"price": "price_7"}]}),
    ("subscription.change", {"items": [{"id": FIRST, "quantity": 3}], "at": START + days(9)}),
    (
        "subscription.change",
        {"items": [{"id": FIRST, "quantity": 3}], "at": START + days(9), "proration": "invoice_now"},
    ),
    ("subscription.change", {"default_payment_method": "pm_card_chargeDeclined"}),
    ("subscription.pause", {"resumes_at": START + days(40)}),
    ("subscription.pause", {"behavior": "keep_as_draft", "resumes_at": START + days(40)}),
    ("subscription.pause", {"behavior": "void", "resumes_at": START + days(40)}),
    ("subscription.cancel", {"at": START + days(33), "credit": True}),
]
WISHES = st.tuples(
    st.lists(st.sampled_from(BEGINNINGS), min_size=1, max_size=3), st.lists(st.sampled_from(NEXT), max_size=2)
)
STEPS = st.lists(st.integers(1, 40 * 86_400), min_size=1, max_size=8)


def begun(beginnings: Sequence[dict[str, Any]], wishes: Wishes) -> Shop:
    """A few subscriptions of two customers under one clock, each asked for the same further things."""
    shop = stocked(now=START + days(1000))
    shop.done(
        "price.create", "price_week", product="prod_1", currency="USD", unit_amount=300, recurring={"interval": "week"}
    )
    coupon(shop, "cpn_2", percent_off="50", duration="repeating", duration_in_months=2)
    coupon(shop, "cpn_once", percent_off="50", duration="once")
    on_clock(shop, "abc123")
    on_clock(shop, "bob")
    for number, fields in enumerate(beginnings):
        customer = "bob" if number % 2 else "abc123"
        subscribed(shop, id_=f"sub_{number}", customer_id=customer, **fields)
        for type_, data in wishes:
            first = subscription(shop, f"sub_{number}").items[0].id
            items = [{**item, "id": first} if item.get("id") == FIRST else item for item in data.get("items", [])]
            shop.ask(
                type_, f"sub_{number}", **{**data, **({"items": items} if items else {})}
            )  # some are refused, in both
    return shop


def lived(shop: Shop) -> tuple[Any, ...]:
    """All that is kept but the clock, and all that was said of it, in order."""
    kept = {key: state.model_dump() for key, state in shop.view.items() if key.kind != "test_clock"}
    said = [
        (each.type, each.resource.model_dump(mode="json"))
        for each in shop.said
        if not each.type.startswith("test_clock")
    ]
    return kept, said


@settings(max_examples=40, deadline=None)
@given(WISHES, STEPS)
def test_one_leap_equals_many_steps(wishes: tuple[list[dict[str, Any]], Wishes], steps: list[int]) -> None:
    # Given two worlds that are the same
    leaping, stepping = begun(*wishes), begun(*wishes)
    assert lived(leaping) == lived(stepping)
    # When one clock is advanced at once, the other bit by bit
    now = START
    for step in steps:
        now += timedelta(seconds=step)
        stepping.done("test_clock.advance", "clock_1", to=now)
    leaping.done("test_clock.advance", "clock_1", to=now)
    # Then the same has happened in both, in the same order
    assert lived(leaping) == lived(stepping)


def test_a_year_of_a_clock_is_lived_at_once_and_as_if_it_had_been_waited_for() -> None:
    # Given the same subscription by a clock and in real time
    by_clock, waiting = stocked(now=START + days(900)), stocked()
    on_clock(by_clock)
    for shop in (by_clock, waiting):
        subscribed(shop, "price_10", "price_use")
    # When a year goes by
    by_clock.done("test_clock.advance", "clock_1", to=START + days(365))
    waiting.until(START + days(365))
    # Then both say the same
    of_invoices = [
        [
            (each.number, each.status, each.total, each.period, each.finalized_at)
            for each in shop.told("invoice.finalized", "invoice.paid")
        ]
        for shop in (by_clock, waiting)
    ]
    assert of_invoices[0] == of_invoices[1]
    assert len(of_invoices[0]) == 2 * 12
    assert subscription(by_clock).current_period == subscription(waiting).current_period


def test_nothing_else_is_asked_while_the_clock_is_advanced() -> None:
    # Given a payment under the clock that has no outcome yet
    shop = stocked()
    on_clock(shop)
    subscribed(shop)
    shop.till = lambda wish: None
    shop.ask("test_clock.advance", "clock_1", to=START + days(40))
    assert shop.state("clock_1").test_clock.status == "advancing"
    # Then its subscription cannot be touched
    assert shop.refused("subscription.cancel", SUB) == "wrong_state"
    assert subscription(shop).status == Status.ACTIVE


def test_a_clock_that_is_deleted_takes_the_subscriptions_of_its_customers_along() -> None:
    # Given two customers under a clock, of whom one has two subscriptions, and one who lives in real time
    shop = stocked()
    on_clock(shop, "abc123")
    on_clock(shop, "bob")
    for number, customer in enumerate(["abc123", "abc123", "bob", "eve"]):
        subscribed(shop, id_=f"sub_{number}", customer_id=customer)
    shop.done("subscription.pause", "sub_1")
    shop.done("test_clock.advance", "clock_1", to=START + days(10))
    # When the clock is deleted
    assert shop.done("test_clock.delete", "clock_1").deleted
    # Then they ended at its time, all but the one in real time
    ended = [
        (subscription(shop, f"sub_{number}").status, subscription(shop, f"sub_{number}").ended_at)
        for number in range(4)
    ]
    assert ended == [(Status.CANCELED, START + days(10))] * 3 + [(Status.ACTIVE, None)]
    assert shop.types[-1] == "test_clock.deleted"
    # And nobody finds it any more
    for type_, data in (("advance", {"to": START + days(50)}), ("delete", {})):
        assert shop.refused(f"test_clock.{type_}", "clock_1", **data) == "not_found"
    wish = {"customer_id": "bob", "items": [{"price": "price_10"}]}
    assert shop.refused("subscription.create", "sub_9", **wish) == "not_found"


def test_a_customer_is_erased_though_their_clock_was_deleted() -> None:
    # Given a customer of a deleted clock, one of whose invoices nobody will ever pay
    shop = stocked()
    on_clock(shop)
    shop.done("customer.update", "abc123", changes={"name": "Ada"})
    subscribed(shop, collection_method="send_invoice")
    shop.done("test_clock.delete", "clock_1")

    # Then they are billed no more, but erased
    assert shop.refused("customer.update", "abc123", changes={"name": "Ada L."}) == "not_found"
    erased = shop.done("customer.erase", "abc123", reason="They asked")
    assert (erased.erased_at, shop.state("abc123").customer.name) == (shop.now, None)
    assert shop.refused("customer.erase", "abc123", reason="They asked") == "wrong_state"


def test_a_clock_waits_for_what_becomes_of_a_payment_that_nobody_authenticated() -> None:
    # Given a renewal under a clock, for which the customer should have authenticated
    shop = stocked()
    on_clock(shop)
    made = subscribed(shop)
    renewal = made.current_period.end
    shop.till = needs_action

    # When the clock leaps over the day on which that payment is canceled
    shop.ask("test_clock.advance", "clock_1", to=renewal + days(20))

    # Then it stands there until it has heard that it was
    clock: TestClock = shop.state("clock_1").test_clock
    assert (clock.status, clock.now) == ("advancing", renewal + days(1))
    assert [wish.type for wish in shop.asked].count("payment.cancel") == 1
    [_, invoice] = invoices(shop)
    shop.till = pays
    shop.hear("payment.canceled", payment(shop, invoice.payments[-1], "canceled", cancellation_reason="abandoned"))

    # And goes on as if it had been waited for: the next try is made a day later
    clock, after = shop.state("clock_1").test_clock, shop.state(invoice.id)
    assert (clock.status, clock.now) == ("ready", renewal + days(20))
    assert (after.invoice.status, after.work.attempts[-1].at) == ("paid", renewal + days(2))


def test_a_clock_goes_on_where_a_payment_cannot_be_canceled() -> None:
    # Given a payment that takes its time, and that payments does not cancel
    def busy(wish: Wish) -> Answer | None:
        return (409, {"code": "wrong_state", "detail": "No."}) if wish.type == "payment.cancel" else needs_action(wish)

    shop = stocked()
    on_clock(shop)
    renewal = subscribed(shop).current_period.end
    shop.till = busy
    # Then each day of the leap asks once more, and it comes to its end
    clock: TestClock = shop.done("test_clock.advance", "clock_1", to=renewal + days(3))
    assert clock.now == renewal + days(3)
    assert [wish.type for wish in shop.asked].count("payment.cancel") == 3


def test_what_is_made_and_changed_at_one_instant_has_invoices_and_lines_of_its_own() -> None:
    # Given a subscription that nobody has to pay for to begin, under a clock that stands still
    shop = stocked()
    on_clock(shop)
    first = subscribed(shop, collection_method="send_invoice").items[0].id

    # When it gets another interval at the very instant at which it was made
    shop.done("subscription.change", SUB, items=[{"id": first, "price": "price_year"}])

    # Then its first invoice stands as it was, beside the second one
    assert amounts(shop) == [[1000], [-1000, 10000]]
    issued = shop.told("invoice.finalized")
    assert len({invoice.id for invoice in issued}) == 2
    assert len({line.id for invoice in issued for line in invoice.lines}) == 3
