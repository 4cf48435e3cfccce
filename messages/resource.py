"""What every resource has in common, and the shapes that several of them use."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from messages.wire import Instant, Wire

METADATA_KEYS_MAX = 50

Text = Annotated[str, StringConstraints(max_length=500)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _few(metadata: dict[str, str]) -> dict[str, str]:
    if len(metadata) > METADATA_KEYS_MAX:
        raise ValueError("too_long")
    return metadata


Metadata = Annotated[dict[MetadataKey, Text], AfterValidator(_few)]


class Resource(Wire):
    """Common fields. `version` starts at 1, rises with every change and is the ETag."""

    id: str
    object: str
    metadata: dict[str, str] = {}
    created_at: Instant
    updated_at: Instant
    version: int = 1
    livemode: bool = False


class Recorded(Wire):
    """Common fields of what is append-only."""

    id: str
    object: str
    metadata: dict[str, str] = {}
    created_at: Instant
    recorded_at: Instant
    livemode: bool = False
