"""Races for the same money, through two gateways and before two ledger processes: each has an exact count."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.walks.processes import two_doors
from tests.walks.purse import at_once, balances, codes, filled, lowest, transfer
from tests.walks.system import Answer, System


@pytest.fixture(scope="module")
async def doors(system: System) -> AsyncIterator[list[System]]:
    async with two_doors(system, "ledger") as doors:
        yield doors


async def test_of_64_transfers_of_10_from_a_wallet_of_100_ten_succeed(doors: list[System]) -> None:
    # Given a wallet of 100
    system = doors[0]
    await filled(system, "race-1", 100)
    # When 64 transfers of 10 are asked for at once, at both doors
    body = transfer("race-1", "race-2", 10)
    asks = [partial(doors[number % 2].post, "/api/v1/transfers", body) for number in range(64)]
    answers = await at_once(asks)
    # Then exactly ten succeed, the others are told why, and the wallet never was below nothing
    assert codes(answers) == {(201, None): 10, (402, "insufficient_funds"): 54}
    position = answers[0].headers.get("PocketPay-Position")
    assert (await balances(system, "race-1", position), await balances(system, "race-2")) == ({"USD": 0}, {"USD": 100})
    assert await lowest(system, "race-1") == 0
    told = [answer.body["balance"]["available"] for answer in answers if answer.status == 402]
    assert all(0 <= available < 10 for available in told)


async def test_money_that_goes_back_and_forth_a_thousand_times_ends_where_it_should(doors: list[System]) -> None:
    # Given two wallets of 10,000
    system = doors[0]
    for customer in ("swap-1", "swap-2"):
        await filled(system, customer, 10_000)
    # When each sends the other 500 times at the same time, with different amounts
    there, back = transfer("swap-1", "swap-2", 7), transfer("swap-2", "swap-1", 5)
    limit = asyncio.Semaphore(64)

    async def send(number: int) -> Answer:
        async with limit:
            return await doors[number % 2].post("/api/v1/transfers", there if number % 4 < 2 else back)

    answers = await asyncio.gather(*(send(number) for number in range(1000)))
    # Then no error reaches anybody and the balances are right
    assert codes(answers) == {(201, None): 1000}
    assert await balances(system, "swap-1") == {"USD": 10_000 - 500 * 7 + 500 * 5}
    assert await balances(system, "swap-2") == {"USD": 10_000 + 500 * 7 - 500 * 5}


async def test_a_hold_is_confirmed_or_void_never_both(doors: list[System]) -> None:
    system = doors[0]
    await filled(system, "race-3", 3200)
    for _ in range(8):
        made = await system.post("/api/v1/holds", {"customer_id": "race-3", "amount": 400, "currency": "USD"})
        path = f"/api/v1/holds/{made.body['id']}"
        asks = [
            partial(doors[number % 2].post, f"{path}/{('confirm', 'void')[number // 2 % 2]}") for number in range(32)
        ]
        answers = await at_once(asks)
        assert codes(answers) == {(200, None): 1, (409, "wrong_state"): 31}
        winner = next(answer.body["status"] for answer in answers if answer.status == 200)
        assert (await system.get(path))["status"] == winner
    assert await lowest(system, "race-3") == 0


async def test_holds_beyond_the_wallet_are_refused_one_by_one(doors: list[System]) -> None:
    system = doors[0]
    await filled(system, "race-4", 100)
    body = {"customer_id": "race-4", "amount": 30, "currency": "USD"}
    answers = await at_once([partial(doors[number % 2].post, "/api/v1/holds", body) for number in range(32)])
    assert codes(answers) == {(201, None): 3, (402, "insufficient_funds"): 29}


async def test_a_transfer_is_reversed_once(doors: list[System]) -> None:
    system = doors[0]
    await filled(system, "race-5", 100)
    made = await system.post("/api/v1/transfers", transfer("race-5", "race-6", 100))
    path = f"/api/v1/transfers/{made.body['id']}/reverse"
    asks = [partial(doors[number % 2].post, path, PocketPay_Reason="twice") for number in range(32)]
    assert codes(await at_once(asks)) == {(200, None): 1, (409, "already_reversed"): 31}
    assert await balances(system, "race-5") == {"USD": 100}


async def test_a_transaction_by_hand_is_reversed_once(doors: list[System]) -> None:
    system = doors[0]
    lines = [
        {"account": "user:race", "side": "debit", "amount": 5, "currency": "USD"},
        {"account": "equity:opening", "side": "credit", "amount": 5, "currency": "USD"},
    ]
    made = await system.post("/api/v1/ledger/transactions", {"postings": lines})
    path = f"/api/v1/ledger/transactions/{made.body['id']}/reverse"
    asks = [partial(doors[number % 2].post, path, PocketPay_Reason="twice") for number in range(32)]
    assert codes(await at_once(asks)) == {(201, None): 1, (409, "already_reversed"): 31}
    undone = await system.get(f"/api/v1/ledger/transactions/{made.body['id']}")
    assert undone["reversed_by"] is not None


async def test_the_first_use_of_a_wallet_by_many_at_once_spends_no_more_than_its_limit(doors: list[System]) -> None:
    # Given a customer whom nobody knows but for an overdraft limit
    system = doors[0]
    async with system.http.patch("/api/v1/wallets/race-7", json={"overdraft_limits": {"USD": 50}}) as response:
        assert (await response.json())["position"] == response.headers["PocketPay-Position"]
        assert response.status == 200
    # When many spend at once from an account that does not exist yet
    body = transfer("race-7", "race-8", 10)
    answers = await at_once([partial(doors[number % 2].post, "/api/v1/transfers", body) for number in range(32)])
    # Then the limit holds
    assert codes(answers) == {(201, None): 5, (402, "insufficient_funds"): 27}
    assert await lowest(system, "race-7") == -50


async def test_one_key_for_a_transfer_moves_the_money_once(doors: list[System]) -> None:
    system = doors[0]
    await filled(system, "race-9", 100)
    body = transfer("race-9", "race-10", 60)
    asks = [
        partial(doors[number % 2].post, "/api/v1/transfers", body, Idempotency_Key="race 9") for number in range(32)
    ]
    answers = await at_once(asks)
    assert codes(answers) == {(201, None): 32}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert await balances(system, "race-9") == {"USD": 40}
