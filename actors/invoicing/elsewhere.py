"""What of an invoice's payments has gone by another way: refunded by hand, or taken by a bank for a dispute.

Nothing of it is here to be given back once more. What came beyond the invoice is what goes first.
"""

from typing import Final

from actors.invoicing.attempts import with_work
from actors.invoicing.invoice_work import Elsewhere
from actors.invoicing.states import InvoiceState
from messages.disputes import Dispute, DisputeStatus
from messages.payments import Refund

_TAKEN: Final = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)
_OVER: Final = (DisputeStatus.WON, DisputeStatus.WARNING_CLOSED, DisputeStatus.PREVENTED)


def with_refund(state: InvoiceState, refund: Refund, status: str) -> InvoiceState:
    """One by hand, which counts from when it was accepted until it fails. The invoice's own refunds are no such."""
    own = {one.refund for one in (*state.work.given_back, *state.work.returned)}
    if refund.id in own:
        return state
    failed = status in ("failed", "canceled")
    return _with(state, refund.id, None if failed else _gone(refund.id, refund.payment, refund.amount))


def with_dispute(state: InvoiceState, dispute: Dispute) -> InvoiceState:
    """It counts while the bank has the money; an inquiry moves none."""
    is_open = dispute.status in _TAKEN or (dispute.amount_withdrawn > 0 and dispute.status not in _OVER)
    if not is_open and dispute.status is not DisputeStatus.LOST:
        return _with(state, dispute.id, None)
    lost = dispute.status is DisputeStatus.LOST
    return _with(state, dispute.id, _gone(dispute.id, dispute.payment, dispute.amount, is_open=not lost))


def gone(state: InvoiceState, payment: str) -> int:
    """How much of what the payment brought for the invoice is gone for good."""
    returned = sum(one.amount for one in state.work.returned if one.payment == payment)
    beyond = state.work.beyond.get(payment, returned)
    by_others = sum(one.amount for one in state.work.elsewhere if one.payment == payment and not one.open)
    return max(0, by_others + returned - beyond)


def disputed(state: InvoiceState, payment: str) -> int:
    """How much of it a bank holds, and may give back."""
    return sum(one.amount for one in state.work.elsewhere if one.payment == payment and one.open)


def _gone(id_: str, payment: str, amount: int, *, is_open: bool = False) -> Elsewhere:
    return Elsewhere(id=id_, payment=payment, amount=amount, open=is_open)


def _with(state: InvoiceState, id_: str, one: Elsewhere | None) -> InvoiceState:
    others = tuple(each for each in state.work.elsewhere if each.id != id_)
    elsewhere = (*others, one) if one else others
    return state if elsewhere == state.work.elsewhere else with_work(state, elsewhere=elsewhere)
