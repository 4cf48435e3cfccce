"""Customers at Stripe, and the payment methods that they have saved there."""

from functools import partial

from actors.payments import stripe_requests as requests
from actors.payments.provider import Away, Charge, Declined
from actors.payments.provider_methods import AttachToCustomer, DetachFromCustomer, MethodOutcome, MethodStanding
from actors.payments.stripe_calls import Calls, Wanted
from actors.payments.stripe_client import Answered
from actors.payments.stripe_errors import declined, method_refused
from actors.runtime.calls import NEVER_TRIED
from messages.ids import derived_id, made_at
from messages.payment_methods import Card
from messages.wire import Json

NOT_FOUND = 404
ONLY_CARDS = Declined(code="payment_method_unusable", detail="Only cards can be saved.")


async def attach_method(calls: Calls, key: str, request: Json) -> MethodOutcome:
    """Saves what Stripe's own script made in the customer's browser. Who is new at Stripe is made known there first."""
    asked = AttachToCustomer.model_validate(request)
    customer = asked.customer or await _customer(calls, asked)
    if not isinstance(customer, str):
        return customer
    path = f"{requests.METHODS}/{asked.payment_method}"
    find = partial(_attached, calls, asked.payment_method, customer)
    refused = partial(method_refused, customer)
    return await calls.do(key, Wanted(f"{path}/attach", {"customer": customer}, _standing, find, refused))


async def detach_method(calls: Calls, key: str, request: Json) -> MethodOutcome:
    """Stripe refuses to detach what is nobody's: then that is done already."""
    reference = DetachFromCustomer.model_validate(request).reference
    find = partial(_detached, calls, reference)
    wanted = Wanted(f"{requests.METHODS}/{reference}/detach", {}, _standing, find, partial(method_refused, None))
    answer = await calls.do(key, wanted)
    return await find() or answer if isinstance(answer, Declined) else answer


async def give_customer(calls: Calls, key: str, intent: str, asked: Charge) -> Declined | Away | None:
    """An intent that was made without its customer gets them. None when its confirmation may follow.

    To say it again changes nothing; an intent that can no longer be changed says so at its confirmation.
    """

    async def go_on() -> str:
        return intent

    own = derived_id("call", made_at(key), key, "customer")
    wanted = Wanted(f"{requests.INTENTS}/{intent}", requests.of_customer(asked), _id, go_on, declined)
    answer = await calls.do(own, wanted)
    return None if isinstance(answer, str) else answer


async def _customer(calls: Calls, asked: AttachToCustomer) -> str | Declined | Away:
    """The customer's id at Stripe. From here on something was begun: a connection that fails is no definite outage."""
    told = requests.customer(asked.customer_id)
    find = partial(_known, calls, asked.customer_id)
    wanted = Wanted(requests.CUSTOMERS, told, _id, find, partial(method_refused, None))
    made = await calls.do(asked.customer_key, wanted)
    NEVER_TRIED.set(False)
    return made


async def _known(calls: Calls, customer_id: str) -> str | None:
    path = f"{requests.CUSTOMERS}/search"
    found = (await calls.get(path, **requests.search_customer(customer_id)))["data"]
    return _id(found[0]) if found else None


async def _attached(calls: Calls, reference: str, customer: str) -> MethodStanding | Declined | None:
    told = await _method(calls, reference)
    return _standing(told) if told is not None and told.get("customer") == customer else None


async def _detached(calls: Calls, reference: str) -> MethodStanding | None:
    told = await _method(calls, reference)
    return None if told is not None and told.get("customer") else MethodStanding(reference=reference)


async def _method(calls: Calls, reference: str) -> Json | None:
    """As it stands. None for what Stripe does not know."""
    try:
        return await calls.get(f"{requests.METHODS}/{reference}", endpoint=requests.METHODS)
    except Answered as answer:
        if answer.status != NOT_FOUND:
            raise
        return None


def _standing(told: Json) -> MethodStanding | Declined:
    card = told.get("card")
    if card is None:
        return ONLY_CARDS
    known = {name: card.get(name) for name in Card.model_fields}
    return MethodStanding(
        reference=str(told["id"]),
        customer=told.get("customer"),
        card=Card.model_validate({**known, "funding": known["funding"] or "unknown"}),
    )


def _id(told: Json) -> str:
    return str(told["id"])
