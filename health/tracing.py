"""OpenTelemetry, and nowhere else: imported only when the environment names an exporter.

Spans wait in a bounded queue and are sent by a thread of its own. A collector that is away costs spans, never payments:
what finds no room is dropped, and stopping waits for two seconds at most.
"""

import threading
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as OpenTelemetrySpan
from opentelemetry.trace import Tracer as OpenTelemetryTracer

from health import spans
from health.spans import Attributes, Exporter, Kind, well_formed

STOP_SECONDS = 2.0

_KINDS = {
    "server": SpanKind.SERVER,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}


@dataclass(slots=True)
class _Span:
    tracer: OpenTelemetryTracer
    span: OpenTelemetrySpan
    traceparent: str = field(init=False)

    def __post_init__(self) -> None:
        own = self.span.get_span_context()
        self.traceparent = f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"

    def child(self, name: str, kind: Kind, begun_ns: int, ended_ns: int, attributes: Attributes) -> None:
        within = set_span_in_context(self.span, Context())
        made = self.tracer.start_span(name, within, _KINDS[kind], dict(attributes), start_time=begun_ns)
        made.end(ended_ns)

    def end(self, failed: str | None = None, attributes: Attributes | None = None) -> None:
        if attributes:
            self.span.set_attributes(dict(attributes))
        if failed is not None:
            self.span.set_status(Status(StatusCode.ERROR, failed))
        self.span.end()


@dataclass(frozen=True, slots=True)
class _Tracer:
    tracer: OpenTelemetryTracer

    def begin(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes, begun_ns: int | None = None
    ) -> _Span:
        within = _within(parent)
        span = self.tracer.start_span(name, within, _KINDS[kind], dict(attributes), start_time=begun_ns)
        return _Span(self.tracer, span)


def start(process: str, version: str, exporter: Exporter) -> TracerProvider:
    """Switches tracing on. Sampler, endpoint, headers and the queue's bounds come from OTEL_… variables."""
    resource = Resource.create(
        {"service.name": process, "service.namespace": "pocketpay", "service.version": version},
    )
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    sender: SpanExporter = OTLPSpanExporter() if exporter == "otlp" else ConsoleSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(sender))
    spans.tracer = _Tracer(provider.get_tracer("pocketpay", version))
    return provider


def stop(provider: TracerProvider) -> None:
    """Switches tracing off and sends what waits, if that can be done in time."""
    spans.tracer = None
    sending = threading.Thread(target=provider.shutdown, daemon=True)
    sending.start()
    sending.join(STOP_SECONDS)


def _within(parent: str | None) -> Context:
    """Never what happens to be current: a process works on many traces at once."""
    known = well_formed(parent)
    if known is None:
        return Context()
    _, trace_id, span_id, flags = known.split("-")
    context = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(context), Context())
