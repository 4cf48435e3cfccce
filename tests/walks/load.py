"""Many payments at once, from clients who do what clients should: a key per payment, and the same key again."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp

from messages.wire import Json
from tests.walks.system import System

PAYMENTS = 2_000
AT_ONCE = 64
PATIENCE_SECONDS = 120
METHODS = {17: "pm_card_chargeDeclined", 101: "pm_sim_errorAfterCharge"}
"""Every 17th payment is declined; every 101st is charged without our hearing of it at once. All others succeed."""


@dataclass(eq=False)
class Load:
    """`told` is the one definite answer per key, `retried` why clients had to ask again."""

    name: str
    count: int
    told: dict[str, tuple[int, Json]] = field(default_factory=dict)
    retried: Counter[str] = field(default_factory=Counter)

    async def until(self, answered: int) -> None:
        """Waits until so many have their answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.told) < answered:
                await asyncio.sleep(0.01)

    @property
    def customer_id(self) -> str:
        """Of all these payments and of no others."""
        return f"load-{self.name}"

    def order(self, number: int) -> Json:
        """One in ten fills the customer's wallet."""
        method = next((method for each, method in METHODS.items() if number % each == each - 1), "pm_card_visa")
        order = {"amount": number + 1, "currency": "USD", "customer_id": self.customer_id, "payment_method": method}
        wallet = {"type": "wallet", "customer_id": self.customer_id}
        return {**order, "destination": wallet} if number % 10 == 0 else order


@contextlib.asynccontextmanager
async def under_load(system: System, name: str, count: int = PAYMENTS, at_once: int = AT_ONCE) -> AsyncIterator[Load]:
    """Payments are being made inside; at the end all of them have their answer."""
    load, numbers = Load(name, count), iter(range(count))

    async def client() -> None:
        for number in numbers:
            load.told[f"{name}-{number}"] = await _pay(system, load, number)

    async with asyncio.TaskGroup() as clients:
        for _ in range(at_once):
            clients.create_task(client())
        yield load


async def _pay(system: System, load: Load, number: int) -> tuple[int, Json]:
    headers = {"Idempotency-Key": f"{load.name}-{number}"}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            why, answer = await _ask(system.http, load.order(number), headers)
            if answer is not None:
                return answer
            load.retried[why] += 1
            await asyncio.sleep(0.2)


async def _ask(
    http: aiohttp.ClientSession, order: Json, headers: dict[str, str]
) -> tuple[str, tuple[int, Json] | None]:
    """Definite is what is below 500 and not 202; of all else nobody knows how it ended."""
    try:
        async with http.post("/api/v1/payments", json=order, headers=headers) as response:
            body = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__, None
    if response.status >= 500 or response.status == 202:
        return f"{response.status} {body.get('code')}", None
    return "", (response.status, body)
