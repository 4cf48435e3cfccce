"""The trace of a turn: each of its messages has a span of its own, and in it what was done for the whole batch.

A batch serves many traces. Whoever looks at one payment wants its commit inside its own trace, so the batch's steps
are told again in each, with the number of messages that shared them, instead of once with links that few tools show.
"""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from actors.runtime.reading import Incoming
from health import spans
from health.spans import Span
from storage.journal import JournalRow

Then = Callable[[dict[int, int]], Awaitable[None]]

_CARRIED = re.compile(r'"traceparent":"([^"]+)"')


@dataclass(slots=True)
class Trace:
    """`spans` by their traceparent: none while tracing is off."""

    began_ns: int = field(default_factory=time.time_ns)
    spans: dict[str, Span] = field(default_factory=dict)
    steps: list[tuple[str, int, int]] = field(default_factory=list)

    def follow(self, incoming: Incoming, message_type: str) -> Incoming:
        """Begins the message's span; all that follows from the message carries on this span."""
        if spans.tracer is None:
            return incoming
        attributes = {
            "messaging.system": "nats",
            "messaging.operation.type": "process",
            "messaging.destination.name": incoming.letter.stream if incoming.letter else "none",
            "pocketpay.tenant": incoming.message.tenant,
            "pocketpay.entity": incoming.entity,
            "pocketpay.correlation_id": incoming.cause.correlation_id,
        }
        parent, name = incoming.cause.traceparent, f"process {message_type}"
        span = spans.tracer.begin(name, "consumer", parent, attributes, self.began_ns)
        self.spans[span.traceparent] = span
        return replace(incoming, cause=replace(incoming.cause, traceparent=span.traceparent))

    def step(self, name: str, began: float) -> None:
        """Done for all messages of the turn; `began` is of `time.perf_counter`."""
        if self.spans:
            now = time.time_ns()
            begun_ns = now - int((time.perf_counter() - began) * 1e9)
            self.steps.append((name, max(begun_ns, self.began_ns), now))

    def telling(self, rows: Sequence[JournalRow], then: Then) -> Then:
        """`then`, and with it the end of the trace's part here: these rows are on their streams."""
        if not self.spans:
            return then
        committed_ns = time.time_ns()

        async def told(said: dict[int, int]) -> None:
            self._published(rows, committed_ns)
            await then(said)
            self.end()

        return told

    def end(self) -> None:
        """Nothing more comes of these messages."""
        for span in self.spans.values():
            for name, begun_ns, ended_ns in self.steps:
                span.child(name, "internal", begun_ns, ended_ns, {"messaging.batch.message_count": len(self.spans)})
            span.end()

    def _published(self, rows: Sequence[JournalRow], committed_ns: int) -> None:
        """A row's own words say which message it follows from: what it carries on stands before its data."""
        now = time.time_ns()
        for row in rows:
            found = _CARRIED.search(row.message)
            span = self.spans.get(found[1]) if found else None
            if span is not None:
                stream = {"messaging.system": "nats", "messaging.destination.name": row.stream}
                span.child(f"publish {row.type}", "producer", committed_ns, now, stream)
