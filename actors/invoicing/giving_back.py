"""Refunds of what came beyond: asked for one at a time until payments has made each, every time by another id.

What counts for the invoice is left where it is, whoever refunds besides. One that fails, even days after it was made,
is asked for again.
"""

from datetime import timedelta
from typing import Final

from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import attempt_of, with_work
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about
from actors.invoicing.invoice_work import GivenBack
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Answered, Wish
from messages import payments
from messages.ids import derived_id

AGAIN_AFTER: Final = timedelta(hours=1)
AGAIN_AFTER_MAX: Final = timedelta(days=1)
_GONE: Final = ("not_refundable", "refund_exceeds_captured")
_FAILED: Final = ("failed", "canceled")


def gone_elsewhere(answer: Answered) -> bool:
    """Refused because somebody else has given some of it back, or a bank has: `left` and `undecided` say how much."""
    return answer.body.get("code") in _GONE and "left" in answer.body


def owed_back(desk: Desk, state: InvoiceState, payment: str, amount: int) -> InvoiceState:
    """So much of a payment is to go back; asked for now unless another refund is waited for."""
    work = state.work
    beyond = {**work.beyond, payment: work.beyond.get(payment, 0) + amount}
    given_back = (*work.given_back, GivenBack(payment=payment, amount=amount))
    return asked_next(desk, with_work(state, beyond=beyond, given_back=given_back))


def asked_next(desk: Desk, state: InvoiceState) -> InvoiceState:
    """Asks for the first, if no answer is outstanding."""
    queue = state.work.given_back
    if not queue or queue[0].refund is not None:
        return state
    first, invoice = queue[0], state.invoice
    refund = derived_id("ref", desk.now, desk.tenant, invoice.id, first.payment, str(first.tries))
    leaving = _counts(state, first.payment)
    data = payments.CreateRefund(refund=refund, amount=first.amount, reason="duplicate", leaving=leaving)
    of = about(invoice, first.payment)
    desk.wish(Wish(payments.ACTOR, "refund.create", first.payment, data, invoice.id, of, invoice.livemode))
    asked = first.model_copy(update={"refund": refund, "tries": first.tries + 1})
    return with_alarms(with_work(state, given_back=(asked, *queue[1:])), give_back=None)


def answered(desk: Desk, state: InvoiceState, answer: Answered) -> None:
    """Accepted: the next one. Refused or failed: asked for again later, unless others have given all of it back."""
    queue = state.work.given_back
    if not queue or queue[0].refund is None:
        return
    first, others = queue[0], queue[1:]
    if answer.status < 300 and answer.body.get("status") not in _FAILED:
        made = with_work(state, given_back=others, returned=(*state.work.returned, first))
        keep(desk, asked_next(desk, made))
    elif gone_elsewhere(answer) and not answer.body["undecided"]:
        left = min(int(answer.body["left"]), first.amount)
        rest = (first.model_copy(update={"refund": None, "amount": left}),) if left else ()
        keep(desk, asked_next(desk, with_work(state, given_back=(*rest, *others))))
    else:
        _later(desk, state, first, others)


def failed(desk: Desk, state: InvoiceState, refund: str) -> None:
    """One has failed, which may be known before its answer is, or days after it succeeded."""
    queue, returned = state.work.given_back, state.work.returned
    if queue and queue[0].refund == refund:
        _later(desk, state, queue[0], queue[1:])
        return
    known = next((one for one in returned if one.refund == refund), None)
    if known is None:
        return
    state = with_work(state, returned=tuple(one for one in returned if one is not known))
    if queue:
        keep(desk, with_work(state, given_back=(*queue, known.model_copy(update={"refund": None}))))
    else:
        _later(desk, state, known, ())


def _later(desk: Desk, state: InvoiceState, first: GivenBack, others: tuple[GivenBack, ...]) -> None:
    wait = min(AGAIN_AFTER * 2 ** min(first.tries - 1, 10), AGAIN_AFTER_MAX)
    again = first.model_copy(update={"refund": None})
    keep(desk, with_alarms(with_work(state, given_back=(again, *others)), give_back=desk.now + wait))


def _counts(state: InvoiceState, payment: str) -> int:
    """How much of the payment pays the invoice, after what credit notes gave back of it."""
    attempt = attempt_of(state, payment)
    kept = attempt.amount if attempt is not None and attempt.status == "succeeded" else 0
    return max(0, kept - state.work.refunded.get(payment, 0))
