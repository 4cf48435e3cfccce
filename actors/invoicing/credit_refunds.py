"""What a credit note gives back by payments: one refund after the other, until each has ended.

Who has gone back meanwhile by another way (a refund by hand, a dispute) is not given the money twice. What cannot be
refunded otherwise is the customer's all the same: it goes to their wallet, and the note says so.
"""

from datetime import timedelta
from typing import Any, Final

from actors.invoicing.attempts import with_work
from actors.invoicing.credit_amounts import added, kept
from actors.invoicing.credit_states import CreditNoteState, NoteRefund
from actors.invoicing.desk import Desk
from actors.invoicing.giving_back import gone_elsewhere
from actors.invoicing.keys import invoice_key
from actors.invoicing.states import InvoiceState, changed
from actors.runtime.decision import Answered, Wish
from messages import payments
from messages.envelope import About
from messages.payments import CreateRefund
from messages.problems import PROBLEMS

AGAIN_SECONDS: Final = 60
AGAIN_SECONDS_MAX: Final = 3_600

_REASONS: Final[dict[str | None, payments.RefundReason]] = {"duplicate": "duplicate", "fraudulent": "fraudulent"}
_ENDS: Final = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}


def ask_next(desk: Desk, state: CreditNoteState) -> None:
    """Asks for the first refund that is to be made, or settles the note when all have ended."""
    waiting = next((one for one in state.refunds if one.status == "to_do"), None)
    if waiting is None:
        _settle(desk, state)
        return
    note = state.credit_note
    invoice: InvoiceState = desk.get(invoice_key(desk.tenant, note.invoice))
    left = max(0, kept(invoice))
    if waiting.amount > left:
        _lowered(desk, state, waiting, left)
        return
    data = CreateRefund(
        refund=waiting.refund,
        amount=waiting.amount,
        reason=_REASONS.get(note.reason, "requested_by_customer"),
        credit_note=note.id,
        leaving=invoice.work.given.get(waiting.payment, 0),
    )
    about = About(customer_id=note.customer_id, invoice=note.invoice, payment=waiting.payment)
    desk.wish(Wish(payments.ACTOR, "refund.create", waiting.payment, data, note.id, about, note.livemode))
    desk.put(state.model_copy(update={"step": waiting.refund}))


def answered(desk: Desk, state: CreditNoteState | None, answer: Answered) -> None:
    """Accepted, and perhaps done; refused for good; or to be asked again in a while."""
    asked = _named(state, state.step) if state else None
    if state is None or asked is None:
        return
    state = state.model_copy(update={"step": None})
    status, code = str(answer.body.get("status")), str(answer.body.get("code"))
    if answer.status < 300:
        ask_next(desk, _ended(desk, state, asked, _ENDS.get(status, "pending")))
    elif gone_elsewhere(answer) and not answer.body["undecided"]:
        _lowered(desk, state, asked, min(int(answer.body["left"]), asked.amount))
    elif code == "already_exists":
        ask_next(desk, _ended(desk, state, asked, "pending"))
    elif gone_elsewhere(answer) or _may_pass(answer, code):
        _again(desk, state, asked)
    else:
        ask_next(desk, _ended(desk, state, asked, "failed"))


def rung(desk: Desk, state: CreditNoteState | None, at: Any) -> None:
    """Asks once more."""
    _ = at
    if state is not None and state.step is None:
        ask_next(desk, state)


def ended(desk: Desk, state: CreditNoteState, refund: str, status: str) -> None:
    """How one ended; it may fail days after it succeeded."""
    known = _named(state, refund)
    after = _ended(desk, state, known, _ENDS[status]) if known else state
    if after is not state:
        _settle(desk, after)


def _settle(desk: Desk, state: CreditNoteState) -> None:
    """Said when the last refund has ended, with what failed in the wallet."""
    desk.put(state)
    if state.step is not None or any(one.status in ("to_do", "pending") for one in state.refunds):
        return
    failed = [one for one in state.refunds if one.status == "failed"]
    lost, before = sum(one.amount for one in failed), state.credit_note
    fields = {"refund_amount": before.refund_amount - lost, "wallet_amount": before.wallet_amount + lost}
    after = before.model_copy(update=changed(before, desk.now, **fields))
    moved = tuple(
        one.model_copy(update={"status": "in_wallet"}) if one.status == "failed" else one for one in state.refunds
    )
    desk.put(state.model_copy(update={"credit_note": after, "refunds": moved}))
    about = About(customer_id=after.customer_id, invoice=after.invoice)
    desk.say("credit_note.settled", after, before, about)


def _lowered(desk: Desk, state: CreditNoteState, asked: NoteRefund, left: int) -> None:
    """The rest has gone by another way: it counts as given back, and what is left is asked for."""
    gone = asked.amount - left
    _count(desk, state, asked, promised=-gone, already_gone=gone)
    status = "to_do" if left else "succeeded"
    ask_next(desk, _with(state, asked.model_copy(update={"amount": left, "status": status})))


def _again(desk: Desk, state: CreditNoteState, asked: NoteRefund) -> None:
    wait = min(AGAIN_SECONDS * 2 ** min(asked.tries, 10), AGAIN_SECONDS_MAX)
    desk.put(_with(state, asked.model_copy(update={"tries": asked.tries + 1})))
    desk.ring(state.credit_note.id, desk.now + timedelta(seconds=wait))


def _may_pass(answer: Answered, code: str) -> bool:
    """Nothing was accepted, or the payment is busy: it may be otherwise later."""
    known = PROBLEMS.get(code)
    return answer.status >= 500 or known is None or known.retry == "later" or known.status == 409


def _named(state: CreditNoteState, refund: str | None) -> NoteRefund | None:
    return next((one for one in state.refunds if one.refund == refund), None)


def _ended(desk: Desk, state: CreditNoteState, known: NoteRefund, status: str) -> CreditNoteState:
    """What has failed stays failed, and what has succeeded may only fail."""
    if known.status in ("failed", "in_wallet") or (known.status == "succeeded" and status != "failed"):
        return state
    kept_promise = -known.amount if known.status == "to_do" else 0
    to_wallet = known.amount if status == "failed" else 0
    _count(desk, state, known, promised=kept_promise, refunded=-to_wallet, given=to_wallet)
    return _with(state, known.model_copy(update={"status": status}))


def _count(desk: Desk, state: CreditNoteState, one: NoteRefund, *, promised: int = 0, **by_payment: int) -> None:
    """On the invoice: so much more, or less, of what goes back by this payment."""
    invoice: InvoiceState = desk.get(invoice_key(desk.tenant, state.credit_note.invoice))
    sums = {name: added(getattr(invoice.work, name), {one.payment: more}) for name, more in by_payment.items()}
    desk.put(with_work(invoice, promised=invoice.work.promised + promised, **sums))


def _with(state: CreditNoteState, changed_one: NoteRefund) -> CreditNoteState:
    refunds = tuple(changed_one if one.refund == changed_one.refund else one for one in state.refunds)
    return state.model_copy(update={"refunds": refunds})
