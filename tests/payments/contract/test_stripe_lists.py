"""Stripe's lists where they are long, broken, refused or forgotten: nothing stops the sweep for ever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from actors.payments.provider import BookingPage, EventPage, ListBookings, ListEvents
from actors.payments.stripe_bookings import booking_of
from actors.payments.stripe_client import Account, Answered, Unknown
from actors.payments.stripe_events import SWEPT
from actors.payments.stripe_provider import Stripe
from actors.runtime.calls import NEVER_TRIED
from messages.ids import new_id
from messages.provider_events import TYPES
from messages.wire import json_of
from pocketpay.embedded.nats import free_ports
from tests.payments.contract.stripe_double import KEY, Double

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.AIOHTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr("stripe.AIOHTTPClient.MAX_DELAY", 0.02)


def event(number: int, age: timedelta, **changes: Any) -> dict[str, Any]:
    made = {"id": f"evt_{number}", "object": "event", "created": int((NOW - age).timestamp()), "livemode": False}
    return {**made, "type": "payment_intent.succeeded", "data": {"object": {"id": f"pi_{number}"}}, **changes}


def booked(number: int, **changes: Any) -> dict[str, Any]:
    made = {"id": f"txn_{number}", "object": "balance_transaction", "created": int(NOW.timestamp())}
    figures = {"amount": 1000, "fee": 30, "net": 970, "currency": "eur", "reporting_category": "charge"}
    return {**made, "available_on": int(NOW.timestamp()), **figures, "source": None, **changes}


async def events(stripe: Stripe, after: str | None = None) -> EventPage:
    wish = ListEvents(after=after, created_before=NOW + timedelta(seconds=2))
    return EventPage.model_validate(await stripe.perform("list_events", new_id("call"), json_of(wish)))


async def bookings(stripe: Stripe, after: str | None = None, payout: str | None = None) -> BookingPage:
    wish = ListBookings(after=after, created_before=NOW + timedelta(seconds=2), payout=payout)
    return BookingPage.model_validate(await stripe.perform("list_bookings", new_id("call"), json_of(wish)))


async def test_the_oldest_of_a_month_is_found_in_few_requests(stripe: Stripe, double: Double) -> None:
    # Given nine days of events, the last of them dense, and others that are too old
    apart = [timedelta(days=40), *(timedelta(days=9) - timedelta(minutes=5 * n) for n in range(2400))]
    double.more["event"] = [event(number, age) for number, age in enumerate(apart)]
    # When they are asked for without a cursor
    page = await events(stripe)
    # Then the oldest that Stripe still keeps comes first, and the rest is behind the cursor
    assert [each.id for each in page.events[:2]] == ["evt_1", "evt_2"]
    assert (page.after, page.has_more) == (page.events[-1].id, True)
    assert len(double.gets) < 25
    found = list(page.events)
    while page.has_more:
        page = await events(stripe, page.after)
        found += page.events
    assert [each.id for each in found] == [f"evt_{number}" for number in range(1, 2401)]


async def test_a_cursor_that_stripe_has_forgotten_is_as_none(stripe: Stripe, double: Double) -> None:
    double.more["event"] = [event(1, timedelta(hours=1)), event(2, timedelta(minutes=1))]
    page = await events(stripe, "evt_of_last_year")
    assert ([each.id for each in page.events], page.after) == (["evt_1", "evt_2"], "evt_2")


async def test_an_event_that_is_none_is_left_out_and_gone_past(stripe: Stripe, double: Double) -> None:
    broken = [event(2, timedelta(hours=1), data=None), event(3, timedelta(hours=1), livemode="perhaps")]
    double.more["event"] = [event(1, timedelta(hours=2)), *broken]
    page = await events(stripe)
    assert ([each.id for each in page.events], page.after, page.has_more) == (["evt_1"], "evt_3", False)


async def test_only_what_is_acted_on_is_asked_for_and_stripe_takes_so_many_types(
    stripe: Stripe, double: Double
) -> None:
    double.more["event"] = [event(1, timedelta(hours=1), type="customer.created"), event(2, timedelta(hours=1))]
    assert [each.id for each in (await events(stripe)).events] == ["evt_2"]
    assert len(SWEPT) <= 20
    assert {each for each in TYPES if each not in SWEPT} == {
        *("charge.succeeded", "charge.captured", "charge.failed", "charge.expired")
    }


async def test_the_event_is_that_of_our_tenant(double: Double) -> None:
    double.more["event"] = [event(1, timedelta(hours=1), livemode=True)]
    provider = Stripe(Account(SecretStr(KEY), double.address), tenant="acme")
    (told,) = (await events(provider)).events
    await provider.close()
    assert (told.provider, told.account, told.object, told.livemode) == ("stripe", "acme", {"id": "pi_1"}, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "usdc"},
        {"amount": "much"},
        {"currency": "isk", "fee": 30, "net": 970},
        {"source": {"object": "charge"}},
        {"source": {"id": "ch_1", "object": "charge", "metadata": ["what"]}},
        {"available_on": None},
        {"id": "txn with spaces"},
    ],
)
async def test_a_booking_that_cannot_be_read_is_left_out_logged_and_gone_past(
    stripe: Stripe, double: Double, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    double.more["balance_transaction"] = [booked(1), booked(2, **changes), booked(3), booked(4, **changes)]
    double.more["balance_transaction"][-1]["id"] = "txn_4"
    page = await bookings(stripe)
    assert ([each.id for each in page.bookings][:2], page.after) == (["txn_1", "txn_3"], "txn_4")
    assert "stripe.unread" in capsys.readouterr().out
    assert (await bookings(stripe, page.after)).bookings == []


async def test_a_payout_lists_what_was_paid_out_with_it_without_itself(stripe: Stripe, double: Double) -> None:
    sent = booked(3, reporting_category="payout", amount=-970, fee=0, net=-970, source={"id": "po_1"})
    double.more["balance_transaction"] = [booked(1, created=1_500_000_000), booked(2), sent]
    double.paid_out["po_1"] = {"txn_1", "txn_3"}
    page = await bookings(stripe, payout="po_1")
    assert [each.id for each in page.bookings] == ["txn_1"]


async def test_of_a_payout_that_stripe_did_not_make_by_itself_nothing_is_listed(stripe: Stripe, double: Double) -> None:
    double.more["balance_transaction"] = [booked(1)]
    page = await bookings(stripe, payout="po_by_hand")
    assert (page.bookings, page.after, page.has_more) == ([], None, False)


@pytest.mark.parametrize(
    ("category", "ours"),
    [
        *((each, each) for each in ("charge", "refund", "refund_failure", "dispute", "dispute_reversal", "fee")),
        *(("payout", "payout"), ("payout_reversal", "payout_failure"), ("partial_capture_reversal", "charge")),
        ("what_comes_next_year", "other"),
    ],
)
def test_its_category_is_stripes_for_accounting(category: str, ours: str) -> None:
    assert booking_of(booked(1, reporting_category=category)).category == ours


def test_a_booking_is_read_in_our_minor_units_and_names_what_it_is_about() -> None:
    dispute = {"id": "dp_1", "object": "dispute", "charge": "ch_1", "payment_intent": "pi_1", "metadata": {}}
    figures = {"amount": -100000, "fee": 200000, "net": -300000, "currency": "isk"}
    told = booking_of(booked(1, reporting_category="dispute", source=dispute, **figures))
    assert (told.amount, told.fee, told.net, told.currency) == (-1000, 2000, -3000, "ISK")
    assert (told.source, told.charges, told.ours) == ("dp_1", ["pi_1", "ch_1"], None)
    paid_out = {"id": "po_1", "object": "payout", "metadata": {"pocketpay_payout_id": "po_of_ours"}}
    sent = booking_of(booked(2, source=paid_out))
    assert (sent.source, sent.charges, sent.ours) == ("po_1", [], "po_of_ours")
    fee = booking_of(booked(3, reporting_category="fee", source=None))
    assert (fee.source, fee.charges, fee.ours) == (None, [], None)


@pytest.mark.parametrize("key", ["", "wrong_key_123456"])
async def test_whoever_cannot_list_knows_nothing_and_may_ask_again(double: Double, key: str) -> None:
    # Given nobody listens, or the key is not let in, and nobody has tried before
    (port,) = free_ports(1)
    address = double.address if key else f"http://127.0.0.1:{port}"
    provider = Stripe(Account(SecretStr(key or KEY), address))
    token = NEVER_TRIED.set(True)
    # Then it is no answer, which would end the sweep, but a reason to ask again
    try:
        with pytest.raises(Unknown):
            await events(provider)
    finally:
        NEVER_TRIED.reset(token)
        await provider.close()


async def test_what_stripe_refuses_to_list_is_said(stripe: Stripe, double: Double) -> None:
    double.more["event"] = [event(number, timedelta(hours=1)) for number in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("actors.payments.stripe_lists.PAGE", 101)
        with pytest.raises(Answered):
            await events(stripe)
