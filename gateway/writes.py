"""POST and PATCH: the wish that a request makes, and its way to the actor and back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

from gateway.answers import resource, respond
from gateway.bodies import ConfirmBody, RefundBody, TopUpBody
from gateway.bus import waiting
from gateway.client_secrets import with_secret
from gateway.command_stream import Shown, stream_command
from gateway.commands import WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX, Wish, command_of, settle
from gateway.door import KEY, REQUEST_ID, TRACEPARENT, caller_of, door_of
from gateway.dry_run import rehearsed
from gateway.fingerprints import fingerprint
from gateway.guards import expected_version, idempotency_key, preferred_wait_seconds, wants_events
from gateway.hosted_links import linked
from gateway.outcomes import Answer, answer_of
from gateway.parameters import DryRunAsked
from gateway.problems import FieldError, invalid
from gateway.route import Input, RouteHandler, id_of
from messages.destinations import ToInvoice
from messages.envelope import Command, HttpRequest
from messages.ids import new_id
from messages.payments import ACTOR, ConfirmPayment, CreatePayment, CreateRefund, ToWallet
from messages.wire import json_of

Change = TypeVar("Change", bound=BaseModel)
"""Data of a command with `if_match`, the version that it is meant for."""


async def as_it_is(_: web.Request, answer: Answer) -> Answer:
    """Most outcomes are shown as they are kept."""
    return answer


def write(wish_of: Callable[[web.Request, Any], Wish | Awaitable[Wish]], shown: Shown = as_it_is) -> RouteHandler:
    """Sends the wish and answers with its outcome as it is `shown`, or with its events and then that."""

    async def answer(request: web.Request, given: Input) -> web.StreamResponse:
        door = door_of(request)
        request[KEY] = idempotency_key(request)
        wished = wish_of(request, given.body)
        wish = wished if isinstance(wished, Wish) else await wished
        command = command_for(request, wish, sent_as(request, _kept(request, given)), request[KEY])
        if isinstance(given.parameters, DryRunAsked) and given.parameters.dry_run:
            return resource(json_of(await rehearsed(door.bus, caller_of(request), command, request[REQUEST_ID])))
        seconds = preferred_wait_seconds(request, WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX)
        if wants_events(request):
            return await stream_command(request, command, seconds, shown)
        async with waiting(door.bus) as waiter:
            await settle(door.bus, command, waiter, seconds)
        outcome = await shown(request, answer_of(command, waiter, door.feed.ring.epoch, request[REQUEST_ID]))
        return respond(replace(outcome, body=linked(request, outcome.body)))

    return answer


def _kept(request: web.Request, given: Input) -> bytes:
    """The body as sent, or what stands for one with a password."""
    return door_of(request).seal.of(given.raw) if hasattr(given.body, "password") else given.raw


def sent_as(request: web.Request, raw: bytes) -> HttpRequest:
    """What a repeat of the request is known by."""
    path, _, query = request.raw_path.partition("?")
    return HttpRequest(
        method=request.method, path=request.path, fingerprint=fingerprint(request.method, path, query, raw)
    )


def command_for(request: web.Request, wish: Wish, sent: HttpRequest | None, key: str) -> Command:
    """The wish of this request, as the command that the key stands for."""
    return command_of(wish, caller_of(request), key, request[REQUEST_ID], sent, request[TRACEPARENT])


def create_payment(_: web.Request, body: CreatePayment) -> Wish:
    """A payment whose id is chosen here. An invoice asks for its own: one that came otherwise would be too much."""
    if isinstance(body.destination, ToInvoice):
        detail = "An invoice is paid by POST /api/v1/invoices/{id}/pay, which makes the payment."
        raise invalid("validation_failed", [FieldError("not_one_of", detail, "/destination/type")])
    return Wish(ACTOR, "payment.create", new_id("pay"), body)


def confirm_payment(request: web.Request, body: ConfirmBody) -> Wish:
    """Without the secret that a page showed: commands are kept."""
    data = ConfirmPayment(**{name: getattr(body, name) for name in ConfirmPayment.model_fields})
    return Wish(ACTOR, "payment.confirm", id_of(request), data)


async def for_its_creator(request: web.Request, answer: Answer) -> Answer:
    """The payment with its `client_secret`, which a later read does not tell."""
    secretive = with_secret(door_of(request).settings.link_key, caller_of(request).tenant, answer.body)
    return replace(answer, body=secretive)


def top_up(request: web.Request, body: TopUpBody) -> Wish:
    """A payment of the customer into their own wallet."""
    customer = id_of(request, "customer_id")
    data = CreatePayment(
        amount=body.amount,
        currency=body.currency,
        customer_id=customer,
        payment_method=body.payment_method,
        destination=ToWallet(customer_id=customer),
        description=body.description,
        metadata=body.metadata,
    )
    return Wish(ACTOR, "payment.create", new_id("pay"), data)


def of_one(actor: str, command_type: str) -> Callable[[web.Request, Any], Wish]:
    """A command about the resource of the path, whose data is the body as it stands."""

    def wish(request: web.Request, body: Any) -> Wish:
        return Wish(actor, command_type, id_of(request), body)

    return wish


def of_payment(command_type: str) -> Callable[[web.Request, Any], Wish]:
    """The same, of the payments actor."""
    return of_one(ACTOR, command_type)


def with_version(request: web.Request, body: Change) -> Change:
    """The version that is to be changed may stand in If-Match, or in the body."""
    version = expected_version(request)
    return body if version is None else body.model_copy(update={"if_match": version})


def refund(request: web.Request, body: RefundBody) -> Wish:
    """A refund whose id is chosen here, asked of its payment."""
    data = CreateRefund(refund=new_id("ref"), amount=body.amount, reason=body.reason, metadata=body.metadata)
    return Wish(ACTOR, "refund.create", id_of(request), data)
