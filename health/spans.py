"""Spans of a trace, for those who make them. Nothing is made until `health.tracing` puts a tracer here."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Literal, Protocol, cast, get_args

Kind = Literal["server", "producer", "consumer", "client", "internal"]
Attributes = Mapping[str, str | int]
Exporter = Literal["otlp", "console", "none"]

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)


class Span(Protocol):
    """Something that takes time. What is never ended is never seen."""

    traceparent: str

    def child(self, name: str, kind: Kind, begun_ns: int, ended_ns: int, attributes: Attributes) -> None:
        """Something that is over already, in nanoseconds since 1970."""
        ...

    def end(self, failed: str | None = None, attributes: Attributes | None = None) -> None:
        """`failed` says why, in a word or two."""
        ...


class Tracer(Protocol):
    """Makes spans."""

    def begin(
        self, name: str, kind: Kind, parent: str | None, attributes: Attributes, begun_ns: int | None = None
    ) -> Span:
        """Without a parent it is the first of a new trace. It begins now, or began at `begun_ns` since 1970."""
        ...


tracer: Tracer | None = None


@contextlib.contextmanager
def during(parent: str | None, name: str, kind: Kind, attributes: Attributes) -> Iterator[Span | None]:
    """A span within another; nothing while tracing is off or without a parent."""
    if tracer is None or parent is None:
        yield None
        return
    span = tracer.begin(name, kind, parent, attributes)
    try:
        yield span
    except BaseException as error:
        span.end(type(error).__name__)
        raise
    span.end()


def well_formed(traceparent: str | None) -> str | None:
    """As W3C Trace Context 1 has it, in version 00 with the sampled flag alone; None for what is none."""
    found = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return f"00-{found[1]}-{found[2]}-{int(found[3], 16) & 1:02x}" if found else None


def exporter_of(environment: Mapping[str, str]) -> Exporter:
    """What OpenTelemetry's variables ask for. Raises ValueError for an exporter or protocol that is not built in."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return "none"
    endpoint = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    name = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() or ("otlp" if endpoint else "none")
    if name not in get_args(Exporter):
        raise ValueError(f"OTEL_TRACES_EXPORTER is {name!r}: it must be otlp, console or none")
    for variable in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if name == "otlp" and environment.get(variable, "http/protobuf") != "http/protobuf":
            raise ValueError(f"{variable} is {environment[variable]!r}: only http/protobuf is built in")
    return cast("Exporter", name)
