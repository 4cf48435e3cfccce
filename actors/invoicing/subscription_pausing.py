"""`subscription.pause` and `subscription.resume`. A pause gives nothing back, and nothing is prorated under it."""

from datetime import datetime

from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key
from actors.invoicing.states import SubscriptionState
from actors.invoicing.subscription_alarms import on_trial
from actors.invoicing.subscription_billing import still_closing
from actors.invoicing.subscription_lines import usage
from actors.invoicing.subscription_moves import amended, keep, must_be
from actors.invoicing.subscription_opening import open_period, out_of_trial, restarted
from actors.runtime.decision import Done
from actors.runtime.refusals import found, invalid
from messages.envelope import Command
from messages.subscriptions import Pause, PauseSubscription, ResumeSubscription
from messages.subscriptions import SubscriptionStatus as Status

_PAUSABLE = frozenset({Status.TRIALING, Status.ACTIVE, Status.PAST_DUE})


def pause(desk: Desk, command: Command, wish: PauseSubscription) -> None:
    """200 with the paused subscription."""
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    subscription = state.subscription
    must_be(subscription, "paused", _PAUSABLE)
    if wish.resumes_at is not None and wish.resumes_at <= desk.now:
        raise invalid("/resumes_at", "too_small", "It resumes in the future.")
    work = {"paused_from": subscription.status.value}
    how = Pause(behavior=wish.behavior, resumes_at=wish.resumes_at)
    after = amended(state, work, status=Status.PAUSED, pause=how)
    desk.answer(Done(200, keep(desk, state, after, "subscription.paused")))


def resume(desk: Desk, command: Command, wish: ResumeSubscription) -> None:
    """200 with the subscription, which goes on."""
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    must_be(state.subscription, "resumed", frozenset({Status.PAUSED}))
    resumed(desk, state, desk.now, keep_anchor=wish.keep_anchor)
    desk.answer(Done(200, desk.get(state.key).subscription))


def resumed(desk: Desk, state: SubscriptionState, at: datetime, *, keep_anchor: bool = True) -> None:
    """Goes on in its old status, billed from the instant on unless it is billed beyond it already."""
    subscription, trial_end = state.subscription, state.subscription.trial.end
    was_trial = on_trial(subscription)
    still_trial = was_trial and trial_end is not None and at < trial_end
    status = Status.PAST_DUE if state.work.failed else Status.TRIALING if still_trial else Status.ACTIVE
    change = subscription.scheduled_change
    if change is not None and state.work.change_waits:
        change = change.model_copy(update={"at": at})
    work = {"paused_from": None, "change_waits": False}
    after = amended(still_closing(desk, state), work, status=status, pause=None, scheduled_change=change)
    if was_trial and not still_trial:
        after = out_of_trial(desk, after, at)
    elif not keep_anchor and not still_trial:
        after = restarted(desk, after, subscription.items, at)
    elif at >= subscription.current_period.end:
        used = usage(desk, after, subscription.items, subscription.current_period)
        after = open_period(desk, after, at, used)
    keep(desk, state, after, "subscription.resumed")
