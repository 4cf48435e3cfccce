"""The profile of a customer on LATEST: a subject of its own, which holds nothing but the last word."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from messages.customers import Customer, Profile, ProfileTold
from messages.envelope import Query, Reply
from messages.invoicing import ACTOR
from messages.subjects import latest_subject
from messages.wire import Json

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""Of an actor, by the question's name. Raises when there is no answer."""


class Latest(Protocol):
    """The stream LATEST. Both raise when there is no answer, or the last word is another by now."""

    async def last_sequence(self, subject: str) -> int:
        """Where the last word on the subject is; 0 if there is none."""
        ...

    async def publish(self, subject: str, body: bytes, after: int) -> None:
        """The new last word, in place of the one at `after`."""
        ...


NOUN: Final = "customer"


class NoAnswer(ConnectionError):
    """The question was answered with a problem; it is asked again."""


async def tell_profile(ask: Ask, latest: Latest, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """As it stands now, not as it stood when it was changed: of several changes the last one is told in the end.

    It is read after the last word was looked up: who read it before an erasure, and was stopped since, cannot bring
    back what was erased.
    """
    tenant, customer_id = request["tenant"], request["customer"]
    subject = latest_subject(tenant, NOUN, customer_id)
    after = await latest.last_sequence(subject)
    reply = await ask(ACTOR, NOUN, Query(tenant=tenant, params={"id": customer_id}))
    if reply.status != 200:
        raise NoAnswer(f"The customer {customer_id} could not be read: {reply.status}.")
    customer = Customer.model_validate(reply.body)
    profile = {name: getattr(customer, name) for name in Profile.model_fields}
    told = ProfileTold(customer_id=customer.id, version=customer.version, erased_at=customer.erased_at, **profile)
    await latest.publish(subject, told.model_dump_json().encode(), after)
    return {"result": "told"}
