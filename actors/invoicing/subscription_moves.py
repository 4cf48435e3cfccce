"""Which status of a subscription may follow which, and how a change of one is written down: once, with one event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from actors.invoicing import customers
from actors.invoicing.desk import Desk
from actors.invoicing.states import SubscriptionState, changed
from actors.invoicing.subscription_alarms import next_alarm
from actors.runtime.refusals import Refusal, wrong_state
from messages.envelope import About
from messages.subscriptions import Subscription
from messages.subscriptions import SubscriptionStatus as Status

FINAL: Final = frozenset({Status.CANCELED, Status.INCOMPLETE_EXPIRED})
LIVE: Final = frozenset(set(Status) - FINAL)
BEGUN: Final = LIVE - {Status.INCOMPLETE}

MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    Status.INCOMPLETE: frozenset({Status.ACTIVE, Status.TRIALING, Status.INCOMPLETE_EXPIRED, Status.CANCELED}),
    Status.TRIALING: frozenset({Status.ACTIVE, Status.PAST_DUE, Status.PAUSED, Status.CANCELED}),
    Status.ACTIVE: frozenset({Status.PAST_DUE, Status.PAUSED, Status.CANCELED}),
    Status.PAST_DUE: frozenset({Status.ACTIVE, Status.UNPAID, Status.CANCELED, Status.PAUSED}),
    Status.UNPAID: frozenset({Status.ACTIVE, Status.CANCELED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.TRIALING, Status.PAST_DUE, Status.CANCELED}),
    Status.CANCELED: frozenset(),
    Status.INCOMPLETE_EXPIRED: frozenset(),
}


def amended(state: SubscriptionState, work: Mapping[str, Any] | None = None, **fields: Any) -> SubscriptionState:
    """With other fields of the resource, and of the work beside it; its version rises when it is kept."""
    return state.model_copy(
        update={
            "subscription": state.subscription.model_copy(update=fields),
            "work": state.work.model_copy(update=dict(work or {})),
        }
    )


def begin(desk: Desk, state: SubscriptionState) -> Subscription:
    """Keeps a new subscription and tells of it."""
    subscription = shown(state, desk.now).model_copy(update={"version": 1})
    desk.put(state.model_copy(update={"subscription": subscription}))
    desk.say("subscription.created", subscription, about=about(subscription))
    customers.began(desk, subscription.customer_id, subscription.id)
    desk.ring(subscription.id, next_alarm(subscription, state.work, desk.terms))
    return subscription


def keep(desk: Desk, before: SubscriptionState, after: SubscriptionState, event: str) -> Subscription:
    """Keeps a change, tells of it and sets the alarm. Raises ValueError for a move that the table does not have."""
    old, new = before.subscription, shown(after, desk.now)
    if new.status != old.status and new.status not in MOVES[old.status]:
        raise ValueError(f"{old.id} would move from {old.status} to {new.status}")
    new = new.model_copy(update=changed(old, desk.now))
    desk.put(after.model_copy(update={"subscription": new}))
    desk.say(event, new, old, about(new))
    if new.latest_invoice != old.latest_invoice:
        customers.hand_over(desk, new.customer_id, old.latest_invoice)
    if new.status in FINAL:
        customers.hand_over(desk, new.customer_id, new.latest_invoice)
        customers.ended(desk, new.customer_id, new.id)
    desk.ring(new.id, next_alarm(new, after.work, desk.terms))
    return new


def shown(state: SubscriptionState, now: datetime) -> Subscription:
    """The resource with the coupons that still lower its invoices."""
    live = [one.coupon for one in state.work.redeemed if not one.used and (one.end is None or now < one.end)]
    return state.subscription.model_copy(update={"coupons": live})


def about(subscription: Subscription) -> About:
    """Whom it concerns."""
    return About(
        customer_id=subscription.customer_id, subscription=subscription.id, invoice=subscription.latest_invoice
    )


def must_be(subscription: Subscription, verb: str, allowed: frozenset[Status]) -> None:
    """Raises Refusal for a status in which this cannot be done."""
    if subscription.status not in allowed:
        raise refusal(subscription, verb, allowed)


def refusal(subscription: Subscription, verb: str, allowed: frozenset[Status]) -> Refusal:
    """409."""
    return wrong_state("subscription", subscription.id, subscription.status, verb, [status.value for status in allowed])
