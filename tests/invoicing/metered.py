"""A shop with one subscription to a metered price, for the tests of usage."""

from datetime import datetime
from typing import Any

from actors.invoicing.keys import usage_event_key, usage_meter_key
from actors.invoicing.states import (
    ClosedPeriod,
    InvoiceState,
    PriceState,
    ProductState,
    SubscriptionState,
    SubscriptionWork,
)
from actors.invoicing.usage_states import UsageMeter, meter_id
from messages.invoices import Invoice, InvoiceLine, InvoiceStatus
from messages.products import Aggregation, Product
from messages.spans import MaybeSpan, Span
from messages.subscriptions import Subscription
from messages.usage import UsageEvent
from tests.invoicing.made import price
from tests.invoicing.shop import START, TENANT, Shop, days

PERIOD = Span(start=START, end=datetime.fromisoformat("2026-02-28T00:00:00Z"))
BEFORE = Span(start=datetime.fromisoformat("2025-12-31T00:00:00Z"), end=START)
NOW = START + days(10)


def metered_shop(aggregation: Aggregation = "sum", *, draft: InvoiceStatus | None = None, **fields: Any) -> Shop:
    """`sub_1` with the metered item `si_1`, in its second period; the first one's invoice is `draft`, or long final."""
    shop = Shop(now=NOW)
    recurring = {"interval": "month", "usage_type": "metered", "aggregate_usage": aggregation}
    api = price(id="price_1", unit_amount=10, recurring=recurring)
    seats = price(id="price_2", unit_amount=1000, recurring={"interval": "month"})
    product = Product(id="prod_1", name="Calls", created_at=START, updated_at=START)
    for state in (
        PriceState(tenant=TENANT, price=api),
        PriceState(tenant=TENANT, price=seats),
        ProductState(tenant=TENANT, product=product),
        subscribed(draft, **fields),
    ):
        shop.view[state.key] = state
    if draft is not None:
        invoice = InvoiceState(tenant=TENANT, invoice=_invoice(draft), lines=(usage_line(BEFORE),))
        shop.view[invoice.key] = invoice
    return shop


def subscribed(draft: InvoiceStatus | None = None, **fields: Any) -> SubscriptionState:
    """`sub_1` with a metered item `si_1` and a licensed one, `si_2`."""
    plain = {
        "id": "sub_1",
        "status": "active",
        "customer_id": "abc123",
        "currency": "USD",
        "items": [{"id": "si_1", "price": "price_1"}, {"id": "si_2", "price": "price_2", "quantity": 1}],
        "billing_cycle_anchor": START,
        "start_date": BEFORE.start,
        "current_period": PERIOD,
        "created_at": START,
        "updated_at": START,
    }
    work = SubscriptionWork(closed=(ClosedPeriod(span=BEFORE, invoice="inv_1"),) if draft else ())
    return SubscriptionState(tenant=TENANT, subscription=Subscription.model_validate({**plain, **fields}), work=work)


def used(shop: Shop, id_: str, quantity: str = "1", /, **fields: Any) -> Any:
    """One event by itself: the event, or the code of the refusal."""
    return shop.ask(
        "usage.record", id_, events=[{"id": id_, "subscription": "sub_1", "quantity": quantity, **fields}], single=True
    )


def kept(shop: Shop, id_: str) -> UsageEvent:
    """The event, as it is kept."""
    return shop.view[usage_event_key(TENANT, id_)].usage_event


def meter(shop: Shop, start: datetime = START, item: str = "si_1") -> UsageMeter:
    """What the item used in the period that begins then."""
    return shop.view[usage_meter_key(TENANT, meter_id(item, start))].usage_meter


def usage_line(period: Span = PERIOD) -> InvoiceLine:
    """The line by which the period is billed."""
    return InvoiceLine(
        id="il_1",
        invoice="inv_1",
        type="usage",
        description="",
        price="price_1",
        product="prod_1",
        subscription="sub_1",
        subscription_item="si_1",
        amount=0,
        currency="USD",
        period=MaybeSpan(start=period.start, end=period.end),
    )


def _invoice(status: InvoiceStatus) -> Invoice:
    return Invoice(
        id="inv_1", status=status, customer_id="abc123", currency="USD", total=0, created_at=START, updated_at=START
    )
