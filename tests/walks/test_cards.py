"""What cards do besides succeeding at once."""

import pytest

from messages.wire import Json
from tests.walks.system import Answer, System


async def pay(system: System, payment_method: str = "pm_card_visa", **more: str) -> Answer:
    body = {"amount": 1000, "currency": "EUR", "customer_id": "ada", "payment_method": payment_method, **more}
    return await system.post("/api/v1/payments", body)


async def act(system: System, payment: Json, step: str, **body: str | int) -> Answer:
    return await system.post(f"/api/v1/payments/{payment['id']}/{step}", dict(body))


async def sales(system: System, position: str) -> int:
    return await system.balance("income:sales", position, "EUR")


@pytest.mark.parametrize(("asked", "taken"), [({}, 1000), ({"amount": 400}, 400)])
async def test_what_is_authorised_is_captured_later_wholly_or_in_part(
    system: System, asked: dict[str, int], taken: int
) -> None:
    # Given an authorised payment, which is no income yet
    authorised = await pay(system, capture_method="manual")
    assert (authorised.status, authorised.body["status"]) == (201, "requires_capture")
    assert authorised.body["amount_capturable"] == 1000
    before = await sales(system, authorised.position)
    # When it is captured
    captured = await act(system, authorised.body, "capture", **asked)
    # Then that much is income, the rest is released, and there is nothing left to capture
    assert (captured.status, captured.body["status"]) == (200, "succeeded")
    assert (captured.body["amount_captured"], captured.body["amount_capturable"]) == (taken, 0)
    assert await sales(system, captured.position) - before == taken
    again = await act(system, authorised.body, "capture")
    assert (again.status, again.body["code"], again.body["status_now"]) == (409, "wrong_state", "succeeded")


async def test_no_more_is_captured_than_was_authorised(system: System) -> None:
    authorised = await pay(system, capture_method="manual")
    refused = await act(system, authorised.body, "capture", amount=1001)
    assert (refused.status, refused.body["code"]) == (422, "capture_exceeds_authorized")
    assert (await system.get(authorised.headers["Location"]))["status"] == "requires_capture"


async def test_what_is_authorised_can_be_canceled_and_was_never_income(system: System) -> None:
    authorised = await pay(system, capture_method="manual")
    before = await sales(system, authorised.position)
    canceled = await act(system, authorised.body, "cancel", reason="abandoned")
    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    assert (canceled.body["cancellation_reason"], canceled.body["amount_capturable"]) == ("abandoned", 0)
    assert await sales(system, canceled.position) == before


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("fail", "requires_payment_method")])
async def test_the_customer_authenticates_before_the_money_moves(system: System, outcome: str, status: str) -> None:
    # Given a card whose bank wants to see its customer
    waiting = await pay(system, "pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    assert (waiting.status, waiting.body["status"]) == (201, "requires_action")
    redirect = waiting.body["next_action"]["redirect_to_url"]
    assert redirect["return_url"] == "https://shop.example/back"
    before = await sales(system, waiting.position)
    # When they have been there
    settled = await system.post(redirect["url"], {"outcome": outcome})
    # Then the payment went on, and money moved only if they are who they say
    assert (settled.status, settled.body["status"]) == (200, status)
    moved = 1000 if outcome == "succeed" else 0
    assert await sales(system, settled.position) - before == moved


async def test_off_session_nobody_is_there_to_authenticate(system: System) -> None:
    body = {"amount": 1000, "currency": "EUR", "customer_id": "ada", "off_session": True}
    refused = await system.post("/api/v1/payments", {**body, "payment_method": "pm_card_authenticationRequired"})
    assert (refused.status, refused.body["code"]) == (402, "authentication_required")


async def test_a_declined_payment_exists_and_succeeds_with_another_card(system: System) -> None:
    # When a card is declined
    declined = await pay(system, "pm_card_chargeDeclinedInsufficientFunds")
    # Then the problem carries the payment and where it lies
    assert (declined.status, declined.body["code"]) == (402, "card_declined")
    assert declined.body["decline_code"] == "insufficient_funds"
    payment = declined.body["payment"]
    assert declined.headers["Location"] == f"/api/v1/payments/{payment['id']}"
    assert await system.get(declined.headers["Location"]) == {**payment, "client_secret": None}
    assert payment["status"] == "requires_payment_method"
    before = await sales(system, declined.position)
    # And another card pays it
    paid = await act(system, payment, "confirm", payment_method="pm_card_visa")
    assert (paid.status, paid.body["status"], paid.body["last_error"]) == (200, "succeeded", None)
    assert await sales(system, paid.position) - before == 1000
