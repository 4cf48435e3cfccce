"""What no single actor owns: commands by id or key, providers, and the version."""

import asyncio
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from gateway.answers import resource
from gateway.command_scopes import seen_with
from gateway.door import caller_of, door_of
from gateway.parameters import ByKey
from gateway.problems import Problem
from gateway.questions import ask
from gateway.readiness import report_of
from gateway.route import Input, id_of
from gateway.shapes import Provider
from messages.envelope import Query, Reply
from messages.ids import command_id
from messages.payments import ACTOR
from messages.wire import Json, json_of

ACTORS = ("payments", "ledger", "invoicing", "notifications", "access")
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
    bus, caller = door_of(request).bus, caller_of(request)
    tenant = caller.tenant
    replies = await asyncio.gather(
        *(ask(bus, actor, "command", Query(tenant=tenant, params={"id": wanted})) for actor, wanted in ids.items()),
        return_exceptions=True,
    )
    for reply in replies:
        if isinstance(reply, Reply) and reply.status == 200:
            return seen_with(caller.scopes, reply.body)
    for reply in replies:
        if isinstance(reply, BaseException):
            raise reply
    raise Problem("not_found", "There is no such command.")


async def providers(request: web.Request, _: Input) -> web.StreamResponse:
    """The accounts in use, the default first, as payments last reported them."""
    door, tenant = door_of(request), caller_of(request).tenant
    try:
        report, found = await asyncio.gather(
            report_of(door.bus, ACTOR), ask(door.bus, ACTOR, "providers", Query(tenant=tenant))
        )
        listed = [_with_status(each, report) for each in found.body["data"]]
    except Problem:
        listed = [
            Provider(id=name, name=name, kind=kind, status="unreachable") for name, kind in door.settings.kinds.items()
        ]
    return resource({"data": [json_of(each) for each in listed], "has_more": False, "next_cursor": None})


def _with_status(told: Json, report: Mapping[str, str]) -> Provider:
    """An account that can be reached is `degraded` all the same while its breaker holds charges back."""
    status = report.get(f"provider:{told['name']}", report.get("provider", "ok"))
    return Provider.model_validate({**told, "status": "degraded" if _is_shut(told, status) else status})


def _is_shut(told: Json, status: str) -> bool:
    return status == "ok" and told["breaker"] != "closed"


def our_version() -> str:
    """Of the installed package."""
    try:
        return version("pocketpay")
    except PackageNotFoundError:
        return "unknown"


async def show_version(_: web.Request, __: Input) -> web.StreamResponse:
    """`GET /version`."""
    return resource({"object": "version", "version": our_version(), "api_version": "v1"})
