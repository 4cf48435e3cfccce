"""The ways to say no, worded once. What is refused here changes nothing."""

from collections.abc import Iterable

from actors.runtime.decision import Decision, Refused
from messages.disputes import Dispute
from messages.payment_methods import PaymentMethod
from messages.payments import Payment
from messages.payouts import Payout
from messages.reconciliation import Difference

Standing = Payment | Payout | Dispute | PaymentMethod | Difference
"""What has a status that may forbid something."""


def refused(code: str, detail: str, **extra: object) -> Decision:
    """The command ends here; `extra` goes into the problem as it stands."""
    return Decision(outcome=Refused(code, detail, extra))


def not_found(kind: str, resource: str) -> Decision:
    """There is no such resource, or it is another tenant's: the two look the same."""
    return refused("not_found", f"There is no {kind} {resource}.")


def already_exists(kind: str, resource: str) -> Decision:
    """The id chosen for a new resource is taken."""
    return refused("already_exists", f"The {kind} {resource} exists already.")


def outcome_pending(resource: Standing, step: str) -> Decision:
    """An earlier step has not ended; until then nothing else may begin."""
    detail = f"The {step} of {resource.id} has no outcome yet; try again when it has."
    return refused("outcome_pending", detail, resource=_reference(resource), status_now=str(resource.status))


def wrong_state_refusal(resource: Standing, detail: str, allowed: Iterable[str]) -> Refused:
    """The members that the contract names for `wrong_state`."""
    extra = {
        "resource": _reference(resource),
        "status_now": str(resource.status),
        "allowed_from": sorted(map(str, allowed)),
    }
    return Refused("wrong_state", detail, extra)


def wrong_state(resource: Standing, verb: str, allowed: Iterable[str]) -> Decision:
    """The resource's status does not allow what was asked."""
    detail = f"A {resource.object} in status {resource.status!s} cannot be {verb}."
    return Decision(outcome=wrong_state_refusal(resource, detail, allowed))


def _reference(resource: Standing) -> dict[str, str]:
    return {"object": resource.object, "id": resource.id}
