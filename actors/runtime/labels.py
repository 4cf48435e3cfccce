"""Metadata: labels that a tenant puts on what is theirs."""

from collections.abc import Mapping

from actors.runtime.refusals import invalid
from messages.resource import METADATA_KEYS_MAX


def merged_metadata(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """What is there after these changes, of which null removes a key. Raises Refusal when it would be too many."""
    after = {name: value for name, value in {**before, **changes}.items() if value is not None}
    if len(after) > METADATA_KEYS_MAX:
        raise invalid("/metadata", "too_long", f"There can be {METADATA_KEYS_MAX} keys; this would make {len(after)}.")
    return after
