"""`GET /walks/{request_id}`: the walk of a request through the actors, each answering from its own tables."""

import asyncio
from typing import Final

from aiohttp import web

from gateway.answers import resource
from gateway.bus import Bus
from gateway.door import caller_of, door_of
from gateway.problems import Problem
from gateway.questions import ask
from gateway.route import V1, Input, Route, id_of
from messages.catalogue import ACTORS
from messages.envelope import GATEWAY, Query, Reply
from messages.ids import made_at
from messages.walks import ENTITIES_MAX, Walk, WalkAsked, WalkStep, WalkSteps
from messages.wire import json_of

ROUNDS: Final = 3
"""What one actor did may be known to another only as what it heard of: each round asks with what the last one found."""


async def walk(request: web.Request, _: Input) -> web.StreamResponse:
    """404 for a request that led to nothing, and for one of another tenant."""
    bus, tenant, asked = door_of(request).bus, caller_of(request).tenant, id_of(request)
    entities: list[str] = []
    steps: dict[str, WalkStep] = {}
    away: list[str] = []
    for _round in range(ROUNDS):
        answers, away = await _asked(bus, tenant, WalkAsked(request=asked, entities=entities))
        steps |= {step.id: step for answer in answers for step in answer.data}
        known = [*dict.fromkeys(entity for answer in answers for entity in answer.entities)][:ENTITIES_MAX]
        if known == entities:
            break
        entities = known
    if not steps:
        if away:
            raise Problem("unavailable", f"Not all actors can tell just now: {', '.join(away)}.")
        raise Problem("not_found", "There is no such request, or it led to nothing.")
    data = [*_gateway(asked, [*steps.values()]), *sorted(steps.values(), key=_time)]
    return resource(json_of(Walk(id=asked, data=data, away=away)))


def _gateway(request: str, steps: list[WalkStep]) -> list[WalkStep]:
    """From when the request got its id to when the last of its commands had its outcome; our own clock is in the id.

    Nothing for what fell due: it came through no door.
    """
    if not request.startswith("req_"):
        return []
    ends = [step.finished_at for step in steps if step.id.startswith("cmd_") and step.finished_at]
    came = made_at(request)
    finished = max(ends, default=None)
    step = WalkStep(station=GATEWAY, message="request", id=request, received_at=came, started_at=came)
    return [step.model_copy(update={"finished_at": finished})]


async def _asked(bus: Bus, tenant: str, asked: WalkAsked) -> tuple[list[WalkSteps], list[str]]:
    """What those say who can, and who can't."""
    query = Query(tenant=tenant, params=json_of(asked))
    replies = await asyncio.gather(*(ask(bus, actor, "walk", query) for actor in ACTORS), return_exceptions=True)
    told, away = list[WalkSteps](), list[str]()
    for actor, reply in zip(ACTORS, replies, strict=True):
        if isinstance(reply, Reply) and reply.status == 200:
            told.append(WalkSteps.model_validate(reply.body))
        else:
            away.append(actor)
    return told, away


def _time(step: WalkStep) -> str:
    """When it came, or when it was said."""
    at = step.received_at or step.started_at or step.finished_at
    return "" if at is None else at.isoformat()


WALKS = [
    Route(
        *("GET", f"{V1}/walks/{{id}}", walk, "operations:read"),
        *("getWalk", "Where a request was, and how long it took there", Walk),
        codes=("unavailable",),
    ),
]
