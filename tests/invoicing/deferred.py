"""Invoices that are put into the shop as they stand, and the books of what it asked the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actors.invoicing import revenue
from actors.invoicing.agenda import by_clocks
from actors.invoicing.desk import Desk
from actors.invoicing.keys import clock_key, customer_key, revenue_id, revenue_key
from actors.invoicing.needs import around
from actors.invoicing.revenue_states import RevenueState
from actors.invoicing.states import CustomerState, InvoiceState
from messages.customers import Customer
from messages.invoices import Invoice, InvoiceLine, InvoiceTax
from messages.ledger_commands import RecognizeRevenue
from messages.spans import MaybeSpan
from tests.invoicing.shop import TENANT, Needed, Shop


def over(start: datetime | None, end: datetime | None) -> MaybeSpan:
    return MaybeSpan(start=start, end=end)


def line(
    amount: int, number: int = 1, period: MaybeSpan | None = None, *, tax: int = 0, inside: int = 0, **fields: Any
) -> InvoiceLine:
    """A line with so much tax on top, and so much inside."""
    taxes = [
        InvoiceTax(tax_rate=f"txr_{inclusive}", jurisdiction="DE", inclusive=inclusive, amount=part)
        for inclusive, part in ((False, tax), (True, inside))
        if part
    ]
    plain: dict[str, Any] = {"invoice": "inv_1", "type": "subscription", "description": "Pro", "currency": "USD"}
    return InvoiceLine(
        id=f"il_{number}", amount=amount, taxes=taxes, period=period or MaybeSpan(), **{**plain, **fields}
    )


def invoice(shop: Shop, lines: Sequence[InvoiceLine], *, id_: str = "inv_1", **fields: Any) -> InvoiceState:
    """An open invoice of these lines, not yet earned."""
    taxes = [tax for one in lines for tax in one.taxes]
    subtotal, discount = sum(one.amount for one in lines), sum(one.discount for one in lines)
    total = subtotal - discount + sum(tax.amount for tax in taxes if not tax.inclusive)
    plain: dict[str, Any] = {"status": "open", "customer_id": "abc123", "currency": "USD", "number": "INV-2026-000001"}
    plain |= dict.fromkeys(("total", "amount_due", "amount_remaining"), max(total, 0))
    plain |= dict.fromkeys(("created_at", "updated_at", "finalized_at"), shop.now)
    sums = {"subtotal": subtotal, "discount": discount, "tax": sum(tax.amount for tax in taxes), "taxes": taxes}
    asked = Invoice.model_validate({"id": id_, **plain, **sums, **fields})
    return InvoiceState(tenant=TENANT, invoice=asked, lines=tuple(lines))


def issue(shop: Shop, state: InvoiceState) -> InvoiceState:
    """What finalising an invoice does to revenue."""
    customer = Customer(id=state.invoice.customer_id, test_clock=state.clock, created_at=shop.now, updated_at=shop.now)
    shop.view.setdefault(customer_key(TENANT, customer.id), CustomerState(tenant=TENANT, customer=customer))
    shop.view[state.key] = state
    with_deferred: dict[str, Any] = {}

    def finalise(desk: Desk) -> None:
        with_deferred["amount_deferred"] = revenue.deferred_of(desk, state)
        after = state.model_copy(update={"invoice": state.invoice.model_copy(update=with_deferred)})
        desk.put(after)
        revenue.earn(desk, after)

    written(shop, state, finalise)
    return shop.state(state.invoice.id)


def written(shop: Shop, state: InvoiceState, write: Any) -> Any:
    """What a rule writes on a desk about an invoice is kept; with no more in sight than an invoice needs."""
    view: dict[Any, Any] = {}
    while wanted := around(state.key, view) - view.keys():
        view.update({key: shop.view.get(key) for key in wanted})
    clock = shop.view.get(clock_key(TENANT, state.clock)) if state.clock else None
    desk = Desk(TENANT, shop.terms, Needed(view), clock.test_clock.now if clock else shop.now)
    answer = write(desk)
    decision = by_clocks(TENANT, desk.decision(), Needed(view), shop.now)
    shop.view.update({each.key: each for each in decision.states})
    shop.said += decision.events
    shop.due = {who: at for who, at in {**shop.due, **decision.due}.items() if at is not None}
    return answer


def waiting_days(shop: Shop, clock: str | None = None) -> dict[str, int]:
    """What is not posted yet, in USD."""
    state: RevenueState | None = shop.view.get(revenue_key(TENANT, revenue_id(clock)))
    return dict(state.revenue.days.get("USD", {})) if state else {}


def recognised(shop: Shop) -> list[RecognizeRevenue]:
    """What the ledger was asked to post, in order."""
    return [wish.data for wish in shop.asked if isinstance(wish.data, RecognizeRevenue)]


def earned(shop: Shop) -> dict[str, int]:
    """By day, in USD."""
    return {day.day: day.amount for day in recognised(shop) if day.currency == "USD"}
