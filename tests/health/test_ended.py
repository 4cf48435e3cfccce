"""What is to end really ends."""

import asyncio

from health.ended import ended


async def test_what_loses_its_cancellation_is_cancelled_again() -> None:
    # Given work that a first cancellation does not reach
    reached = 0

    async def deaf_once() -> None:
        nonlocal reached
        while reached < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                reached += 1
        raise asyncio.CancelledError

    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    # When it must end
    async with asyncio.timeout(5):
        await ended([task])
    # Then it does
    assert task.cancelled()
    assert reached == 2
