"""Tenants: made once, changed by their admins, and never without an admin once they have had one."""

from collections.abc import Mapping
from typing import Any, Final

from actors.access.desk import Desk
from actors.access.keys import tenancy_key
from actors.access.latest import tell
from actors.access.rules import Rule
from actors.access.states import TenancyState
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.labels import merged_metadata
from actors.runtime.refusals import Refusal, invalid, must_match
from messages.access import TENANT
from messages.envelope import Command
from messages.tenants import CreateTenant, Mode, Tenant, TenantChanges, UpdateTenant

FIRST: Final = "tenant"
"""The alarm that rings at every start for the tenants that the settings name."""


def needs_tenancy(asked: Asked, view: View) -> set[Key]:
    """It alone."""
    _ = view
    return {tenancy_key(asked.tenant)}


def tenancy_of(desk: Desk) -> TenancyState:
    """Raises Refusal for a tenant that nobody has made."""
    state: TenancyState | None = desk.get(tenancy_key(desk.tenant))
    if state is None:
        raise Refusal("not_found", f"There is no tenant {desk.tenant}.")
    return state


def create(desk: Desk, command: Command, wish: CreateTenant) -> None:
    """201. The command comes as the new tenant itself, so that all that is its own lies in one partition."""
    if command.subject != desk.tenant:
        raise invalid("/id", "conflicts_with", "A tenant is made by a command of its own.")
    if desk.get(tenancy_key(desk.tenant)) is not None:
        raise Refusal(
            "already_exists",
            f"There is a tenant {desk.tenant} already.",
            resource={"object": "tenant", "id": desk.tenant},
        )
    fields = wish.model_dump(include={"time_zone", "logo_url", "allowed_origins", "metadata"})
    desk.answer(Done(201, _made(desk, wish.name, wish.mode, fields)))


def update(desk: Desk, command: Command, wish: UpdateTenant) -> None:
    """200. The mode is for ever."""
    _ = command
    state = tenancy_of(desk)
    before = state.tenancy
    must_match(before.version, wish.if_match)
    changes = TenantChanges.model_validate(wish.changes)
    sent: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    if "metadata" in sent:
        sent["metadata"] = merged_metadata(before.metadata, sent["metadata"])
    moved = {name: value for name, value in sent.items() if getattr(before, name) != value}
    after = before
    if moved:
        after = before.model_copy(update={**moved, "updated_at": desk.now, "version": before.version + 1})
        desk.put(state.model_copy(update={"tenancy": after}))
        desk.say("tenant.updated", after, before)
        tell(desk, TENANT, after.id, after.version)
    desk.answer(Done(200, after))


def begin(desk: Desk) -> None:
    """At a start: the tenant that the settings name is made, unless it is there."""
    mode = desk.terms.tenants.get(desk.tenant)
    if mode is not None and desk.get(tenancy_key(desk.tenant)) is None:
        _made(desk, desk.tenant, mode, {})


def counted(desk: Desk, *, keys: int = 0, users: int = 0) -> None:
    """So many more, or fewer."""
    state = tenancy_of(desk)
    desk.put(state.model_copy(update={"keys": state.keys + keys, "users": state.users + users}))


def is_admin(desk: Desk, who: str) -> None:
    """From now on this key or user may do all."""
    state = tenancy_of(desk)
    if who not in state.admins:
        desk.put(state.model_copy(update={"admins": [*state.admins, who]}))


def is_no_admin(desk: Desk, who: str) -> None:
    """No longer. Nobody can ask for time to stop: what has expired goes even if it was the last."""
    state = tenancy_of(desk)
    if who in state.admins:
        desk.put(state.model_copy(update={"admins": [each for each in state.admins if each != who]}))


def must_not_be_last(desk: Desk, who: str) -> None:
    """Raises Refusal when without this key or user nobody could let anybody in."""
    if tenancy_of(desk).admins == [who]:
        raise Refusal("last_admin", "It is the last that may do all: make another admin key or user first.")


def _made(desk: Desk, name: str, mode: Mode, fields: Mapping[str, object]) -> Tenant:
    tenant = Tenant(
        id=desk.tenant,
        name=name,
        mode=mode,
        livemode=mode == "live",
        created_at=desk.now,
        updated_at=desk.now,
    ).model_copy(update=fields)
    desk.put(TenancyState(tenant=desk.tenant, tenancy=tenant))
    desk.say("tenant.created", tenant)
    tell(desk, TENANT, tenant.id, tenant.version)
    return tenant


RULES: Final[Mapping[str, Rule]] = {
    "tenant.create": Rule(needs_tenancy, create),
    "tenant.update": Rule(needs_tenancy, update),
}
