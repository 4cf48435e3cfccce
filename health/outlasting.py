"""A check that may take longer than whoever asks can wait."""

import asyncio
import time

from health.checks import Check

TOLD_SECONDS = 3.0
CHECK_SECONDS = 30.0
"""Then it is given up, and the next who asks begins anew."""


def outlasting(check: Check, told_seconds: float = TOLD_SECONDS) -> Check:
    """It goes on when whoever asked gives up, and what it came to is then told to those who ask soon after.

    So a server that says no only after seconds is told with its reason, and one that is slow is found at all.
    """
    latest: asyncio.Task[None] | None = None
    ended_at, is_given_up = 0.0, False

    async def run() -> None:
        nonlocal ended_at
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await check()
        finally:
            ended_at = time.monotonic()

    async def asked() -> None:
        nonlocal latest, is_given_up
        is_news = is_given_up and time.monotonic() - ended_at <= told_seconds
        if latest is None or (latest.done() and not is_news):
            latest, is_given_up = asyncio.create_task(run()), False
        try:
            await asyncio.shield(latest)
        except asyncio.CancelledError:
            is_given_up = True
            raise

    return asked
