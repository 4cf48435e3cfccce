"""Keys that are wrong at their first byte, and such that are at their last: is one of them refused sooner?"""

import logging
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Final, NamedTuple

import aiohttp
import structlog
import typer

from bench.auth.door import PATH, SECRETS, believe, door, served, with_key
from bench.auth.ranks import Z_MOST, z_of
from bench.line import Line, at_most
from gateway.door import Door
from gateway.quotas import Quota

EACH: Final = 10_000
WARM_UP: Final = 200
AGAIN_EVERY: Final = 1_000
_RANDOM_LENGTH: Final = 43

Spoilt = Callable[[str], str]


class Refused(NamedTuple):
    """Seconds until each answer."""

    first: list[float]
    last: list[float]


def at_first(secret: str) -> str:
    """The first of its random characters is another one."""
    begin = len(secret) - _RANDOM_LENGTH
    return secret[:begin] + _other(secret[begin]) + secret[begin + 1 :]


def at_last(secret: str) -> str:
    """The last one is."""
    return secret[:-1] + _other(secret[-1])


def _other(character: str) -> str:
    return "a" if character != "a" else "b"


async def refusals(each: int, made: Door | None = None) -> Refused:
    """So many of both kinds, of keys drawn at random, in an order drawn at random."""
    draw = random.Random(each)  # noqa: S311 - the order is no secret
    gateway = made or door("keys", Quota(0, 0, 0, 0))
    seen = Refused([], [])
    async with served(gateway) as http:
        for _ in range(WARM_UP):
            await _seconds(http, at_last(SECRETS[0]))
        for number in range(each):
            if number % AGAIN_EVERY == 0:
                believe(gateway)
            secret = draw.choice(SECRETS)
            both: list[tuple[Spoilt, list[float]]] = [(at_first, seen.first), (at_last, seen.last)]
            draw.shuffle(both)
            for spoilt, into in both:
                into.append(await _seconds(http, spoilt(secret)))
    return seen


async def _seconds(http: aiohttp.ClientSession, secret: str) -> float:
    headers = with_key(secret)
    began = time.perf_counter()
    async with http.get(PATH, headers=headers) as response:
        await response.read()
        taken = time.perf_counter() - began
        if response.status != 401:
            raise RuntimeError(f"a wrong key was answered with {response.status}")
    return taken


async def measure(rounds: int) -> list[Line]:
    """By the ranks of the times, and how far apart their medians are."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    seen = [await refusals(EACH) for _ in range(rounds)]
    z = [abs(z_of(each.first, each.last)) for each in seen]
    apart = [abs(median(each.first) - median(each.last)) * 1e6 for each in seen]
    typer.echo(f"auth: wrong at the first byte or the last, z {z[-1]:.2f}, medians {apart[-1]:.1f} us apart")
    figure = f"wrong at the first byte against the last, {EACH:,} each"
    return [
        Line(part="auth", figure=f"{figure}: z of the ranks of their times", ours=z, bar=at_most(Z_MOST)),
        Line(part="auth", figure=f"{figure}: between their medians, µs", ours=apart),
        Line(part="auth", figure="a refusal, p50 µs", ours=[median(each.first) * 1e6 for each in seen]),
    ]
