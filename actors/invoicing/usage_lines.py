"""Usage as lines of an invoice."""

from collections.abc import Iterable

from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key, product_key, usage_meter_key
from actors.invoicing.metering import Meter
from actors.invoicing.metering import measured as measure
from actors.invoicing.pricing import cost, described, unit_amount_of
from actors.invoicing.states import PriceState, ProductState, SubscriptionState
from actors.invoicing.usage_states import MeterState, UsageMeter, meter_id
from actors.runtime.decision import Key, View
from messages.invoices import InvoiceLine
from messages.products import Aggregation, Price
from messages.quantities import text_of


def usage_keys(tenant: str, lines: Iterable[InvoiceLine], view: View) -> set[Key]:
    """The meters that the usage lines among these are measured by."""
    _ = view
    keys = (_meter_key(tenant, line) for line in lines)
    return {key for key in keys if key is not None}


def keys_of_current(state: SubscriptionState) -> set[Key]:
    """The meters that an invoice of the subscription's current period, and of what is pending, is measured by."""
    start = state.subscription.current_period.start
    current = {usage_meter_key(state.tenant, meter_id(item.id, start)) for item in state.subscription.items}
    pending = (_meter_key(state.tenant, draft.line) for draft in state.work.pending)
    return current | {key for key in pending if key is not None}


def measured(desk: Desk, line: InvoiceLine) -> InvoiceLine:
    """A line of type `usage` with the quantity of its item in its period, and what that costs. Others as they are.

    What another line has billed is not billed again. Its price and product must be in view.
    """
    key = _meter_key(desk.tenant, line)
    if key is None:
        return line
    price = _price(desk, line)
    quantity = measure(_figures(desk, key, line), _aggregation(price))
    product: ProductState | None = desk.get(product_key(desk.tenant, price.product))
    name, unit = (product.product.name, product.product.unit_label) if product else (line.description, None)
    fields = {
        "quantity": text_of(quantity),
        "unit_amount": unit_amount_of(price),
        "amount": cost(price, quantity),
        "description": described(price, name, unit, text_of(quantity)),
    }
    return line.model_copy(update=fields)


def close_meter(desk: Desk, line: InvoiceLine) -> None:
    """Called when the line's invoice is finalised: from now on its events are invoiced, and later ones are late.

    Nothing for lines of other types. An item without usage gets an empty meter that is closed.
    """
    key = _meter_key(desk.tenant, line)
    if key is None:
        return
    state: MeterState | None = desk.get(key)
    meter = state.usage_meter if state else _unused(desk, key, line)
    if meter.invoice_line is not None:
        return
    changes = {"invoice_line": line.id, "version": meter.version + 1 if state else 1}
    desk.put(MeterState(tenant=desk.tenant, usage_meter=meter.model_copy(update=changes)))


def _figures(desk: Desk, key: Key, line: InvoiceLine) -> Meter:
    state: MeterState | None = desk.get(key)
    if state is None or state.usage_meter.invoice_line not in (None, line.id):
        return Meter()
    return state.usage_meter.figures


def _unused(desk: Desk, key: Key, line: InvoiceLine) -> UsageMeter:
    price = _price(desk, line)
    return UsageMeter.model_validate(
        {
            "id": key.id,
            "subscription": line.subscription,
            "subscription_item": line.subscription_item,
            "price": price.id,
            "currency": line.currency,
            "aggregation": _aggregation(price),
            "period_start": line.period.start,
            "period_end": line.period.end,
            "created_at": desk.now,
        }
    )


def _meter_key(tenant: str, line: InvoiceLine) -> Key | None:
    if line.type != "usage" or line.subscription_item is None or line.period.start is None:
        return None
    return usage_meter_key(tenant, meter_id(line.subscription_item, line.period.start))


def _price(desk: Desk, line: InvoiceLine) -> Price:
    assert line.price is not None, "usage is of a price"
    state: PriceState = desk.get(price_key(desk.tenant, line.price))
    return state.price


def _aggregation(price: Price) -> Aggregation:
    return (price.recurring.aggregate_usage if price.recurring else None) or "sum"
