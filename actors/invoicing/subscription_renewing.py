"""What a subscription does by itself when its alarm rings: one turn at a time, each at the instant it was due."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.states import SubscriptionState
from actors.invoicing.subscription_alarms import Turn, next_alarm, next_turn
from actors.invoicing.subscription_billing import still_closing
from actors.invoicing.subscription_canceling import canceled, expired
from actors.invoicing.subscription_changing import apply_scheduled
from actors.invoicing.subscription_lines import usage
from actors.invoicing.subscription_moves import amended, keep
from actors.invoicing.subscription_opening import open_period, out_of_trial
from actors.invoicing.subscription_pausing import resumed
from actors.runtime.decision import Key
from actors.runtime.refusals import Refusal

TURNS_MAX: Final = 25


def fell_due(desk: Desk, state: SubscriptionState | None, at: datetime) -> None:
    """The turn that has come; if others are due by now, the alarm rings for them at once."""
    if state is None:
        return
    turn = next_turn(state.subscription, state.work, desk.terms)
    if turn is None or turn[0] > at:
        desk.ring(state.subscription.id, next_alarm(state.subscription, state.work, desk.terms))
        return
    _TURNS[turn[1]](desk, state, turn[0])


def in_time(desk: Desk, key: Key) -> None:
    """Whatever the subscription has to do by now is done first: a command never meets a period that is over.

    Raises Refusal `outcome_pending` where that is more than one decision should hold.
    """
    for _ in range(TURNS_MAX):
        state: SubscriptionState | None = desk.get(key)
        turn = next_turn(state.subscription, state.work, desk.terms) if state else None
        if state is None or turn is None or turn[0] > desk.now or turn[1] == "expire":
            return
        _TURNS[turn[1]](desk, state, turn[0])
    raise Refusal("outcome_pending", f"{key.id} is still catching up with the time; ask again in a moment.")


def renewed(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """A new period begins: it is billed in advance, and what was used in the ended one afterwards."""
    used = usage(desk, state, state.subscription.items, state.subscription.current_period)
    keep(desk, state, open_period(desk, still_closing(desk, state), at, used), "subscription.renewed")


def trial_ended(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """The first period that is billed begins. What was used on trial is free."""
    keep(desk, state, out_of_trial(desk, state, at), "subscription.trial_ended")


def trial_end_neared(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """Said once, some days before."""
    _ = at
    keep(desk, state, amended(state, {"trial_end_told": True}), "subscription.trial_end_neared")


_TURNS: Final[Mapping[Turn, Callable[[Desk, SubscriptionState, datetime], None]]] = {
    "expire": expired,
    "notice": trial_end_neared,
    "cancel": canceled,
    "change": apply_scheduled,
    "resume": resumed,
    "trial_end": trial_ended,
    "renew": renewed,
}
