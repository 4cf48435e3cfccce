"""Payment methods that customers have saved, over HTTP: attached, listed, paid with while nobody is there, detached."""

import asyncio

from messages.wire import Json
from tests.walks.system import Answer, System
from tests.walks.whole import must_verify


async def attach(system: System, customer: str, method: str = "pm_card_visa", key: str = "", **more: object) -> Answer:
    path, headers = f"/api/v1/customers/{customer}/payment-methods", {"Idempotency_Key": key} if key else {}
    return await system.post(path, {"payment_method": method, **more}, **headers)


async def detach(system: System, method: Json) -> Answer:
    return await system.post(f"/api/v1/payment-methods/{method['id']}/detach")


async def pay(system: System, customer: str, method: Json, **more: object) -> Answer:
    order = {"amount": 1000, "currency": "USD", "customer_id": customer, "payment_method": method["id"], **more}
    return await system.post("/api/v1/payments", order)


async def listed(system: System, customer: str, **filters: str) -> list[Json]:
    return (await system.get(f"/api/v1/customers/{customer}/payment-methods", **filters))["data"]


async def test_a_customer_saves_pays_off_session_and_forgets_a_method(system: System) -> None:
    # When two methods are saved
    first = await attach(system, "saver", metadata={"flat": "4"})
    assert (first.status, first.headers["Location"]) == (201, f"/api/v1/payment-methods/{first.body['id']}")
    assert (first.body["object"], first.body["status"], first.body["default"]) == ("payment_method", "active", True)
    assert (first.body["card"]["last4"], first.body["customer_id"], first.body["version"]) == ("4242", "saver", 1)
    second = await attach(system, "saver", "pm_card_mastercard", default=True)
    # Then they are listed, and the second is the default
    assert [(each["id"], each["default"]) for each in await listed(system, "saver")] == [
        (second.body["id"], True),
        (first.body["id"], False),
    ]
    assert (await system.get(first.headers["Location"]))["version"] == 2
    # When one of them is paid with, at once, and by a payment that was made before
    paid = await pay(system, "saver", first.body, off_session=True)
    assert (paid.status, paid.body["status"], paid.body["payment_method"]) == (201, "succeeded", first.body["id"])
    made = await pay(system, "saver", first.body, confirm=False)
    assert (made.status, made.body["status"]) == (201, "requires_confirmation")
    confirmed = await system.post(f"{made.headers['Location']}/confirm", {"payment_method": second.body["id"]})
    assert (confirmed.status, confirmed.body["status"]) == (200, "succeeded")
    # And forgotten
    gone = await detach(system, first.body)
    assert (gone.status, gone.body["status"], gone.body["default"]) == (200, "detached", False)
    again = await detach(system, first.body)
    assert (again.status, again.body["code"], again.body["status_now"]) == (409, "wrong_state", "detached")
    assert [each["id"] for each in await listed(system, "saver", status="active")] == [second.body["id"]]
    # Then it pays no more, and what is refused leaves nothing behind
    payments = await system.get("/api/v1/payments", customer_id="saver")
    refused = await pay(system, "saver", first.body)
    assert (refused.status, refused.body["code"]) == (422, "payment_method_unusable")
    assert await system.get("/api/v1/payments", customer_id="saver") == payments
    events = await system.log(customer_id="saver", type="payment_method.*")
    facts = [event["type"].removeprefix("payment_method.") for event in events]
    assert facts == ["attached", "attached", "updated", "detached"]
    await must_verify(system)


async def test_a_method_pays_for_its_own_customer_alone(system: System) -> None:
    hers = await attach(system, "owner")
    refused = await pay(system, "thief", hers.body)
    assert (refused.status, refused.body["code"]) == (422, "payment_method_unusable")
    assert (await system.get("/api/v1/payments", customer_id="thief"))["data"] == []
    unknown = await system.post("/api/v1/payment-methods/pm_none/detach")
    assert (unknown.status, unknown.body["code"]) == (404, "not_found")
    no_card = await attach(system, "owner", "pm_of_nobody")
    assert (no_card.status, no_card.body["code"]) == (422, "payment_method_unusable")
    assert len(await listed(system, "owner")) == 1


async def test_a_saved_method_declines_and_asks_for_its_customer_as_its_test_method_does(system: System) -> None:
    declining = await attach(system, "bad-days", "pm_card_chargeDeclinedLostCard")
    declined = await pay(system, "bad-days", declining.body)
    assert (declined.status, declined.body["code"], declined.body["decline_code"]) == (
        402,
        "card_declined",
        "lost_card",
    )
    asking = await attach(system, "bad-days", "pm_card_authenticationRequired")
    absent = await pay(system, "bad-days", asking.body, off_session=True)
    assert (absent.status, absent.body["code"]) == (402, "authentication_required")
    there = await pay(system, "bad-days", asking.body)
    assert (there.status, there.body["status"]) == (201, "requires_action")


async def test_a_repeat_saves_nothing_more(system: System) -> None:
    answers = [await attach(system, "repeater", key="save-it-once") for _ in range(3)]
    assert {answer.body["id"] for answer in answers} == {answers[0].body["id"]}
    assert answers[-1].headers["Idempotent-Replayed"] == "true"
    assert len(await listed(system, "repeater")) == 1


async def test_of_many_who_detach_one_does_and_whoever_pays_meanwhile_has_a_clear_answer(system: System) -> None:
    # Given
    saved = await attach(system, "racer")
    # When many pay with it and detach it at once
    paying = [pay(system, "racer", saved.body) for _ in range(10)]
    detaching = [detach(system, saved.body) for _ in range(5)]
    paid, gone = await asyncio.gather(asyncio.gather(*paying), asyncio.gather(*detaching))
    # Then one detached it, and each payment succeeded or was refused
    assert sorted(answer.status for answer in gone) == [200, 409, 409, 409, 409]
    assert {answer.status for answer in paid} <= {201, 422}
    assert all(answer.body["status"] == "succeeded" for answer in paid if answer.status == 201)
    assert all(answer.body["code"] == "payment_method_unusable" for answer in paid if answer.status == 422)
    assert (await pay(system, "racer", saved.body)).status == 422
    # And of many that are attached at once exactly one is the default
    await asyncio.gather(*(attach(system, "racer", default=number % 2 == 0) for number in range(8)))
    active = await listed(system, "racer", status="active")
    assert (len(active), sum(each["default"] for each in active)) == (8, 1)
    await must_verify(system)
