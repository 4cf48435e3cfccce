"""Which endpoints want to hear of an event."""

from functools import lru_cache

from actors.notifications.desk import Desk
from actors.notifications.keys import directory_key
from actors.notifications.states import Directory, DirectoryState
from messages.webhooks import ENDPOINTS_MAX

EVERYTHING = "*"


def wants(types: tuple[str, ...], event_type: str) -> bool:
    """A pattern is a type, `*`, or ends in `.*` and takes everything that begins so, over any number of dots."""
    return any(_matches(pattern, event_type) for pattern in types)


def _matches(pattern: str, event_type: str) -> bool:
    if pattern in (EVERYTHING, event_type):
        return True
    return pattern.endswith(".*") and event_type.startswith(pattern[:-1])


@lru_cache(maxsize=4096)
def _wants(types: tuple[str, ...], event_type: str) -> bool:
    return wants(types, event_type)


def hearers(state: DirectoryState | None, event_type: str) -> list[str]:
    """The endpoints that want this event, oldest first."""
    if state is None:
        return []
    listed = state.webhook_directory.endpoints
    return [endpoint for endpoint, types in listed.items() if _wants(tuple(types), event_type)]


def enlist(desk: Desk, endpoint: str, types: list[str]) -> None:
    """It hears of what is said from now on."""
    _put(desk, {**_listed(desk), endpoint: types})


def unlist(desk: Desk, endpoint: str) -> None:
    """It hears of nothing."""
    listed = _listed(desk)
    if endpoint in listed:
        _put(desk, {each: types for each, types in listed.items() if each != endpoint})


def is_full(desk: Desk) -> bool:
    """Whether a tenant has as many as may be looked at for each event."""
    return len(_listed(desk)) >= ENDPOINTS_MAX


def _listed(desk: Desk) -> dict[str, list[str]]:
    state: DirectoryState | None = desk.get(directory_key(desk.tenant))
    return state.webhook_directory.endpoints if state else {}


def _put(desk: Desk, endpoints: dict[str, list[str]]) -> None:
    state: DirectoryState | None = desk.get(directory_key(desk.tenant))
    before = state.webhook_directory if state else Directory(created_at=desk.now, version=0)
    after = before.model_copy(update={"endpoints": endpoints, "version": before.version + 1})
    desk.put(DirectoryState(tenant=desk.tenant, webhook_directory=after))
