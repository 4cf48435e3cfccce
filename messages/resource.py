"""What every resource has in common, and the shapes that several of them use."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from messages.wire import Instant, Wire

METADATA_KEYS_MAX = 50

Text = Annotated[str, StringConstraints(max_length=500)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _few(metadata: dict[str, str]) -> dict[str, str]:
    if len(metadata) > METADATA_KEYS_MAX:
        raise ValueError("too_long")
    return metadata


Metadata = Annotated[
    dict[MetadataKey, Text], AfterValidator(_few), Field(json_schema_extra={"maxProperties": METADATA_KEYS_MAX})
]

MetadataChanges = Annotated[
    dict[MetadataKey, Text | None], Field(json_schema_extra={"maxProperties": METADATA_KEYS_MAX})
]
"""Merged into what is there; null removes a key."""


class Versioned(Wire):
    """What events are said of. `version` starts at 1, rises with every change and is the ETag."""

    id: str
    version: int = 1


class Resource(Versioned):
    """Common fields of what may change."""

    object: str
    metadata: dict[str, str] = Field(default_factory=dict)
    created_at: Instant
    updated_at: Instant
    livemode: bool = False


class ResourceName(Wire):
    """Which resource something is about."""

    object: str
    id: str
