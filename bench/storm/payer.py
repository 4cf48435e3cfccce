"""One who pays at a low and steady rate, whatever else goes on."""

import asyncio
import time
from secrets import token_hex

import aiohttp

from bench.line import Kept

PAYMENTS_PER_SECOND = 20
BODY = {"amount": 1000, "currency": "USD", "customer_id": "c1"}


class Paid(Kept):
    """Each payment's way from the request to the whole answer; `failed` counts what was not paid."""

    latencies_ms: list[float]
    failed: int


async def pay(port: int, seconds: float) -> Paid:
    """Asks at its times and not when the last is answered: who is kept waiting does not make the load lighter."""
    count, began = max(1, round(seconds * PAYMENTS_PER_SECOND)), time.monotonic()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(30)) as http:

        async def one(number: int) -> float | None:
            await asyncio.sleep(began + number / PAYMENTS_PER_SECOND - time.monotonic())
            return await _one(http)

        took = await asyncio.gather(*(one(number) for number in range(count)))
    paid = [ms for ms in took if ms is not None]
    return Paid(latencies_ms=sorted(paid), failed=count - len(paid))


async def made(port: int, count: int) -> list[str]:
    """So many payments, one after the other. Raises aiohttp.ClientError when one is refused."""
    ids: list[str] = []
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(30)) as http:
        for _ in range(count):
            async with http.post("/api/v1/payments", json=BODY, raise_for_status=True) as answer:
                ids.append((await answer.json())["id"])
    return ids


async def _one(http: aiohttp.ClientSession) -> float | None:
    began = time.monotonic()
    try:
        async with http.post("/api/v1/payments", json=BODY, headers={"Idempotency-Key": token_hex(16)}) as answer:
            paid = answer.status == 201 and (await answer.json())["status"] == "succeeded"
    except (aiohttp.ClientError, TimeoutError):
        return None
    return 1000 * (time.monotonic() - began) if paid else None
