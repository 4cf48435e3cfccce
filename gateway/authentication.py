"""Who asks: the key or the session that is shown, looked up by its hash. No secret is ever compared with another."""

import re
from typing import Final

from aiohttp import web

from gateway.addresses import client_address
from gateway.bank_links import is_bank_page, named_by
from gateway.commands import Caller
from gateway.door import OPEN_TENANT, Door
from gateway.keys import Holder
from gateway.problems import Problem
from gateway.route import is_stream
from messages.key_secrets import hash_of
from messages.scopes import ADMIN

COOKIE: Final = "pocketpay_session"

_KEY = re.compile(r"ppk_(test|live)_(?:pub_)?[0-9A-Za-z]{43}", re.ASCII)
_PUBLISHABLE = re.compile(r"ppk_(test|live)_pub_[0-9A-Za-z]{43}", re.ASCII)
_SESSION = re.compile(r"[0-9A-Za-z]{43}", re.ASCII)
_DETAILS: Final = {
    "key_invalid": "The API key is not known.",
    "key_expired": "The API key has expired; make another one.",
    "key_revoked": "The API key was revoked; use another one.",
    "session_expired": "Log in again.",
}


def authenticate(door: Door, request: web.Request) -> Caller:
    """Raises Problem: 401, 403 `mode_mismatch`, 429 for too many guesses, 503 `starting` until all keys are known."""
    address = address_of(door, request)
    if door.settings.auth == "open":
        return Caller(OPEN_TENANT, "open:local", address, frozenset({ADMIN}))
    if (customer := _at_the_bank(door, request, address)) is not None:
        return customer
    mode, hash_ = _shown(door, request)
    _must_know(door)
    holder = door.keys.table.holders.get(hash_) if hash_ else None
    code = holder.code if holder else ("session_expired" if mode is None else "key_invalid")
    if holder is None or code is not None:
        raise refused(code or "key_invalid")
    caller = _caller(door, holder, mode, address, hash_)
    door.key_uses.note(caller.tenant, caller.principal, address)
    return caller


def address_of(door: Door, request: web.Request) -> str | None:
    """The client's, as far as proxies that we trust tell it."""
    forwarded = tuple(request.headers.getall("X-Forwarded-For", ()))
    return client_address(request.remote, forwarded, door.settings.proxies)


def refused(code: str) -> Problem:
    """A code of 401 as the answer to whoever showed no good secret."""
    return Problem(code, _DETAILS[code])


def _shown(door: Door, request: web.Request) -> tuple[str | None, str | None]:
    """The mode that a key names, or None of a session or ticket; and the hash, or None of what can be no secret."""
    given = request.headers.getall("Authorization", ())
    if not given and is_stream(request.path) and (ticket := request.query.get("ticket")):
        holder = door.tickets.take(ticket)
        if holder is None:
            raise Problem("key_invalid", "The ticket is used, or too old: each is good once, and soon.")
        return None, door.keys.table.hashes.get(holder)
    if not given and is_stream(request.path) and (key := request.query.get("publishable_key")):
        read = _PUBLISHABLE.fullmatch(key)  # addresses are written down in many places: no other key may stand in one
        return (read[1], hash_of(read[0])) if read else ("", None)
    if not given and (session := request.cookies.get(COOKIE)):
        return None, hash_of(session) if _SESSION.fullmatch(session) else None
    scheme, _, key = (given[0] if given else "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Problem("key_missing", "Send Authorization: Bearer ppk_…")
    read = _KEY.fullmatch(key.strip()) if len(given) == 1 else None
    return (read[1], hash_of(read[0])) if read else ("", None)


def _at_the_bank(door: Door, request: web.Request, address: str | None) -> Caller | None:
    """Who comes by the address of the simulated bank's page, and shows no key: they may do what it is for.

    Raises Problem `not_found`.
    """
    token = request.query.get("token")
    if token is None or "Authorization" in request.headers or not is_bank_page(request.path):
        return None
    named = named_by(door.settings.link_key, request.path, token)
    if named is None:
        raise Problem("not_found", "There is no such payment.")
    _must_know(door)
    tenant, payment = named
    live, here = _is_live(door, tenant), frozenset({"payments:write"})
    return Caller(tenant, f"link:{payment}", address, here, live, from_page=True)


def _must_know(door: Door) -> None:
    if not door.keys.believed:
        raise Problem("starting", "The keys are not known here yet; nothing was accepted.")


def _is_live(door: Door, tenant: str) -> bool:
    """Nobody acts for a tenant of whom it is not known yet whether their money is real."""
    if tenant not in door.keys.table.tenants:
        raise Problem("starting", "The tenant is not known here yet; nothing was accepted.")
    return door.keys.table.is_live(tenant)


def _caller(door: Door, holder: Holder, mode: str | None, address: str | None, hash_: str | None) -> Caller:
    """Raises Problem `mode_mismatch`, also where a key and its tenant are of two modes."""
    tenant = door.keys.table.tenants.get(holder.tenant)
    live = tenant.mode == "live" if tenant else holder.livemode
    if live is None:
        raise Problem("starting", "The tenant is not known here yet; nothing was accepted.")
    if mode is not None and {live, mode == "live"} != {holder.livemode}:
        raise Problem("mode_mismatch", f"This is a key for {mode}, and its tenant is {'live' if live else 'test'}.")
    return Caller(
        *(holder.tenant, holder.principal, address, holder.scopes, live, hash_, holder.role), holder.publishable
    )
