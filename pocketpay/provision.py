"""Creates and updates the streams; nobody else does. Safe to repeat at every start."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import nats
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig, SubjectTransform
from nats.js.errors import NotFoundError

from messages.subjects import COMMANDS, EVENTS, LATEST, PARKED, PARTITIONS
from pocketpay.embedded.nats_users import PROVISIONER, inbox

EPOCH: Final = "pocketpay-epoch"
_DUPLICATE_WINDOW_SECONDS: Final = 120


def streams() -> Sequence[StreamConfig]:
    """All streams as they should be. COMMANDS and EVENTS store the tenant's partition for the entity."""
    return (
        _stream(COMMANDS, "pocketpay.command", max_age=timedelta(days=7), partitioned=True),
        _stream(EVENTS, "pocketpay.event", max_age=timedelta(days=30), partitioned=True),
        _stream(LATEST, "pocketpay.latest", max_msgs_per_subject=1),
        _stream(PARKED, "pocketpay.parked", max_age=timedelta(days=30)),
    )


def _stream(
    name: str,
    prefix: str,
    *,
    max_age: timedelta | None = None,
    max_msgs_per_subject: int = -1,
    partitioned: bool = False,
) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[f"{prefix}.>"],
        storage=StorageType.FILE,
        max_age=max_age.total_seconds() if max_age else 0,
        max_msgs_per_subject=max_msgs_per_subject,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
        deny_delete=True,
        allow_direct=True,
        subject_transform=_by_partition(prefix) if partitioned else None,
        metadata={EPOCH: "1"},
    )


def _by_partition(prefix: str) -> SubjectTransform:
    kept = ".".join(f"{{{{wildcard({position})}}}}" for position in (1, 2, 3))
    return SubjectTransform(src=f"{prefix}.*.*.*.*", dest=f"{prefix}.{kept}.{{{{partition({PARTITIONS},1)}}}}")


async def provision(nats_url: str, timeout_seconds: float = 30) -> list[str]:
    """Makes the streams so; returns the names of those created or changed.

    Raises nats.errors.Error, OSError and TimeoutError when the server cannot be asked.
    """
    async with asyncio.timeout(timeout_seconds):
        connection = await nats.connect(nats_url, inbox_prefix=inbox(PROVISIONER), allow_reconnect=False)
        try:
            jetstream = connection.jetstream(timeout=10)
            return [str(config.name) for config in streams() if await _ensure(jetstream, config)]
        finally:
            await connection.close()


async def _ensure(jetstream: JetStreamContext, config: StreamConfig) -> bool:
    try:
        found = (await jetstream.stream_info(str(config.name))).config
    except NotFoundError:
        await jetstream.add_stream(config)
        return True
    metadata = {**(config.metadata or {}), **(found.metadata or {})}  # an epoch that moved on stays
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
