"""How an actor's process stands: most of it is read when somebody asks, the lag every few seconds from the server."""

import asyncio
from collections.abc import Mapping

import asyncpg
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from structlog.stdlib import get_logger

from actors.runtime.mailbox import Mailbox
from actors.runtime.tenure import Tenure
from health.metrics import (
    CALL_SECONDS,
    CALLS,
    CALLS_OPEN,
    CURSOR_LAG,
    PARKED,
    PARTITIONS,
    POOL_CONNECTIONS,
    UNPUBLISHED,
)

LAG_SECONDS = 5.0
REASONS = ("unreadable", "undecidable", "behind")

_log = get_logger()


def expose(tenure: Tenure, pools: Mapping[str, asyncpg.Pool]) -> None:
    """From now on these figures are this process's. What counts from zero is shown before it first happens."""
    PARTITIONS.set_function(lambda: len(tenure.held))
    CALLS_OPEN.set_function(lambda: sum(partition.caller.open for partition in tenure.held.values()))
    UNPUBLISHED.set_function(lambda: sum(partition.voice.unsaid for partition in tenure.held.values()))
    for name, pool in pools.items():
        POOL_CONNECTIONS.labels(name, "idle").set_function(pool.get_idle_size)
        POOL_CONNECTIONS.labels(name, "used").set_function(lambda pool=pool: pool.get_size() - pool.get_idle_size())
    for reason in REASONS:
        PARKED.labels(reason)
    for operation in tenure.around.actor.perform:
        CALL_SECONDS.labels(operation)
        CALLS.labels(operation, "unknown")


async def watch_lag(tenure: Tenure) -> None:
    """Until cancelled. What the server does not tell in time is not shown."""
    while True:
        mailboxes = _mailboxes(tenure)
        lags = await asyncio.gather(*(_lag(mailbox) for _, mailbox in mailboxes))
        CURSOR_LAG.clear()  # a partition that went elsewhere is shown by who holds it now
        for (number, mailbox), lag in zip(mailboxes, lags, strict=True):
            if lag is not None and number in tenure.held:
                CURSOR_LAG.labels(mailbox.stream, number).set(lag)
        await asyncio.sleep(LAG_SECONDS)


def _mailboxes(tenure: Tenure) -> list[tuple[int, Mailbox]]:
    return [(number, mailbox) for number, each in tenure.held.items() for mailbox in each.mailboxes.values()]


async def _lag(mailbox: Mailbox) -> int | None:
    try:
        return await mailbox.lag()
    except (NatsError, JetStreamError, TimeoutError, OSError) as error:
        _log.debug("lag.unknown", stream=mailbox.stream, error=repr(error))
        return None
