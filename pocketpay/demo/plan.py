"""The whole plan, and the key under which each step is done once. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from pocketpay.demo.catalogue import catalogue
from pocketpay.demo.histories import clocks
from pocketpay.demo.steps import Step, Wave
from pocketpay.demo.till import afterwards, till

VERSION: Final = 1
"""Another plan is another company: its steps have keys of their own."""


def company(begins: date) -> tuple[Wave, ...]:
    """What it sells, then what happened, then what was given back."""
    return catalogue(begins.isoformat()), (*clocks(begins), *till()), afterwards()


def steps_of(waves: tuple[Wave, ...]) -> Iterator[Step]:
    """All of them."""
    return (step for wave in waves for track in wave for step in track)


def key_of(step: Step) -> str | None:
    """A repeat of the same step is answered as the first was; None for what only looks."""
    return None if step.method == "GET" else f"pocketpay-demo-{VERSION}-{step.name}"
