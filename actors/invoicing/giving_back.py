"""Refunds of what came beyond: asked for one at a time until payments has accepted each, every time by another id."""

from datetime import timedelta
from typing import Final

from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import with_work
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about
from actors.invoicing.invoice_work import GivenBack
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Answered, Wish
from messages import payments
from messages.ids import derived_id

AGAIN_AFTER: Final = timedelta(hours=1)
NOTHING_LEFT: Final = ("not_refundable", "refund_exceeds_captured")
"""Somebody else has given it back."""


def owed_back(desk: Desk, state: InvoiceState, payment: str, amount: int) -> InvoiceState:
    """So much of a payment is to go back; asked for now unless another refund is waited for."""
    return asked_next(
        desk, with_work(state, given_back=(*state.work.given_back, GivenBack(payment=payment, amount=amount)))
    )


def asked_next(desk: Desk, state: InvoiceState) -> InvoiceState:
    """Asks for the first, if no answer is outstanding."""
    queue = state.work.given_back
    if not queue or queue[0].refund is not None:
        return state
    first, invoice = queue[0], state.invoice
    refund = derived_id("ref", desk.now, desk.tenant, invoice.id, first.payment, str(first.tries))
    data = payments.CreateRefund(refund=refund, amount=first.amount, reason="duplicate")
    desk.wish(Wish(payments.ACTOR, "refund.create", first.payment, data, invoice.id, about(invoice, first.payment)))
    asked = first.model_copy(update={"refund": refund, "tries": first.tries + 1})
    return with_alarms(with_work(state, given_back=(asked, *queue[1:])), give_back=None)


def answered(desk: Desk, state: InvoiceState, answer: Answered) -> None:
    """Accepted: the next one. Refused: it is asked for again later, unless nothing is left to give."""
    queue = state.work.given_back
    if not queue or queue[0].refund is None:
        return
    first, others = queue[0], queue[1:]
    if answer.status < 300 or answer.body.get("code") in NOTHING_LEFT:
        keep(desk, asked_next(desk, with_work(state, given_back=others)))
        return
    again = first.model_copy(update={"refund": None})
    keep(desk, with_alarms(with_work(state, given_back=(again, *others)), give_back=desk.now + AGAIN_AFTER))
