"""Opening the one step of a payment, and closing it with the answer to whoever asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from actors.payments.states import Operation, PaymentState
from actors.payments.versions import changed, said
from actors.runtime.decision import Call, Decision, Done, Pending, Refused, Said, State, Wish
from messages.ids import derived_id
from messages.payments import Processing
from messages.wire import Wire, json_of


@dataclass(frozen=True, slots=True)
class Begun:
    """The state with a step just opened, and what that asks for: a call of the provider, or a command to the ledger."""

    state: PaymentState
    calls: Sequence[Call] = ()
    commands: Sequence[Wish] = ()


def began(step: Begun, *events: Said, outcome: Pending | None = None) -> Decision:
    """The effects of a step's beginning. What an alarm begins has nobody to answer."""
    return Decision(states=[step.state], events=events, calls=step.calls, commands=step.commands, outcome=outcome)


def opened(state: PaymentState, operation: Operation, request: Wire, now: datetime) -> Begun:
    """The state with the step open, and its call: a new id, hence a new idempotency key at the provider."""
    payment = state.payment
    asker = operation.command_id or "alarm"
    call_id = derived_id("call", now, state.tenant, payment.id, str(payment.version), asker, operation.kind)
    call = Call(call_id, operation.kind, payment.id, json_of(request))
    operation = operation.model_copy(update={"call_id": call_id})
    return Begun(state.model_copy(update={"operation": operation}), calls=[call])


def closed(
    operation: Operation,
    outcome: Done | Refused | None,
    states: Sequence[State],
    events: Sequence[Said],
    due: Mapping[str, datetime | None] | None = None,
) -> Decision:
    """The effects of a step's end. What an alarm began has nobody to answer."""
    asker = operation.command_id
    return Decision(
        states=states,
        events=events,
        outcome=outcome if asker else None,
        answers=asker if outcome else None,
        due=due or {},
    )


def gone_silent(state: PaymentState, operation: Operation, now: datetime) -> Decision:
    """A timeout means unknown, never failed: the step stays open and the payment says so.

    A refund has no such field: it is `pending` all the while. Nor is a payment processed that is being disputed.
    """
    payment = state.payment
    known = payment.processing is not None and payment.processing.reason == "outcome_unknown"
    if known or operation.kind in ("refund", "open_dispute"):
        return Decision()
    since = payment.processing.since if payment.processing else now
    after = changed(payment, now, processing=Processing(since=since, reason="outcome_unknown"))
    return Decision(
        states=[state.model_copy(update={"payment": after})], events=[said("payment.updated", after, payment)]
    )
