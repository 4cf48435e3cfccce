"""A period that begins and is billed in advance: after another, after a trial, or anew with an anchor of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actors.invoicing.desk import Desk
from actors.invoicing.states import LineDraft, SubscriptionState
from actors.invoicing.subscription_billing import bill
from actors.invoicing.subscription_coupons import counting_from
from actors.invoicing.subscription_lines import cut_short, in_advance, unused, usage
from actors.invoicing.subscription_moves import amended
from actors.invoicing.subscription_periods import period_from, whole_at
from actors.invoicing.unbilled import billed_by
from messages.invoices import BillingReason
from messages.spans import MaybeSpan, Span
from messages.subscriptions import SubscriptionItem
from messages.subscriptions import SubscriptionStatus as Status


def open_period(
    desk: Desk,
    state: SubscriptionState,
    at: datetime,
    lines: Sequence[LineDraft] = (),
    reason: BillingReason = "subscription_cycle",
    *,
    part_is_free: bool = False,
) -> SubscriptionState:
    """The period from the instant on, with an invoice of these lines and of what the licensed items cost in it."""
    period, whole = period_from(desk, state, at), whole_at(desk, state, at)
    is_free = part_is_free and period != whole
    charges = [] if is_free else in_advance(desk, state, state.subscription.items, period, whole)
    state = amended(state, {"billed": billed_by(charges, state.subscription.items)}, current_period=period)
    return bill(desk, state, reason, [*lines, *charges], period, at)


def out_of_trial(desk: Desk, state: SubscriptionState, at: datetime) -> SubscriptionState:
    """Billed from now on. An anchor that lay at the trial's end goes with it; under a pause the status stays."""
    subscription, trial = state.subscription, state.subscription.trial
    end = min(trial.end or at, at)
    anchor = end if subscription.billing_cycle_anchor == trial.end else subscription.billing_cycle_anchor
    fields: dict[str, Any] = {"trial": MaybeSpan(start=trial.start, end=end), "billing_cycle_anchor": anchor}
    if state.work.paused_from == Status.TRIALING:
        state = amended(state, {"paused_from": Status.ACTIVE.value})
    if subscription.status == Status.TRIALING:
        fields["status"] = Status.ACTIVE
    after = counting_from(desk, amended(state, **fields), end)
    return open_period(desk, after, at, part_is_free=state.work.part_is_free and at == end)


def restarted(
    desk: Desk, state: SubscriptionState, items: list[SubscriptionItem], at: datetime, *, credit: bool = True
) -> SubscriptionState:
    """A new period of these items begins at the instant, which is the anchor from now on; the old one is cut off.

    Its rest is credited, unless told otherwise; what was used in it is billed.
    """
    subscription = state.subscription
    cut = cut_off(subscription.current_period, at)
    # Where no time has gone by, the meter of an item that stays is that of the period which begins now.
    stay = {item.id for item in items} if cut.start == cut.end else set[str]()
    lines = usage(desk, state, [item for item in subscription.items if item.id not in stay], cut)
    if credit:
        lines += unused(desk, state, state.work.billed, at)
        state = cut_short(desk, state, state.work.billed, at)
    after = amended(state, items=items, billing_cycle_anchor=at)
    return open_period(desk, after, at, lines, "subscription_update")


def cut_off(period: Span, at: datetime) -> Span:
    """What has gone by of it at the instant."""
    return Span(start=period.start, end=max(period.start, min(period.end, at)))
