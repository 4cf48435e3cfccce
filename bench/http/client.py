"""The load: so many requests open at any time, each answer followed by the next request. Prints a line of JSON.

Bare HTTP/1.1 over asyncio, because a full client would take as much of a small machine as what it measures.
"""

import argparse
import asyncio
import re
import sys
import time
from array import array
from collections import Counter
from secrets import token_hex
from typing import cast

import uvloop
from typing_extensions import override

from bench.http.measured import Said

SILENCE_SECONDS = 60.0
CUSTOMERS = 1000
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Run:
    """What all connections share: the next request, and what became of those before."""

    def __init__(self, port: int, open_requests: int, seconds: float, count: int) -> None:
        self.port, self.open_requests, self.seconds, self.count = port, open_requests, seconds, count
        self.latencies = array("d")
        self.failed: Counter[str] = Counter()
        self.over = asyncio.Event()
        self._key = token_hex(8)
        self._asked = 0
        self._stop_at = 0.0
        self._busy = open_requests

    def begin(self) -> float:
        """Starts the clock and returns it, in seconds of `time.monotonic`."""
        began = time.monotonic()
        self._stop_at = began + self.seconds
        return began

    def next_request(self) -> bytes | None:
        """None once enough was asked, or for long enough."""
        if time.monotonic() >= self._stop_at or self._asked >= self.count:
            return None
        self._asked += 1
        body = b'{"amount":1000,"currency":"USD","customer_id":"c%d"}' % (self._asked % CUSTOMERS)
        return (
            b"POST /api/v1/payments HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: %s-%d\r\nContent-Length: %d\r\n\r\n%s"
        ) % (self.port, self._key.encode(), self._asked, len(body), body)

    def note(self, answer: bytes, seconds: float) -> None:
        """Only a payment that succeeded counts."""
        if answer[9:12] == b"201" and b'"status":"succeeded"' in answer:
            self.latencies.append(seconds)
        else:
            self.failed[answer[9:12].decode(errors="replace") or "nothing"] += 1

    def one_less(self) -> None:
        """A connection has nothing more to do."""
        self._busy -= 1
        if self._busy == 0:
            self.over.set()


class Connection(asyncio.Protocol):
    """One open request after the other."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._asked_at: float | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Waits for `ask`, so that the clock starts when all are connected."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def ask(self) -> None:
        """Sends the next request, or closes."""
        assert self._transport is not None
        request = self._run.next_request()
        if request is None:
            self._transport.close()
            return
        self._answer, self._asked_at = b"", time.monotonic()
        self._transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        """Collects one answer."""
        self._answer += data
        if self._asked_at is not None and is_whole(self._answer):
            self._run.note(self._answer, time.monotonic() - self._asked_at)
            self._asked_at = None
            self.ask()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """A request without an answer has failed; the connection is not replaced."""
        if self._asked_at is not None:
            self._run.failed["connection lost"] += 1
        self._run.one_less()


def is_whole(answer: bytes) -> bool:
    """Whether it has come to its end, as its Content-Length says."""
    head_end = answer.find(b"\r\n\r\n")
    length = _LENGTH.search(answer, 0, head_end + 2) if head_end > 0 else None
    return length is not None and len(answer) >= head_end + 4 + int(length[1])


async def measure(run: Run) -> Said:
    """Connects first, so that the clock starts when all can ask."""
    loop = asyncio.get_running_loop()
    connecting = (
        loop.create_connection(lambda: Connection(run), "127.0.0.1", run.port) for _ in range(run.open_requests)
    )
    connections = [protocol for _, protocol in await asyncio.gather(*connecting)]
    began = run.begin()
    for connection in connections:
        connection.ask()
    try:
        await asyncio.wait_for(run.over.wait(), run.seconds + SILENCE_SECONDS)
    except TimeoutError:
        run.failed["silence"] += 1
    ended = time.monotonic()
    sorted_ms = sorted(1000 * seconds for seconds in run.latencies)
    return Said(
        ok=len(sorted_ms),
        failed=dict(run.failed),
        began=began,
        ended=ended,
        p50_ms=sorted_ms[len(sorted_ms) // 2] if sorted_ms else 0.0,
        p99_ms=sorted_ms[len(sorted_ms) * 99 // 100] if sorted_ms else 0.0,
    )


def main() -> None:
    """`python -m bench.http.client PORT --open 256 --seconds 10`, or `--count 50000`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--open", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--count", type=int, default=sys.maxsize)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:

        async def run() -> Said:
            return await measure(Run(options.port, options.open, options.seconds, options.count))

        sys.stdout.write(runner.run(run()).model_dump_json() + "\n")


if __name__ == "__main__":
    main()
