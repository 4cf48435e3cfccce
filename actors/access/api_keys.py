"""API keys: made, replaced with an overlap, revoked. What is told of them never has a hash."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from actors.access import tenancies
from actors.access.desk import Desk
from actors.access.keys import api_key, tenancy_key
from actors.access.latest import tell
from actors.access.rules import Rule
from actors.access.states import KeyState
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found, invalid, wrong_state
from messages.access import API_KEY
from messages.api_keys import KEYS_MAX, ApiKey, CreateKey, RevokeKey, RotateKey, UsedKeys, UseKeys
from messages.envelope import Command
from messages.key_secrets import key_id
from messages.scopes import ADMIN, SCOPES
from messages.tenants import Mode

IN_USE: Final = ("active", "rotating")


def needs_key(asked: Asked, view: View) -> set[Key]:
    """It, and its tenant."""
    _ = view
    return {api_key(asked.tenant, asked.command.subject), tenancy_key(asked.tenant)}


def needs_both(asked: Asked, view: View) -> set[Key]:
    """The old key and the new one."""
    return needs_key(asked, view) | {api_key(asked.tenant, asked.data.key)}


def needs_used(asked: Asked, view: View) -> set[Key]:
    """All that were used."""
    _ = view
    return {api_key(asked.tenant, each.key) for each in asked.data.used}


def create(desk: Desk, command: Command, wish: CreateKey) -> None:
    """201, without the secret, which nobody here has ever seen."""
    tenancy = tenancies.tenancy_of(desk)
    _must_fit(wish.hash, wish.prefix, command.subject, tenancy.tenancy.mode)
    _must_be_room(desk)
    if wish.expires_at is not None and wish.expires_at <= desk.now:
        raise invalid("/expires_at", "too_small", "A key must end later than now.")
    key = ApiKey(
        id=command.subject,
        type=wish.type,
        name=wish.name,
        prefix=wish.prefix,
        scopes=_scopes(wish),
        created_by=command.principal,
        expires_at=wish.expires_at,
        metadata=dict(wish.metadata),
        created_at=desk.now,
        updated_at=desk.now,
        livemode=tenancy.tenancy.livemode,
    )
    lifetime = None if key.expires_at is None else max(1, (key.expires_at - desk.now) // timedelta(seconds=1))
    desk.answer(Done(201, _begun(desk, KeyState(tenant=desk.tenant, api_key=key, hash=wish.hash, lifetime=lifetime))))


def rotate(desk: Desk, command: Command, wish: RotateKey) -> None:
    """201 with the new key, which may do what the old one may; that one works on for the overlap."""
    state = _usable(desk, command, "rotated", ["active"])
    tenancy = tenancies.tenancy_of(desk)
    old = state.api_key
    _must_fit(wish.hash, wish.prefix, wish.key, tenancy.tenancy.mode)
    _must_be_room(desk)
    ends_at = None if state.lifetime is None else desk.now + timedelta(seconds=state.lifetime)
    new = ApiKey(
        id=wish.key,
        type=old.type,
        name=old.name,
        prefix=wish.prefix,
        scopes=old.scopes,
        created_by=command.principal,
        expires_at=ends_at,
        replaces=old.id,
        metadata=old.metadata,
        created_at=desk.now,
        updated_at=desk.now,
        livemode=old.livemode,
    )
    new = _begun(desk, KeyState(tenant=desk.tenant, api_key=new, hash=wish.hash, lifetime=state.lifetime))
    until = desk.now + timedelta(seconds=wish.overlap_seconds)
    until = until if old.expires_at is None else min(until, old.expires_at)
    state = _told(desk, state, "api_key.rotated", status="rotating", expires_at=until)
    if until <= desk.now:
        expire(desk, state)
    else:
        desk.ring(old.id, until)
    desk.answer(Done(201, new))


def revoke(desk: Desk, command: Command, wish: RevokeKey) -> None:
    """200."""
    _ = wish
    state = _usable(desk, command, "revoked", [*IN_USE])
    tenancies.must_not_be_last(desk, command.subject)
    state = _told(desk, state, "api_key.revoked", status="revoked", revoked_at=desk.now)
    _over(desk, state)
    desk.answer(Done(200, state.api_key))


def used(desk: Desk, command: Command, wish: UseKeys) -> None:
    """200. That a key is used changes nothing about it: no version, no event."""
    _ = command
    noted = 0
    for each in wish.used:
        state: KeyState | None = desk.get(api_key(desk.tenant, each.key))
        if state is None:
            continue
        before = state.api_key.last_used_at
        if before is None or before < each.at:
            seen = state.api_key.model_copy(update={"last_used_at": each.at, "last_used_from": each.address})
            desk.put(state.model_copy(update={"api_key": seen}))
            noted += 1
    desk.answer(Done(200, UsedKeys(noted=noted)))


def rung(desk: Desk, key: str) -> None:
    """Its time is over, unless it is over anyway."""
    state: KeyState | None = desk.get(api_key(desk.tenant, key))
    if state is None or state.api_key.status not in IN_USE or state.api_key.expires_at is None:
        return
    if state.api_key.expires_at > desk.now:
        desk.ring(key, state.api_key.expires_at)
    else:
        expire(desk, state)


def expire(desk: Desk, state: KeyState) -> None:
    """From now on it is refused."""
    _over(desk, _told(desk, state, "api_key.expired", status="expired"))


def _begun(desk: Desk, state: KeyState) -> ApiKey:
    key = state.api_key
    if desk.get(state.key) is not None:
        raise Refusal("already_exists", f"There is an API key {key.id} already.")
    desk.put(state)
    desk.say("api_key.created", key)
    tell(desk, API_KEY, key.id, key.version)
    tenancies.counted(desk, keys=1)
    if ADMIN in key.scopes:
        tenancies.is_admin(desk, key.id)
    if key.expires_at is not None:
        desk.ring(key.id, key.expires_at)
    return key


def _over(desk: Desk, state: KeyState) -> None:
    tenancies.counted(desk, keys=-1)
    tenancies.is_no_admin(desk, state.api_key.id)
    desk.ring(state.api_key.id, None)


def _told(desk: Desk, state: KeyState, event: str, **fields: object) -> KeyState:
    before = state.api_key
    after = before.model_copy(update={**fields, "updated_at": desk.now, "version": before.version + 1})
    state = state.model_copy(update={"api_key": after})
    desk.put(state)
    desk.say(event, after, before)
    tell(desk, API_KEY, after.id, after.version)
    return state


def _usable(desk: Desk, command: Command, verb: str, allowed: list[str]) -> KeyState:
    """Raises Refusal. A key whose time is over has expired, also before its alarm has rung."""
    state: KeyState = found(desk, api_key(desk.tenant, command.subject))
    key = state.api_key
    is_late = key.expires_at is not None and key.expires_at <= desk.now
    status = "expired" if key.status in IN_USE and is_late else key.status
    if status not in allowed:
        raise wrong_state("api_key", key.id, status, verb, allowed)
    return state


def _must_fit(hash_: str, prefix: str, id_: str, mode: Mode) -> None:
    """Raises Refusal for what no gateway sends: an id of another secret, or a prefix of the other mode."""
    if id_ != key_id(hash_):
        raise invalid("/hash", "conflicts_with", "The id of a key follows from its hash.")
    if not prefix.startswith(f"ppk_{mode}_"):
        raise invalid("/prefix", "conflicts_with", f"Keys of this tenant begin with ppk_{mode}_.")


def _must_be_room(desk: Desk) -> None:
    if tenancies.tenancy_of(desk).keys >= KEYS_MAX:
        raise Refusal("quota_exceeded", f"At most {KEYS_MAX} API keys can be in use: revoke some first.")


def _scopes(wish: CreateKey) -> list[str]:
    """Each once, in the contract's order. Raises Refusal for those that do not fit the type."""
    if wish.type == "publishable" and wish.scopes:
        raise invalid("/scopes", "not_allowed_here", "A publishable key has no scopes: everybody can see it.")
    if wish.type != "publishable" and not wish.scopes:
        raise invalid("/scopes", "too_short", f"A {wish.type} key needs a scope, such as payments:read.")
    if wish.type == "restricted" and ADMIN in wish.scopes:
        raise invalid("/scopes", "not_allowed_here", "A restricted key cannot be an admin's.")
    return [scope for scope in SCOPES if scope in wish.scopes]


RULES: Final[Mapping[str, Rule]] = {
    "api_key.create": Rule(needs_key, create),
    "api_key.rotate": Rule(needs_both, rotate),
    "api_key.revoke": Rule(needs_key, revoke),
    "api_key.used": Rule(needs_used, used),
}
