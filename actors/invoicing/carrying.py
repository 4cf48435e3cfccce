"""A subscription's invoice that comes to less than nothing asks for nothing, and the next one for so much less.

The invoice is evened out by a line of its own, without taxes, and the same amount below nothing waits for the next
invoice of the subscription: no credit is lost, and the lines of both still add up. Neither is earned before the
period is over, when mostly both are at once: what is owed to a customer never looks like income.
"""

from actors.invoicing.desk import Desk
from actors.invoicing.invoice_sums import shown_lines
from actors.invoicing.keys import subscription_key
from actors.invoicing.states import InvoiceState, LineDraft, SubscriptionState
from messages.ids import derived_id
from messages.invoices import InvoiceLine
from messages.spans import MaybeSpan

WORDS = "Carried over"


def carried_over(desk: Desk, state: InvoiceState) -> InvoiceState:
    """The invoice with a total of 0; its subscription, on the desk, with the rest among its pending lines."""
    invoice, rest = state.invoice, state.invoice.total
    line = InvoiceLine(
        id=derived_id("il", desk.now, desk.tenant, invoice.id, WORDS),
        invoice=invoice.id,
        type="manual",
        description=f"{WORDS} to the next invoice",
        subscription=invoice.subscription,
        amount=-rest,
        currency=invoice.currency,
        period=MaybeSpan(start=invoice.period.end, end=invoice.period.end),
    )
    key = subscription_key(desk.tenant, invoice.subscription or "")
    of: SubscriptionState = desk.get(key)
    words = f"{WORDS} from invoice {invoice.id}"
    credit = line.model_copy(update={"id": "", "invoice": "", "description": words, "amount": rest})
    pending = (*of.work.pending, LineDraft(line=credit, settled=True))
    desk.put(of.model_copy(update={"work": of.work.model_copy(update={"pending": pending})}))
    lines = (*state.lines, line)
    sums = {"subtotal": invoice.subtotal - rest, "total": 0, "amount_due": 0, "amount_remaining": 0}
    after = invoice.model_copy(update={**sums, **shown_lines(lines)})
    return state.model_copy(update={"invoice": after, "lines": lines})


def carried_again(desk: Desk, state: InvoiceState) -> None:
    """The invoice asks for nothing any more: what earlier ones carried over to it waits for another one."""
    rests = [line for line in state.lines if line.type == "manual" and line.subscription and line.amount < 0]
    if not rests:
        return
    of: SubscriptionState = desk.get(subscription_key(desk.tenant, state.invoice.subscription or ""))
    drafts = (LineDraft(line=line.model_copy(update={"id": "", "invoice": ""}), settled=True) for line in rests)
    pending = (*of.work.pending, *drafts)
    desk.put(of.model_copy(update={"work": of.work.model_copy(update={"pending": pending})}))
