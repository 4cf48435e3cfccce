"""Opaque places: in a list, bound to its filters, and in the stream of events."""

import base64
import hashlib
import json
import re
from typing import NamedTuple

from gateway.problems import FieldError, Problem, invalid
from messages.wire import Json

STREAM_CURSOR = r"^(?:([1-9][0-9]{0,8})-)?(0|[1-9][0-9]{0,18})$"
_STREAM_CURSOR = re.compile(STREAM_CURSOR, re.ASCII)

PLACE_LENGTH_MAX = 255
"""As long as the longest path of an account."""

After = str | tuple[str, str]
"""What the owning actor goes on from: a path, or the (time, id) of the last one seen."""


class Place(NamedTuple):
    """A point in EVENTS; without `epoch` the client named a bare sequence, such as `0` for the oldest."""

    epoch: int | None
    seq: int


def list_cursor(after: After, filters: Json) -> str:
    """Where the next page begins."""
    text = json.dumps([_digest(filters), after], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_list_cursor(cursor: str, filters: Json) -> After:
    """Raises Problem `invalid_cursor` when it cannot be read or was given out for other filters."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        digest, after = json.loads(text)
    except (ValueError, TypeError, RecursionError) as why:
        raise _invalid("The cursor cannot be read.") from why
    if digest != _digest(filters):
        raise _invalid("The cursor belongs to other filters.")
    match after:
        case str() if _is_place(after):
            return after
        case [str() as time, str() as last] if _is_place(time) and _is_place(last):
            return time, last
        case _:
            raise _invalid("The cursor cannot be read.")


def stream_cursor(epoch: int, seq: int) -> str:
    """`1-18231`: also a position."""
    return f"{epoch}-{seq}"


def read_stream_cursor(text: str) -> Place | None:
    """None for what was never a cursor of ours."""
    found = _STREAM_CURSOR.fullmatch(text)
    return Place(int(found[1]) if found[1] else None, int(found[2])) if found else None


def _is_place(text: str) -> bool:
    return len(text) <= PLACE_LENGTH_MAX and text.isascii() and text.isprintable()


def _digest(filters: Json) -> str:
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:16]


def _invalid(detail: str) -> Problem:
    return invalid("invalid_cursor", [FieldError("bad_format", detail, parameter="cursor")])
