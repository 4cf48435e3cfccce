"""What is asked of resources, whichever actor keeps them. The parameters travel in `Query.params`."""

from typing import Any

from messages.wire import Instant, Wire


class ById(Wire):
    """One resource, or 404 `not_found`."""

    id: str


class Listing(Wire):
    """Newest first; `after` is the (created_at, id) of the last one seen. Subclasses add references."""

    limit: int = 20
    after: tuple[Instant, str] | None = None
    status: list[str] = []
    created_after: Instant | None = None
    created_before: Instant | None = None
    metadata: dict[str, str] = {}


class Page(Wire):
    """A page of resources as they are on the wire."""

    data: list[dict[str, Any]]
    has_more: bool
