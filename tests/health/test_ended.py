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


async def test_whoever_is_cancelled_while_ending_others_ends_them_all_the_same() -> None:
    # Given work that takes three cancellations, and somebody who ends it when they are cancelled themselves
    reached = 0

    async def hard_of_hearing() -> None:
        nonlocal reached
        while reached < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                reached += 1
        raise asyncio.CancelledError

    inner = asyncio.create_task(hard_of_hearing())

    async def keeper() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await ended([inner])

    outer = asyncio.create_task(keeper())
    await asyncio.sleep(0)
    # When that one is ended, and so cancelled again and again
    async with asyncio.timeout(10):
        await ended([outer])
    # Then nothing is left running
    assert outer.cancelled()
    assert inner.cancelled()
