"""The provider in a storm: sends at a steady rate, repeats what was not taken, prints `ready` when it begins
and a line of JSON at the end.

`python -m bench.storm.sender PORT --events 50000 --seconds 60 --storm NAME --payments pay_1,pay_2` with STORM_SECRET.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import uvloop
from typing_extensions import override

from bench.http.client import is_whole
from bench.line import Kept
from bench.storm.deliveries import PATH, Delivery, body, shuffled, signature

SIGNS_WITH = "STORM_SECRET"
CONNECTIONS = 256
PUT_OFF = ("429", "503")
REPEAT_SECONDS = 1.0
LONGEST_SECONDS = 600.0


class Told(Kept):
    """How a storm went. `taken` and `refused` are good deliveries answered with 200 and forged ones with 400.

    `put_off` counts answers 429 and 503, after which it is sent again; `odd` whatever should not have been answered.
    `seconds` end with the last answer, `sending_seconds` when the last one was sent for the first time.
    """

    taken: int
    refused: int
    put_off: int
    odd: dict[str, int]
    seconds: float
    sending_seconds: float


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._waiting: asyncio.Future[str] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    async def ask(self, request: bytes) -> str:
        """The status of the answer, or `lost`."""
        assert self._transport is not None
        if self._transport.is_closing():
            return "lost"
        self._answer, self._waiting = b"", asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    @override
    def data_received(self, data: bytes) -> None:
        """Collects one answer."""
        self._answer += data
        if is_whole(self._answer):
            self._end(self._answer[9:12].decode(errors="replace"))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits hears of it."""
        self._end("lost")

    def _end(self, said: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(said)


class Storm:
    """What all connections share: what is still to be sent, when, and how often what was answered."""

    def __init__(self, options: argparse.Namespace, secret: str) -> None:
        self.port, self.name, self.payments = options.port, options.storm, options.payments.split(",")
        self.secret, self.began, self.last_sent, self.put_off = secret, 0.0, 0.0, 0
        deliveries = shuffled(options.events, options.storm)
        self.pause_seconds = options.seconds / len(deliveries)
        self.rest: Iterator[tuple[int, Delivery]] = enumerate(deliveries)
        self.said: Counter[tuple[bool, str]] = Counter()

    def request(self, delivery: Delivery) -> bytes:
        """Signed now."""
        now = int(time.time())
        told = body(self.name, delivery, self.payments, now)
        return (
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
            b"Stripe-Signature: %s\r\nContent-Length: %d\r\n\r\n%s"
        ) % (PATH.encode(), self.port, signature(told, delivery, self.secret, now).encode(), len(told), told)


async def _send(storm: Storm, connection: Connection) -> None:
    for place, delivery in storm.rest:
        early = storm.began + place * storm.pause_seconds - time.monotonic()
        if early > 0:
            await asyncio.sleep(early)
        storm.last_sent = time.monotonic()
        while (status := await connection.ask(storm.request(delivery))) in PUT_OFF:
            storm.put_off += 1
            await asyncio.sleep(REPEAT_SECONDS)
        storm.said[delivery.forged, status] += 1


async def rage(storm: Storm) -> Told:
    """Connects first, so that the clock starts when all can send."""
    loop = asyncio.get_running_loop()
    connecting = (loop.create_connection(Connection, "127.0.0.1", storm.port) for _ in range(CONNECTIONS))
    connections = [connection for _, connection in await asyncio.gather(*connecting)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    storm.began = time.monotonic()
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(_send(storm, connection) for connection in connections))
    said = storm.said
    taken, refused = said.pop((False, "200"), 0), said.pop((True, "400"), 0)
    return Told(
        taken=taken,
        refused=refused,
        put_off=storm.put_off,
        odd={f"{'forged' if forged else 'good'} {status}": count for (forged, status), count in said.items()},
        seconds=time.monotonic() - storm.began,
        sending_seconds=storm.last_sent - storm.began,
    )


def main() -> None:
    """Until all is answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--storm", required=True)
    parser.add_argument("--payments", required=True)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:

        async def run() -> Told:
            return await rage(Storm(options, os.environ[SIGNS_WITH]))

        sys.stdout.write(runner.run(run()).model_dump_json() + "\n")


if __name__ == "__main__":
    main()
