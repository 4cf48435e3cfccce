"""A collector of traces in the test's own loop: takes OTLP over HTTP and keeps all spans."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from messages.wire import Json


@dataclass(frozen=True, slots=True)
class Spanned:
    """A span as it came. `parent` is empty for the first of a trace."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    begun_ns: int
    ended_ns: int
    attributes: Json


@dataclass(eq=False)
class Collector:
    """`url` is for OTEL_EXPORTER_OTLP_ENDPOINT."""

    url: str = ""
    spans: list[Spanned] = field(default_factory=list)

    def of_trace(self, trace: str) -> list[Spanned]:
        """In the order in which they began."""
        return sorted((span for span in self.spans if span.trace == trace), key=lambda span: span.begun_ns)

    async def take(self, request: web.Request) -> web.Response:
        """`POST /v1/traces`."""
        told = ExportTraceServiceRequest.FromString(await request.read())
        for resource in told.resource_spans:
            service = next(
                each.value.string_value for each in resource.resource.attributes if each.key == "service.name"
            )
            for scope in resource.scope_spans:
                self.spans += [_spanned(service, span) for span in scope.spans]
        answer = web.Response(body=ExportTraceServiceResponse().SerializeToString())
        answer.force_close()  # a connection kept open would be a task that outlives its test
        return answer


@contextlib.asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """Listens on a free port."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield collector
    finally:
        await runner.cleanup()


def _spanned(service: str, span: Any) -> Spanned:
    return Spanned(
        service=service,
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        begun_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        attributes={each.key: each.value.string_value or each.value.int_value for each in span.attributes},
    )
