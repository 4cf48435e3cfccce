"""What a credit note gives back by payments: one refund after the other, until each has ended.

Who has gone back meanwhile by another way (a refund by hand, a dispute) is not given the money twice. What cannot be
refunded otherwise is the customer's all the same: it goes to their wallet, and the note says so.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from actors.invoicing.attempts import with_work
from actors.invoicing.credit_states import CreditNoteState, NoteRefund
from actors.invoicing.desk import Desk
from actors.invoicing.giving_back import gone_elsewhere
from actors.invoicing.keys import invoice_key
from actors.invoicing.states import InvoiceState, changed
from actors.runtime.decision import Answered, Wish
from messages import payments
from messages.credit_notes import CreditNote
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
    data = CreateRefund(
        refund=waiting.refund,
        amount=waiting.amount,
        reason=_REASONS.get(note.reason, "requested_by_customer"),
        credit_note=note.id,
    )
    about = About(customer_id=note.customer_id, invoice=note.invoice, payment=waiting.payment)
    desk.wish(Wish(payments.ACTOR, "refund.create", waiting.payment, data, note.id, about))
    desk.put(state.model_copy(update={"step": waiting.refund}))


def answered(desk: Desk, state: CreditNoteState | None, answer: Answered) -> None:
    """Accepted, and perhaps done; refused for good; or to be asked again in a while."""
    asked = _named(state, state.step) if state else None
    if state is None or asked is None:
        return
    state = state.model_copy(update={"step": None})
    status, code = str(answer.body.get("status")), str(answer.body.get("code"))
    if answer.status < 300:
        ask_next(desk, _ended(state, asked, _ENDS.get(status, "pending")))
    elif gone_elsewhere(answer):
        _less(desk, state, asked, answer)
    elif code == "already_exists":
        ask_next(desk, _ended(state, asked, "pending"))
    elif _may_pass(answer, code):
        _again(desk, state, asked)
    else:
        ask_next(desk, _ended(state, asked, "failed"))


def rung(desk: Desk, state: CreditNoteState | None, at: Any) -> None:
    """Asks once more."""
    _ = at
    if state is not None and state.step is None:
        ask_next(desk, state)


def ended(desk: Desk, state: CreditNoteState, refund: str, status: str) -> None:
    """How one ended; it may fail days after it succeeded."""
    known = _named(state, refund)
    after = _ended(state, known, _ENDS[status]) if known else state
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
    _not_refunded(desk, after, failed)
    about = About(customer_id=after.customer_id, invoice=after.invoice)
    desk.say("credit_note.settled", after, before, about)


def _not_refunded(desk: Desk, note: CreditNote, failed: Iterable[NoteRefund]) -> None:
    state: InvoiceState = desk.get(invoice_key(desk.tenant, note.invoice))
    refunded = dict(state.work.refunded)
    for one in failed:
        refunded[one.payment] = refunded.get(one.payment, 0) - one.amount
    desk.put(with_work(state, refunded=refunded))


def _less(desk: Desk, state: CreditNoteState, asked: NoteRefund, answer: Answered) -> None:
    """Somebody else has given a part back, and what is left is asked for. What is disputed may still be won."""
    left = min(int(answer.body["left"]), asked.amount)
    if answer.body["undecided"]:
        _again(desk, state, asked)
    elif left == 0:
        ask_next(desk, _ended(state, asked, "succeeded"))
    else:
        ask_next(desk, _with(state, asked.model_copy(update={"amount": left})))


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


def _ended(state: CreditNoteState, known: NoteRefund, status: str) -> CreditNoteState:
    """What has failed stays failed, and what has succeeded may only fail."""
    final = known.status in ("failed", "in_wallet") or (known.status == "succeeded" and status != "failed")
    return state if final else _with(state, known.model_copy(update={"status": status}))


def _with(state: CreditNoteState, changed_one: NoteRefund) -> CreditNoteState:
    refunds = tuple(changed_one if one.refund == changed_one.refund else one for one in state.refunds)
    return state.model_copy(update={"refunds": refunds})
