"""One partition's view of one stream: messages in order from a cursor on, and never more than were asked for.

A pull consumer without acknowledgements: how far we are is a row in our own database. Whatever looks odd (a gap in the
consumer's count, silence, a lost connection, a deleted consumer) is answered by beginning again after the last
message that came.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError
from structlog.stdlib import get_logger

from actors.runtime.reading import Letter
from actors.runtime.wholeness import StreamCut, must_reach
from messages.streams import ORIGIN_HEADER, sequences_in

WINDOW = 1024
"""Messages asked for and not yet taken by the partition, at most."""

PULL_SECONDS = 30
HEARTBEAT_SECONDS = 5
SILENCE_SECONDS = 12

_log = get_logger()


class Mailbox:
    """Offers letters to `deliver` in stream order; `taken` tells it that there is room again."""

    def __init__(
        self,
        client: Client,
        name: str,
        stream: str,
        filters: list[str],
        cursor: int,
        deliver: Callable[[Letter], None],
    ) -> None:
        self.stream = stream
        self.last_seq = cursor
        self.cut: str | None = None
        self._client, self._name, self._filters, self._deliver = client, name, filters, deliver
        self._generation = 0
        self._expected = 1  # of the consumer's own count
        self._asked = 0  # pulled for and not yet come
        self._held = 0  # come and not yet taken
        self._restart = asyncio.Event()
        self._heard_at = 0.0
        self._subscription: Subscription | None = None
        self._inbox = ""  # there is one while the consumer can be asked

    async def run(self) -> None:
        """Until cancelled: begins, watches over, and begins again."""
        try:
            while True:
                try:
                    await self._begin()
                    await self._watch()
                except StreamCut as error:
                    self.cut = str(error)
                    _log.error("mailbox.stream_cut", stream=self.stream, why=self.cut)
                    if error.shorter:
                        # Once others have said enough it would reach the cursor again, and all up to there would be
                        # passed over. Who makes it whole makes the partition begin anew.
                        await asyncio.Event().wait()
                    await asyncio.sleep(1)
                except (NatsError, JetStreamError, TimeoutError, OSError) as error:
                    _log.warning("mailbox.retry", stream=self.stream, consumer=self._name, error=repr(error))
                    await asyncio.sleep(0.3)
        finally:
            await self._stop()

    def taken(self, count: int) -> None:
        """So many letters have been dealt with."""
        self._held -= count
        self._pull_if_low()

    def restart(self) -> None:
        """Something happened to the connection: begin again after the last letter."""
        self._restart.set()

    async def nothing_waits(self) -> bool:
        """Whether the stream holds nothing more for us, and nothing is on its way."""
        if self._held or self._restart.is_set():
            return False
        info = await self._client.jetstream(timeout=2).consumer_info(self.stream, self._consumer)
        all_came = info.delivered is not None and info.delivered.consumer_seq == self._expected - 1
        return info.num_pending == 0 and all_came and not self._held and not self._restart.is_set()

    async def lag(self) -> int:
        """Messages that the stream holds for us and that are not dealt with. Asks the server."""
        info = await self._client.jetstream(timeout=2).consumer_info(self.stream, self._consumer)
        return (info.num_pending or 0) + self._held

    @property
    def _consumer(self) -> str:
        return f"{self._name}-{self._generation}"

    async def _begin(self) -> None:
        await self._stop()
        await must_reach(self._client, self.stream, self.last_seq)
        self.cut = None
        self._restart.clear()
        self._generation += 1
        self._expected, self._asked = 1, 0
        inbox = self._client.new_inbox()
        self._subscription = await self._client.subscribe(inbox, cb=self._receive(self._generation))
        config = ConsumerConfig(
            name=self._consumer,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.last_seq + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=self._filters,
            inactive_threshold=60,
            mem_storage=True,
            num_replicas=1,
        )
        await self._client.jetstream(timeout=3).add_consumer(self.stream, config)
        self._inbox = inbox
        self._heard_at = asyncio.get_running_loop().time()
        self._pull_if_low()

    async def _stop(self) -> None:
        self._inbox = ""
        if self._subscription is not None:
            subscription, self._subscription = self._subscription, None
            with contextlib.suppress(NatsError, OSError):
                await subscription.unsubscribe()
            with contextlib.suppress(NatsError, JetStreamError, TimeoutError, OSError):
                await self._client.jetstream(timeout=1).delete_consumer(self.stream, self._consumer)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() - self._heard_at < SILENCE_SECONDS:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._restart.wait(), HEARTBEAT_SECONDS)
                return
        _log.warning("mailbox.silent", stream=self.stream, consumer=self._consumer)

    def _receive(self, generation: int) -> Callable[[Msg], Awaitable[None]]:
        async def receive(message: Msg) -> None:
            if generation != self._generation:
                return
            self._heard_at = asyncio.get_running_loop().time()
            if message.headers and "Status" in message.headers:
                self._status(message.headers)
            else:
                self._letter(message)

        return receive

    def _letter(self, message: Msg) -> None:
        stream_seq, consumer_seq = sequences_in(message.reply)
        if consumer_seq != self._expected:
            self.restart()
            return
        self._expected += 1
        self._asked = max(0, self._asked - 1)
        self._held += 1
        self.last_seq = stream_seq
        origin = message.headers.get(ORIGIN_HEADER) if message.headers else None
        self._deliver(Letter(self.stream, stream_seq, message.data, origin))
        self._pull_if_low()

    def _status(self, headers: dict[str, str]) -> None:
        status = headers["Status"]
        if status == "100":  # heartbeat
            return
        if status in ("404", "408"):  # one request ran out, so many of its messages did not come
            self._asked = max(0, self._asked - int(headers.get("Nats-Pending-Messages", self._asked)))
            self._pull_if_low()
        else:
            self.restart()

    def _pull_if_low(self) -> None:
        room = WINDOW - self._asked - self._held
        if self._inbox and room >= WINDOW // 2:
            self._asked += room
            request = {
                "batch": room,
                "expires": PULL_SECONDS * 1_000_000_000,
                "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
            }
            self._publish(f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self._consumer}", json.dumps(request).encode())

    def _publish(self, subject: str, payload: bytes) -> None:
        task = asyncio.ensure_future(self._client.publish(subject, payload, reply=self._inbox))
        task.add_done_callback(self._published)

    def _published(self, task: "asyncio.Future[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            self.restart()
