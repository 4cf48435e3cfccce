"""Usage: each event counts once, in its own period, for as long as that is not billed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key, product_key, usage_meter_key
from actors.invoicing.states import TestClockState
from actors.invoicing.usage_lines import close_meter, measured, usage_keys
from actors.invoicing.usage_states import meter_id
from actors.runtime.decision import Done, Refused
from messages.invoices import InvoiceStatus
from messages.products import Aggregation
from messages.test_clocks import TestClock
from tests.invoicing.metered import BEFORE, NOW, PERIOD, kept, meter, metered_shop, usage_line, used
from tests.invoicing.shop import START, TENANT, Shop, days


def billed(shop: Shop) -> Any:
    """The line of the current period, as it would stand on an invoice now; closing it is left to the caller."""
    desk = desk_of(shop)
    return measured(desk, usage_line())


def desk_of(shop: Shop) -> Desk:
    keys = usage_keys(TENANT, [usage_line()], shop.view) | {price_key(TENANT, "price_1"), product_key(TENANT, "prod_1")}
    return Desk(TENANT, shop.terms, {key: shop.view.get(key) for key in keys}, shop.now)


def finalised(shop: Shop) -> None:
    desk = desk_of(shop)
    close_meter(desk, measured(desk, usage_line()))
    shop.view.update(desk.states)


def test_an_event_is_recorded_counted_and_told_of() -> None:
    # Given a subscription to a metered price
    shop = metered_shop()

    # When it is used
    answer = used(shop, "call-1", "3.50", properties={"region": "eu"})

    # Then the event stands in its period, and counts
    assert isinstance(answer, Done)
    assert answer.status == 201
    event: Any = answer.body
    assert event == kept(shop, "call-1")
    assert (event.status, event.quantity, event.subscription_item) == ("recorded", "3.5", "si_1")
    assert (event.occurred_at, event.recorded_at, event.period) == (NOW, NOW, PERIOD)
    assert (meter(shop).figures.total, meter(shop).figures.events) == ("3.5", 1)
    (said,) = shop.said
    resource: Any = said.resource
    assert (said.type, resource.recorded, resource.data[0].id) == ("usage.recorded", 1, "call-1")
    assert (said.about.customer_id, said.about.subscription) == ("abc123", "sub_1")


def test_a_repeat_gets_the_first_one_whatever_it_says() -> None:
    shop = metered_shop()
    first = used(shop, "call-1", "3").body
    again = used(shop, "call-1", "4")
    assert (again.status, again.body) == (200, first)
    assert meter(shop).figures.total == "3"
    assert len(shop.said) == 1


def test_among_many_each_stands_by_itself() -> None:
    # Given an event that is there
    shop = metered_shop()
    used(shop, "call-1")

    # When many come, among them a repeat, one too late, one of nobody's and one of a seat
    wishes = [
        {"id": "call-1"},
        {"id": "call-2", "quantity": "2"},
        {"id": "call-2", "quantity": "5"},
        {"id": "call-3", "occurred_at": BEFORE.start},
        {"id": "call-4", "subscription": "sub_2"},
        {"id": "call-5", "subscription_item": "si_2"},
    ]
    counts = shop.done("usage.record", "call-1", events=[{"subscription": "sub_1", **wish} for wish in wishes])

    # Then each has its result, in order
    results = [(each.result, each.error) for each in counts.data]
    assert results == [
        ("duplicate", None),
        ("recorded", None),
        ("duplicate", None),
        ("late", None),
        ("rejected", "reference_not_found"),
        ("rejected", "usage_not_metered"),
    ]
    assert (counts.recorded, counts.duplicate, counts.late, counts.rejected) == (1, 2, 1, 2)
    assert meter(shop).figures.total == "3"


@pytest.mark.parametrize(
    ("at", "draft", "status", "period"),
    [
        (None, None, "recorded", PERIOD),
        (START, None, "recorded", PERIOD),
        (NOW + timedelta(minutes=5), None, "recorded", PERIOD),
        (START - timedelta(milliseconds=1), "draft", "recorded", BEFORE),
        (START - timedelta(milliseconds=1), "open", "late", BEFORE),
        (START - timedelta(milliseconds=1), "void", "late", BEFORE),
        (START - timedelta(milliseconds=1), None, "late", BEFORE),
        (BEFORE.start, "draft", "recorded", BEFORE),
    ],
)
def test_an_event_belongs_to_the_period_in_which_it_happened(at: Any, draft: Any, status: str, period: Any) -> None:
    shop = metered_shop(draft=draft)
    event = used(shop, "call-1", **({"occurred_at": at} if at else {})).body
    assert (event.status, event.period) == (status, period)
    key = usage_meter_key(TENANT, meter_id("si_1", period.start))
    assert (key in shop.view) == (status == "recorded")


def test_usage_after_the_end_of_a_period_that_is_not_renewed_yet_is_of_the_next() -> None:
    shop = metered_shop()
    shop.now = PERIOD.end + timedelta(seconds=1)
    event = used(shop, "call-1").body
    assert event.status == "recorded"
    assert event.period.start == PERIOD.end
    assert event.period.end == datetime.fromisoformat("2026-03-31T00:00:00Z")


@pytest.mark.parametrize(
    ("fields", "wish", "code"),
    [
        ({}, {"subscription": "sub_2"}, "not_found"),
        ({}, {"subscription_item": "si_9"}, "reference_not_found"),
        ({}, {"subscription_item": "si_2"}, "usage_not_metered"),
        ({"items": [{"id": "si_2", "price": "price_2", "quantity": 1}]}, {}, "usage_not_metered"),
        ({"items": [{"id": "si_1", "price": "price_1"}, {"id": "si_3", "price": "price_1"}]}, {}, "validation_failed"),
        ({}, {"occurred_at": NOW + timedelta(minutes=5, milliseconds=1)}, "validation_failed"),
        ({}, {"occurred_at": datetime.fromisoformat("2999-12-31T23:59:59Z")}, "validation_failed"),
        ({}, {"occurred_at": BEFORE.start - timedelta(milliseconds=1)}, "validation_failed"),
        ({}, {"occurred_at": datetime.fromisoformat("1970-01-01T00:00:00Z")}, "validation_failed"),
        ({"status": "canceled", "ended_at": NOW}, {}, "validation_failed"),
        ({"status": "incomplete_expired"}, {}, "wrong_state"),
    ],
)
def test_usage_that_cannot_be_is_refused(fields: Any, wish: Any, code: str) -> None:
    shop = metered_shop(**fields)
    event = {"id": "call-1", "subscription": "sub_1", **wish}
    assert shop.refused("usage.record", "call-1", events=[event], single=True) == code


def test_a_canceled_subscription_takes_usage_until_its_last_invoice_is_final() -> None:
    cases: list[tuple[InvoiceStatus | None, str]] = [("draft", "recorded"), ("paid", "late"), (None, "late")]
    for draft, status in cases:
        ended: dict[str, Any] = {"status": "canceled", "ended_at": NOW, "current_period": BEFORE}
        shop = metered_shop(draft=draft, **ended)
        assert used(shop, "call-1", occurred_at=BEFORE.start).body.status == status


def test_the_time_of_usage_is_that_of_the_customers_clock() -> None:
    # Given a subscription that lives by a clock of its own
    shop = metered_shop(test_clock="clock_1")
    clock = TestClock(id="clock_1", now=START + days(1), created_at=START, updated_at=START)
    state = TestClockState(tenant=TENANT, test_clock=clock)
    shop.view[state.key] = state

    # When usage comes without a time
    event = used(shop, "call-1").body

    # Then it happened by the clock, and was recorded in real time
    assert (event.occurred_at, event.recorded_at) == (START + days(1), NOW)
    # And what the clock has not come to yet is refused
    assert used(shop, "call-2", occurred_at=START + days(2)).code == "validation_failed"
    # And so is everything while the clock goes on
    moving = clock.model_copy(update={"status": "advancing"})
    shop.view[state.key] = state.model_copy(update={"test_clock": moving})
    assert used(shop, "call-3").code == "wrong_state"


@pytest.mark.parametrize(
    ("aggregation", "quantity", "amount"),
    [("sum", "6.5", 65), ("max", "4", 40), ("last", "1.5", 15), ("unique_count", "2", 20)],
)
def test_a_line_is_measured_by_its_meter(aggregation: Aggregation, quantity: str, amount: int) -> None:
    shop = metered_shop(aggregation)
    used(shop, "call-1", "4", unique="a", occurred_at=NOW - days(1))
    used(shop, "call-2", "1.5", unique="b", occurred_at=NOW)
    used(shop, "call-3", "1", unique="a", occurred_at=NOW - days(2))
    line = billed(shop)
    assert (line.quantity, line.amount, line.unit_amount) == (quantity, amount, 10)
    assert line.description == f"{quantity} × Calls"


def test_without_usage_a_line_is_of_nothing() -> None:
    line = billed(metered_shop())
    assert (line.quantity, line.amount) == ("0", 0)


def test_once_its_invoice_is_final_an_event_is_invoiced_and_others_are_late() -> None:
    # Given an event whose period was billed
    shop = metered_shop()
    used(shop, "call-1", "3")
    finalised(shop)

    # When it is repeated, and another comes
    again, late = used(shop, "call-1"), used(shop, "call-2")

    # Then the one says by which line, and the other is not counted
    assert (again.status, again.body.status, again.body.invoice_line) == (200, "invoiced", "il_1")
    assert (late.status, late.body.status) == (201, "late")
    assert meter(shop).figures.total == "3"


def test_a_period_without_usage_is_billed_too() -> None:
    shop = metered_shop()
    finalised(shop)
    assert used(shop, "call-1").body.status == "late"


def test_a_limit_is_told_once_per_period_and_stops_nobody() -> None:
    # Given a limit
    shop = metered_shop(draft="draft")
    shop.done("usage.limit", "sub_1", subscription_item="si_1", quantity="5")

    # When it is reached, and passed
    for number in range(4):
        used(shop, f"call-{number}", "2.5")

    # Then it was said once, and all counts
    (reached,) = shop.told("usage.limit_reached")
    assert (reached.quantity, reached.reached_at, reached.id) == ("5", NOW, "si_1")
    assert meter(shop).figures.total == "10"
    # And in another period it is said again
    used(shop, "call-9", "5", occurred_at=BEFORE.start)
    assert len(shop.told("usage.limit_reached")) == 2


def test_a_limit_that_is_passed_already_is_told_at_once_and_can_be_taken_away() -> None:
    shop = metered_shop()
    used(shop, "call-1", "5")
    assert shop.done("usage.limit", "sub_1", subscription_item="si_1", quantity="5").reached_at == NOW
    assert shop.done("usage.limit", "sub_1", subscription_item="si_1", quantity="5.0").version == 3
    assert len(shop.told("usage.limit_reached")) == 1
    assert shop.done("usage.limit", "sub_1", subscription_item="si_1").quantity is None
    used(shop, "call-2", "5")
    assert len(shop.told("usage.limit_reached")) == 1
    assert shop.refused("usage.limit", "sub_1", subscription_item="si_9", quantity="5") == "reference_not_found"


def test_a_voided_event_counts_no_longer_and_its_id_stays_taken() -> None:
    shop = metered_shop()
    used(shop, "call-1", "3")
    used(shop, "call-2", "0.5")
    assert shop.done("usage.void", "call-1").status == "voided"
    assert (meter(shop).figures.total, meter(shop).figures.events) == ("0.5", 1)
    assert used(shop, "call-1", "3").body.status == "voided"
    assert shop.types[-1] == "usage.voided"
    assert shop.refused("usage.void", "call-1") == "wrong_state"
    assert shop.refused("usage.void", "call-9") == "not_found"


def test_a_value_counts_until_the_last_event_of_it_is_voided() -> None:
    shop = metered_shop("unique_count")
    for number, value in enumerate("aab"):
        used(shop, f"call-{number}", unique=value)
    counts: list[int] = []
    for number in range(3):
        shop.done("usage.void", f"call-{number}")
        counts.append(meter(shop).figures.unique_count)
    assert counts == [2, 1, 0]
    used(shop, "call-9", unique="a")
    assert meter(shop).figures.unique_count == 1


@pytest.mark.parametrize(("aggregation", "decides"), [("max", "call-1"), ("last", "call-2")])
def test_what_decides_alone_cannot_be_voided(aggregation: Aggregation, decides: str) -> None:
    shop = metered_shop(aggregation)
    used(shop, "call-1", "4", occurred_at=NOW - days(1))
    used(shop, "call-2", "1", occurred_at=NOW)
    assert shop.refused("usage.void", decides) == "validation_failed"
    other = {"call-1": "call-2", "call-2": "call-1"}[decides]
    assert shop.done("usage.void", other).status == "voided"
    assert billed(shop).quantity == {"max": "4", "last": "1"}[aggregation]


def test_what_is_billed_or_came_too_late_cannot_be_voided() -> None:
    shop = metered_shop()
    used(shop, "call-1")
    used(shop, "call-2", occurred_at=BEFORE.start)
    finalised(shop)
    assert shop.refused("usage.void", "call-1") == "usage_too_late"
    assert shop.refused("usage.void", "call-2") == "wrong_state"
    assert isinstance(shop.ask("usage.void", "call-2"), Refused)
