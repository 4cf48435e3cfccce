"""Disputes at Stripe, and how a payment or a dispute stands there now."""

from functools import partial

from actors.payments import stripe_answers as answers
from actors.payments import stripe_finding as finding
from actors.payments.provider import Away, Declined, DisputeStanding, HandInEvidence, LookUpCharge, OfDispute, Outcome
from actors.payments.provider_facts import standing_of
from actors.payments.stripe_calls import Calls, Wanted
from actors.payments.stripe_client import Unknown
from actors.payments.stripe_errors import declined
from messages.disputes import DisputeStatus
from messages.payments import STRIPE
from messages.wire import Json

DISPUTES = "/v1/disputes"
_standing = partial(standing_of, STRIPE)
WAITING = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WARNING_NEEDS_RESPONSE})


async def look_up_charge(calls: Calls, _: str, request: Json) -> Outcome:
    """How the payment's intent stands. Raises Unknown for one that has none yet: its own call will tell."""
    asked = LookUpCharge.model_validate(request)
    if asked.reference is None:
        raise Unknown(f"{asked.payment} has no payment intent that could be looked at")
    return answers.charged(await finding.intent(calls, asked.reference))


async def look_up_dispute(calls: Calls, _: str, request: Json) -> DisputeStanding:
    """How it stands."""
    return await _dispute(calls, OfDispute.model_validate(request).reference)


async def submit_evidence(calls: Calls, key: str, request: Json) -> DisputeStanding | Declined | Away:
    """Hands in all of it at once: Stripe takes evidence a single time."""
    asked = HandInEvidence.model_validate(request)
    evidence = {name: text for name, text in asked.evidence.model_dump().items() if text}
    path, told = f"{DISPUTES}/{asked.reference}", {"evidence": evidence, "submit": True}
    return await calls.do(key, Wanted(path, told, _standing, partial(_ended, calls, asked.reference), declined))


async def accept_dispute(calls: Calls, key: str, request: Json) -> DisputeStanding | Declined | Away:
    """Gives it up: it is lost."""
    reference = OfDispute.model_validate(request).reference
    path = f"{DISPUTES}/{reference}/close"
    return await calls.do(key, Wanted(path, {}, _standing, partial(_ended, calls, reference), declined))


async def _ended(calls: Calls, reference: str) -> DisputeStanding | None:
    """One that still needs a response has not been given any."""
    found = await _dispute(calls, reference)
    return None if found.status in WAITING else found


async def _dispute(calls: Calls, reference: str) -> DisputeStanding:
    return _standing(await calls.get(f"{DISPUTES}/{reference}", endpoint=DISPUTES))
