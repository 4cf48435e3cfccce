"""`POST /stream-tickets`: for an EventSource of another origin, which can send neither a key nor our cookie."""

import time
from datetime import UTC, datetime

from aiohttp import web

from gateway.answers import respond
from gateway.door import caller_of, door_of
from gateway.outcomes import Answer
from gateway.problems import Problem
from gateway.route import V1, Input, Route
from gateway.shapes import StreamTicket
from gateway.tickets import TICKET_SECONDS
from messages.wire import json_of


async def make(request: web.Request, _: Input) -> web.StreamResponse:
    """What the key or session may read, the ticket may read: once, and soon."""
    door, caller = door_of(request), caller_of(request)
    if caller.from_page:
        detail = "A publishable key needs no ticket: it may stand in the address itself, as publishable_key."
        raise Problem("scope_missing", detail, {"scope": "events:read"})
    holder = door.keys.table.holders.get(caller.secret_hash or "")
    ticket = door.tickets.make(holder.id if holder else "open")
    ends = datetime.fromtimestamp(int(time.time()) + TICKET_SECONDS, UTC)
    return respond(Answer(201, json_of(StreamTicket(ticket=ticket, expires_at=ends)), {}))


STREAM_TICKETS = [
    Route(
        *("POST", f"{V1}/stream-tickets", make, None),
        *("createStreamTicket", "A ticket for one stream: GET …?ticket=… within 30 s", StreamTicket),
        status=201,
        told=True,
        codes=("scope_missing",),
    ),
]
