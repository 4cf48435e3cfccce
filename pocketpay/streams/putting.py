"""Puts messages back under given numbers, many in flight: each says which number must be the last before it."""

from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from pydantic_core import from_json

from health.crash import crash_point
from messages.streams import FILLER, ORIGIN_HEADER, again_subject
from storage.said import Said

ASKED_EVERY: Final = 500
ASKED_MAX: Final = 4
"""Acknowledgements that may be outstanding; so at most 2,500 messages are in flight."""

ACK_SECONDS: Final = 30


class PutFailed(NatsError):
    """The stream refused a message. What it holds is right, and the next run goes on behind it."""


class Putting:
    """The one writer of a stream whose last number is `last`, up to the number `until`."""

    def __init__(self, client: Client, last: int, until: int) -> None:
        self._client, self._last, self._until = client, last, until
        self._inbox = client.new_inbox()
        self._asked: deque[int] = deque()
        self._acks: Subscription | None = None

    async def put_all(self, pages: AsyncIterator[list[Said]]) -> None:
        """All messages with fillers between and behind them. Raises PutFailed."""
        self._acks = await self._client.subscribe(self._inbox)
        try:
            async for page in pages:
                for said in page:
                    await self._fill(said.number)
                    await self._put(*_message(said))
            await self._fill(self._until + 1)
            while self._asked:
                await self._hear(self._acks)
        finally:
            await self._acks.unsubscribe()

    async def _fill(self, number: int) -> None:
        for _ in range(self._last + 1, number):
            await self._put(FILLER, b"", {})

    async def _put(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        headers["Nats-Expected-Last-Sequence"] = str(self._last)
        self._last += 1
        asking = self._last % ASKED_EVERY == 0 or self._last == self._until
        await self._client.publish(subject, body, reply=self._inbox if asking else "", headers=headers)
        crash_point("mid_put")
        if asking:
            self._asked.append(self._last)
        if self._acks is not None and len(self._asked) > ASKED_MAX:
            await self._hear(self._acks)

    async def _hear(self, acks: Subscription) -> None:
        """One acknowledgement stands for all messages before it, as each names the one that it follows."""
        number = self._asked.popleft()
        message = await acks.next_msg(ACK_SECONDS)
        answer = from_json(message.data or b"{}")
        if answer.get("seq") != number:
            raise PutFailed(f"message {number} was not put back: {answer.get('error', answer)}")


def _message(said: Said) -> tuple[str, bytes, dict[str, str]]:
    stored = f"{said.subject.rpartition('.')[0]}.{said.voice.partition}"
    origin = f"{said.voice.actor}/{said.voice.partition}/{said.position}"
    return again_subject(stored), said.message.encode(), {"Nats-Msg-Id": said.id, ORIGIN_HEADER: origin}
