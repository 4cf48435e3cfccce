"""What an endpoint may have: an address that can be called at all, and types that there are."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from aiohttp import web

from gateway.door import door_of
from gateway.problems import FieldError, invalid
from messages.catalogue import SAID
from messages.notifications import UNDELIVERED
from messages.webhook_addresses import url_refusal

DELIVERED: Final = tuple(
    sorted(name for _, events in SAID for name in events if not name.startswith((*UNDELIVERED, "ping.")))
)
"""Every type that an endpoint may ask for; a test is delivered to whoever is tested."""


def must_be_callable(request: web.Request, url: str) -> None:
    """Raises Problem. What a name leads to is checked at every attempt."""
    refusal = url_refusal(url, door_of(request).settings.webhook_allow)
    if refusal is not None:
        detail = f"{refusal[0].upper()}{refusal[1:]}."
        problem = invalid("webhook_url_refused", [FieldError("bad_format", detail, "/url")])
        raise replace(problem, extra={**problem.extra, "reason": refusal})


def must_be_types(types: Sequence[str]) -> None:
    """Raises Problem naming every type or pattern under which nothing is ever delivered."""
    errors = [
        FieldError("not_one_of", f"No event is called {pattern}{_suggested(pattern)}", f"/types/{place}")
        for place, pattern in enumerate(types)
        if not _is_known(pattern)
    ]
    if errors:
        raise invalid("unknown_event_type", errors)


def _is_known(pattern: str) -> bool:
    if pattern == "*" or pattern in DELIVERED:
        return True
    return pattern.endswith(".*") and any(name.startswith(pattern[:-1]) for name in DELIVERED)


def _suggested(pattern: str) -> str:
    if pattern.startswith(UNDELIVERED):
        return ": what is said of webhooks and mails is in the log, and is never delivered."
    patterns = {f"{name.rpartition('.')[0]}.*" for name in DELIVERED}
    near = get_close_matches(pattern, [*DELIVERED, *patterns], n=1)
    return f"; did you mean {near[0]}?" if near else "; /asyncapi.json lists all there are."
