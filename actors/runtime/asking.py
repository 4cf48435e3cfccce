"""Questions of one actor to another, or to itself, over NATS request and reply."""

import asyncio
import contextlib
from datetime import datetime
from typing import Any, Final, final

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError
from structlog.stdlib import get_logger

from messages.envelope import Query, Reply
from messages.streams import sequences_in
from messages.subjects import EVENTS, LATEST, query_subject, tenant_events
from messages.wire import rfc3339

ANSWER_SECONDS: Final = 8.0
CONNECT_SECONDS: Final = 3

_log = get_logger()


@final
class Asking:
    """Asks as the actor `name`, over a connection that it makes when it first needs one."""

    def __init__(self, name: str, nats_url: str) -> None:
        self._name, self._nats_url = name, nats_url
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._is_over = False

    async def __call__(self, actor: str, name: str, query: Query) -> Reply:
        """The answer, whatever its status. Raises NatsError, OSError, TimeoutError or ValueError when there is none."""
        client = await self._connected()
        message = await client.request(
            query_subject(actor, name), query.model_dump_json().encode(), timeout=ANSWER_SECONDS
        )
        return Reply.model_validate_json(message.data)

    async def last_sequence(self, subject: str) -> int:
        """Where LATEST has its last word on the subject; 0 if there is none. Raises as a question does."""
        return (await self.last_word(subject))[0]

    async def last_word(self, subject: str) -> tuple[int, bytes]:
        """The same, with the word itself."""
        client = await self._connected()
        try:
            found = await client.jetstream(timeout=ANSWER_SECONDS).get_last_msg(LATEST, subject)
        except NotFoundError:
            return 0, b""
        return found.seq or 0, found.data or b""

    async def publish(self, subject: str, body: bytes, after: int) -> None:
        """Returns once it is the last word, if the one before is at `after`. Raises when it is not, or not known."""
        client = await self._connected()
        headers = {"Nats-Expected-Stream": LATEST, "Nats-Expected-Last-Subject-Sequence": str(after)}
        await client.jetstream().publish(subject, body, timeout=ANSWER_SECONDS, headers=headers)

    async def past_events(self, tenant: str, after: int, since: datetime, limit: int) -> list[tuple[int, bytes]]:
        """What EVENTS still holds of a tenant: sequence and body, from after a sequence on, or since a time if it is 0.

        Raises as a question does.
        """
        stream = (await self._connected()).jetstream(timeout=ANSWER_SECONDS)
        start: dict[str, Any] = (
            {"deliver_policy": DeliverPolicy.BY_START_SEQUENCE, "opt_start_seq": after + 1}
            if after
            else {"deliver_policy": DeliverPolicy.BY_START_TIME, "opt_start_time": rfc3339(since)}
        )
        config = ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            filter_subject=tenant_events(tenant),
            inactive_threshold=10,
            mem_storage=True,
            num_replicas=1,
            **start,
        )
        made = await stream.add_consumer(EVENTS, config)
        # Asked for more than there is, the server would wait for it, and silence could mean anything.
        count = min(limit, made.num_pending or 0)
        subscription = await stream.pull_subscribe_bind(made.name, stream=EVENTS)
        try:
            messages = await subscription.fetch(count, timeout=ANSWER_SECONDS) if count else []
        finally:
            with contextlib.suppress(NatsError, JetStreamError, TimeoutError, OSError):
                await subscription.unsubscribe()
                await stream.delete_consumer(EVENTS, made.name)
        return [(sequences_in(message.reply)[0], message.data) for message in messages]

    async def until_stopped(self) -> None:
        """Runs beside the actor, and closes the connection with it."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Gives the connection up for good; never raises for a server that is away."""
        self._is_over = True
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(NatsError, OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await client.close()

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._is_over:
                raise ConnectionError("the process is being stopped: nobody is asked any more")
            if self._client is None or self._client.is_closed:
                self._client = await nats.connect(
                    self._nats_url,
                    name=f"{self._name}-asking",
                    connect_timeout=CONNECT_SECONDS,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    ping_interval=5,
                    inbox_prefix=f"_INBOX_{self._name}".encode(),
                    error_cb=_report,
                )
            return self._client


async def _report(error: Exception) -> None:
    _log.warning("asking.error", error=repr(error))
