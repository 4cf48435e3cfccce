"""`refund.create`: accepted, then asked of the provider. Before both a top-up's money is held.

What was paid from the wallet goes back there, which needs no provider.
"""

from datetime import datetime

from actors.payments.operations import opened
from actors.payments.provider import GiveBack
from actors.payments.refusals import already_exists, refused, wrong_state
from actors.payments.states import Operation, PaymentState, RefundState
from actors.payments.tax import tax_after, tax_of_refund
from actors.payments.versions import about, changed, refund_moved, refund_said, said
from actors.runtime.decision import Answered, Decision, Done, Pending, Wish
from messages import ledger, ledger_commands
from messages.envelope import Command
from messages.payments import WALLET, CreateRefund, PaymentStatus, Refund, RefundStatus, Sale, ToWallet
from messages.problems import PROBLEMS

CREATED = 201


def create_refund(
    command: Command, wish: CreateRefund, state: PaymentState, existing: RefundState | None, now: datetime
) -> Decision:
    """201 with the refund, in whatever status the provider leaves it. Without an amount: all that is left."""
    payment = state.payment
    if existing is not None:
        return already_exists("refund", wish.refund)
    left = max(0, payment.amount_captured - payment.amount_refunded - payment.amount_disputed - wish.leaving)
    amount = wish.amount or left
    if refusal := _refusal(state, amount, left):
        return refusal
    refund = _new_refund(command, wish, state, amount, now)
    if payment.provider == WALLET:
        return _give_back_to_wallet(state, refund, now)
    if isinstance(payment.destination, ToWallet):
        return _ask_for_hold(command, state, refund, payment.destination)
    return _accept(state, Operation(kind="refund", command_id=command.id), refund, now, asked_now=True)


def settle_hold(state: PaymentState, operation: Operation, answer: Answered, now: datetime) -> Decision:
    """The ledger holds the money, and the refund begins; or it said no, and nothing has happened."""
    if operation.refund is None:
        raise ValueError(f"the hold open on {state.payment.id} is for no refund")
    if answer.status == CREATED:
        hold = ledger.refund_hold(operation.refund.id)
        refund = operation.refund.model_copy(update={"hold": hold, "created_at": now, "updated_at": now})
        return _accept(state, operation, refund, now, asked_now=False)
    code = str(answer.body.get("code"))
    extra = {name: value for name, value in answer.body.items() if name not in ("code", "detail")}
    detail = str(answer.body.get("detail") or "The wallet's money could not be held.")
    refusal = refused(code if code in PROBLEMS else "unavailable", detail, **extra)
    return Decision(
        states=[state.model_copy(update={"operation": None})],
        outcome=refusal.outcome,
        answers=operation.command_id,
    )


def _refusal(state: PaymentState, amount: int, left: int) -> Decision | None:
    payment = state.payment
    if payment.status is PaymentStatus.CANCELED:
        return refused("not_refundable", "A canceled payment took no money.")
    if payment.status is not PaymentStatus.SUCCEEDED:
        return wrong_state(payment, "refunded", {PaymentStatus.SUCCEEDED})
    if amount == 0:
        detail = "All that was captured is refunded already, or disputed."
        return refused("not_refundable", detail, left=0, undecided=state.undecided)
    if amount > left:
        detail = f"{amount} is more than the {left} left of the {payment.amount_captured} captured."
        return refused("refund_exceeds_captured", detail, left=left, undecided=state.undecided)
    if payment.provider_reference is None:
        return refused("not_refundable", "The provider knows no charge of this payment.")
    return None


def _new_refund(command: Command, wish: CreateRefund, state: PaymentState, amount: int, now: datetime) -> Refund:
    payment = state.payment
    destination = payment.destination
    if isinstance(destination, Sale):
        destination = Sale(tax=tax_of_refund(payment, state.tax_refunded, amount))
    return Refund(
        id=wish.refund,
        livemode=command.livemode,
        metadata=wish.metadata,
        created_at=now,
        updated_at=now,
        status=RefundStatus.PENDING,
        pending_reason="processing",
        amount=amount,
        currency=payment.currency,
        payment=payment.id,
        customer_id=payment.customer_id,
        reason=wish.reason,
        credit_note=wish.credit_note,
        destination=destination,
        provider=payment.provider,
    )


def _ask_for_hold(command: Command, state: PaymentState, refund: Refund, wallet: ToWallet) -> Decision:
    """Only the ledger says no to wallet money. Until it has spoken nobody is told of the refund."""
    hold = ledger_commands.CreateHold(
        customer_id=wallet.customer_id,
        amount=refund.amount,
        currency=refund.currency,
        destination={"type": "refund", "refund": refund.id, "payment": refund.payment},
    )
    payment = state.payment
    wish = Wish(ledger.ACTOR, "hold.create", ledger.refund_hold(refund.id), hold, payment.id, about(payment))
    operation = Operation(kind="hold", command_id=command.id, refund=refund)
    return Decision(states=[state.model_copy(update={"operation": operation})], commands=[wish], outcome=Pending())


def _accept(state: PaymentState, operation: Operation, refund: Refund, now: datetime, *, asked_now: bool) -> Decision:
    payment = state.payment
    refunded = _with_refund(state, refund, now)
    operation = Operation(kind="refund", command_id=operation.command_id, success_status=CREATED, refund=refund)
    request = GiveBack(
        reference=payment.provider_reference or "",
        refund=refund.id,
        amount=refund.amount,
        currency=refund.currency,
    )
    step = opened(refunded, operation, request, now)
    return Decision(
        states=[step.state, RefundState(tenant=state.tenant, refund=refund)],
        events=[refund_said("refund.created", refund), said("payment.updated", refunded.payment, payment)],
        calls=step.calls,
        outcome=Pending(refund) if asked_now else None,
    )


def _give_back_to_wallet(state: PaymentState, refund: Refund, now: datetime) -> Decision:
    """Accepted and done at once; both are told, because the ledger posts the one after the other."""
    refunded = _with_refund(state, refund, now)
    done = refund_moved(refund, RefundStatus.SUCCEEDED, now)
    return Decision(
        states=[refunded, RefundState(tenant=state.tenant, refund=done)],
        events=[
            refund_said("refund.created", refund),
            said("payment.updated", refunded.payment, state.payment),
            refund_said("refund.succeeded", done, refund),
        ],
        outcome=Done(CREATED, done),
    )


def _with_refund(state: PaymentState, refund: Refund, now: datetime) -> PaymentState:
    """From here on the amount counts as refunded, until the refund fails."""
    payment = state.payment
    after = changed(payment, now, amount_refunded=payment.amount_refunded + refund.amount)
    fields: dict[str, object] = {"payment": after}
    if isinstance(refund.destination, Sale):
        fields["tax_refunded"] = tax_after(state.tax_refunded, refund.destination.tax, 1)
    return state.model_copy(update=fields)
