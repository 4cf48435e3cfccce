"""Tasks that must end: cancelled until they do."""

import asyncio
from collections.abc import Iterable
from typing import Any

CANCEL_AGAIN_SECONDS = 0.5


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Returns once all have ended, whatever they raised; being cancelled meanwhile is put off until then.

    `asyncio.wait_for`, which the bus's client uses, loses a cancellation that comes just as what it waits for is there
    (https://github.com/python/cpython/issues/86296, mended in Python 3.12).
    """
    left = every = set(tasks)
    put_off: asyncio.CancelledError | None = None
    while left:
        for task in left:
            task.cancel()
        try:
            await asyncio.wait(left, timeout=CANCEL_AGAIN_SECONDS)
        except asyncio.CancelledError as cancelled:  # by whoever ends us in the same way: ours must not be left behind
            put_off = cancelled
        left = {task for task in left if not task.done()}
    await asyncio.gather(*every, return_exceptions=True)  # or what they raised would be complained of later
    if put_off is not None:
        raise put_off
