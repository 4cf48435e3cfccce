"""What a subscription waits for: the instants at which it changes by itself, the first of them first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from actors.invoicing.states import SubscriptionWork
from actors.invoicing.terms import Terms
from messages.subscriptions import Subscription
from messages.subscriptions import SubscriptionStatus as Status

Turn = Literal["expire", "notice", "cancel", "change", "resume", "trial_end", "renew"]


def next_turn(subscription: Subscription, work: SubscriptionWork, terms: Terms) -> tuple[datetime, Turn] | None:
    """The earliest; of several at one instant that which stands first in `Turn`."""
    turns = list(_turns(subscription, work, terms))
    return min(turns, key=lambda turn: turn[0], default=None)


def next_alarm(subscription: Subscription, work: SubscriptionWork, terms: Terms) -> datetime | None:
    """When it changes by itself next, if ever."""
    turn = next_turn(subscription, work, terms)
    return turn[0] if turn else None


def _turns(subscription: Subscription, work: SubscriptionWork, terms: Terms) -> Iterator[tuple[datetime, Turn]]:
    match subscription.status:
        case Status.CANCELED | Status.INCOMPLETE_EXPIRED:
            return
        case Status.INCOMPLETE:
            if work.expires_at is not None:
                yield work.expires_at, "expire"
            return
        case _:
            yield from _of_live(subscription, work, terms)


def _of_live(subscription: Subscription, work: SubscriptionWork, terms: Terms) -> Iterator[tuple[datetime, Turn]]:
    """In the order in which they happen when they fall on one instant."""
    pause, end = subscription.pause, subscription.current_period.end
    in_trial = on_trial(subscription)
    trial_end = subscription.trial.end
    if in_trial and trial_end is not None and not work.trial_end_told:
        yield trial_end - timedelta(seconds=terms.trial_notice_seconds), "notice"
    if subscription.cancel_at is not None:
        yield subscription.cancel_at, "cancel"
    if subscription.cancel_at_period_end:
        yield end, "cancel"
    if subscription.scheduled_change is not None and not work.change_waits:
        yield subscription.scheduled_change.at, "change"
    if pause is not None and pause.resumes_at is not None:
        yield pause.resumes_at, "resume"
    if pause is None or pause.behavior != "none":
        yield end, "trial_end" if in_trial else "renew"


def on_trial(subscription: Subscription) -> bool:
    """Whether its period is that of its trial, which may be paused, or past due for something else."""
    trial, period = subscription.trial, subscription.current_period
    return (trial.start, trial.end) == (period.start, period.end)
