"""Creates, updates and makes again the streams; nobody else does. Safe to repeat at every start."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import asyncpg
import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError

from messages.streams import EPOCH, number_in
from pocketpay.embedded.nats_users import PROVISIONER, inbox
from pocketpay.streams.remaking import make_whole
from pocketpay.streams.shapes import numbered, streams
from storage import streams as journals
from storage.streams import JOURNALED

WATCH_SECONDS: Final = 5
_CONNECT_SECONDS: Final = 10
_CONFIGURE_SECONDS: Final = 30
_STATEMENT_SECONDS: Final = 300
"""A waiting lock or a dead server ends the run; the next one goes on from there."""


async def provision(nats_url: str, database_url: str | None = None) -> list[str]:
    """Makes the streams so; returns the names of those created, changed or made again.

    `database_url` is that of the owner of all tables; without it a stream that lost something stays as it is.
    Raises nats.errors.Error, asyncpg.PostgresError, OSError and TimeoutError.
    """
    client = await _connected(nats_url)
    try:
        if database_url is None:
            return await _configure(client, {str(config.name): config for config in streams()})
        connection = await asyncpg.connect(database_url, timeout=10, command_timeout=_STATEMENT_SECONDS)
        try:
            await journals.only_one(connection)
            remade = await make_whole(client, connection)
            numberings = {stream: await journals.numbering(connection, stream) for stream in JOURNALED}
        finally:
            await connection.close(timeout=10)
        wanted = {str(config.name): config for config in streams()}
        wanted |= {stream: numbered(wanted[stream], numbering) for stream, numbering in numberings.items()}
        return list(dict.fromkeys([*remade, *await _configure(client, wanted)]))
    finally:
        await client.close()


async def keep_whole(nats_url: str, database_url: str, say: Callable[[str], None]) -> None:
    """Until SIGTERM or SIGINT: where nobody starts things in order, NATS may come back without its tail at any time."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        try:
            if changed := await provision(nats_url, database_url):
                say(f"made whole: {', '.join(changed)}")
        except (NatsError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            say(f"not looked at: {error!r}")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), WATCH_SECONDS)


async def _connected(nats_url: str) -> Client:
    async def unsaid(_: Exception) -> None:
        """It is raised as well; by default the client also prints its trace."""

    connecting = nats.connect(nats_url, inbox_prefix=inbox(PROVISIONER), allow_reconnect=False, error_cb=unsaid)
    try:
        return await asyncio.wait_for(connecting, _CONNECT_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"NATS does not answer within {_CONNECT_SECONDS} s") from None


async def _configure(client: Client, wanted: dict[str, StreamConfig]) -> list[str]:
    jetstream = client.jetstream(timeout=10)
    async with asyncio.timeout(_CONFIGURE_SECONDS):
        return [name for name, config in wanted.items() if await _ensure(jetstream, config)]


async def _ensure(jetstream: JetStreamContext, config: StreamConfig) -> bool:
    try:
        found = (await jetstream.stream_info(str(config.name))).config
    except NotFoundError:
        await jetstream.add_stream(config)
        return True
    metadata = {**(found.metadata or {}), **(config.metadata or {})}
    metadata[EPOCH] = str(max(number_in(each.metadata, EPOCH, 1) for each in (found, config)))  # it never goes back
    wanted = replace(config, metadata=metadata)
    if all(getattr(found, field) == getattr(wanted, field) for field in _COMPARED):
        return False
    await jetstream.update_stream(wanted)
    return True


_COMPARED: Final = (
    "subjects",
    "max_age",
    "max_msgs_per_subject",
    "duplicate_window",
    "subject_transform",
    "metadata",
)
