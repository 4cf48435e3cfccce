"""What was said before, a page at a time, for a replay."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from actors.notifications.directory import wants
from messages.envelope import Event
from messages.notifications import UNDELIVERED
from messages.wire import Json, json_of

Read = Callable[[str, int, datetime, int], Awaitable[Sequence[tuple[int, bytes]]]]
"""Of a tenant: events after a sequence, or from a time on if that is 0, at most so many; none: there are no more."""

KEPT_BACK: Final = (*UNDELIVERED, "ping.")
FILLER: Final = b""
"""Stands where a number must not be given out again."""


async def read_events(read: Read, call_id: str, request: Json) -> Json:
    """The events of a page that the endpoint wants, the sequence that was reached, and whether that is the end.

    Raises as `read` does: the call is made again.
    """
    _ = call_id
    until, types = datetime.fromisoformat(request["to"]), tuple(request["types"])
    page = await read(request["tenant"], request["after"], datetime.fromisoformat(request["from"]), request["limit"])
    events = [Event.model_validate_json(body) for _, body in page if body != FILLER]
    within = [event for event in events if event.time < until]
    # A test went to one endpoint alone: it is nothing of the past.
    wanted = [event for event in within if wants(types, event.type) and not event.type.startswith(KEPT_BACK)]
    position = page[-1][0] if page else request["after"]
    done = not page or len(within) < len(events)
    return {"events": [json_of(event) for event in wanted], "position": position, "done": done}
