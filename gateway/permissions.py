"""What a caller may do, decided in this one place for all routes, before anything of a request is read."""

from aiohttp import web

from gateway.door import CALLER
from gateway.problems import Problem
from messages.scopes import covers

LIVE_HAS_NONE = ("/simulated/", "/api/v1/test-clocks")
"""What begins so is for test tenants."""


def must_be_allowed(request: web.Request, path: str, scope: str | None, *, by_secret: bool = False) -> None:
    """Raises Problem `scope_missing`, or `test_mode_only` for what a live tenant has not.

    A route without a scope is for all who come as far as that: for everybody, or below /api for whoever is known.
    `by_secret`: customers may come in too, and then show their payment's `client_secret`.
    """
    caller = request.get(CALLER)
    if caller is None:
        if scope is not None:
            raise Problem("key_missing", "This needs a key.")
        return
    if scope and not (covers(caller.scopes, scope) or (caller.from_page and by_secret)):
        whose = "user's role" if caller.role else "key"
        raise Problem("scope_missing", f"This {whose} lacks the scope {scope}.", {"scope": scope})
    if caller.livemode and path.startswith(LIVE_HAS_NONE):
        raise Problem("test_mode_only", "A live tenant has no simulated provider and no test clocks.")
