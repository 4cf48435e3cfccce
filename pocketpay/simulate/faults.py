"""What is broken, and when: moments are counts of answered requests, so that they follow from the seed. Pure."""

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from messages.wire import Json
from pocketpay.plan import ACTORS, GATEWAY

KINDS: Final = ("kill", "provider")
EARLIEST_PERCENT, LATEST_PERCENT = 5, 90
"""Of all requests: before, there is little to lose; later, it might be over first."""

DAYS_PER_FAULT: Final = 10
FAULTS_MAX: Final = 8
SECONDS_AWAY: Final = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Fault:
    """`after` so many answers. A `kill` is of a process, an `outage` lasts for seconds, `webhooks` travel badly until
    the end, as the settings of the simulated provider say it.
    """

    after: int
    kind: Literal["kill", "outage", "webhooks"]
    process: str = ""
    seconds: float = 0
    webhooks: Json | None = None


def read_kinds(text: str) -> tuple[str, ...]:
    """`all`, `none`, or some of KINDS with commas. Raises ValueError."""
    if text in ("all", "none"):
        return KINDS if text == "all" else ()
    named = tuple(dict.fromkeys(each.strip() for each in text.split(",")))
    if not set(named) <= set(KINDS):
        raise ValueError(f"all, none, or with commas of: {', '.join(KINDS)}")
    return named


def drawn(draw: Random, days: int, requests: int, kinds: tuple[str, ...]) -> tuple[Fault, ...]:
    """In the order of their moments."""
    count = min(FAULTS_MAX, 1 + days // DAYS_PER_FAULT)
    killed = [_kill(draw, requests) for _ in range(count)] if "kill" in kinds else []
    away = [_outage(draw, requests) for _ in range((count + 1) // 2)] if "provider" in kinds else []
    badly = [_webhooks(draw, requests)] if "provider" in kinds else []
    return tuple(sorted([*killed, *away, *badly], key=lambda fault: fault.after))


def _moment(draw: Random, requests: int) -> int:
    return requests * draw.randint(EARLIEST_PERCENT, LATEST_PERCENT) // 100


def _kill(draw: Random, requests: int) -> Fault:
    return Fault(_moment(draw, requests), "kill", process=draw.choice([*ACTORS, GATEWAY]))


def _outage(draw: Random, requests: int) -> Fault:
    return Fault(_moment(draw, requests), "outage", seconds=round(draw.uniform(*SECONDS_AWAY), 1))


def _webhooks(draw: Random, requests: int) -> Fault:
    """From early on, or nothing is left to travel."""
    percent = {"lose": draw.randint(10, 50), "double": draw.randint(10, 50)}
    return Fault(
        requests * EARLIEST_PERCENT // 100,
        "webhooks",
        webhooks=percent | {"shuffle": True, "seed": draw.randint(1, 999)},
    )
