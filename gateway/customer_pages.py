"""What the page where a customer pays may do: see its payment, confirm it, follow it. Its right is `client_secret`."""

from contextlib import AbstractContextManager
from dataclasses import replace

from aiohttp import web

from gateway.answers import resource, respond
from gateway.bodies import ConfirmBody
from gateway.bus import waiting
from gateway.client_secrets import fits
from gateway.commands import WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX, Wish, settle
from gateway.customer_views import answer_seen, event_seen, payment_seen
from gateway.door import KEY, REQUEST_ID, caller_of, door_of
from gateway.guards import idempotency_key, preferred_wait_seconds, wants_events
from gateway.hosted_links import linked
from gateway.outcomes import Answer, answer_of
from gateway.payment_events import story
from gateway.problems import FieldError, Problem, invalid
from gateway.questions import resource_of
from gateway.reads import query_of
from gateway.ring import Wanted
from gateway.route import Input, id_of
from gateway.writes import command_for, confirm_payment, sent_as
from messages.payments import ACTOR, WALLET


async def show(request: web.Request, given: Input) -> web.StreamResponse:
    """`GET /payments/{id}?client_secret=`."""
    payment = _fitting(request, given.parameters.client_secret)
    query = query_of(request, given.parameters, {"id": payment})
    with _place(request, payment):
        found = await resource_of(door_of(request).bus, ACTOR, "payment", query)
    return resource(payment_seen(linked(request, found)))


async def follow(request: web.Request, given: Input) -> web.StreamResponse:
    """`GET /payments/{id}/events?client_secret=`: of the payment alone, not of what was posted or given back for it."""
    payment = _fitting(request, given.parameters.client_secret)
    wanted = Wanted(caller_of(request).tenant, type="payment.*", payment=payment)
    places = door_of(request).quotas.followers if wants_events(request) else door_of(request).quotas.of_payment
    with places.place(f"{wanted.tenant}/{payment}"):
        return await story(request, given, wanted, event_seen)


async def confirm(request: web.Request, given: Input) -> web.StreamResponse:
    """`POST /payments/{id}/confirm {"client_secret"}`."""
    _fitting(request, given.body.client_secret)
    if wants_events(request):
        raise Problem("not_acceptable", "Follow the payment with GET …/events; this answers with JSON.")
    _must_be_theirs_to_say(given)
    return await told(request, confirm_payment(request, given.body), given)


async def told(request: web.Request, wish: Wish, given: Input) -> web.StreamResponse:
    """What becomes of a customer's wish. Their keys are of this payment alone: they never meet one of the seller's."""
    door = door_of(request)
    request[KEY] = idempotency_key(request)
    command = command_for(request, wish, sent_as(request, given.raw), f"page:{wish.entity}:{request[KEY]}")
    with _place(request, wish.entity):
        async with waiting(door.bus) as waiter:
            seconds = preferred_wait_seconds(request, WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX)
            await settle(door.bus, command, waiter, seconds)
    answer = answer_of(command, waiter, door.feed.ring.epoch, request[REQUEST_ID])
    return respond(_seen(request, answer))


def _place(request: web.Request, payment: str) -> AbstractContextManager[None]:
    """Whoever waits here for long takes none of the places of other customers. Raises Problem `quota_exceeded`."""
    return door_of(request).quotas.of_payment.place(f"{caller_of(request).tenant}/{payment}")


def _seen(request: web.Request, answer: Answer) -> Answer:
    return answer_seen(replace(answer, body=linked(request, answer.body)), request[KEY])


def _fitting(request: web.Request, shown: str | None) -> str:
    """The payment of the path. Raises Problem `client_secret_invalid`, whether or not there is such a payment."""
    payment = id_of(request)
    if not fits(door_of(request).settings.link_key, caller_of(request).tenant, payment, shown):
        detail = "Show the client_secret of this payment; who made the payment was told it."
        raise Problem("client_secret_invalid", detail)
    return payment


def _must_be_theirs_to_say(given: Input) -> None:
    """The seller alone says that nobody is there, and spends what they keep for the customer."""
    body: ConfirmBody = given.body
    said = (
        (given.parameters.dry_run, FieldError("not_allowed_here", "A page rehearses nothing.", parameter="dry_run")),
        (body.off_session, FieldError("not_allowed_here", "The customer is there.", "/off_session")),
        (body.payment_method == WALLET, FieldError("not_allowed_here", "A seller pays so.", "/payment_method")),
    )
    if errors := [error for is_said, error in said if is_said]:
        raise invalid("validation_failed", errors)
