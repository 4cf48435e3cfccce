"""Reads over HTTP beside large books: a balance, and a page of a wallet's statement."""

import random
import time
from statistics import quantiles

import aiohttp

from bench.line import Line, at_most

READS = 400
WARM_UP = 20
MOST_MS = 20.0


async def measure(port: int, wallets: int, rounds: int, beside: str) -> list[Line]:
    """p99 of each kind, one request at a time, of wallets drawn at random."""
    draw, base = random.Random(4), f"http://127.0.0.1:{port}/api/v1"  # noqa: S311 - which wallet is read is no secret
    paths = {
        "balance read": "/ledger/accounts/liabilities:wallets:{}?currency=USD",
        "balance read at a past time": "/ledger/accounts/liabilities:wallets:{}?currency=USD&at=2001-01-01T00:00:00Z",
        "statement page of 100": "/wallets/{}/entries?limit=100",
    }
    seen: dict[str, list[float]] = {name: [] for name in paths}
    async with aiohttp.ClientSession() as http:
        for _ in range(rounds):
            for name, path in paths.items():
                urls = [base + path.format(f"g{draw.randrange(1, wallets + 1):09}") for _ in range(READS)]
                taken = [await _read(http, url) for url in urls]
                seen[name].append(quantiles(taken[WARM_UP:], n=100)[98])
    return [
        Line(part="growth", figure=f"{name}, p99 ms, {beside}", ours=each, bar=at_most(MOST_MS))
        for name, each in seen.items()
    ]


async def _read(http: aiohttp.ClientSession, url: str) -> float:
    began = time.perf_counter()
    async with http.get(url) as response:
        body = await response.read()
        if response.status != 200:
            raise RuntimeError(f"{url}: {response.status} {body[:200]!r}")
    return (time.perf_counter() - began) * 1000
