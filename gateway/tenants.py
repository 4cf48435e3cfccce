"""Tenants: their wishes and routes. The operator's tenant alone makes and lists them; others know their own."""

from typing import Final

from aiohttp import web

from gateway.access_parameters import TenantList
from gateway.answers import resource
from gateway.commands import Caller, Wish
from gateway.door import KEY, Settings, caller_of, door_of
from gateway.guards import expected_version
from gateway.parameters import Read
from gateway.problems import Problem
from gateway.questions import resource_of
from gateway.reads import after_created, nothing, page
from gateway.route import V1, Input, Route, RouteHandler, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.access import ACTOR
from messages.envelope import Query
from messages.ids import named_id
from messages.scopes import ADMIN, covers
from messages.tenants import CreateTenant, Tenant, TenantChanges, UpdateTenant


def create(request: web.Request, body: CreateTenant) -> Wish:
    """A tenant whose id follows from the idempotency key: a repeat must find the command of the first."""
    _must_make_tenants(request)
    tenant = named_id("ten", caller_of(request).tenant, request[KEY])
    return Wish(ACTOR, "tenant.create", tenant, body, tenant)


def update(request: web.Request, body: TenantChanges) -> Wish:
    """What was sent, and nothing else, is to change."""
    tenant = _seen(request)
    changes = body.model_dump(mode="json", exclude_unset=True)
    data = UpdateTenant(changes=changes, if_match=expected_version(request))
    return Wish(ACTOR, "tenant.update", tenant, data, tenant)


async def read(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /tenants/{id}`."""
    tenant = _seen(request)
    query = Query(tenant=tenant, params={"id": tenant})
    return resource(await resource_of(door_of(request).bus, ACTOR, "tenant", query))


def for_operator(answer: RouteHandler) -> RouteHandler:
    """The same, for the operator's tenant alone."""

    async def answered(request: web.Request, given: Input) -> web.StreamResponse:
        _must_make_tenants(request)
        return await answer(request, given)

    return answered


def is_operator(request: web.Request) -> bool:
    """Whether the caller's tenant is the one that makes others, or the gateway is open: then whoever asks runs it."""
    return _is_operator(door_of(request).settings, caller_of(request))


def must_be_operator(settings: Settings, caller: Caller, what: str) -> None:
    """Raises Problem `role_missing`, which says `what` is for the operator's tenant."""
    if not _is_operator(settings, caller):
        raise Problem("role_missing", f"{what} by the operator's tenant alone, which is {settings.operator_tenant}.")


def _is_operator(settings: Settings, caller: Caller) -> bool:
    return settings.auth == "open" or caller.tenant == settings.operator_tenant


def _must_make_tenants(request: web.Request) -> None:
    must_be_operator(door_of(request).settings, caller_of(request), "Tenants are made and listed")


def _seen(request: web.Request) -> str:
    """The tenant of the path. Another's is there for the operator's admins alone, as their list is."""
    tenant, caller = id_of(request), caller_of(request)
    if tenant != caller.tenant and not (is_operator(request) and covers(caller.scopes, ADMIN)):
        raise Problem("not_found", f"There is no tenant {tenant}.")
    return tenant


_TENANTS: Final = f"{V1}/tenants"
_TENANT: Final = f"{_TENANTS}/{{id}}"

TENANTS = [
    Route(
        *("POST", _TENANTS, write(create), ADMIN),
        *("createTenant", "Make a tenant, which is test or live for ever; for the operator", Tenant),
        body=CreateTenant,
        status=201,
        codes=("role_missing", "already_exists"),
    ),
    Route(
        *("GET", _TENANTS, for_operator(page(ACTOR, "tenants", nothing, after_created)), ADMIN),
        *("listTenants", "List tenants, the newest first; for the operator", ListOf[Tenant], TenantList),
        codes=("role_missing",),
    ),
    Route(*("GET", _TENANT, read, "operations:read"), *("getTenant", "Read one's own tenant", Tenant, Read)),
    Route(
        *("PATCH", _TENANT, write(update), ADMIN),
        *("updateTenant", "Change the name, time zone, logo or allowed origins of one's own tenant", Tenant),
        body=TenantChanges,
        codes=("version_conflict",),
    ),
]
