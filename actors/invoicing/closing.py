"""An open invoice is void, or given up as lost: nothing of it is waited for any more."""

from typing import Any, Final

from actors.invoicing import revenue, subscription_payments
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.carrying import carried_again
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about, moved
from actors.invoicing.receiving import closed
from actors.invoicing.states import InvoiceState
from messages.invoices import Invoice

_NO_MORE: Final[dict[str, Any]] = {"collect": None, "abandon": None, "due_soon": None, "overdue": None}


def partly_settled(invoice: Invoice) -> bool:
    """Something of it is paid or credited."""
    return bool(invoice.amount_paid or invoice.amount_from_wallet or invoice.amount_credited)


def voided(desk: Desk, state: InvoiceState) -> None:
    """An open one of which nothing is paid asks for nothing any more; whoever waits for it is told."""
    fields = {"voided_at": desk.now, "amount_remaining": 0, "next_payment_attempt": None}
    carried_again(desk, state)
    close(desk, state, "void", "invoice.voided", amount_deferred=revenue.unearn(desk, state), **fields)


def close(desk: Desk, state: InvoiceState, status: Any, event: str, **fields: Any) -> None:
    """Told, kept, and passed on to whom it concerns."""
    before = state.invoice
    after = moved(before, status, desk.now, **fields)
    desk.say(event, after, before, about(after))
    state = with_alarms(state.model_copy(update={"invoice": after}), **_NO_MORE)
    keep(desk, state)
    closed(desk, state)
    subscription_payments.invoice_closed(desk, after)
