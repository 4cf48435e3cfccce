"""What it costs a request to be asked for its key: all that happens at the door, with keys and open."""

import time
from statistics import median
from typing import Final

import typer
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bench.auth.door import KEYS, PATH, SECRETS, door, with_key
from bench.line import Line, at_most
from gateway.admission import admit
from gateway.process import application
from gateway.quotas import Quota

MOST_US: Final = 50.0
REQUESTS: Final = 300
REPEATS: Final = 9
_UNHINDERED: Final = 10**6


async def measure(rounds: int) -> list[Line]:
    """Medians of so many repeats, in turn; of CPU time, which neighbours move least and nothing else is waited for."""
    with_keys = [await microseconds() for _ in range(rounds)]
    typer.echo(f"auth: a key costs {with_keys[-1][0] - with_keys[-1][1]:.1f} us a request")
    added = [keys - open_ for keys, open_ in with_keys]
    return [
        Line(
            part="auth",
            figure=f"what a key costs a request, µs of CPU, of {KEYS:,} keys",
            ours=added,
            bar=at_most(MOST_US),
        )
    ]


async def microseconds() -> tuple[float, float]:
    """A request at the door where keys are asked for, its quotas counted, and at one that is open."""
    doors = [door("keys", Quota(_UNHINDERED, _UNHINDERED, _UNHINDERED, 100)), door("open", Quota())]
    apps = [application(each) for each in doors]
    asked = [[_asked(app, number) for number in range(REQUESTS)] for app in apps]
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(REPEATS):
        for requests, into in zip(asked, taken, strict=True):
            into.append(await _one(requests))
    return median(taken[0]), median(taken[1])


def _asked(app: web.Application, number: int) -> web.Request:
    return make_mocked_request("GET", PATH, {**with_key(SECRETS[number % KEYS]), "Host": "127.0.0.1"}, app=app)


async def _one(requests: list[web.Request]) -> float:
    began = time.process_time()
    for request in requests:
        await admit(request, _answer)
    return (time.process_time() - began) / len(requests) * 1e6


async def _answer(_: web.Request) -> web.StreamResponse:
    return _NOTHING


_NOTHING: Final = web.Response()
