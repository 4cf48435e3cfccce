"""Memory: what each process holds after so many payments, and after half of them."""

from collections.abc import Mapping
from pathlib import Path

from bench.loading import load
from bench.processes import pss_mb, rss_mb
from bench.result import Memory
from bench.rivals import pocketpay

SERVERS = ("postgres", "nats")


async def soak(data_dir: Path, payments: int, open_requests: int) -> list[Memory]:
    """On a PocketPay of its own, so that nothing before counts. Raises RuntimeError when a payment fails."""
    async with pocketpay(data_dir) as contestant:
        seen: list[Memory] = []
        for count in (payments // 2, payments - payments // 2):
            done = await load(contestant, open_requests, count=count)
            if done.failed or done.ok != count:
                raise RuntimeError(f"{done.ok} of {count} payments succeeded; failed: {done.failed}")
            seen.append(_memory(contestant.pids, done.ok + (seen[-1].payments if seen else 0)))
        return seen


def _memory(pids: Mapping[str, int], payments: int) -> Memory:
    return Memory(
        payments=payments,
        own_mb={name: rss_mb(pid) for name, pid in pids.items() if name not in SERVERS},
        servers_mb={name: pss_mb(pid) for name, pid in pids.items() if name in SERVERS},
    )
