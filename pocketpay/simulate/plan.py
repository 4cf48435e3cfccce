"""Everything that is asked for and broken, from a seed. Pure: the same seed and days, the same plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from pocketpay.demo.steps import Step, Track, Wave
from pocketpay.simulate.buying import SHOPPERS, purchases
from pocketpay.simulate.faults import Fault, drawn
from pocketpay.simulate.subscribing import SUBSCRIBERS, catalogue, history
from pocketpay.simulate.wallets import OWNERS, PAIRS, dealings, filling

SPENDERS = (*SHOPPERS, *OWNERS)
"""All of whose payments are the plan's own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """First what all else needs, `before`, and then everything `at_once`, track by track."""

    seed: int
    days: int
    before: Wave
    at_once: Wave
    faults: tuple[Fault, ...]

    @property
    def steps(self) -> Iterator[Step]:
        """All of them."""
        return (step for track in (*self.before, *self.at_once) for step in track)


def plan(seed: int, days: int, kinds: tuple[str, ...]) -> Plan:
    """What is broken changes nothing of what is asked for."""
    draw = Random(seed)  # noqa: S311 - the same seed must give the same plan
    filled = filling(draw)
    before: Wave = (catalogue(draw), *((step,) for step in filled))
    at_once = _at_once(draw, filled, days)
    requests = sum(len(track) for track in (*before, *at_once))
    return Plan(seed, days, before, at_once, drawn(draw, days, requests, kinds))


def key_of(seed: int, step: Step) -> str:
    """Under which it is asked for, however often."""
    return f"simulate-{seed}-{step.name}"


def _at_once(draw: Random, filled: Track, days: int) -> Wave:
    there = {owner: step.body["amount"] for owner, step in zip(OWNERS, filled, strict=True) if step.body}
    return (
        *(history(draw, subscriber, days) for subscriber in SUBSCRIBERS),
        *(dealings(draw, pair, there, days) for pair in PAIRS),
        *(purchases(draw, shopper, days) for shopper in SHOPPERS),
    )
