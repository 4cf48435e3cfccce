"""The profile of a customer on LATEST: a subject of its own, which holds nothing but the last word."""

from collections.abc import Awaitable, Callable
from typing import Final

from messages.customers import Customer, Profile, ProfileTold
from messages.envelope import Query, Reply
from messages.invoicing import ACTOR
from messages.subjects import latest_subject
from messages.wire import Json

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""Of an actor, by the question's name. Raises when there is no answer."""

Publish = Callable[[str, bytes], Awaitable[None]]
"""On a subject that a stream keeps. Returns once it is stored; raises when that is not known."""

NOUN: Final = "customer"


class NoAnswer(ConnectionError):
    """The question was answered with a problem; it is asked again."""


async def tell_profile(ask: Ask, publish: Publish, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """As it stands now, not as it stood when it was changed: of several changes the last one is told in the end."""
    tenant, customer_id = request["tenant"], request["customer"]
    reply = await ask(ACTOR, NOUN, Query(tenant=tenant, params={"id": customer_id}))
    if reply.status != 200:
        raise NoAnswer(f"The customer {customer_id} could not be read: {reply.status}.")
    customer = Customer.model_validate(reply.body)
    profile = {name: getattr(customer, name) for name in Profile.model_fields}
    told = ProfileTold(customer_id=customer.id, version=customer.version, erased_at=customer.erased_at, **profile)
    await publish(latest_subject(tenant, NOUN, customer.id), told.model_dump_json().encode())
    return {"result": "told"}
