"""What the provider booked on our account: each balance transaction once, and told to the payment that it is about.

The fee of a payment is known from here alone, and when its money may be paid out. What refunds, disputes and payouts
move is known from their own events; of them only the bookings are kept, for reconciliation.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

from actors.payments.in_turn import in_turn
from actors.payments.keys import booking_key, entity_key, reference_key
from actors.payments.provider import BookingPage, ListBookings
from actors.payments.states import BookingState, PaymentState, ProviderState
from actors.payments.terms import Terms
from actors.payments.versions import changed, said
from actors.runtime.decision import Call, Decision, Key, Returned, View
from messages.balance import BalanceTransaction, Booking, Moved
from messages.ids import derived_id, named_id
from messages.payments import PaymentStatus
from messages.wire import json_of

Kind = Literal["payment", "refund", "dispute", "payout"]

KINDS: Final[dict[str, Kind]] = {
    "charge": "payment",
    "refund": "refund",
    "refund_failure": "refund",
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "payout": "payout",
    "payout_failure": "payout",
}
"""Of what the bookings of a category speak; of the others nobody knows beforehand."""

FIRST_WAIT = timedelta(seconds=2)
WAIT_MAX = timedelta(hours=6)
WAIT_IN_ALL = timedelta(days=3)


def transaction_id(tenant: str, provider: str, reference: str) -> str:
    """Under which a balance transaction is kept, however often it is listed."""
    return named_id("btx", tenant, provider, reference)


def asking_for_bookings(terms: Terms, state: ProviderState, now: datetime) -> tuple[ProviderState, Call]:
    """The account with the call open that asks for what was booked after the last one known."""
    wanted = ListBookings(after=state.booked_to, created_before=now - timedelta(seconds=terms.book_after_seconds))
    call_id = derived_id("call", now, state.tenant, state.provider.id, state.booked_to or "", "list_bookings")
    call = Call(call_id, "list_bookings", state.provider.id, json_of(wanted))
    return state.model_copy(update={"booking": call_id}), call


def listed(terms: Terms, message: Returned, state: ProviderState, view: View, now: datetime) -> Decision:
    """Keeps a page of bookings, then asks for the next page if there is one. Who is away is asked again later."""
    if message.result is None or message.call_id != state.booking:
        return Decision()
    if message.result["result"] == "away":
        return Decision(states=[state.model_copy(update={"booking": None})])
    page = BookingPage.model_validate(message.result)
    kept = partial(book, state.tenant, state.provider.name, now=now, livemode=terms.livemode)
    effects = in_turn(view, [partial(kept, each) for each in page.bookings])
    state, calls = state.model_copy(update={"booked_to": page.after or state.booked_to, "booking": None}), []
    if page.has_more:
        state, call = asking_for_bookings(terms, state, now)
        calls = [call]
    return replace(effects, states=[*effects.states, state], calls=[*effects.calls, *calls])


def booking_needs(tenant: str, provider: str, booking: Booking, view: View) -> set[Key]:
    """The balance transaction itself and, step by step, what it is about."""
    keys = {booking_key(tenant, transaction_id(tenant, provider, booking.id))}
    if booking.ours is not None:
        return keys | {entity_key(tenant, booking.ours)}
    names = _names(tenant, provider, booking)
    return keys | set(names) | {key for name in names if (key := _named(tenant, view, name))}


def book(tenant: str, provider: str, booking: Booking, view: View, now: datetime, *, livemode: bool) -> Decision:
    """Whatever follows from it, once; the same booking again changes nothing."""
    key = booking_key(tenant, transaction_id(tenant, provider, booking.id))
    if view.get(key) is not None:
        return Decision()
    transaction = BalanceTransaction(
        id=key.id,
        version=0,
        livemode=livemode,
        category=booking.category,
        amount=booking.amount,
        fee=booking.fee,
        net=booking.net,
        currency=booking.currency,
        available_on=booking.available_on,
        provider=provider,
        provider_reference=booking.id,
        provider_source=booking.source,
        heard_at=now,
        created_at=booking.created,
        updated_at=now,
    )
    return _told(BookingState(tenant=tenant, balance_transaction=transaction, booking=booking), view, now)


def booking_fell_due(state: BookingState, view: View, now: datetime) -> Decision:
    """The alarm: what it is about may be known by now, or its money is free to be paid out."""
    if state.booking is not None:
        return _told(state, view, now)
    if state.balance_transaction.status == "pending" and state.balance_transaction.available_on <= now:
        return _available(state, view, now)
    return Decision()


def _told(state: BookingState, view: View, now: datetime) -> Decision:
    """Tries to tell what it is about; what cannot be told yet is tried again, less and less often."""
    transaction, booking = state.balance_transaction, state.booking
    assert booking is not None, "what is told already has no booking left"
    key = _found(state.tenant, transaction.provider, booking, view)
    entity = view.get(key) if key else None
    if key is not None and entity is not None:
        source = Moved.model_validate({"object": key.kind, "id": key.id})
        transaction = transaction.model_copy(update={"source": source})
    attempts, done = state.attempts + 1, _knows(booking, entity)
    fields = {"updated_at": now, "version": transaction.version + 1}
    state = state.model_copy(
        update={
            "balance_transaction": transaction.model_copy(update=fields),
            "source_id": transaction.source.id if transaction.source else None,
            "booking": None if done else booking,
            "attempts": attempts,
        }
    )
    if not done:
        due = now + max(FIRST_WAIT, min((now - transaction.heard_at) // 4, WAIT_MAX))
        late = entity is None and due > transaction.heard_at + WAIT_IN_ALL
        return Decision(states=[state], due={transaction.id: None if late else due})
    told = Decision(states=[state], due={transaction.id: max(transaction.available_on, now)})
    if not isinstance(entity, PaymentState) or booking.category != "charge":
        return told
    if entity.payment.provider != transaction.provider:
        return told
    return _fee_known(told, entity, booking, now)


def _fee_known(told: Decision, state: PaymentState, booking: Booking, now: datetime) -> Decision:
    """The first charge's fee is the payment's. What is in another currency, or a second charge, is left to
    reconciliation: it is a difference.
    """
    payment = state.payment
    if payment.balance_transaction is not None or booking.currency != payment.currency:
        return told
    after = changed(payment, now, fee=max(0, booking.fee), balance_transaction=booking.id)
    event = said("payment.updated", after, payment)
    return replace(told, states=[*told.states, state.model_copy(update={"payment": after})], events=[event])


def _available(state: BookingState, view: View, now: datetime) -> Decision:
    before = state.balance_transaction
    fields = {"status": "available", "updated_at": now, "version": before.version + 1}
    after = Decision(
        states=[state.model_copy(update={"balance_transaction": before.model_copy(update=fields)})],
        due={before.id: None},
    )
    paid = view.get(entity_key(state.tenant, state.source_id)) if state.source_id else None
    if before.category != "charge" or not isinstance(paid, PaymentState):
        return after
    known = (paid.payment.provider, paid.payment.balance_transaction)
    if known != (before.provider, before.provider_reference):
        return after
    # Stripe books all that was authorised, and what was not captured of it apart: that never becomes free.
    captured = paid.payment.amount_captured - (paid.payment.fee or 0)
    payment = changed(paid.payment, now, amount_available=max(0, min(before.net, captured)))
    event = said("payment.updated", payment, paid.payment)
    return replace(after, states=[*after.states, paid.model_copy(update={"payment": payment})], events=[event])


def _knows(booking: Booking, entity: object) -> bool:
    """Whether nothing is left to be told: a payment hears of its charge once it has succeeded."""
    if KINDS.get(booking.category) is None:
        return True
    if booking.category == "charge":
        return isinstance(entity, PaymentState) and entity.payment.status is PaymentStatus.SUCCEEDED
    return entity is not None


def _found(tenant: str, provider: str, booking: Booking, view: View) -> Key | None:
    if booking.ours is not None:
        return entity_key(tenant, booking.ours)
    names = _names(tenant, provider, booking)
    return next((key for name in names if (key := _named(tenant, view, name))), None)


def _names(tenant: str, provider: str, booking: Booking) -> list[Key]:
    kind = KINDS.get(booking.category)
    if kind is None:
        return []
    references = [booking.source, *(booking.charges if kind == "payment" else [])]
    return [reference_key(tenant, kind, provider, each) for each in references if each]


def _named(tenant: str, view: View, name: Key) -> Key | None:
    found = getattr(view.get(name), "id", None)
    return entity_key(tenant, found) if isinstance(found, str) else None
