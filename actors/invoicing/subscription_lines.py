"""Lines of a subscription's invoices: periods in advance, usage afterwards, and what a change gives back and asks for.

Charges are before discounts: a coupon lowers whatever line it comes to. A credit is a share of what was really billed,
and no coupon counts it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from actors.invoicing.alarms import keep
from actors.invoicing.credit_lines import NOTHING
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about, next_version
from actors.invoicing.invoice_sums import summed
from actors.invoicing.invoice_work import Billed, Unused
from actors.invoicing.keys import invoice_key, product_key
from actors.invoicing.pricing import cost, described, unit_amount_of
from actors.invoicing.proration import prorated
from actors.invoicing.states import InvoiceState, LineDraft, ProductState, SubscriptionState
from actors.invoicing.subscription_moves import amended
from actors.invoicing.subscription_periods import is_metered, price_of, whole_at
from actors.invoicing.unbilled import owed, remember
from actors.invoicing.unused import left_of
from messages.ids import derived_id
from messages.invoices import InvoiceLine, LineType
from messages.quantities import fraction_of
from messages.spans import MaybeSpan, Span
from messages.subscriptions import SubscriptionItem


def in_advance(
    desk: Desk, state: SubscriptionState, items: Iterable[SubscriptionItem], part: Span, whole: Span
) -> list[LineDraft]:
    """What the licensed items cost for a part of the whole period, or for all of it."""
    drafts = [_charge(desk, state, item, part, whole) for item in items if not is_metered(desk, item)]
    return [draft for draft in drafts if draft.line.amount or part == whole]


def unused(desk: Desk, state: SubscriptionState, billed: Iterable[Billed], moment: datetime) -> list[LineDraft]:
    """Credits for what was invoiced from the moment to the period's end, to the second; the invoices remember them."""
    period = state.subscription.current_period
    part, whole = Span(start=max(moment, period.start), end=period.end), whole_at(desk, state, period.start)
    drafts = [_credit(desk, state, one, part, whole) for one in billed if part.start < part.end]
    return [draft for draft in drafts if draft is not None]


def cut_short(desk: Desk, state: SubscriptionState, billed: Collection[Billed], moment: datetime) -> SubscriptionState:
    """What is not asked for yet ends at the moment: of what waits for its invoice, or stands on a draft, there is
    nothing to give back, and nobody knows what it will come to.
    """
    items, whole = {one.line: one.item for one in billed}, state.subscription.current_period
    whole = whole_at(desk, state, whole.start)

    def cut(line: InvoiceLine) -> InvoiceLine | None:
        return _until(desk, line, items[line.id], moment, whole) if line.id in items else line

    for invoice in dict.fromkeys(one.invoice for one in billed if one.invoice):
        _cut_draft(desk, desk.get(invoice_key(desk.tenant, invoice)), cut)
    pending = ((draft, cut(draft.line)) for draft in state.work.pending)
    left = (draft.model_copy(update={"line": line}) for draft, line in pending if line is not None)
    return amended(state, {"pending": tuple(left)})


def _cut_draft(desk: Desk, state: InvoiceState | None, cut: Callable[[InvoiceLine], InvoiceLine | None]) -> None:
    if state is None or not state.is_draft:
        return
    lines = tuple(line for each in state.lines if (line := cut(each)) is not None)
    if lines == state.lines:
        return
    before = state.invoice
    shorter = state.model_copy(update={"lines": lines, "invoice": next_version(before, desk.now)})
    after = summed(desk, shorter)
    desk.say("invoice.updated", after.invoice, before, about(before))
    keep(desk, after)


def usage(desk: Desk, state: SubscriptionState, items: Iterable[SubscriptionItem], span: Span) -> list[LineDraft]:
    """A line for each metered item, to be measured when the invoice is finalised; none where one waits already."""
    waiting = [draft.line for draft in state.work.pending if draft.line.type == "usage"]
    asked = {(line.subscription_item, line.period.start) for line in waiting}
    return [
        _draft(desk, state, item, "usage", span, 0, quantity="0", text="Usage of")
        for item in items
        if is_metered(desk, item) and (item.id, span.start) not in asked
    ]


def fixed(drafts: Iterable[LineDraft], rates: Sequence[str]) -> tuple[LineDraft, ...]:
    """To be invoiced later, at the tax rates of today."""
    return tuple(
        draft if draft.rates is not None else draft.model_copy(update={"rates": tuple(rates)}) for draft in drafts
    )


def _charge(desk: Desk, state: SubscriptionState, item: SubscriptionItem, part: Span, whole: Span) -> LineDraft:
    amount = prorated(_whole_cost(desk, item), part, whole)
    if part == whole:
        return _draft(desk, state, item, "subscription", part, amount)
    return _draft(desk, state, item, "subscription", part, amount, text="Remaining time on")


def _until(desk: Desk, line: InvoiceLine, item: SubscriptionItem, moment: datetime, whole: Span) -> InvoiceLine | None:
    start, end = line.period.start or moment, line.period.end or moment
    part = Span(start=start, end=max(start, min(end, moment)))
    amount = prorated(_whole_cost(desk, item), part, whole)
    fields = {"amount": amount, "period": MaybeSpan(start=part.start, end=part.end)}
    return line.model_copy(update=fields) if amount else None


def _credit(desk: Desk, state: SubscriptionState, billed: Billed, part: Span, whole: Span) -> LineDraft | None:
    source = owed(desk, billed)
    if source is None:
        return None
    invoice, line = source
    unused_amount = prorated(_whole_cost(desk, billed.item), part, whole)
    amount, taxes = left_of(line, invoice.work.credited.get(line.id, NOTHING), unused_amount)
    if not amount:
        return None
    draft = _draft(desk, state, billed.item, "subscription", part, -amount, text="Unused time on")
    settled = draft.line.model_copy(update={"taxes": taxes})
    remember(desk, invoice, Unused(line=settled, billed=billed))
    return LineDraft(line=settled, settled=True, gives_back=billed)


def _whole_cost(desk: Desk, item: SubscriptionItem) -> int:
    return cost(price_of(desk, item), fraction_of(str(item.quantity or 0)))


def _draft(
    desk: Desk,
    state: SubscriptionState,
    item: SubscriptionItem,
    type_: LineType,
    span: Span,
    amount: int,
    *,
    quantity: str | None = None,
    text: str = "",
) -> LineDraft:
    price, quantity = price_of(desk, item), quantity or str(item.quantity or 0)
    product: ProductState = desk.get(product_key(desk.tenant, price.product))
    name = product.product.name
    words = f"Usage of {name}" if type_ == "usage" else described(price, name, product.product.unit_label, quantity)
    subscription = state.subscription
    # Two lines of one decision differ in their item, their span or their words.
    seed = (desk.tenant, subscription.id, str(subscription.version), item.id, text, span.start.isoformat())
    line = InvoiceLine(
        id=derived_id("il", desk.now, *seed),
        invoice="",
        type=type_,
        description=words if type_ == "usage" else f"{text} {words}".strip(),
        price=price.id,
        product=price.product,
        subscription=subscription.id,
        subscription_item=item.id,
        proration=text in ("Unused time on", "Remaining time on"),
        quantity=quantity,
        unit_amount=unit_amount_of(price),
        amount=amount,
        currency=subscription.currency,
        period=MaybeSpan(start=span.start, end=span.end),
    )
    return LineDraft(line=line)
