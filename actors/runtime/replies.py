"""Who waits for which command, and what they are told once it is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nats.aio.client import Client
from nats.errors import Error as NatsError
from structlog.stdlib import get_logger

from actors.runtime.batch import Turn
from actors.runtime.memory import Memory
from actors.runtime.told import Told
from health.spans import during

_log = get_logger()

COMMANDS_MAX = 10_000
"""Commands that somebody waits for, running or parked; beyond that who waits asks again."""

WAITERS_MAX = 512
"""Reply addresses kept for one command; who is beyond that asks again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`journal_seq` is the position whose stream sequence becomes the reply's, unless `position` is known already."""

    address: str
    told: Told
    position: int | None = None
    journal_seq: int | None = None
    traceparent: str | None = None


def replies_of(memory: Memory, turn: Turn) -> list[Reply]:
    """Of a committed turn. Commands that are done wait no longer."""
    replies = [Reply(address, told, position) for address, told, position in turn.answers]
    results = {result.told.command_id: result for result in turn.effects.results}
    for attempt in turn.attempts:
        result = results.get(attempt.command_id)
        if result is not None and not result.told.final and attempt.tell_accepted:
            replies.append(Reply(attempt.reply_to, result.told, traceparent=result.traceparent))
        if attempt.command_id in memory.waiting or len(memory.waiting) < COMMANDS_MAX:
            addresses = memory.waiting.setdefault(attempt.command_id, set())
            if len(addresses) < WAITERS_MAX:
                addresses.add(attempt.reply_to)
    for command_id, result in results.items():
        if result.told.final:
            waiting = memory.waiting.pop(command_id, ())
            seq, traceparent = result.journal_seq, result.traceparent
            replies += [Reply(address, result.told, None, seq, traceparent) for address in waiting]
    return replies


async def tell(client: Client, replies: Sequence[Reply], said: Mapping[int, int]) -> None:
    """Best effort: who hears nothing asks again and is answered from the inbox."""
    for reply in replies:
        position = said[reply.journal_seq] if reply.journal_seq is not None else reply.position
        try:
            with during(reply.traceparent, "reply", "producer", {"messaging.system": "nats"}):
                await client.publish(reply.address, reply.told.as_message(position))
        except NatsError as error:
            _log.warning("reply.lost", error=repr(error))
