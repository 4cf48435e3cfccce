"""What every provider does for us, whoever it is."""

import asyncio
from typing import Any

import pytest

from actors.payments.provider import RESULT, ActionNeeded, Declined, Outcome, Taken
from messages.ids import new_id
from messages.wire import Json
from tests.payments.contract.conftest import Shop


async def ask(shop: Shop, operation: str, key: str = "", **request: Any) -> Outcome:
    return RESULT.validate_python(await shop.provider.perform(operation, key or new_id("call"), request))


async def charge(shop: Shop, method: str = "pm_card_visa", key: str = "", **changes: Any) -> Any:
    wish = {"payment": new_id("pay"), "amount": 1000, "currency": "EUR", "customer_id": "ada", "capture": True}
    return await ask(shop, "charge", key, **{**wish, "payment_method": await shop.method(method), **changes})


async def authorised(shop: Shop) -> str:
    taken = await charge(shop, capture=False)
    assert (taken.result, taken.amount, taken.pending) == ("taken", 1000, False)
    return taken.reference


async def refund(shop: Shop, reference: str, amount: int, key: str = "", name: str = "") -> Outcome:
    told = {"reference": reference, "refund": name or new_id("ref"), "amount": amount, "currency": "EUR"}
    return await ask(shop, "refund", key, **told)


async def test_it_can_be_reached(shop: Shop) -> None:
    await shop.provider.ping()


async def test_a_charge_takes_all_of_it(shop: Shop) -> None:
    taken = await charge(shop)
    assert isinstance(taken, Taken)
    assert (taken.amount, taken.pending) == (1000, False)


async def test_a_repeat_with_the_same_key_answers_as_before(shop: Shop) -> None:
    key, payment, method = new_id("call"), new_id("pay"), await shop.method("pm_card_visa")
    wish: Json = {"payment": payment, "amount": 1000, "currency": "EUR", "customer_id": "ada", "capture": True}
    wish["payment_method"] = method
    answers = [await ask(shop, "charge", key, **wish) for _ in range(3)]
    assert answers == [answers[0]] * 3
    assert isinstance(answers[0], Taken)


@pytest.mark.parametrize("amount", [1000, 400])
async def test_what_is_authorised_is_captured_wholly_or_in_part(shop: Shop, amount: int) -> None:
    reference = await authorised(shop)
    captured = await ask(shop, "capture", reference=reference, amount=amount, currency="EUR")
    assert (captured.result, getattr(captured, "amount", None)) == ("taken", amount)


async def test_what_is_authorised_can_be_let_go(shop: Shop) -> None:
    reference = await authorised(shop)
    first = await ask(shop, "release", reference=reference)
    assert (first.result, getattr(first, "reference", None)) == ("taken", reference)


async def test_a_declined_card_is_a_definite_no(shop: Shop) -> None:
    declined = await charge(shop, "pm_card_chargeDeclined")
    assert isinstance(declined, Declined)
    assert (declined.code, declined.detail != "") == ("card_declined", True)
    if "declines" in shop.can:
        assert declined.decline_code == "generic_decline"


async def test_a_method_that_does_not_exist_cannot_be_used(shop: Shop) -> None:
    wish: Json = {"payment": new_id("pay"), "amount": 1000, "currency": "EUR", "customer_id": "ada", "capture": True}
    answer = await ask(shop, "charge", **wish, payment_method="pm_of_nobody")
    assert isinstance(answer, Declined)
    if "refuses" in shop.can:
        assert answer.code == "payment_method_unusable"


@pytest.mark.parametrize("capture", [True, False])
async def test_who_authenticates_pays(shop: Shop, capture: bool) -> None:
    waiting = await charge(shop, "pm_card_threeDSecure2Required", capture=capture, return_url="https://shop.example/")
    assert isinstance(waiting, ActionNeeded)
    settled = RESULT.validate_python(await shop.authenticate(waiting.reference, True))
    assert isinstance(settled, Taken)
    assert (settled.reference, settled.amount) == (waiting.reference, 1000)


async def test_who_fails_to_authenticate_does_not(shop: Shop) -> None:
    waiting = await charge(shop, "pm_card_threeDSecure2Required", return_url="https://shop.example/")
    settled = RESULT.validate_python(await shop.authenticate(waiting.reference, False))
    assert isinstance(settled, Declined)
    assert settled.code == "authentication_failed"


async def test_off_session_nobody_is_there_to_authenticate(shop: Shop) -> None:
    refused = await charge(shop, "pm_card_threeDSecure2Required", off_session=True)
    assert isinstance(refused, Declined)
    assert refused.code == "authentication_required"


async def test_a_charge_that_waits_for_its_customer_can_be_given_up(shop: Shop) -> None:
    waiting = await charge(shop, "pm_card_threeDSecure2Required", return_url="https://shop.example/")
    assert isinstance(await ask(shop, "release", reference=waiting.reference), Taken)


async def test_parts_are_given_back_and_looked_up(shop: Shop) -> None:
    taken = await charge(shop)
    first, second = await refund(shop, taken.reference, 300), await refund(shop, taken.reference, 700)
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert (first.amount, second.amount, first.reference != second.reference) == (300, 700, True)
    looked_up = await ask(shop, "look_up_refund", reference=first.reference)
    assert (looked_up.result, getattr(looked_up, "amount", None)) == ("taken", 300)


async def test_a_refund_is_given_once_per_key(shop: Shop) -> None:
    taken, key, name = await charge(shop), new_id("call"), new_id("ref")
    answers = [await refund(shop, taken.reference, 600, key, name) for _ in range(2)]
    assert answers == [answers[0]] * 2
    assert isinstance(answers[0], Taken)


async def test_money_is_paid_out_and_looked_up(shop: Shop) -> None:
    if "payout" not in shop.can:
        pytest.skip("a fresh sandbox has nothing to pay out")
    sent = await ask(shop, "payout", payout=new_id("po"), amount=500, currency="EUR")
    assert isinstance(sent, Taken)
    assert (sent.amount, sent.pending) == (500, True)
    found = await ask(shop, "look_up_payout", reference=sent.reference)
    assert isinstance(found, Taken)
    assert found.amount == 500


async def test_many_at_once_do_not_mix(shop: Shop) -> None:
    amounts = range(1000, 1008)
    taken = await asyncio.gather(*(charge(shop, amount=amount) for amount in amounts))
    assert [each.amount for each in taken] == list(amounts)
    assert len({each.reference for each in taken}) == len(amounts)
