"""Payments from the customer's wallet: the ledger stands where the provider stands for a card.

What is to be captured later is held until then; what the ledger answers reads like a provider's answer.
"""

from typing import Final

from actors.payments.operations import Begun
from actors.payments.provider import Away, Declined, Taken
from actors.payments.refusals import refused
from actors.payments.states import Operation, PaymentState
from actors.payments.versions import about
from actors.runtime.decision import Answered, Decision, Wish
from messages import ledger, ledger_commands
from messages.payments import WALLET, Destined, Payment, ToWallet
from messages.problems import PROBLEMS
from messages.wire import json_of

ASKED: Final = {
    "charge": ("wallet.pay", "hold.create"),
    "capture": ("hold.confirm",),
    "release": ("hold.void",),
}
"""Step to the commands of which one is asked of the ledger for it."""

LET_GO: Final = ("voided", "expired")
"""Statuses of a hold whose money is the customer's again."""


def unusable(method: str | None, destination: Destined) -> Decision | None:
    """A wallet's money moves to another wallet by a transfer, with its own rules."""
    if method != WALLET or not isinstance(destination, ToWallet):
        return None
    detail = "A wallet does not fill a wallet; between wallets money goes by POST /api/v1/transfers."
    return refused("payment_method_unusable", detail)


def pay(state: PaymentState, operation: Operation) -> Begun:
    """The money is income at once, or held for its capture."""
    payment = state.payment
    if payment.capture_method == "manual":
        return _hold(state, operation)
    data = ledger_commands.PayFromWallet(
        customer_id=payment.customer_id,
        amount=payment.amount,
        currency=payment.currency,
        destination=payment.destination,
    )
    return _asked(state, operation, Wish(ledger.ACTOR, "wallet.pay", payment.id, data, payment.id, about(payment)))


def _hold(state: PaymentState, operation: Operation) -> Begun:
    payment = state.payment
    hold = ledger_commands.CreateHold(
        customer_id=payment.customer_id,
        amount=payment.amount,
        currency=payment.currency,
        destination={**json_of(payment.destination), "payment": payment.id},
    )
    wish = Wish(ledger.ACTOR, "hold.create", _hold_of(payment), hold, payment.id, about(payment))
    return _asked(state, operation, wish)


def capture(state: PaymentState, operation: Operation, amount: int) -> Begun:
    """The held money, or a part of it; the rest is the customer's again."""
    payment = state.payment
    confirm = ledger_commands.ConfirmHold(amount=amount)
    wish = Wish(ledger.ACTOR, "hold.confirm", _hold_of(payment), confirm, payment.id, about(payment))
    return _asked(state, operation, wish)


def release(state: PaymentState, operation: Operation) -> Begun:
    """All of the held money is the customer's again."""
    payment = state.payment
    wish = Wish(ledger.ACTOR, "hold.void", _hold_of(payment), ledger_commands.VoidHold(), payment.id, about(payment))
    return _asked(state, operation, wish)


def outcome_of(payment: Payment, operation: Operation, answer: Answered) -> Taken | Declined | Away | None:
    """What the open step comes to, or None for an answer to something else."""
    if payment.provider != WALLET or answer.type not in ASKED.get(operation.kind, ()):
        return None
    if answer.status < 300:
        return Taken(reference=str(answer.body["id"]), amount=operation.amount or payment.amount)
    if answer.type == "hold.void" and answer.body.get("status_now") in LET_GO:
        return Taken(reference=_hold_of(payment), amount=payment.amount)
    return no_of(answer)


def no_of(answer: Answered) -> Declined | Away:
    """The ledger's refusal. One that leaves keys free counts as an outage: nothing was taken, and it may go later."""
    detail = str(answer.body.get("detail") or "The ledger said no.")
    code = str(answer.body.get("code"))
    known = PROBLEMS.get(code)
    if known is None or known.retry == "later":
        return Away(detail=detail)
    also = {name: value for name, value in answer.body.items() if name not in ("code", "detail")}
    return Declined(code=code, detail=detail, also=also)


def _hold_of(payment: Payment) -> str:
    return ledger.payment_hold(payment.id)


def _asked(state: PaymentState, operation: Operation, wish: Wish) -> Begun:
    return Begun(state.model_copy(update={"operation": operation}), commands=[wish])
