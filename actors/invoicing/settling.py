"""What payments answered to an invoice: its open step is over, and whoever waits for that is told."""

from dataclasses import replace
from typing import Any

from actors.invoicing import giving_back, subscription_payments
from actors.invoicing.attempts import attempt_of, step_of
from actors.invoicing.collecting import failed, needs_customer, not_begun, not_canceled
from actors.invoicing.desk import Desk
from actors.invoicing.finalising import finalise_after_wallet
from actors.invoicing.invoice_work import InvoiceStep
from actors.invoicing.receiving import cancel, received
from actors.invoicing.states import InvoiceState
from actors.runtime.decision import Answered, Done, Refused
from messages.invoices import PaymentError
from messages.problems import PROBLEMS
from messages.wire import Json

DECLINED = 402
UNUSABLE = "payment_method_unusable"
_NO_ACCOUNT = ("test_mode_only", "mode_mismatch")
_WAITING = ("requires_action", "processing")


def answered(desk: Desk, state: InvoiceState | None, answer: Answered) -> None:
    """Of a payment or a refund that was asked for. What a cancel comes to is heard as an event, but for a refusal."""
    if state is None:
        return
    if answer.type == "refund.create":
        giving_back.answered(desk, state, answer)
    elif answer.type == "payment.cancel" and answer.status >= 300:
        not_canceled(desk, state)
    elif answer.type == "payment.create":
        payment = _payment_of(answer) or (state.step.payment if state.step else "")
        step = step_of(state, payment)
        if step is not None and step.kind == "wallet":
            finalise_after_wallet(desk, state, answer)
        elif attempt_of(state, payment) is not None:
            if _lacks_method(answer):
                _let_go(desk, state, payment)
                answer = _without_method(answer)
            _collected(desk, state, payment, answer)
            subscription_payments.tried(desk, state.invoice)
            _tell(desk, state, step, answer)


def _lacks_method(answer: Answered) -> bool:
    """It was made and charged to nobody: no method is known, and the provider takes none by itself."""
    return answer.status < 300 and answer.body.get("status") == "requires_payment_method"


def _let_go(desk: Desk, state: InvoiceState, payment: str) -> None:
    """Nobody has what it takes to pay it at the provider, where it would stay open beside that of the next try."""
    attempt = attempt_of(state, payment)
    if attempt is not None and attempt.status == "running":
        cancel(desk, state, payment, "abandoned")


def _without_method(answer: Answered) -> Answered:
    """The same as a no, so that it is a step of the dunning and who asked by hand is refused."""
    payment = {name: value for name, value in answer.body.items() if name != "client_secret"}
    detail = "There is no payment method: name one, or give the customer a default_payment_method."
    return replace(answer, status=422, body={"code": UNUSABLE, "detail": detail, "payment": payment})


def _collected(desk: Desk, state: InvoiceState, payment: str, answer: Answered) -> None:
    """One that was counted already, because its event came first, counts no second time."""
    status, code = answer.body.get("status"), str(answer.body.get("code") or UNUSABLE)
    if answer.status < 300 and status == "succeeded":
        received(desk, state, payment, int(answer.body["amount_captured"]))
    elif answer.status < 300 and status in _WAITING:
        needs_customer(desk, state, payment)
    elif _nothing_happened(answer) or _was_asked_wrongly(state, payment, answer):
        not_begun(desk, state, payment, code)
    else:
        failed(desk, state, payment, PaymentError(code=code, decline_code=answer.body.get("decline_code")))


def _tell(desk: Desk, state: InvoiceState, step: InvoiceStep | None, answer: Answered) -> None:
    if step is None or step.command_id is None:
        return
    after: InvoiceState = desk.get(state.key)
    if answer.status < 300:
        settled = answer.body.get("status") == "succeeded"
        desk.answer(Done(200 if settled else 202, after.invoice), step.command_id)
    else:
        desk.answer(refusal_of(answer), step.command_id)


def refusal_of(answer: Answered) -> Refused:
    """The same no, in the same words, with the payment that exists all the same."""
    code = str(answer.body.get("code"))
    extra: Json = {name: value for name, value in answer.body.items() if name not in ("code", "detail")}
    detail = str(answer.body.get("detail") or "The payment was refused.")
    return Refused(code if code in PROBLEMS else "unavailable", detail, extra)


def _nothing_happened(answer: Answered) -> bool:
    """Neither a card nor a wallet was asked: the key is free again, something broke before, or no account fits."""
    code = str(answer.body.get("code"))
    known = PROBLEMS.get(code)
    return answer.status >= 500 or known is None or known.retry == "later" or code in _NO_ACCOUNT


def _was_asked_wrongly(state: InvoiceState, payment: str, answer: Answered) -> bool:
    """By hand, and no card or wallet said no: whoever asked is answered, and the customer has nothing to learn."""
    attempt = attempt_of(state, payment)
    return attempt is not None and attempt.by_hand and 400 <= answer.status != DECLINED


def _payment_of(answer: Answered) -> str | None:
    shown: Any = answer.body if answer.status < 300 else answer.body.get("payment") or {}
    return shown.get("id")
