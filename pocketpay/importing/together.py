"""The same for many, a few at a time: memory holds eight tasks, not a hundred thousand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from pocketpay.importing.calling import TOGETHER_MAX

Each = TypeVar("Each")


async def each_of(things: Iterable[Each], do: Callable[[Each], Awaitable[None]]) -> None:
    """Begun in order, eight at a time. Raises what the first failure raises, once the others have ended."""
    waiting = iter(things)

    async def work() -> None:
        for thing in waiting:
            await do(thing)

    async with asyncio.TaskGroup() as group:
        for _ in range(TOGETHER_MAX):
            group.create_task(work())
