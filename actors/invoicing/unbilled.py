"""What the rest of a period counts as billed for when an invoice of it asks for nothing any more, or for less."""

from collections.abc import Iterable

from actors.invoicing.states import Billed, SubscriptionState
from messages.credit_notes import CreditNoteLine
from messages.invoices import Invoice, InvoiceLine
from messages.subscriptions import SubscriptionItem


def without_invoice(state: SubscriptionState, invoice: Invoice) -> tuple[Billed, ...]:
    """What the invoice asked for is billed no more, so that nobody gets back what they never owed; what it gave back
    is billed again. An item that was changed since stays as it is.
    """
    end = state.subscription.current_period.end
    lines = [line for line in invoice.lines if line.type == "subscription" and line.period.end == end]
    asked_for = [_billed(line) for line in lines if line.amount >= 0]
    given_back = [_billed(line) for line in lines if line.amount < 0]
    gone = {one.item.id for one in asked_for if _is_among(one, state.work.billed)}
    left = [one for one in state.work.billed if one.item.id not in gone]
    known = {one.item.id for one in left}
    return (*left, *(one for one in given_back if one.item.id not in known))


def less_credited(
    state: SubscriptionState, lines: Iterable[InvoiceLine], note: Iterable[CreditNoteLine], sign: int = 1
) -> tuple[Billed, ...]:
    """What a credit note took back of lines of the current period; with -1, what its void asks for again."""
    by_id = {line.id: line for line in lines}
    billed = state.work.billed
    for part in note:
        line = by_id[part.invoice_line]
        if line.type == "subscription" and line.amount > 0 and line.period.end == state.subscription.current_period.end:
            billed = tuple(_less(one, line, sign * part.amount) for one in billed)
    return billed


def _less(one: Billed, line: InvoiceLine, amount: int) -> Billed:
    if one.item != _billed(line).item:
        return one
    return one.model_copy(update={"asked": line.amount, "credited": one.credited + amount})


def _billed(line: InvoiceLine) -> Billed:
    item = SubscriptionItem(
        id=line.subscription_item or "", price=line.price or "", quantity=int(line.quantity) if line.quantity else None
    )
    return Billed(item=item, rates=tuple(tax.tax_rate for tax in line.taxes if tax.tax_rate))


def _is_among(one: Billed, billed: tuple[Billed, ...]) -> bool:
    return any(one.item == other.item for other in billed)
