"""What no single actor owns: commands by id or key, providers, and the version."""

import asyncio
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from gateway.answers import resource
from gateway.door import caller_of, door_of
from gateway.parameters import ByKey
from gateway.problems import Problem
from gateway.questions import ask
from gateway.readiness import provider_status
from gateway.route import Input, id_of
from messages.envelope import Query, Reply
from messages.ids import command_id
from messages.wire import Json

ACTORS = ("payments", "ledger")
"""Who may have been asked; a command's id does not say it."""


async def command(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /commands/{id}`."""
    wanted = id_of(request)
    return resource(await _find(request, dict.fromkeys(ACTORS, wanted)))


async def by_key(request: web.Request, given: Input) -> web.StreamResponse:
    """`GET /idempotency?key=`: a key stands for one command per actor."""
    parameters: ByKey = given.parameters
    tenant = caller_of(request).tenant
    return resource(await _find(request, {actor: command_id(tenant, actor, parameters.key) for actor in ACTORS}))


async def _find(request: web.Request, ids: dict[str, str]) -> Json:
    bus, tenant = door_of(request).bus, caller_of(request).tenant
    replies = await asyncio.gather(
        *(ask(bus, actor, "command", Query(tenant=tenant, params={"id": wanted})) for actor, wanted in ids.items()),
        return_exceptions=True,
    )
    for reply in replies:
        if isinstance(reply, Reply) and reply.status == 200:
            return reply.body
    for reply in replies:
        if isinstance(reply, BaseException):
            raise reply
    raise Problem("not_found", "There is no such command.")


async def providers(request: web.Request, _: Input) -> web.StreamResponse:
    """The provider in use, as payments last reported it."""
    door = door_of(request)
    name = door.settings.provider
    status = await provider_status(door.bus)
    listed = [{"id": name, "object": "provider", "name": name, "status": status}]
    return resource({"data": listed, "has_more": False, "next_cursor": None})


def our_version() -> str:
    """Of the installed package."""
    try:
        return version("pocketpay")
    except PackageNotFoundError:
        return "unknown"


async def show_version(_: web.Request, __: Input) -> web.StreamResponse:
    """`GET /version`."""
    return resource({"object": "version", "version": our_version(), "api_version": "v1"})
