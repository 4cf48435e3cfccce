"""Wallets for walks: filled, read, and looked back at."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from messages.wire import Json
from tests.walks.system import Answer, System


async def filled(system: System, customer_id: str, amount: int, currency: str = "USD") -> str:
    """Tops the wallet up by card; the position at which the money is there."""
    answer = await system.post(f"/api/v1/wallets/{customer_id}/top-ups", {"amount": amount, "currency": currency})
    assert (answer.status, answer.body["status"]) == (201, "succeeded"), answer.body
    await balances(system, customer_id, answer.position)
    return answer.position


async def balances(system: System, customer_id: str, position: str | None = None) -> dict[str, int]:
    """What is available, by currency."""
    after = {"min_position": position} if position else {}
    wallet = await system.get(f"/api/v1/wallets/{customer_id}", **after)
    return {each["currency"]: each["available"] for each in wallet["balances"]}


async def lowest(system: System, customer_id: str) -> int:
    """The lowest balance that the wallet ever had, in USD; 0 before its first entry."""
    async with system.books() as books:
        sql = "select min(balance_after) from ledger.entry where path = $1 and currency = 'USD'"
        return min(0, int(await books.fetchval(sql, f"liabilities:wallets:{customer_id}") or 0))


async def at_once(asks: Sequence[Callable[[], Awaitable[Answer]]]) -> list[Answer]:
    """All of them at the same moment."""
    barrier = asyncio.Barrier(len(asks))

    async def ask(one: Callable[[], Awaitable[Answer]]) -> Answer:
        await barrier.wait()
        return await one()

    return await asyncio.gather(*map(ask, asks))


def codes(answers: list[Answer]) -> dict[tuple[int, str | None], int]:
    """How often each status and code came."""
    counts: dict[tuple[int, str | None], int] = {}
    for answer in answers:
        key = answer.status, answer.body.get("code")
        counts[key] = counts.get(key, 0) + 1
    return counts


def transfer(origin: str, to: str, amount: int, **more: Json | int | str) -> Json:
    """The body of a transfer in USD."""
    return {"from_customer": origin, "to_customer": to, "amount": amount, "currency": "USD", **more}
