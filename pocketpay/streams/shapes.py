"""How the streams should be, and how a stream is while it is made again. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from nats.js.api import StorageType, StreamConfig, SubjectTransform

from messages.streams import AGAIN, BEGAN, EPOCH
from messages.subjects import COMMANDS, EVENTS, LATEST, PARKED, PARTITIONS
from storage.streams import Numbering

_DUPLICATE_WINDOW_SECONDS: Final = 120
AGES: Final = {COMMANDS: timedelta(days=7), EVENTS: timedelta(days=30), PARKED: timedelta(days=30)}
"""How long a stream keeps what was said. LATEST keeps the last word on each subject for ever."""


def streams() -> Sequence[StreamConfig]:
    """All streams as they should be. COMMANDS and EVENTS store the tenant's partition for the entity."""
    return (
        _stream(COMMANDS, "pocketpay.command", partitioned=True),
        _stream(EVENTS, "pocketpay.event", partitioned=True),
        _stream(LATEST, "pocketpay.latest", max_msgs_per_subject=1),
        _stream(PARKED, "pocketpay.parked"),
    )


def numbered(config: StreamConfig, numbering: Numbering) -> StreamConfig:
    """The stream with its numbering, for whoever reads it."""
    named = {EPOCH: str(numbering.epoch), BEGAN: str(numbering.settled if numbering.epoch > 1 else 0)}
    return replace(config, metadata={**(config.metadata or {}), **named})


def closed(config: StreamConfig, first: int | None = None) -> StreamConfig:
    """The same while it is made again: it stores what it is told below another prefix, and as it is told."""
    kind = str((config.subjects or [""])[0]).split(".")[1]
    put_back = SubjectTransform(src=f"{AGAIN}.{kind}.>", dest=f"pocketpay.{kind}.>")
    return replace(config, subjects=[f"{AGAIN}.{kind}.>"], subject_transform=put_back, first_seq=first)


def _stream(name: str, prefix: str, *, max_msgs_per_subject: int = -1, partitioned: bool = False) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=[f"{prefix}.>"],
        storage=StorageType.FILE,
        max_age=AGES[name].total_seconds() if name in AGES else 0,
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
