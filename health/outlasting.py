"""A check that may take longer than whoever asks can wait."""

import asyncio
import time

from health.checks import Check

TOLD_SECONDS = 3.0


def outlasting(check: Check, told_seconds: float = TOLD_SECONDS) -> Check:
    """It goes on when nobody waits for it any more, and what it came to is told to those who ask soon after.

    So a server that says no only after seconds is told with its reason, and one that is slow is found at all.
    """
    latest: asyncio.Task[None] | None = None
    ended_at = 0.0

    async def run() -> None:
        nonlocal ended_at
        try:
            await check()
        finally:
            ended_at = time.monotonic()

    async def asked() -> None:
        nonlocal latest
        if latest is None or (latest.done() and time.monotonic() - ended_at > told_seconds):
            latest = asyncio.create_task(run())
        await asyncio.shield(latest)

    return asked
