"""What each operation of a provider is at Stripe."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from actors.payments import stripe_answers as answers
from actors.payments import stripe_disputes as disputes
from actors.payments import stripe_finding as finding
from actors.payments import stripe_methods as methods
from actors.payments import stripe_requests as requests
from actors.payments.provider import (
    Authenticate,
    BookingPage,
    Capture,
    Charge,
    DisputeStanding,
    EventPage,
    GiveBack,
    LookUpPayout,
    LookUpRefund,
    Outcome,
    Prepare,
    Release,
    SendPayout,
)
from actors.payments.provider_methods import MethodStanding
from actors.payments.stripe_bookings import list_bookings
from actors.payments.stripe_calls import Calls, Wanted
from actors.payments.stripe_errors import declined, payout_refused, refund_refused
from actors.payments.stripe_events import list_events
from messages.ids import made_at
from messages.wire import Json

Answer = Outcome | DisputeStanding | MethodStanding | EventPage | BookingPage

ENDED = frozenset({"succeeded", "canceled"})
UNTRIED = frozenset({"requires_payment_method", "requires_confirmation"})
"""Declined before, or never confirmed: whether this call's confirmation is still under way does not show."""


async def charge(calls: Calls, key: str, request: Json) -> Outcome:
    """Makes an intent and confirms it, or confirms the one that is there: the customer may hold its secret."""
    asked = Charge.model_validate(request)
    read = partial(answers.charged, off_session=asked.off_session)
    if asked.reference is None:
        find = partial(_made_by, calls, key, read)
        return await calls.do(key, Wanted(requests.INTENTS, requests.charge(asked, key), read, find, declined))
    path, reference = f"{requests.INTENTS}/{asked.reference}/confirm", asked.reference
    if asked.customer and (refusal := await methods.give_customer(calls, key, reference, asked)):
        return refusal

    async def find_it() -> Outcome | None:
        found = await finding.intent(calls, reference)
        return None if found["status"] in UNTRIED else read(found)

    return await calls.do(key, Wanted(path, requests.confirm(asked), read, find_it, declined))


async def prepare(calls: Calls, key: str, request: Json) -> Outcome:
    """Makes an intent that waits for its method."""
    told = requests.prepare(Prepare.model_validate(request), key)
    find = partial(_made_by, calls, key, answers.prepared)
    return await calls.do(key, Wanted(requests.INTENTS, told, answers.prepared, find, declined))


async def authenticate(calls: Calls, _: str, request: Json) -> Outcome:
    """Looks how the charge stands: whether the customer authenticated is for their bank to say."""
    return answers.charged(await finding.intent(calls, Authenticate.model_validate(request).reference))


async def capture(calls: Calls, key: str, request: Json) -> Outcome:
    """Takes a part or all of what is authorised, once. Raises ValueError without a currency."""
    asked = Capture.model_validate(request)
    if asked.currency is None:
        raise ValueError("a capture needs its currency")
    read = partial(answers.captured, asked_minor=asked.amount)
    find = partial(_ended, calls, asked.reference, read)
    path = f"{requests.INTENTS}/{asked.reference}/capture"
    return await calls.do(key, Wanted(path, requests.capture(asked, asked.currency), read, find, declined))


async def release(calls: Calls, key: str, request: Json) -> Outcome:
    """Cancels the intent; one that is canceled already was released."""
    reference = Release.model_validate(request).reference
    find = partial(_ended, calls, reference, answers.released)
    path = f"{requests.INTENTS}/{reference}/cancel"
    return await calls.do(key, Wanted(path, {}, answers.released, find, declined))


async def refund(calls: Calls, key: str, request: Json) -> Outcome:
    """Gives back a part of what was captured."""
    asked = GiveBack.model_validate(request)

    async def find() -> Outcome | None:
        found = await finding.refund(calls, asked.reference, asked.refund)
        return answers.refunded(found) if found else None

    return await calls.do(key, Wanted(requests.REFUNDS, requests.refund(asked), answers.refunded, find, refund_refused))


async def look_up_refund(calls: Calls, _: str, request: Json) -> Outcome:
    """How it stands."""
    reference = LookUpRefund.model_validate(request).reference
    return answers.refunded(await calls.get(f"{requests.REFUNDS}/{reference}", endpoint=requests.REFUNDS))


async def payout(calls: Calls, key: str, request: Json) -> Outcome:
    """Sends money to the bank account of the Stripe account."""
    asked = SendPayout.model_validate(request)

    async def find() -> Outcome | None:
        found = await finding.payout(calls, asked.payout, made_at(key))
        return answers.paid_out(found) if found else None

    return await calls.do(key, Wanted(requests.PAYOUTS, requests.payout(asked), answers.paid_out, find, payout_refused))


async def look_up_payout(calls: Calls, _: str, request: Json) -> Outcome:
    """How it stands."""
    reference = LookUpPayout.model_validate(request).reference
    return answers.paid_out(await calls.get(f"{requests.PAYOUTS}/{reference}", endpoint=requests.PAYOUTS))


OPERATIONS: Mapping[str, Callable[[Calls, str, Json], Awaitable[Answer]]] = {
    "charge": charge,
    "prepare": prepare,
    "authenticate": authenticate,
    "capture": capture,
    "release": release,
    "refund": refund,
    "look_up_refund": look_up_refund,
    "payout": payout,
    "look_up_payout": look_up_payout,
    "look_up_charge": disputes.look_up_charge,
    "look_up_dispute": disputes.look_up_dispute,
    "submit_evidence": disputes.submit_evidence,
    "accept_dispute": disputes.accept_dispute,
    "attach_method": methods.attach_method,
    "detach_method": methods.detach_method,
    "list_bookings": list_bookings,
    "list_events": list_events,
}


async def _made_by(calls: Calls, key: str, read: Callable[[Json], Outcome]) -> Outcome | None:
    found = await finding.intent_made_by(calls, key)
    return read(found) if found else None


async def _ended(calls: Calls, reference: str, read: Callable[[Json], Outcome]) -> Outcome | None:
    """Nothing was done to an intent that still waits for it."""
    found = await finding.intent(calls, reference)
    return read(found) if found["status"] in ENDED else None
