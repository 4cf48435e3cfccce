"""Who waits for which command, and what they are told once it is said."""

from collections.abc import Mapping

from nats.aio.client import Client
from nats.errors import Error as NatsError
from structlog.stdlib import get_logger

from actors.runtime.memory import Memory
from actors.runtime.turn import Turn
from messages.envelope import Accepted, Done

WAITERS_MAX = 512
"""Reply addresses kept for one command; who is beyond that asks again."""

Replies = list[tuple[str, Done | Accepted, int | None]]
"""Address, reply, and the journal position whose stream sequence becomes the reply's position."""

_log = get_logger()


def replies_of(memory: Memory, turn: Turn) -> Replies:
    """Of a committed turn. Commands that are done wait no longer."""
    for attempt in turn.attempts:
        addresses = memory.waiting.setdefault(attempt.command_id, set())
        if len(addresses) < WAITERS_MAX:
            addresses.add(attempt.reply_to)
    replies: Replies = [(address, reply, None) for address, reply in turn.answers]
    for result in turn.effects.results:
        addresses = memory.waiting.get(result.command_id, set())
        replies += [(address, result.reply, result.journal_seq) for address in addresses]
        if isinstance(result.reply, Done):
            memory.waiting.pop(result.command_id, None)
            memory.running.pop(result.command_id, None)
    return replies


async def tell(client: Client, replies: Replies, said: Mapping[int, int]) -> None:
    """Best effort: who hears nothing asks again and is answered from the inbox."""
    for address, reply, journal_seq in replies:
        if isinstance(reply, Done) and journal_seq is not None:
            reply = reply.model_copy(update={"position": said[journal_seq]})  # noqa: PLW2901 - the same, completed
        try:
            await client.publish(address, reply.model_dump_json().encode())
        except NatsError as error:
            _log.warning("reply.lost", error=repr(error))
