"""So many readers of the live stream in one process; each line on stdin asks what came since the last.

`python -m bench.sse.readers PORT COUNT` prints `ready`, then a line of JSON per question. Bare HTTP/1.1 over asyncio,
because a thousand full clients would take more of a small machine than what they measure.
"""

import asyncio
import re
import sys
import time
from array import array
from datetime import datetime
from typing import cast

import uvloop
from typing_extensions import override

from bench.line import Kept

CONNECT_AT_ONCE = 50
_TIME = re.compile(rb'"time":"([^"]+)"')


class Heard(Kept):
    """`late_ms` from an event's own time, which its actor takes before it commits, to each reader's socket.

    `all_ms` the same until the last reader has it. `missing` are pairs of an event and a reader without it.
    """

    events: int
    late_ms_p50: float
    late_ms_p99: float
    all_ms_max: float
    missing: int


class Ears:
    """What all readers share: when each event came, one arrival per reader."""

    def __init__(self, readers: int) -> None:
        self.readers = readers
        self.opened = asyncio.Event()
        self.lost = 0
        self._open = 0
        self._said_at: dict[bytes, float] = {}
        self._came_at: dict[bytes, array[float]] = {}

    def one_more(self) -> None:
        """A reader's stream is open."""
        self._open += 1
        if self._open == self.readers:
            self.opened.set()

    def hear(self, frame: bytes) -> None:
        """One event as it reached one reader; comments and empty places of the stream are none."""
        found = _TIME.search(frame)
        if found is None:
            return
        name = frame[: frame.index(b"\n")]
        if name not in self._came_at:
            self._said_at[name] = datetime.fromisoformat(found[1].decode()).timestamp()
            self._came_at[name] = array("d")
        self._came_at[name].append(time.time())

    def take(self) -> Heard:
        """What was heard since the last time."""
        said_at, came_at = self._said_at, self._came_at
        self._said_at, self._came_at = {}, {}
        late = sorted(1000 * (came - said_at[name]) for name, all_of in came_at.items() for came in all_of)
        last = [1000 * (max(all_of) - said_at[name]) for name, all_of in came_at.items()]
        return Heard(
            events=len(came_at),
            late_ms_p50=late[len(late) // 2] if late else 0.0,
            late_ms_p99=late[len(late) * 99 // 100] if late else 0.0,
            all_ms_max=max(last, default=0.0),
            missing=sum(self.readers - len(all_of) for all_of in came_at.values()) + self.lost,
        )


class Reader(asyncio.Protocol):
    """One stream. Chunks of the body end where the server ended its writes: between frames."""

    def __init__(self, ears: Ears, port: int) -> None:
        self._ears, self._port = ears, port
        self._rest = b""
        self._open = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for everything that is said from now on."""
        writing = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        writing.write(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % self._port)

    @override
    def data_received(self, data: bytes) -> None:
        """Splits at the empty line that ends a frame."""
        if not self._open and b": position" in data:
            self._open = True
            self._ears.one_more()
        *frames, self._rest = (self._rest + data).split(b"\n\n")
        for frame in frames:
            start = frame.find(b"id: ")
            if start >= 0:
                self._ears.hear(frame[start:])

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """A stream must not end while we measure."""
        self._ears.lost += 1


async def listen(port: int, count: int) -> None:
    """Until stdin ends."""
    ears, loop = Ears(count), asyncio.get_running_loop()
    for _ in range(0, count, CONNECT_AT_ONCE):
        connecting = (
            loop.create_connection(lambda: Reader(ears, port), "127.0.0.1", port) for _ in range(CONNECT_AT_ONCE)
        )
        await asyncio.gather(*connecting)
    async with asyncio.timeout(60):
        await ears.opened.wait()
    _say("ready")
    questions = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    while await questions.readline():
        _say(ears.take().model_dump_json())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(listen(int(sys.argv[1]), int(sys.argv[2])))
