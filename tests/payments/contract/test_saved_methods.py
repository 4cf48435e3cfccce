"""Saved payment methods at every provider; and at Stripe, what only its customers have."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.payments.provider import RESULT, ActionNeeded, Away, Declined, Outcome, Taken
from actors.payments.provider_methods import METHOD_RESULT, MethodOutcome, MethodStanding
from actors.payments.simulated import AnsweredBadly, Simulated
from actors.payments.stripe_client import Answered, Unknown, Unreached
from actors.payments.stripe_provider import Stripe
from actors.runtime.calls import NEVER_TRIED
from messages.ids import derived_id, new_id
from messages.wire import Json
from tests.payments.contract.conftest import Shop
from tests.payments.contract.stripe_double import Double

CUSTOMER_ID = "ada"


async def attach(provider: Any, theirs: str, key: str = "", **changes: Any) -> MethodOutcome:
    known = {"method": new_id("pm"), "payment_method": theirs, "customer_id": CUSTOMER_ID}
    wish = {**known, "customer": None, "customer_key": new_id("call"), **changes}
    return METHOD_RESULT.validate_python(await provider.perform("attach_method", key or new_id("call"), wish))


async def detach(provider: Any, reference: str, key: str = "") -> MethodOutcome:
    told = await provider.perform("detach_method", key or new_id("call"), {"reference": reference})
    return METHOD_RESULT.validate_python(told)


async def charge(provider: Any, saved: MethodStanding, **changes: Any) -> Outcome:
    wish: Json = {"payment": new_id("pay"), "amount": 1000, "currency": "EUR", "customer_id": CUSTOMER_ID}
    wish |= {"capture": True, "payment_method": saved.reference, "customer": saved.customer, **changes}
    return RESULT.validate_python(await provider.perform("charge", new_id("call"), wish))


async def saved_by(shop: Shop, name: str = "pm_card_visa", **changes: Any) -> MethodStanding:
    answer = await attach(shop.provider, await shop.method(name), **changes)
    assert isinstance(answer, MethodStanding)
    return answer


async def test_a_saved_card_is_recognised_by_its_owner_and_by_nobody_else(shop: Shop) -> None:
    saved = await saved_by(shop)
    assert saved.card is not None
    assert (saved.card.brand, saved.card.last4, saved.card.funding) == ("visa", "4242", "credit")
    assert (1 <= saved.card.exp_month <= 12, saved.card.exp_year > 2025, bool(saved.customer)) == (True, True, True)


async def test_it_is_paid_with_again_and_again_while_nobody_is_there(shop: Shop) -> None:
    saved = await saved_by(shop)
    for amount in (1000, 1500):
        taken = await charge(shop.provider, saved, off_session=True, amount=amount)
        assert isinstance(taken, Taken)
        assert taken.amount == amount


async def test_a_repeat_of_an_attach_answers_as_before(shop: Shop) -> None:
    wish = {"method": new_id("pm"), "customer_key": new_id("call"), "key": new_id("call")}
    method = await shop.method("pm_card_visa")
    answers = [await attach(shop.provider, method, **wish) for _ in range(2)]
    assert answers == [answers[0]] * 2
    assert isinstance(answers[0], MethodStanding)


async def test_two_methods_under_one_key_are_of_one_customer(shop: Shop) -> None:
    key = new_id("call")
    first, second = await saved_by(shop, customer_key=key), await saved_by(shop, customer_key=key)
    third = await saved_by(shop, customer=first.customer)
    assert (first.customer, second.customer) == (third.customer, third.customer)
    assert len({first.reference, second.reference, third.reference}) == 3


async def test_what_is_detached_cannot_be_paid_with_and_is_detached_once(shop: Shop) -> None:
    saved = await saved_by(shop)
    for _ in range(2):
        gone = await detach(shop.provider, saved.reference)
        assert gone == MethodStanding(reference=saved.reference, card=getattr(gone, "card", None))
    refused = await charge(shop.provider, saved)
    assert isinstance(refused, Declined)


async def test_a_method_of_one_customer_does_not_pay_for_another(shop: Shop) -> None:
    hers, his = await saved_by(shop), await saved_by(shop, customer_id="bob")
    assert hers.customer != his.customer
    assert isinstance(await charge(shop.provider, hers, customer=his.customer), Declined)
    assert isinstance(await charge(shop.provider, hers, customer=None), Declined)


async def test_a_method_that_does_not_exist_cannot_be_saved(shop: Shop) -> None:
    refused = await attach(shop.provider, "pm_of_nobody")
    assert isinstance(refused, Declined)
    if "refuses" in shop.can:
        assert refused.code == "payment_method_unusable"


async def test_a_saved_method_does_what_it_did_before_it_was_saved(shop: Shop) -> None:
    saved = await saved_by(shop, "pm_card_threeDSecure2Required")
    refused = await charge(shop.provider, saved, off_session=True)
    assert isinstance(refused, Declined)
    assert refused.code == "authentication_required"
    assert isinstance(await charge(shop.provider, saved, return_url="https://shop.example/"), ActionNeeded)


@pytest.mark.parametrize(
    ("method", "then"),
    [
        ("pm_card_chargeDeclinedLostCard", "lost_card"),
        ("pm_sim_unavailable", "away"),
        ("pm_sim_timeoutAfterCharge", TimeoutError),
        ("pm_sim_errorAfterCharge", AnsweredBadly),
    ],
)
async def test_at_the_simulated_provider_bad_days_are_saved_too(tmp_path: Path, method: str, then: Any) -> None:
    simulated = Simulated(tmp_path / "simulated.sqlite")
    saved = await attach(simulated, method)
    assert isinstance(saved, MethodStanding)
    if isinstance(then, str):
        answer = await charge(simulated, saved)
        assert isinstance(answer, Declined | Away)
        assert getattr(answer, "decline_code", answer.result) == then
    else:
        with pytest.raises(then):
            await charge(simulated, saved)
    await simulated.close()


async def until_definite(provider: Stripe, theirs: str, key: str, **wish: Any) -> MethodOutcome:
    for _ in range(20):
        try:
            return await attach(provider, theirs, key, **wish)
        except (Unknown, Answered):
            continue
    raise AssertionError("never definite")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stripe.AIOHTTPClient.INITIAL_DELAY", 0.01)
    monkeypatch.setattr("stripe.AIOHTTPClient.MAX_DELAY", 0.02)


@pytest.mark.parametrize("fault", ["timeout", "cut", "500", "409"])
@pytest.mark.parametrize("times", [1, 4])
async def test_whatever_is_lost_there_is_one_customer(stripe: Stripe, double: Double, fault: str, times: int) -> None:
    method = await double.method("pm_card_visa")
    double.faults = [fault] * times
    wish = {"method": new_id("pm"), "customer_key": new_id("call")}
    saved = await until_definite(stripe, method, new_id("call"), **wish)
    assert isinstance(saved, MethodStanding)
    assert len(double.all("customer")) == 1
    there = await double.ask("GET", f"/v1/payment_methods?customer={saved.customer}&type=card")
    assert [each["id"] for each in there["data"]] == [saved.reference] == [method]


async def test_a_customer_whose_key_stripe_has_forgotten_is_found_by_our_own_id(stripe: Stripe, double: Double) -> None:
    old = derived_id("call", datetime.now(UTC) - timedelta(hours=30), "old")
    absent = await attach(stripe, await double.method("pm_card_visa"), customer_key=old)
    assert isinstance(absent, Away)
    known = await double.ask("POST", "/v1/customers", {"metadata[pocketpay_customer_id]": CUSTOMER_ID})
    saved = await attach(stripe, await double.method("pm_card_visa"), customer_key=old)
    assert isinstance(saved, MethodStanding)
    assert saved.customer == known["id"]


async def test_once_a_customer_was_made_a_lost_connection_is_no_definite_outage(
    stripe: Stripe, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that the customer can still be made, and then Stripe is gone
    post = stripe._client.post

    async def gone(path: str, *rest: Any) -> Json:
        if path.endswith("/attach"):
            raise Unreached("gone")
        return await post(path, *rest)

    monkeypatch.setattr(stripe._client, "post", gone)
    NEVER_TRIED.set(True)
    # Then the same call comes again, for it has begun something
    with pytest.raises(Unreached):
        await attach(stripe, await double.method("pm_card_visa"))
    # And without a customer to be made, it is an outage
    NEVER_TRIED.set(True)
    assert isinstance(await attach(stripe, await double.method("pm_card_visa"), customer="cus_1"), Away)


async def test_an_intent_that_waited_without_its_customer_is_paid_with_their_saved_card(
    stripe: Stripe, double: Double
) -> None:
    saved = await attach(stripe, await double.method("pm_card_visa"))
    assert isinstance(saved, MethodStanding)
    told = {"payment": "pay_1", "amount": 1000, "currency": "EUR", "customer_id": CUSTOMER_ID, "capture": True}
    waiting = RESULT.validate_python(await stripe.perform("prepare", new_id("call"), told))
    assert isinstance(waiting, Taken)
    key, wish = new_id("call"), told | {"payment_method": saved.reference, "customer": saved.customer}
    for _ in range(2):
        paid = RESULT.validate_python(await stripe.perform("charge", key, wish | {"reference": waiting.reference}))
        assert isinstance(paid, Taken)
    there = await double.ask("GET", f"/v1/payment_intents/{waiting.reference}")
    assert (there["customer"], there["status"], double.charged()) == (saved.customer, "succeeded", {"pay_1": 1})


async def test_what_is_saved_for_one_customer_is_not_saved_for_another(stripe: Stripe, double: Double) -> None:
    method = await double.method("pm_card_visa")
    assert isinstance(await attach(stripe, method), MethodStanding)
    refused = await attach(stripe, method, customer_id="bob")
    assert isinstance(refused, Declined)
    assert (refused.code, bool(refused.reference)) == ("payment_method_unusable", True)


async def test_a_method_that_stripe_no_longer_knows_is_detached(stripe: Stripe) -> None:
    assert await detach(stripe, "pm_gone") == MethodStanding(reference="pm_gone")
