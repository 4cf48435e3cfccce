"""Usage of subscriptions: wishes, bodies and routes."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator, Field

from gateway.commands import Wish
from gateway.cursors import After
from gateway.parameters import BookMoment, Cursor, Limit, Moment, Read, several
from gateway.reads import after_recorded, by_id, nothing, one, page
from gateway.route import V1, Input, Route, id_of
from gateway.shapes import ListOf
from gateway.usage_bulk import BULK_BYTES_MAX, BULK_VALUES_MAX, UsageBulkBody, record_many
from gateway.writes import write
from messages.ids import Token, new_id
from messages.invoicing import ACTOR
from messages.usage import (
    BulkUsageWish,
    RecordUsage,
    SetUsageLimit,
    UsageCounts,
    UsageEvent,
    UsageLimit,
    UsageStatus,
    UsageSummary,
    UsageWish,
    VoidUsage,
)
from messages.wire import Json


class UsageList(Read):
    """Newest first, by when they came; `status` may be several, with commas."""

    limit: Limit = 20
    cursor: Cursor | None = None
    status: Annotated[list[UsageStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    subscription: Token | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None


class UsageSummaryList(Read):
    """Periods that share time with `from`, included, to `to`, excluded."""

    limit: Limit = 20
    cursor: Cursor | None = None
    since: BookMoment | None = Field(default=None, alias="from")
    until: BookMoment | None = Field(default=None, alias="to")


def record(request: web.Request, body: UsageWish) -> Wish:
    """One event; without an id it gets one here."""
    fields = {name: getattr(body, name) for name in UsageWish.model_fields if name != "id"}
    event = BulkUsageWish(id=body.id or new_id("use"), subscription=id_of(request), **fields)
    return Wish(ACTOR, "usage.record", event.id, RecordUsage(events=[event], single=True))


def void(request: web.Request, body: VoidUsage) -> Wish:
    """It counts no longer."""
    return Wish(ACTOR, "usage.void", id_of(request), body)


def limit(request: web.Request, body: SetUsageLimit) -> Wish:
    """A threshold to be told of."""
    return Wish(ACTOR, "usage.limit", id_of(request), body)


_recorded = write(record)


async def record_once(request: web.Request, given: Input) -> web.StreamResponse:
    """200 is for an id that was there before, under whatever key: that is a replay too."""
    response = await _recorded(request, given)
    if response.status == 200:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def after_period(last: Json) -> After:
    """Summaries are listed by their periods."""
    return last["period"]["start"], last["subscription_item"]


_SUBSCRIPTION, _EVENTS = f"{V1}/subscriptions/{{id}}", f"{V1}/usage-events"

USAGE = [
    Route(
        *("POST", f"{_SUBSCRIPTION}/usage", record_once, "billing:write"),
        *("recordUsage", "Record usage of a metered price; an id counts once, whatever the key", UsageEvent),
        body=UsageWish,
        status=201,
        also=(200,),
        codes=("reference_not_found", "usage_not_metered", "wrong_state"),
    ),
    Route(
        *("GET", f"{_SUBSCRIPTION}/usage", page("invoicing", "usage_summaries", by_id, after_period), "billing:read"),
        *("listUsage", "What the items of a subscription used in each period, and what that costs by now"),
        *(ListOf[UsageSummary], UsageSummaryList),
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/usage-limits", write(limit), "billing:write"),
        *("setUsageLimit", "Be told when an item has used so much in a period; null takes the limit away", UsageLimit),
        body=SetUsageLimit,
        codes=("reference_not_found", "wrong_state"),
    ),
    Route(
        *("POST", f"{_EVENTS}/bulk", record_many, "billing:write"),
        *("recordUsageEvents", "Record up to 10,000 events of any subscriptions, each by itself", UsageCounts),
        body=UsageBulkBody,
        bytes_max=BULK_BYTES_MAX,
        values_max=BULK_VALUES_MAX,
    ),
    Route(
        *("GET", _EVENTS, page("invoicing", "usage_events", nothing, after_recorded), "billing:read"),
        *("listUsageEvents", "List usage events, the newest first", ListOf[UsageEvent], UsageList),
    ),
    Route(
        *("GET", f"{_EVENTS}/{{id}}", one("invoicing", "usage_event", by_id), "billing:read"),
        *("getUsageEvent", "Read a usage event", UsageEvent, Read),
    ),
    Route(
        *("POST", f"{_EVENTS}/{{id}}/void", write(void), "billing:write"),
        *("voidUsageEvent", "Take a usage event out of what is billed", UsageEvent),
        body=VoidUsage,
        codes=("usage_too_late", "wrong_state"),
    ),
]
