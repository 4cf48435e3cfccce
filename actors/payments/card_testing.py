"""Limits against card testing: what would charge a card is let through or refused here, and its end is counted.

They stand around the rules, which know nothing of them. Declines count, successes do not. What is refused changes
nothing and asks nothing of the provider; a repeat of what was accepted never comes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple

from actors.payments.breaker import CLOSED, Breaker, BreakerTerms, counted, let_through
from actors.payments.charge import refused_card
from actors.payments.declines import HOUR_SECONDS, NOBODY, Declines, accepted, declined, wait_seconds
from actors.payments.keys import payment_key
from actors.payments.states import PaymentState
from actors.runtime.decision import Asked, Decision, Key, Message, Refused, Returned, View
from messages.payments import ConfirmPayment, CreatePayment, Payment

CHARGES: Final = frozenset({"charge", "authenticate", "look_up_charge"})

Who = Literal["customer", "address"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Declines after which no more is tried: of one payment for ever, of a customer or an address within an hour.

    0 is no limit.
    """

    per_payment: int = 10
    per_customer: int = 20
    per_address: int = 30
    breaker: BreakerTerms = field(default_factory=BreakerTerms)


USUAL: Final = Limits()


class Attempts(NamedTuple):
    """What a tenant's charges came to lately. No table has it: the next holder of the partition begins anew."""

    tenant: str
    customers: Declines = NOBODY
    addresses: Declines = NOBODY
    breaker: Breaker = CLOSED

    @property
    def key(self) -> Key:
        """One per tenant."""
        return attempts_key(self.tenant)


def attempts_key(tenant: str) -> Key:
    """Where a tenant's attempts are."""
    return Key("attempts", tenant, tenant)


def attempts_needed(message: Message) -> set[Key]:
    """The tenant's attempts, for what may begin or end one."""
    match message:
        case Asked(data=CreatePayment() | ConfirmPayment()):
            return {attempts_key(message.tenant)}
        case Returned(operation=operation) if operation in CHARGES:
            return {attempts_key(message.tenant)}
        case _:
            return set()


def limited(limits: Limits, message: Message, view: View, decision: Decision, now: datetime) -> Decision:
    """What the rules decided, unless it is refused."""
    match message:
        case Asked() if decision.calls and decision.calls[0].operation == "charge":
            return _let_through(limits, message, view, decision, int(now.timestamp()))
        case Returned(operation=operation) if operation in CHARGES:
            return _counted(limits, message, view, decision, int(now.timestamp()))
        case _:
            return decision


def _let_through(limits: Limits, asked: Asked, view: View, decision: Decision, now: int) -> Decision:
    before: PaymentState | None = view.get(payment_key(asked.tenant, asked.command.subject))
    known: Attempts = view[attempts_key(asked.tenant)] or Attempts(asked.tenant)
    if before is not None and 0 < limits.per_payment <= before.declines:
        return _exhausted(before)
    begun = next(state for state in decision.states if isinstance(state, PaymentState))
    address = asked.command.address
    if wait := wait_seconds(known.customers, begun.payment.customer_id, limits.per_customer, now):
        return _too_many("customer", wait)
    if address is not None and (wait := wait_seconds(known.addresses, address, limits.per_address, now)):
        return _too_many("address", wait)
    if before is not None and before.payment.last_error is not None:
        return decision  # a second try of a customer who is there already; the payment's own limit ends it
    breaker = let_through(known.breaker, limits.breaker, now)
    if breaker is None:
        return _paused(known.breaker, now)
    if breaker is known.breaker:
        return decision
    return decision.also(known._replace(breaker=breaker))


def _counted(limits: Limits, returned: Returned, view: View, decision: Decision, now: int) -> Decision:
    ended = _ended(decision)
    if ended is None:
        return decision
    payment, was_declined = ended
    known: Attempts = view[attempts_key(returned.tenant)] or Attempts(returned.tenant)
    state: PaymentState = view[payment_key(returned.tenant, payment.id)]
    address = state.operation.address if state.operation else None
    customers, addresses = known.customers, known.addresses
    if was_declined:
        customers = declined(customers, payment.customer_id, limits.per_customer, now)
        addresses = declined(addresses, address, limits.per_address, now) if address else addresses
    else:
        customers = accepted(customers, payment.customer_id, now)
        addresses = accepted(addresses, address, now) if address else addresses
    breaker = counted(known.breaker, limits.breaker, declined=was_declined, now=now)
    return decision.also(Attempts(known.tenant, customers, addresses, breaker))


def _ended(decision: Decision) -> tuple[Payment, bool] | None:
    """The payment whose attempt ended, and whether its card was refused."""
    for said in decision.events:
        payment = said.resource
        if not isinstance(payment, Payment):
            continue
        if said.type in ("payment.succeeded", "payment.authorized"):
            return payment, False
        if said.type == "payment.failed" and refused_card(payment):
            return payment, True
    return None


def _exhausted(state: PaymentState) -> Decision:
    id_ = state.payment.id
    detail = f"{id_} was declined {state.declines} times and is tried no more; it can be canceled."
    return _refused("too_many_attempts", detail, {"reason": "payment", "retry": "never"})


def _too_many(who: Who, wait: int) -> Decision:
    detail = f"Too many cards of this {who} were declined within {HOUR_SECONDS // 60} minutes; nothing was charged."
    return _refused("too_many_attempts", detail, {"reason": who, "retry_after_seconds": wait})


def _paused(breaker: Breaker, now: int) -> Decision:
    wait = max(1, (breaker.paused_until or now) - now)
    detail = "Nearly all cards of the last minutes were declined, so no new payment is charged for a while."
    return _refused("declines_paused", detail, {"reason": "decline_rate", "retry_after_seconds": wait})


def _refused(code: str, detail: str, extra: Mapping[str, object]) -> Decision:
    return Decision(outcome=Refused(code, detail, dict(extra)))
