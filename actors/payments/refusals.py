"""The ways to say no, worded once. What is refused here changes nothing."""

from collections.abc import Iterable

from actors.runtime.decision import Decision, Refused
from messages.payments import Payment, PaymentStatus


def refused(code: str, detail: str, **extra: object) -> Decision:
    """The command ends here; `extra` goes into the problem as it stands."""
    return Decision(outcome=Refused(code, detail, extra))


def not_found(payment: str) -> Decision:
    """There is no such payment, or it is another tenant's: the two look the same."""
    return refused("not_found", f"There is no payment {payment}.")


def already_exists(kind: str, resource: str) -> Decision:
    """The id chosen for a new resource is taken."""
    return refused("already_exists", f"The {kind} {resource} exists already.")


def outcome_pending(payment: Payment, step: str) -> Decision:
    """An earlier step has not ended; until then nothing else may begin."""
    detail = f"The {step} of {payment.id} has no outcome yet; try again when it has."
    return refused("outcome_pending", detail, resource=_reference(payment), status_now=payment.status.value)


def wrong_state_refusal(payment: Payment, detail: str, allowed: Iterable[PaymentStatus]) -> Refused:
    """The members that the contract names for `wrong_state`."""
    extra = {
        "resource": _reference(payment),
        "status_now": payment.status.value,
        "allowed_from": sorted(status.value for status in allowed),
    }
    return Refused("wrong_state", detail, extra)


def wrong_state(payment: Payment, verb: str, allowed: Iterable[PaymentStatus]) -> Decision:
    """The payment's status does not allow what was asked."""
    detail = f"A payment in status {payment.status.value} cannot be {verb}."
    return Decision(outcome=wrong_state_refusal(payment, detail, allowed))


def _reference(payment: Payment) -> dict[str, str]:
    return {"object": payment.object, "id": payment.id}
