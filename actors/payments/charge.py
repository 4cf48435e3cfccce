"""Charging: how it begins, and what each answer of the provider makes of the payment."""

from datetime import datetime, timedelta

from actors.payments import wallet
from actors.payments.operations import Begun, closed, opened
from actors.payments.provider import ActionNeeded, Away, Charge, Declined, Outcome, Taken
from actors.payments.states import MethodState, Operation, PaymentState
from actors.payments.versions import changed, moved, said
from actors.runtime.decision import Decision, Done, Refused
from messages.payments import WALLET, LastError, NextAction, Payment, PaymentStatus, Redirect
from messages.wire import json_of

AUTHORIZATION_LASTS = timedelta(days=7)
"""After that an authorisation nobody captured is given back; card networks keep most of them that long."""

CARD_REFUSED = frozenset({"card_declined", "authentication_required", "authentication_failed"})
"""The codes that say something of a card, and not of us, of the provider or of what was asked."""

LOOK_AGAIN_AFTER = timedelta(minutes=10)
"""For a payment that is processing, when the provider doesn't say how soon to ask: its event should come before."""


def begin_charge(
    state: PaymentState, operation: Operation, off_session: bool, now: datetime, saved: MethodState | None = None
) -> Begun:
    """Asks the provider, or the ledger, for the money of a payment that is `processing` and has a method.

    A `saved` one is called by its provider's name.
    """
    payment, operation = state.payment, operation.model_copy(update={"off_session": off_session})
    if payment.provider == WALLET:
        return wallet.pay(state, operation)
    if payment.payment_method is None:
        raise ValueError(f"{payment.id} has no payment method")
    request = Charge(
        payment=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        customer_id=payment.customer_id,
        payment_method=(saved and saved.payment_method.provider_reference) or payment.payment_method,
        customer=saved.customer_reference if saved else None,
        capture=payment.capture_method == "automatic",
        off_session=off_session,
        return_url=payment.return_url,
        reference=payment.provider_reference,
    )
    return opened(state, operation, request, now)


def settle_charge(state: PaymentState, operation: Operation, result: Outcome, now: datetime) -> Decision:
    """The end of a `charge` or an `authenticate`. A client secret is for who asked: it is neither kept nor said."""
    match result:
        case Taken(pending=True):
            return _wait(state, operation, result, now)
        case Taken() if state.payment.capture_method == "manual":
            return _authorize(state, operation, result, now)
        case Taken():
            return _succeed(state, operation, result, now)
        case ActionNeeded():
            return _need_action(state, operation, result, now)
        case Away() if operation.kind == "look_up_charge":
            return _ask_later(state, now)
        case Declined() | Away():
            return _fail(state, operation, result, now)


def _close(
    state: PaymentState,
    operation: Operation,
    event: str,
    after: Payment,
    *,
    outcome: Done | Refused | None = None,
    due: datetime | None = None,
) -> Decision:
    return closed(
        operation,
        outcome or Done(operation.success_status, after),
        states=[state.model_copy(update={"payment": after, "operation": None})],
        events=[said(event, after, state.payment)],
        due={after.id: due} if due else None,
    )


def _wait(state: PaymentState, operation: Operation, result: Taken, now: datetime) -> Decision:
    """Accepted, not finished: `processing` until the provider tells more. A look-up that found no more is not told."""
    before = state.payment
    due = now + (timedelta(seconds=result.look_again_seconds) if result.look_again_seconds else LOOK_AGAIN_AFTER)
    if operation.kind == "look_up_charge" and before.provider_reference == result.reference:
        return Decision(states=[state.model_copy(update={"operation": None})], due={before.id: due})
    after = changed(before, now, provider_reference=result.reference)
    return _close(state, operation, "payment.updated", after, due=due)


def _ask_later(state: PaymentState, now: datetime) -> Decision:
    """Who cannot be asked has not said that nothing was charged."""
    return Decision(
        states=[state.model_copy(update={"operation": None})], due={state.payment.id: now + LOOK_AGAIN_AFTER}
    )


def _authorize(state: PaymentState, operation: Operation, result: Taken, now: datetime) -> Decision:
    after = moved(
        state.payment,
        PaymentStatus.REQUIRES_CAPTURE,
        now,
        amount_capturable=min(result.amount, state.payment.amount),
        provider_reference=result.reference,
        last_error=None,
    )
    return _close(state, operation, "payment.authorized", after, due=now + AUTHORIZATION_LASTS)


def _succeed(state: PaymentState, operation: Operation, result: Taken, now: datetime) -> Decision:
    after = moved(
        state.payment,
        PaymentStatus.SUCCEEDED,
        now,
        amount_captured=min(result.amount, state.payment.amount),
        provider_reference=result.reference,
        last_error=None,
    )
    return _close(state, operation, "payment.succeeded", after)


def _need_action(state: PaymentState, operation: Operation, result: ActionNeeded, now: datetime) -> Decision:
    redirect = Redirect(url=result.url, return_url=state.payment.return_url)
    after = moved(
        state.payment,
        PaymentStatus.REQUIRES_ACTION,
        now,
        next_action=NextAction(redirect_to_url=redirect),
        provider_reference=result.reference,
    )
    told = after.model_copy(update={"client_secret": result.client_secret})
    return _close(state, operation, "payment.action_required", after, outcome=Done(operation.success_status, told))


def _fail(state: PaymentState, operation: Operation, result: Declined | Away, now: datetime) -> Decision:
    """The payment stays and may be confirmed again. Who failed to authenticate gets a plain answer (200)."""
    payment = state.payment
    reference = result.reference if isinstance(result, Declined) else None
    after = moved(
        payment,
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
        now,
        last_error=error_of(result, payment, now),
        provider_reference=reference or payment.provider_reference,
    )
    plain = operation.kind == "authenticate" and isinstance(result, Declined)
    refusal = None if plain else no_money(result, after)
    counted = state.model_copy(update={"declines": state.declines + 1}) if refused_card(after) else state
    return _close(counted, operation, "payment.failed", after, outcome=refusal)


def refused_card(payment: Payment) -> bool:
    """Whether its last attempt ended because of the card."""
    return payment.last_error is not None and payment.last_error.code in CARD_REFUSED


def error_of(result: Declined | Away, payment: Payment, now: datetime) -> LastError:
    """Why it did not work, as the payment tells it."""
    declined = isinstance(result, Declined)
    return LastError(
        code=result.code if declined else "provider_unavailable",
        decline_code=result.decline_code if declined else None,
        detail=result.detail,
        payment_method=payment.payment_method,
        at=now,
    )


def no_money(result: Declined | Away, after: Payment) -> Refused:
    """The problem for a decline or an outage; it carries the whole payment, which exists all the same."""
    if isinstance(result, Away):
        return Refused("provider_unavailable", result.detail, {"payment": json_of(after)})
    told = result.also if after.provider == WALLET else {"decline_code": result.decline_code}
    return Refused(result.code, result.detail, {**told, "payment": json_of(after)})
