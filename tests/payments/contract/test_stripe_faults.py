"""Stripe's bad days: whatever is lost on the way, a key is charged once, and what became of it is found out."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from actors.payments.provider import RESULT, Away, Declined, Outcome, Taken
from actors.payments.stripe_client import Account, Answered, Unknown, Unreached
from actors.payments.stripe_provider import Stripe
from actors.runtime.calls import NEVER_TRIED
from messages.ids import derived_id, new_id
from pocketpay.embedded.nats import free_ports
from tests.payments.contract.stripe_double import KEY, Double

CHARGE = "/v1/payment_intents"


def wish(method: str, payment: str = "pay_1", **changes: Any) -> dict[str, Any]:
    asked = {"payment": payment, "amount": 1000, "currency": "EUR", "customer_id": "ada", "capture": True}
    return {**asked, "payment_method": method, **changes}


async def until_definite(provider: Stripe, operation: str, key: str, request: dict[str, Any]) -> Outcome:
    """As the runtime does it: the same call until somebody knows."""
    for _ in range(20):
        try:
            return RESULT.validate_python(await provider.perform(operation, key, request))
        except (Unknown, Answered):
            await asyncio.sleep(0)
    raise AssertionError("never definite")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.AIOHTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr("stripe.AIOHTTPClient.MAX_DELAY", 0.02)


def old_key(hours: float) -> str:
    return derived_id("call", datetime.now(UTC) - timedelta(hours=hours), str(hours))


@pytest.mark.parametrize("fault", ["timeout", "cut", "500", "503", "409", "429"])
@pytest.mark.parametrize("times", [1, 4])
async def test_whatever_is_lost_it_is_charged_once(stripe: Stripe, double: Double, fault: str, times: int) -> None:
    # Given a server that does, or does not do, what it is asked and then fails
    method = await double.method("pm_card_visa")
    double.posts.clear()
    double.faults = [fault] * times
    # When the charge is asked for until its outcome is definite
    key = new_id("call")
    taken = await until_definite(stripe, "charge", key, wish(method))
    # Then it was charged once, and every attempt carried the same key
    assert isinstance(taken, Taken)
    assert double.charged() == {"pay_1": 1}
    assert double.posts == [(CHARGE, key)] * (times + 1)


async def test_a_server_that_charges_and_then_times_out_charges_each_payment_once(
    stripe: Stripe, double: Double
) -> None:
    method = await double.method("pm_card_visa")
    double.every_third_times_out = True
    payments = [f"pay_{n}" for n in range(12)]
    asked = [until_definite(stripe, "charge", new_id("call"), wish(method, payment)) for payment in payments]
    outcomes = await asyncio.gather(*asked)
    assert {each.result for each in outcomes} == {"taken"}
    assert double.charged() == dict.fromkeys(payments, 1)


@pytest.mark.parametrize("operation", ["capture", "release", "refund"])
async def test_what_follows_is_done_once_too(stripe: Stripe, double: Double, operation: str) -> None:
    method = await double.method("pm_card_visa")
    first = await until_definite(stripe, "charge", new_id("call"), wish(method, capture=operation == "refund"))
    assert isinstance(first, Taken)
    double.faults = ["timeout", "cut", "500"]
    more = {} if operation == "release" else {"amount": 400, "currency": "EUR"}
    request = {"reference": first.reference, **more, **({"refund": "ref_1"} if operation == "refund" else {})}
    done = await until_definite(stripe, operation, new_id("call"), request)
    assert isinstance(done, Taken)
    assert done.amount == (1000 if operation == "release" else 400)


async def test_a_key_that_stripe_may_have_forgotten_is_looked_for_and_not_sent(stripe: Stripe, double: Double) -> None:
    # Given a charge of 23 hours ago whose answer was lost
    key, method = old_key(23.5), await double.method("pm_card_visa")
    young = Stripe(Account(SecretStr(KEY), double.address), now=lambda: datetime.now(UTC) - timedelta(hours=5))
    await young.perform("charge", key, wish(method))
    await young.close()
    double.remembers = False
    double.posts.clear()
    # When it is asked for again
    found = RESULT.validate_python(await stripe.perform("charge", key, wish(method)))
    # Then it is found, and nothing was sent
    assert isinstance(found, Taken)
    assert (double.posts, double.charged()) == ([], {"pay_1": 1})


@pytest.mark.parametrize("prepared", [False, True])
async def test_what_is_not_found_is_unknown_until_the_last_attempt_is_an_hour_past(
    stripe: Stripe, double: Double, prepared: bool
) -> None:
    made = RESULT.validate_python(await stripe.perform("prepare", new_id("call"), wish("")))
    assert isinstance(made, Taken)
    double.posts.clear()
    asked = wish("pm_1", reference=made.reference if prepared else None)
    with pytest.raises(Unknown):
        await stripe.perform("charge", old_key(23.5), asked)
    assert isinstance(RESULT.validate_python(await stripe.perform("charge", old_key(24.5), asked)), Away)
    assert double.posts == []


async def test_an_old_refund_is_found_among_those_of_its_charge(stripe: Stripe, double: Double) -> None:
    method = await double.method("pm_card_visa")
    charged = await until_definite(stripe, "charge", new_id("call"), wish(method))
    assert isinstance(charged, Taken)
    asked = {"reference": charged.reference, "refund": "ref_1", "amount": 300, "currency": "EUR"}
    given = RESULT.validate_python(await stripe.perform("refund", new_id("call"), asked))
    assert RESULT.validate_python(await stripe.perform("refund", old_key(30), asked)) == given
    nothing = RESULT.validate_python(await stripe.perform("refund", old_key(30), {**asked, "refund": "ref_2"}))
    assert isinstance(nothing, Away)


async def test_nobody_listening_is_an_outage_only_for_a_call_that_nobody_began() -> None:
    (port,) = free_ports(1)
    provider = Stripe(Account(SecretStr(KEY), f"http://127.0.0.1:{port}"))
    with pytest.raises(Unreached):
        await provider.perform("charge", new_id("call"), wish("pm_1"))
    token = NEVER_TRIED.set(True)
    try:
        away = RESULT.validate_python(await provider.perform("charge", new_id("call"), wish("pm_1")))
    finally:
        NEVER_TRIED.reset(token)
        await provider.close()
    assert isinstance(away, Away)


async def test_another_request_under_the_same_key_is_looked_for(stripe: Stripe, double: Double) -> None:
    key, method = new_id("call"), await double.method("pm_card_visa")
    first = await stripe.perform("charge", key, wish(method))
    assert await stripe.perform("charge", key, wish(method, amount=999)) == first
    assert double.charged() == {"pay_1": 1}


async def test_a_declined_payment_is_tried_again_on_the_same_intent(stripe: Stripe, double: Double) -> None:
    # Given an intent whose secret the customer holds
    made = RESULT.validate_python(await stripe.perform("prepare", new_id("call"), wish("")))
    assert isinstance(made, Taken)
    assert made.client_secret is not None
    # When the first card is declined and the second is not
    bad, good = await double.method("pm_card_chargeDeclined"), await double.method("pm_card_visa")
    declined = await until_definite(stripe, "charge", new_id("call"), wish(bad, reference=made.reference))
    taken = await until_definite(stripe, "charge", new_id("call"), wish(good, reference=made.reference))
    # Then there is only that one intent: it cannot be paid a second time
    assert isinstance(declined, Declined)
    assert isinstance(taken, Taken)
    assert taken.reference == made.reference
    assert double.charged() == {"pay_1": 1}


async def test_a_wrong_key_says_what_to_do_and_does_not_show_the_key(double: Double) -> None:
    provider = Stripe(Account(SecretStr("wrong_key_123456"), double.address))
    with pytest.raises(Answered) as raised:
        await provider.perform("charge", new_id("call"), wish("pm_1"))
    assert raised.value.status == 401
    assert "wrong_key" not in repr(raised.value)
    await provider.close()


async def test_nothing_of_us_is_told_to_stripe_but_what_must_be(
    stripe: Stripe, double: Double, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        await stripe.perform("charge", new_id("call"), wish(await double.method("pm_card_visa")))
        await stripe.perform("charge", new_id("call"), wish(await double.method("pm_card_visa"), payment="pay_2"))
    assert KEY not in caplog.text
    assert "pay_1" not in caplog.text
    assert not list(tmp_path.rglob("telemetry_id"))
    assert all("X-Stripe-Client-Telemetry" not in headers for headers in double.headers)
    assert {headers["Stripe-Version"] for headers in double.headers if "Stripe-Version" in headers} == {
        "2026-10-28.endive"
    }
