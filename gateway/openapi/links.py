"""Where one may go on from a resource that was just made."""

from collections.abc import Sequence

from gateway.outcomes import LOCATIONS
from gateway.route import Route
from messages.wire import Json


def links_of(route: Route, routes: Sequence[Route]) -> Json:
    """Every operation about the resource, with its id filled in."""
    folder = LOCATIONS.get(route.answer.__name__.lower()) if route.answer and route.status == 201 else None
    if folder is None:
        return {}
    about_it = [each for each in routes if f"/{folder}/{{id}}" in each.path and each.answer is not None]
    return {each.operation: _link(each) for each in about_it}


def _link(route: Route) -> Json:
    return {"operationId": route.operation, "parameters": {"id": "$response.body#/id"}, "description": route.summary}
