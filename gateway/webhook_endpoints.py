"""Webhook endpoints: their wishes and routes. A secret is shown when it is made, and never travels."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from gateway.commands import Wish
from gateway.door import caller_of, door_of
from gateway.guards import expected_version
from gateway.outcomes import Answer
from gateway.parameters import EndpointList, Read
from gateway.problems import Problem
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.webhook_urls import must_be_callable, must_be_types
from gateway.writes import of_one, write
from messages.ids import new_id
from messages.notifications import ACTOR
from messages.webhook_secrets import secret_of
from messages.webhooks import (
    CreateEndpoint,
    DeletedEndpoint,
    DeleteEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    EndpointChanges,
    Ping,
    Replay,
    ReplayRange,
    RotateSecret,
    TestEndpoint,
    UpdateEndpoint,
    WebhookEndpoint,
)


def create(request: web.Request, body: CreateEndpoint) -> Wish:
    """An endpoint whose id is chosen here."""
    _key(request)
    must_be_callable(request, body.url)
    must_be_types(body.types)
    return Wish(ACTOR, "webhook_endpoint.create", new_id("we"), body)


def update(request: web.Request, body: EndpointChanges) -> Wish:
    """What was sent, and nothing else, is to change."""
    if body.url is not None:
        must_be_callable(request, body.url)
    must_be_types(body.types or ())
    data = UpdateEndpoint(changes=body.model_dump(mode="json", exclude_unset=True), if_match=expected_version(request))
    return Wish(ACTOR, "webhook_endpoint.update", id_of(request), data)


def rotate(request: web.Request, body: RotateSecret) -> Wish:
    """A new secret."""
    _key(request)
    return Wish(ACTOR, "webhook_endpoint.rotate_secret", id_of(request), body)


async def with_secret(request: web.Request, answer: Answer) -> Answer:
    """The endpoint as it is kept, and the newest secret, which follows from our key and is kept nowhere."""
    body = answer.body
    if answer.status >= 300 or body.get("object") != "webhook_endpoint":  # a command that still runs has none to show
        return answer
    secret = secret_of(_key(request), caller_of(request).tenant, body["id"], body["secret_version"])
    return replace(answer, body={**body, "secret": secret})


def _key(request: web.Request) -> str:
    key = door_of(request).settings.webhook_key
    if key is None:
        detail = "Set POCKETPAY_WEBHOOK_KEY for gateway and notifications: the secrets of webhooks follow from it."
        raise Problem("unavailable", detail)
    return key


def delete(request: web.Request, _: None) -> Wish:
    """The endpoint, and what waits for it."""
    return Wish(ACTOR, "webhook_endpoint.delete", id_of(request), DeleteEndpoint())


_ENDPOINT: Final = f"{V1}/webhook-endpoints/{{id}}"
_REFUSED: Final = ("webhook_url_refused", "unknown_event_type")

WEBHOOK_ENDPOINTS = [
    Route(
        *("POST", f"{V1}/webhook-endpoints", write(create, with_secret), "webhooks:write"),
        *("createWebhookEndpoint", "Have events sent to an address; the answer alone shows its secret"),
        *(WebhookEndpoint,),
        body=CreateEndpoint,
        status=201,
        codes=(*_REFUSED, "already_exists", "quota_exceeded", "unavailable"),
    ),
    Route(
        *("GET", f"{V1}/webhook-endpoints", page(ACTOR, "webhook_endpoints", nothing, after_created)),
        *("webhooks:read", "listWebhookEndpoints", "List webhook endpoints, the newest first"),
        *(ListOf[WebhookEndpoint], EndpointList),
    ),
    Route(
        *("GET", _ENDPOINT, one(ACTOR, "webhook_endpoint", by_id), "webhooks:read"),
        *("getWebhookEndpoint", "Read a webhook endpoint, and how far all has arrived", WebhookEndpoint, Read),
    ),
    Route(
        *("PATCH", _ENDPOINT, write(update), "webhooks:write"),
        *("updateWebhookEndpoint", "Change what a webhook endpoint hears, and where", WebhookEndpoint),
        body=EndpointChanges,
        codes=(*_REFUSED, "version_conflict"),
    ),
    Route(
        *("DELETE", _ENDPOINT, write(delete), "webhooks:write"),
        *("deleteWebhookEndpoint", "Delete a webhook endpoint, and what waits for it", DeletedEndpoint),
    ),
    Route(
        *("POST", f"{_ENDPOINT}/rotate-secret", write(rotate, with_secret), "webhooks:write"),
        *("rotateWebhookSecret", "Make a new secret; for a day both sign. The answer alone shows it", WebhookEndpoint),
        body=RotateSecret,
        codes=("unavailable",),
    ),
    Route(
        *("POST", f"{_ENDPOINT}/test", write(of_one(ACTOR, "webhook_endpoint.test")), "webhooks:write"),
        *("testWebhookEndpoint", "Send ping.sent to this endpoint alone", Ping),
        body=TestEndpoint,
        status=202,
        codes=("wrong_state",),
    ),
    Route(
        *("POST", f"{_ENDPOINT}/enable", write(of_one(ACTOR, "webhook_endpoint.enable")), "webhooks:write"),
        *("enableWebhookEndpoint", "Have events sent again, from now on", WebhookEndpoint),
        body=EnableEndpoint,
        codes=("outcome_pending", "quota_exceeded"),
    ),
    Route(
        *("POST", f"{_ENDPOINT}/disable", write(of_one(ACTOR, "webhook_endpoint.disable")), "webhooks:write"),
        *("disableWebhookEndpoint", "Have no events sent, and discard what waits", WebhookEndpoint),
        body=DisableEndpoint,
    ),
    Route(
        *("POST", f"{_ENDPOINT}/replay", write(of_one(ACTOR, "webhook_endpoint.replay")), "webhooks:write"),
        *("replayEvents", "Send the past once more: all of a time, or what failed then", Replay),
        body=ReplayRange,
        status=202,
        codes=("wrong_state", "outcome_pending", "range_too_large"),
    ),
]
