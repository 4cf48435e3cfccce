"""`GET /flow`: what walks through the system just now, four frames a second, for as long as somebody looks."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from pydantic_core import to_json

from gateway.door import Door, caller_of, door_of
from gateway.flow_figures import PAYMENTS, Tally, hops_of, read, take, unheard
from gateway.parameters import Flow
from gateway.problems import Problem
from gateway.read_on import read_on
from gateway.ring import Stored
from gateway.route import EVENTS as SSE
from gateway.route import V1, Input, Route
from gateway.sse import RETRY_LATER_MILLISECONDS, ReaderGone, notice_frame, open_stream, opening, write
from messages.subjects import partition_of
from messages.wire import Json

FRAME_SECONDS: Final = 0.25
UNHEARD_MAX: Final = 20_000
PAGES_A_FRAME: Final = 8


@dataclass(eq=False)
class _Looker:
    request: web.Request
    door: Door
    tenant: str
    cursor: int
    tally: Tally = field(default_factory=Tally)
    unheard: list[Stored] = field(default_factory=list[Stored])


async def flow(request: web.Request, _: Input) -> web.StreamResponse:
    """Begins with now, and has no history: who comes again sees what is true then."""
    door, tenant = door_of(request), caller_of(request).tenant
    with door.readers.place(caller_of(request)):
        response = await open_stream(request)
        looker = _Looker(request, door, tenant, door.feed.ring.last)
        try:
            await _show(looker, response)
        except (Problem, ReaderGone):
            return response
    return response


async def _show(looker: _Looker, response: web.StreamResponse) -> None:
    ring = looker.door.feed.ring
    if not ring.ready or looker.door.draining:
        await write(looker.request, response, f"retry: {RETRY_LATER_MILLISECONDS}\n\n".encode())
        return
    await write(looker.request, response, opening("now", f"tenant={looker.tenant}"))
    while not looker.door.draining:
        began = time.monotonic()
        if code := looker.door.keys.code_of(caller_of(looker.request).secret_hash):
            await write(looker.request, response, notice_frame("closed", {"code": code}))
            return
        await write(looker.request, response, b"data: %s\n\n" % to_json(await _frame(looker)))
        await asyncio.sleep(max(0.0, FRAME_SECONDS - (time.monotonic() - began)))
    await write(looker.request, response, notice_frame("closed", {"code": "draining"}))


async def _frame(looker: _Looker) -> Json:
    events, now = await _heard(looker), time.monotonic()
    tally = looker.tally
    said = read(events)
    take(tally, said, now)
    stations = await _stations(looker, events)
    idle = bool(stations) and all(each["up"] and not each["waiting"] for each in stations.values())
    return {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "hops": hops_of(said),
        "stations": stations,
        "ledger": {"debits": dict(tally.debits), "credits": dict(tally.credits)},
        "counters": {
            "accepted": tally.accepted,
            "finished": tally.finished,
            "on_their_way": len(tally.waiting),
            "lost": tally.lost(now, idle),
        },
    }


async def _heard(looker: _Looker) -> list[Stored]:
    """The tenant's events since the last frame, so many as one frame may show; the others are in the next ones."""
    feed, found = looker.door.feed, list[Stored]()
    for _ in range(PAGES_A_FRAME):
        page = await read_on(feed, looker.tenant, looker.cursor)
        found += page.events
        if page.cursor == looker.cursor:
            break
        looker.cursor = page.cursor
    return found


async def _stations(looker: _Looker, events: list[Stored]) -> dict[str, Any]:
    """The gateway itself is up, or nobody would tell. Who waits for an answer of ours waits at the payments."""
    glances = looker.door.glances
    told = await glances.now(partition_of(looker.tenant), looker.cursor)
    looker.unheard = [*looker.unheard, *events][-UNHEARD_MAX:]
    behind = min((at for each in told.values() if (at := each["cursors"].get("EVENTS")) is not None), default=0)
    looker.unheard = [event for event in looker.unheard if event.seq > behind]
    shown: dict[str, Any] = {}
    for name, station in told.items():
        cursor = station["cursors"].get("EVENTS")
        waiting = 0 if cursor is None else unheard(looker.unheard, name, cursor, glances.position)
        shown[name] = {
            "up": station["up"],
            "waiting": looker.door.bus.waiting if name == PAYMENTS else waiting,
            "batch_p50": station.get("batch_p50"),
            "decide_ms_p50": station.get("decide_ms_p50"),
        }
    return shown


FLOW = [
    Route(
        *("GET", f"{V1}/flow", flow, "operations:read"),
        *("streamFlow", "What walks through the system, four frames a second", None, Flow),
        media=(SSE,),
    ),
]
