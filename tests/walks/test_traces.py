"""One payment is one trace, from the request to the books; a collector that is away costs no payment."""

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.walks.collector import Collector, Spanned, collecting
from tests.walks.processes import another
from tests.walks.system import Answer, System, short_directory, up
from tests.walks.test_first_payment import SALE
from tests.walks.whole import becomes

TRACE = "0af7651916cd43dd8448eb211c80319c"
CLIENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{CLIENT}-01"


@pytest.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as started:
        yield started


@pytest.fixture(scope="module")
async def traced(collector: Collector) -> AsyncIterator[System]:
    """A system that tells its spans twice a second."""
    with short_directory() as data_dir:
        async with contextlib.AsyncExitStack() as stack:
            with pytest.MonkeyPatch.context() as environment:  # for this launcher alone
                environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
                environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "500")
                running = await stack.enter_async_context(up(data_dir))
            yield running


def tree(spans: list[Spanned], parent: str, depth: int = 0) -> Iterator[str]:
    """Each span below its parent, indented."""
    for span in spans:
        if span.parent == parent:
            yield f"{'  ' * depth}{span.service}: {span.name}"
            yield from tree(spans, span.id, depth + 1)


ONE_PAYMENT = """\
gateway: POST /api/v1/payments
  gateway: send payment.create
    payments: process payment.create
      payments: decide
      payments: commit
      payments: call charge
      payments: publish payment.created
      notifications: process payment.created
        notifications: decide
        notifications: commit
      payments: process charge
        payments: decide
        payments: commit
        payments: publish payment.succeeded
        payments: reply
        ledger: process payment.succeeded
          ledger: decide
          ledger: commit
          ledger: publish ledger.transaction.posted
          notifications: process ledger.transaction.posted
            notifications: decide
            notifications: commit
        invoicing: process payment.succeeded
          invoicing: decide
          invoicing: commit
          invoicing: publish customer.created
          notifications: process customer.created
            notifications: decide
            notifications: commit
        notifications: process payment.succeeded
          notifications: decide
          notifications: commit"""


async def paid(system: System, **headers: str) -> Answer:
    answer = await system.post("/api/v1/payments", SALE, **headers)
    assert (answer.status, answer.body["status"]) == (201, "succeeded")
    return answer


async def test_a_payment_is_one_trace_that_continues_the_clients(traced: System, collector: Collector) -> None:
    # When a client that traces makes a payment
    answer = await paid(traced, traceparent=TRACEPARENT)

    # Then all that it caused hangs below the client's span, each under what caused it
    async def told() -> list[str]:
        return sorted(tree(collector.of_trace(TRACE), CLIENT))

    await becomes(told, sorted(ONE_PAYMENT.splitlines()))
    spans = {f"{span.service} {span.name}": span for span in collector.of_trace(TRACE)}
    parents = {span.id: span.name for span in spans.values()}
    assert parents[spans["ledger process payment.succeeded"].parent] == "process charge"
    assert parents[spans["payments process charge"].parent] == "process payment.create"
    # And whoever searches by the payment or the request finds it
    assert spans["payments process payment.create"].attributes["pocketpay.entity"] == answer.body["id"]
    request = spans["gateway POST /api/v1/payments"]
    assert request.attributes["pocketpay.correlation_id"] == answer.headers["Request-Id"]
    assert request.attributes["http.response.status_code"] == 201
    # And nothing begins before what caused it
    begun = {span.id: span.begun_ns for span in collector.of_trace(TRACE)}
    early = [span.name for span in collector.of_trace(TRACE) if span.begun_ns < begun.get(span.parent, 0)]
    assert early == []


async def test_events_carry_the_span_that_said_them(traced: System, collector: Collector) -> None:
    answer = await paid(traced)
    history = (await traced.get(f"/api/v1/payments/{answer.body['id']}/events"))["data"]
    carried = {event["type"]: event["traceparent"].split("-") for event in history}
    assert len({trace for _, trace, _, _ in carried.values()}) == 1
    _, trace, span, _ = carried["ledger.transaction.posted"]

    async def saying() -> list[str]:
        return [each.name for each in collector.of_trace(trace) if each.id == span]

    await becomes(saying, ["process payment.succeeded"])


@pytest.mark.parametrize("sent", ["junk", f"00-{'0' * 32}-{CLIENT}-01", f"ff-{TRACE}-{CLIENT}-01", TRACEPARENT.upper()])
async def test_a_traceparent_that_is_none_begins_a_trace_of_its_own(traced: System, sent: str) -> None:
    answer = await paid(traced, traceparent=sent)
    history = (await traced.get(f"/api/v1/payments/{answer.body['id']}/events"))["data"]
    for event in history:
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", event["traceparent"])
        assert TRACE not in event["traceparent"].lower()


async def test_without_a_collector_a_clients_trace_is_carried_along_unchanged(system: System) -> None:
    # When a client that traces pays at a system that does not
    answer = await paid(system, traceparent=TRACEPARENT)
    # Then the client's own span is what every event carries
    history = (await system.get(f"/api/v1/payments/{answer.body['id']}/events"))["data"]
    assert {event["traceparent"] for event in history} == {TRACEPARENT}


@pytest.mark.parametrize(
    ("process", "exporter", "loaded"),
    [("gateway", "", False), ("payments", "none", False), ("ledger", "", False), ("ledger", "console", True)],
)
async def test_opentelemetry_is_loaded_only_when_asked_for(
    system: System, process: str, exporter: str, *, loaded: bool
) -> None:
    async with another(system, process, OTEL_TRACES_EXPORTER=exporter, PYTHONPROFILEIMPORTTIME="1"):
        imported = (system.data_dir / "logs" / f"another-{process}.log").read_text()
    assert " health.spans\n" in imported
    found = set(re.findall(r" opentelemetry\.(\w+)", imported))
    assert (
        found - {"semconv"} >= {"sdk", "exporter", "trace"} if loaded else found <= {"semconv"}
    )  # FastStream looks for it


async def test_a_collector_that_never_answers_costs_no_payment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a collector that takes connections and says nothing, and a queue that is soon full
    with socket.create_server(("127.0.0.1", 0), backlog=64) as hole:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{hole.getsockname()[1]}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "64")
        monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")
        async with up(data_dir) as system:
            # When payments are made
            answers = await asyncio.gather(*(paid(system) for _ in range(60)))
            stopping_at = time.monotonic()
        # Then all of them succeed, and stopping waits for nobody
        assert len({answer.body["id"] for answer in answers}) == 60
        assert time.monotonic() - stopping_at < 10
