"""Period after period: each billed once, in order, whoever slept, and usage afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from actors.invoicing.terms import Terms
from actors.runtime.decision import Refused
from messages.subscriptions import SubscriptionStatus as Status
from messages.wire import Json
from tests.invoicing.booked import books_of
from tests.invoicing.selling import SUB, amounts, invoices, on_clock, price, stocked, subscribed, subscription
from tests.invoicing.shop import START, Shop, days


def slept(shop: Shop, moment: datetime) -> None:
    """No alarm rang until the moment; then all do."""
    shop.now = moment
    shop.settle()


def test_periods_are_counted_from_the_anchor() -> None:
    shop = stocked()
    subscribed(shop)
    shop.until(datetime(2026, 5, 1, tzinfo=UTC))
    starts = [each.period.start for each in invoices(shop)]
    assert [start.date().isoformat() for start in starts if start] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert [each.status for each in invoices(shop)] == ["paid"] * 4
    assert [each.version for each in shop.told("subscription.renewed")] == [3, 4, 5]


def test_after_a_long_sleep_each_period_has_its_own_invoice() -> None:
    # Given one subscription that was woken in time, and one that slept for five months
    awake, asleep = stocked(), stocked()
    for shop in (awake, asleep):
        subscribed(shop, "price_10", "price_use")
    moment = START + days(150)
    awake.until(moment)
    slept(asleep, moment)
    asleep.until(moment + timedelta(hours=2))
    # Then both were billed for the same periods, in the same order
    assert [each.period for each in invoices(asleep)] == [each.period for each in invoices(awake)]
    assert amounts(asleep) == amounts(awake)
    assert subscription(asleep).current_period == subscription(awake).current_period


def test_what_is_metered_is_billed_afterwards_and_its_period_stays_open_for_an_hour() -> None:
    # Given a subscription with usage
    shop = stocked()
    made = subscribed(shop, "price_10", "price_use")
    assert amounts(shop) == [[1000]]

    # When a month is over
    end = made.current_period.end
    shop.until(end)

    # Then its usage stands beside the next month, in a draft to which late events may come
    [_, draft] = invoices(shop)
    assert (draft.status, [line.type for line in draft.lines]) == ("draft", ["usage", "subscription"])
    assert (draft.lines[0].period.start, draft.lines[0].period.end) == (START, end)
    assert [each.invoice for each in shop.state(SUB).work.closed] == [draft.id]

    # And an hour later it is opened; the next renewal has forgotten that period
    shop.until(end + timedelta(hours=1))
    assert invoices(shop)[1].status == "paid"
    shop.until(end + days(31))
    assert [each.invoice for each in shop.state(SUB).work.closed] == [invoices(shop)[2].id]


def test_the_zone_of_the_customer_decides_the_day() -> None:
    # Given a customer in Tokyo, where it is 1 February already
    shop = stocked(now=datetime(2026, 1, 31, 16, tzinfo=UTC), terms=Terms(time_zone="Asia/Tokyo"))
    made = subscribed(shop)
    assert made.current_period.end == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert shop.state(SUB).work.zone == "Asia/Tokyo"


def test_one_that_cannot_be_collected_is_past_due_and_active_again_once_it_is_paid() -> None:
    shop = stocked()
    subscribed(shop)
    shop.done("subscription.change", SUB, default_payment_method="pm_card_chargeDeclined")
    shop.until(START + days(29))
    assert subscription(shop).status == Status.PAST_DUE
    assert "subscription.fell_past_due" in shop.types


def test_a_scheduled_cancel_comes_before_the_renewal_of_the_same_instant() -> None:
    shop = stocked()
    made = subscribed(shop, cancel_at_period_end=True)
    shop.until(made.current_period.end + days(40))
    after = subscription(shop)
    assert (after.status, after.ended_at) == (Status.CANCELED, made.current_period.end)
    assert amounts(shop) == [[1000]]
    assert shop.due == {}


def test_an_alarm_that_was_late_by_a_clock_changes_nothing() -> None:
    shop = stocked(now=START + days(500))
    on_clock(shop)
    subscribed(shop)
    shop.done("test_clock.advance", "clock_1", to=START + days(100))
    assert len(invoices(shop)) == 4
    assert shop.due == {}


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("change", {"items": [{"price": "price_7"}], "proration": "invoice_now"}),
        ("change", {"items": [{"price": "price_7"}]}),
        ("pause", {}),
        ("cancel", {}),
    ],
)
def test_a_command_to_one_that_slept_does_what_it_does_to_one_that_was_awake(command: str, data: Json) -> None:
    # Given two that are the same, of which one has slept over two renewals
    awake, asleep = stocked(), stocked()
    for shop in (awake, asleep):
        subscribed(shop, "price_10", "price_use")
    moment = START + days(70)
    awake.until(moment)
    asleep.now = moment
    # When both are asked for the same
    for shop in (awake, asleep):
        shop.done(f"subscription.{command}", SUB, **data)
        shop.until(moment + days(60))
    # Then no day was billed twice or not at all
    assert amounts(asleep) == amounts(awake)
    assert [each.period for each in invoices(asleep)] == [each.period for each in invoices(awake)]
    assert subscription(asleep).status == subscription(awake).status


def test_one_that_has_slept_too_long_is_not_moved_by_a_command() -> None:
    shop = stocked()
    subscribed(shop)
    shop.now = START + days(800)
    outcome = shop.ask("subscription.pause", SUB)  # its alarms ring right after
    assert isinstance(outcome, Refused)
    assert outcome.code == "outcome_pending"
    assert shop.done("subscription.pause", SUB).status == Status.PAUSED


def test_under_a_pause_that_voids_periods_that_are_over_are_billed_and_void_too() -> None:
    # Given a subscription by the day under such a pause, and nobody who was there for three days
    shop = stocked()
    price(shop, "price_day", 100, interval="day")
    subscribed(shop, "price_day")
    shop.done("subscription.pause", SUB, behavior="void")

    # When all alarms ring at once
    slept(shop, START + days(3))

    # Then each day has its invoice, which is void; of those that are over nothing was to be earned
    assert [each.status for each in invoices(shop)] == ["paid", "void", "void", "void"]
    assert [each.amount_deferred for each in invoices(shop)] == [100, 0, 0, 100]
    book = books_of(shop)
    assert [book.balance(path) for path in ("assets:receivable:abc123", "liabilities:deferred_revenue")] == [0, 0]
    assert book.balance("income:subscriptions") == 100
