"""Switches: what is off, and turning one; each is a command to the actor whose switch it is."""

import asyncio

from aiohttp import web

from gateway.answers import resource
from gateway.commands import Wish
from gateway.door import caller_of, door_of
from gateway.problems import Problem
from gateway.questions import resource_of
from gateway.route import V1, Input, Route
from gateway.shapes import ListOf
from gateway.writes import write
from messages.envelope import Query
from messages.ids import is_token
from messages.switches import OWNERS, SET, SetSwitch, Switch, SwitchWish, owner_of, switch_entity


async def all_switches(request: web.Request, _: Input) -> web.StreamResponse:
    """Of all actors that have any."""
    query, bus = Query(tenant=caller_of(request).tenant), door_of(request).bus
    found = await asyncio.gather(*(resource_of(bus, actor, "switches", query) for actor in OWNERS))
    return resource({"data": [each for one in found for each in one["data"]], "has_more": False, "next_cursor": None})


def turn(request: web.Request, body: SwitchWish) -> Wish:
    """Of the caller's tenant."""
    name = request.match_info["switch"]
    actor, entity = owner_of(name), switch_entity(name)
    if actor is None or not is_token(entity):
        raise Problem("not_found", "There is no such switch; GET /api/v1/switches lists them.")
    return Wish(actor, SET, entity, SetSwitch(name=name, on=body.on, reason=body.reason))


SWITCHES = [
    Route(
        *("GET", f"{V1}/switches", all_switches, "admin"),
        *("listSwitches", "List what can be turned off, and what is", ListOf[Switch]),
        codes=("unavailable",),
    ),
    Route(
        *("POST", f"{V1}/switches/{{switch}}", write(turn), "admin"),
        *("setSwitch", "Turn one thing off, with the reason, or on again", Switch),
        body=SwitchWish,
        codes=("not_found",),
    ),
]
