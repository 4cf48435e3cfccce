"""What must hold: each bar with the figure that was measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.result import Load, Result, Rival, Round

RATE_LEAST = 2.0
LATENCY_MOST = 4.0
MEMORY_MOST_MB = 120.0
GROWTH_MOST = 1.05

Of = Callable[[Load], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that must hold, and whether it does."""

    what: str
    figure: str
    must_be: str
    holds: bool


def rate(load: Load) -> float:
    """Payments/s, from the first request until the last payment is in the ledger."""
    return load.ok / load.seconds


def ratio(result: Result, loads: Callable[[Round], dict[Rival, Load]], of: Of) -> float:
    """PocketPay's figure by the direct way's: of each round, and of these the median."""
    pairs = (loads(one) for one in result.rounds)
    return median(of(pair["pocketpay"]) / of(pair["direct"]) for pair in pairs)


def busy(one: Round) -> dict[Rival, Load]:
    """The runs with many open requests."""
    return one.busy


def single(one: Round) -> dict[Rival, Load]:
    """The runs with one open request."""
    return one.single


def bars(result: Result) -> Iterator[Bar]:
    """All of them; those of memory only when it was measured."""
    faster = ratio(result, busy, rate)
    yield Bar(
        f"payments/s at {result.open_requests} open, by the direct way's",
        f"{faster:.2f}",
        f"≥ {RATE_LEAST:g}",
        faster >= RATE_LEAST,
    )
    slower = ratio(result, single, lambda load: load.p50_ms)
    yield Bar("p50 at 1 open, by the direct way's", f"{slower:.2f}", f"≤ {LATENCY_MOST:g}", slower <= LATENCY_MOST)
    failed = sum(sum(load.failed.values()) for one in result.rounds for load in _all(one))
    yield Bar("requests without their payment", str(failed), "0", failed == 0)
    yield Bar("money invariants broken", str(len(result.breaches)), "0", not result.breaches)
    if result.memory:
        yield from _memory_bars(result)


def _memory_bars(result: Result) -> Iterator[Bar]:
    before, after = result.memory[0], result.memory[-1]
    name, most = max(after.own_mb.items(), key=lambda item: item[1])
    yield Bar(
        f"largest process of ours after {after.payments:,} payments ({name})",
        f"{most:.0f} MB",
        f"≤ {MEMORY_MOST_MB:g} MB",
        most <= MEMORY_MOST_MB,
    )
    grown = {name: after.own_mb[name] / mb for name, mb in before.own_mb.items()}
    name, most = max(grown.items(), key=lambda item: item[1])
    yield Bar(
        f"growth since {before.payments:,} payments ({name})",
        f"{most - 1:+.1%}",
        f"≤ {GROWTH_MOST - 1:+.0%}",
        most <= GROWTH_MOST,
    )


def _all(one: Round) -> Iterator[Load]:
    yield from one.busy.values()
    yield from one.single.values()
