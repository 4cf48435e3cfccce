"""Subscriptions: their list, wishes and routes."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.ledger_bodies import NoBody
from gateway.parameters import Listed, Read, several
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import of_one, with_version, write
from messages.ids import Token, new_id
from messages.invoicing import ACTOR
from messages.subscriptions import (
    CancelSubscription,
    ChangeSubscription,
    CreateSubscription,
    PauseSubscription,
    ResumeSubscription,
    Subscription,
    SubscriptionStatus,
    UncancelSubscription,
)


class SubscriptionList(Listed):
    """`status` may be several, with commas; `test_clock`: those that live by it."""

    status: Annotated[list[SubscriptionStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    test_clock: Token | None = None


def create(_: web.Request, body: CreateSubscription) -> Wish:
    """A subscription whose id is chosen here."""
    return Wish(ACTOR, "subscription.create", new_id("sub"), body)


def change(request: web.Request, body: ChangeSubscription) -> Wish:
    """At the version that the caller saw, if that matters to them."""
    return Wish(ACTOR, "subscription.change", id_of(request), with_version(request, body))


def uncancel(request: web.Request, _: NoBody) -> Wish:
    """A scheduled cancel is taken back."""
    return Wish(ACTOR, "subscription.uncancel", id_of(request), UncancelSubscription())


_SUBSCRIPTION = f"{V1}/subscriptions/{{id}}"
_NAMED = ("reference_not_found", "price_inactive", "mixed_currencies", "mixed_intervals", "coupon_not_applicable")
_BILLED = ("tax_conflict", "amount_too_large", "wrong_state")

SUBSCRIPTIONS = [
    Route(
        *("POST", f"{V1}/subscriptions", write(create), "billing:write"),
        *("createSubscription", "Subscribe a customer; answered once the first payment was tried", Subscription),
        body=CreateSubscription,
        status=201,
        codes=("already_exists", "not_found", *_NAMED, *_BILLED),
    ),
    Route(
        *("GET", f"{V1}/subscriptions", page(ACTOR, "subscriptions", nothing, after_created), "billing:read"),
        *("listSubscriptions", "List subscriptions, the newest first", ListOf[Subscription], SubscriptionList),
    ),
    Route(
        *("GET", _SUBSCRIPTION, one(ACTOR, "subscription", by_id), "billing:read"),
        *("getSubscription", "Read a subscription", Subscription, Read),
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/change", write(change), "billing:write"),
        *("changeSubscription", "Change what it is made of, now or later", Subscription),
        body=ChangeSubscription,
        codes=("version_conflict", "currency_mismatch", *_NAMED, *_BILLED),
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/pause", write(of_one(ACTOR, "subscription.pause")), "billing:write"),
        *("pauseSubscription", "Pause it: nothing is given back, and nothing is asked for meanwhile", Subscription),
        body=PauseSubscription,
        codes=("wrong_state",),
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/resume", write(of_one(ACTOR, "subscription.resume")), "billing:write"),
        *("resumeSubscription", "Let it go on, in the old rhythm or in a new one", Subscription),
        body=ResumeSubscription,
        codes=_BILLED,
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/cancel", write(of_one(ACTOR, "subscription.cancel")), "billing:write"),
        *("cancelSubscription", "End it now, with its period, or at an instant", Subscription),
        body=CancelSubscription,
        codes=_BILLED,
    ),
    Route(
        *("POST", f"{_SUBSCRIPTION}/uncancel", write(uncancel), "billing:write"),
        *("uncancelSubscription", "Take a scheduled cancel back", Subscription),
        body=NoBody,
        codes=("wrong_state",),
    ),
]
