"""A card tester at the door of the whole system, and the good customers beside them."""

import asyncio
from pathlib import Path

from messages.wire import Json
from tests.walks.system import Answer, System, rows, up

BAD = "pm_card_chargeDeclined"


async def buy(system: System, customer: str, address: str, method: str = "pm_card_visa", **headers: str) -> Answer:
    order = {"amount": 100, "currency": "USD", "customer_id": customer, "payment_method": method}
    return await system.post("/api/v1/payments", order, X_Forwarded_For=address, **headers)


def code(answer: Answer) -> str:
    return answer.body.get("code", "paid")


def refused(answer: Answer, reason: str) -> Json:
    """What a limit says: nothing was accepted, why, and when to come again."""
    assert (answer.status, answer.body["reason"], answer.body["retry"]) == (429, reason, "later")
    assert answer.headers["Retry-After"] == str(answer.body["retry_after_seconds"])
    assert "Location" not in answer.headers
    return answer.body


async def test_a_card_tester_is_stopped_and_good_customers_go_on(data_dir: Path) -> None:
    settings = {"TRUSTED_PROXIES": "127.0.0.0/8", "DECLINE_BREAKER_PAUSE_SECONDS": "2"}
    async with up(data_dir, **settings) as system:
        await _one_payment(system)
        await _one_customer(system)
        await _one_address(system)
        await _many_of_each(system)
        await _what_is_left(system)


async def _one_payment(system: System) -> None:
    # Given a payment whose card is declined ten times
    first = await buy(system, "mallory", "8.8.4.4", BAD)
    confirm = f"{first.headers['Location']}/confirm"
    for _ in range(9):
        assert code(await system.post(confirm, {"payment_method": BAD})) == "card_declined"
    # When it is tried once more, with a card that would do
    answer = await system.post(confirm, {"payment_method": "pm_card_visa"})
    # Then never again
    assert (answer.status, code(answer), answer.body["retry"]) == (429, "too_many_attempts", "never")
    assert "Retry-After" not in answer.headers
    # And it can be called off
    assert (await system.post(f"{first.headers['Location']}/cancel")).body["status"] == "canceled"


async def _one_customer(system: System) -> None:
    # Given thirty attempts of one customer, and another who is declined now and then
    told = []
    for number in range(30):
        told.append(await buy(system, "eve", f"8.8.8.{number}", BAD, Idempotency_Key=f"eve-{number}"))
        good = await buy(system, "ada", "1.1.1.1", BAD if number % 3 == 0 else "pm_card_visa")
        assert code(good) in ("paid", "card_declined")
    # Then twenty came to the provider, and what came there is told again whatever happened since
    assert [code(answer) for answer in told] == ["card_declined"] * 20 + ["too_many_attempts"] * 10
    assert refused(told[-1], "customer")["retry_after_seconds"] > 3500
    again = await buy(system, "eve", "8.8.8.0", BAD, Idempotency_Key="eve-0")
    assert (code(again), again.headers["Idempotent-Replayed"]) == ("card_declined", "true")
    # And a key that was refused is free, even for another
    assert code(await buy(system, "ada", "1.1.1.1", Idempotency_Key="eve-29")) == "paid"
    await _good(system, 10)


async def _one_address(system: System) -> None:
    # When one address, of which it is told by a proxy, comes under many names
    told = [await buy(system, f"name-{number}", "2606:4700:1:2::1, 127.0.0.9", BAD) for number in range(31)]
    # Then it is stopped, with its neighbours in the /64, and nobody else
    assert [code(answer) for answer in told] == ["card_declined"] * 30 + ["too_many_attempts"]
    refused(told[-1], "address")
    assert code(await buy(system, "name-40", "2606:4700:1:2:ffff::1")) == "too_many_attempts"
    assert code(await buy(system, "name-41", "2606:4700:1:3::1")) == "paid"


async def _good(system: System, count: int) -> None:
    answers = await asyncio.gather(*(buy(system, "ada", "1.1.1.1") for _ in range(count)))
    assert {code(answer) for answer in answers} == {"paid"}


async def _many_of_each(system: System) -> None:
    # Given an authorised payment, and cards tested under a new name and from a new address each
    order = {"amount": 100, "currency": "USD", "customer_id": "ada", "capture_method": "manual"}
    held = await system.post("/api/v1/payments", order)
    asked, codes = 0, ["card_declined"]
    while codes[-1] == "card_declined" and asked < 1000:
        codes.append(code(await buy(system, f"bot-{asked}", f"9.9.{asked // 250}.{asked % 250}", BAD)))
        asked += 1
    # Then the tenant takes no new payments for a while, and says so
    assert codes[-1] == "declines_paused"
    refused(await buy(system, "ada", "1.1.1.1"), "decline_rate")
    # But what there is can be captured, and given back
    assert (await system.post(f"{held.headers['Location']}/capture")).status == 200
    assert (await system.post(f"{held.headers['Location']}/refunds")).status == 201
    # When it is over, and two good customers came
    async with asyncio.timeout(10):
        while code(await buy(system, "ada", "1.1.1.1")) == "declines_paused":
            await asyncio.sleep(0.2)
    assert code(await buy(system, "ada", "1.1.1.1")) == "paid"
    # Then it is as before
    await _good(system, 50)


async def _what_is_left(system: System) -> None:
    """No payment was made of what was refused, and the figures say why."""
    async with system.books() as books:
        assert await rows(books, "payments.payment where body ->> 'customer_id' = 'eve'") == 20
        assert await rows(books, "payments.payment where operation is not null") == 0
        kept = await books.fetchval("select max(declines) from payments.payment")
    assert kept == 10
    async with system.http.get("/metrics") as response:
        metrics = await response.text()
    for reason, times in (("payment", 1), ("customer", 10), ("address", 2)):
        assert f'pocketpay_charges_refused_total{{reason="{reason}"}} {float(times)}' in metrics
    assert 'pocketpay_charges_refused_total{reason="decline_rate"}' in metrics
