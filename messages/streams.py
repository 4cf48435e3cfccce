"""What the configuration of a stream says of it, for whoever reads or makes it again."""

from collections.abc import Mapping, Sequence
from typing import Final

ORIGIN_HEADER: Final = "PocketPay-Origin"
"""`<actor>/<partition>/<journal position>` of whoever said a message."""

EPOCH: Final = "pocketpay-epoch"
"""Which numbering the sequences of a stream belong to."""

BEGAN: Final = "pocketpay-epoch-began"
"""All that was said in earlier numberings stands at this sequence of the present one or before it."""

AGAIN: Final = "pocketpay.again"
"""While a stream is made again it takes only what is said below this prefix, and nobody else can write to it."""

FILLER: Final = f"{AGAIN}.event.~.stream.filler.none"
"""An empty message where the number of a message must not be given out again: no tenant is called `~`."""


def again_subject(stored: str) -> str:
    """Where a message is put back, given the subject under which the stream is to keep it."""
    return f"{AGAIN}.{stored.removeprefix('pocketpay.')}"


def is_being_made(subjects: Sequence[str] | None) -> bool:
    """Whether the stream with these subjects is being made again: it is not yet whole."""
    return any(subject.startswith(f"{AGAIN}.") for subject in subjects or ())


def number_in(metadata: Mapping[str, str] | None, name: str, default: int) -> int:
    """The value of `EPOCH` or `BEGAN`."""
    return int((metadata or {}).get(name, default))


def sequences_in(reply: str) -> tuple[int, int]:
    """Stream and consumer sequence of a message, in both forms of its ack subject (ADR-15; the newer has domain
    and account). nats-py's `Msg.metadata` tells more, and costs more than all else that is done with an event.
    """
    fields = reply.split(".")
    at = 5 if len(fields) == 9 else 7
    return int(fields[at]), int(fields[at + 1])


def pending_in(reply: str) -> int:
    """How many messages wait behind this one for its consumer, in both forms of its ack subject."""
    fields = reply.split(".")
    return int(fields[8 if len(fields) == 9 else 10])
