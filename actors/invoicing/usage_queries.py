"""What is asked about usage: events as they stand, and what items used in their periods."""

from asyncpg import Connection

from actors.invoicing.metering import measured
from actors.invoicing.pricing import cost
from actors.invoicing.usage_states import UsageMeter
from actors.runtime import resources
from actors.runtime.resources import not_found, page, whole
from messages.envelope import Query, Reply
from messages.products import Price
from messages.quantities import text_of
from messages.queries import ById
from messages.usage import UsageEvent, UsageListing, UsageSummary, UsageSummaryListing
from messages.wire import Json
from storage import usage
from storage.resources import by_id

usage_events = resources.many(usage.SHOWN, UsageEvent, UsageListing)


async def usage_event(connection: Connection, query: Query) -> Reply:
    """One event."""
    wanted = ById.model_validate(query.params)
    body = await by_id(connection, usage.SHOWN, query.tenant, wanted.id)
    if body is None:
        return not_found(f"There is no usage event {wanted.id}.")
    return whole(UsageEvent.model_validate_json(body))


async def usage_summaries(connection: Connection, query: Query) -> Reply:
    """A page of items and periods of one subscription."""
    asked = UsageSummaryListing.model_validate(query.params)
    if not await usage.has_subscription(connection, query.tenant, asked.id):
        return not_found(f"There is no subscription {asked.id}.")
    rows, has_more = await usage.summaries(connection, query.tenant, asked)
    return page(map(_summary, rows), has_more=has_more)


def _summary(row: Json) -> UsageSummary:
    meter, price = UsageMeter.model_validate(row["meter"]), Price.model_validate(row["price"])
    quantity = measured(meter.figures, meter.aggregation)
    return UsageSummary(
        subscription=meter.subscription,
        subscription_item=meter.subscription_item,
        price=meter.price,
        period=meter.period,
        events=meter.figures.events,
        quantity=text_of(quantity),
        amount=cost(price, quantity),
        currency=meter.currency,
        limit=row["limit"],
        invoice_line=meter.invoice_line,
    )
