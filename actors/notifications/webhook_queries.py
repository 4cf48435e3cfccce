"""Answers about webhook endpoints, with what their queues say now."""

from asyncpg import Connection

from actors.runtime.resources import not_found, page, whole
from messages.envelope import Query, Reply
from messages.queries import ById
from messages.webhooks import EndpointListing, WebhookEndpoint
from storage import resources
from storage.notifications import ENDPOINTS, missing_before


async def endpoint(connection: Connection, query: Query) -> Reply:
    """`webhook_endpoint`: with the number through which all has arrived by now."""
    wanted = ById.model_validate(query.params)
    body = await resources.by_id(connection, ENDPOINTS, query.tenant, wanted.id)
    if body is None:
        return not_found(f"There is no webhook endpoint {wanted.id}.")
    return whole(await _now(connection, query.tenant, WebhookEndpoint.model_validate_json(body)))


async def endpoints(connection: Connection, query: Query) -> Reply:
    """`webhook_endpoints`: a page, newest first."""
    asked = EndpointListing.model_validate(query.params)
    bodies, has_more = await resources.newest(connection, ENDPOINTS, query.tenant, asked)
    found = [await _now(connection, query.tenant, WebhookEndpoint.model_validate_json(body)) for body in bodies]
    return page(found, has_more=has_more)


async def _now(connection: Connection, tenant: str, shown: WebhookEndpoint) -> WebhookEndpoint:
    missing = await missing_before(connection, tenant, shown.id)
    through = shown.last_sequence if missing is None else missing - 1
    return shown.model_copy(update={"delivered_through": through})
