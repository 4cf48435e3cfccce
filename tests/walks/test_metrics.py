"""Every figure that a process declares is one that it shows, and it moves when money does."""

from importlib.metadata import version

import pytest
from aiohttp import ClientSession, ClientTimeout
from prometheus_client.parser import text_string_to_metric_families

from health.metrics import CALL_SECONDS, CALLS, OWNERS, STUCK_AMOUNT
from tests.walks.frames import stream, until
from tests.walks.system import System
from tests.walks.test_first_payment import SALE, posted
from tests.walks.whole import becomes

Samples = dict[str, list[tuple[dict[str, str], float]]]
"""By family: the labels of each sample and its value."""

STUCK = {next(iter(STUCK_AMOUNT.describe())).name}
CALLS_OUTSIDE = {next(iter(metric.describe())).name for metric in (CALLS, CALL_SECONDS)}


def declared(owner: str) -> set[str]:
    return {next(iter(metric.describe())).name for metric in OWNERS[owner]}


async def scraped(system: System, process: str) -> Samples:
    url = f"http://127.0.0.1:{system.running.ports[process]}/metrics"
    async with ClientSession(timeout=ClientTimeout(total=10)) as http, http.get(url) as answer:
        families = text_string_to_metric_families(await answer.text())
        return {each.name: [(row.labels, row.value) for row in each.samples] for each in families}


def total(samples: Samples, family: str, **labels: str) -> float:
    return sum(value for found, value in samples.get(family, []) if labels.items() <= found.items())


async def pay(system: System) -> None:
    """A payment that a reader sees posted."""
    async with stream(system.http, "/api/v1/events/stream") as told:
        answer = await system.post("/api/v1/payments", SALE)
        await until(told, lambda frame: posted(frame) and frame.data["data"]["source"]["id"] == answer.body["id"])


@pytest.mark.parametrize(
    ("process", "owner", "without"),
    [
        ("payments", "actor", set()),
        ("ledger", "actor", CALLS_OUTSIDE),
        ("gateway", "gateway", set()),
        ("monitor", "monitor", STUCK),
    ],
)
async def test_every_declared_figure_is_shown_with_a_sample(
    system: System, process: str, owner: str, without: set[str]
) -> None:
    # When a payment has gone through
    await pay(system)

    # Then nothing that this process declares is without a sample
    async def missing() -> set[str]:
        shown = {name for name, samples in (await scraped(system, process)).items() if samples}
        return declared(owner) - without - shown

    await becomes(missing, set())
    # And it shows who it is, and nothing that is only another's
    samples = await scraped(system, process)
    assert samples["pocketpay_build_info"] == [({"process": process, "version": version("pocketpay")}, 1.0)]
    others = set[str]().union(*(declared(other) for other in OWNERS if other != owner))
    assert not others & samples.keys()


async def test_figures_move_with_a_payment(system: System) -> None:
    before = {process: await scraped(system, process) for process in ("payments", "ledger", "gateway")}
    await pay(system)
    after = {process: await scraped(system, process) for process in before}

    def moved(process: str, family: str, **labels: str) -> float:
        return total(after[process], family, **labels) - total(before[process], family, **labels)

    assert moved("payments", "pocketpay_messages", type="payment.create", outcome="running") == 1
    assert moved("payments", "pocketpay_messages", type="payment.create", outcome="done") == 1
    assert moved("payments", "pocketpay_messages", type="charge", outcome="heard") == 1
    assert moved("payments", "pocketpay_said", type="payment.succeeded") == 1
    assert moved("payments", "pocketpay_calls", operation="charge") == 1
    assert moved("ledger", "pocketpay_messages", type="payment.succeeded", outcome="heard") == 1
    assert moved("ledger", "pocketpay_said", type="ledger.transaction.posted") == 1
    assert moved("gateway", "pocketpay_http_requests", method="POST", route="/api/v1/payments", status="201") == 1
    assert moved("gateway", "pocketpay_sse_frames") >= 3


async def test_all_partitions_tell_their_lag_and_are_caught_up(system: System) -> None:
    await pay(system)

    async def lags() -> tuple[int, float]:
        samples = (await scraped(system, "ledger"))["pocketpay_cursor_lag_messages"]
        return len(samples), sum(value for _, value in samples)

    await becomes(lags, (16, 0.0))
