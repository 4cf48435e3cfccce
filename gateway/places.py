"""The places that a request takes: of its key while the body comes, and of its tenant while it is answered."""

from contextlib import AbstractContextManager, nullcontext

from aiohttp import web
from pydantic import BaseModel

from gateway.commands import Caller
from gateway.door import CALLER, door_of
from gateway.parameters import EventLog


def while_read(request: web.Request) -> AbstractContextManager[None]:
    """Whoever sends slowly is in the way of its own requests alone. Raises Problem `quota_exceeded`."""
    caller = _counted(request)
    if caller is None or caller.secret_hash is None or not request.body_exists:
        return nullcontext()
    return door_of(request).quotas.bodies.place(sender_of(request, caller))


def while_answered(request: web.Request, *, long: bool) -> AbstractContextManager[None]:
    """What is long has places of its own, which `Readers` keeps. Raises Problem `quota_exceeded`."""
    caller = _counted(request)
    return nullcontext() if caller is None or long else door_of(request).quotas.tenants.place(caller)


def waits(parameters: BaseModel | None) -> bool:
    """Whether it is a long poll."""
    return isinstance(parameters, EventLog) and parameters.wait > 0


def sender_of(request: web.Request, caller: Caller) -> str:
    """Who sends with this key: all customers of a page share it, and each address is counted for itself."""
    page = f"/{caller.address or request.remote or ''}" if caller.from_page else ""
    return f"{caller.secret_hash}{page}"


def _counted(request: web.Request) -> Caller | None:
    return request.get(CALLER) if door_of(request).settings.auth == "keys" else None
