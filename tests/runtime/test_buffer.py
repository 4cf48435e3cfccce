"""What waits for a turn, and how much of it makes one."""

import asyncio

from actors.runtime import buffer
from actors.runtime.buffer import Buffer
from actors.runtime.reading import Letter


def letter(seq: int, size: int) -> Letter:
    return Letter("COMMANDS", seq, b"x" * size)


async def taken(*sizes: int) -> list[int]:
    """How many of the letters each turn takes."""
    waiting = Buffer()
    for number, size in enumerate(sizes):
        waiting.put(letter(number, size))
    turns: list[int] = []
    while len(waiting):
        async with asyncio.timeout(5):
            turns.append(len(await waiting.take(most=256, patience_seconds=1)))
    return turns


async def test_heavy_letters_make_small_turns() -> None:
    heavy = buffer.TURN_BYTES_MAX // 2
    assert await taken(*[heavy] * 5) == [2, 2, 1]


async def test_one_that_is_heavier_than_a_turn_is_a_turn_of_its_own() -> None:
    assert await taken(10, 2 * buffer.TURN_BYTES_MAX, 10) == [1, 1, 1]


async def test_light_ones_are_taken_together() -> None:
    assert await taken(*[100] * 300) == [256, 44]
