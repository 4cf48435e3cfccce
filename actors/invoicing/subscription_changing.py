"""`subscription.change`: what it is made of, now or later, and what that gives back and asks for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key
from actors.invoicing.needs import of_coupons_and_rates, of_prices
from actors.invoicing.states import LineDraft, SubscriptionState
from actors.invoicing.subscription_alarms import next_alarm, on_trial
from actors.invoicing.subscription_billing import bill, voids
from actors.invoicing.subscription_coupons import checked_rates, counting_from, must_be_taxable, redeemed
from actors.invoicing.subscription_items import currency_of, wished_items
from actors.invoicing.subscription_lines import cut_short, fixed, in_advance, unused, usage
from actors.invoicing.subscription_moves import BEGUN, amended, keep, must_be, refusal
from actors.invoicing.subscription_opening import out_of_trial, restarted
from actors.invoicing.subscription_periods import recurring_of, whole_at
from actors.invoicing.subscription_reading import needs as needs_of_one
from actors.invoicing.unbilled import billed_by
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.labels import merged_metadata
from actors.runtime.refusals import Refusal, found, invalid, must_match
from messages.envelope import Command
from messages.invoices import LINES_MAX
from messages.spans import MaybeSpan, Span
from messages.subscriptions import ChangeSubscription, Proration, ScheduledChange, SubscriptionItem
from messages.subscriptions import SubscriptionStatus as Status


def needs(asked: Asked, view: View) -> set[Key]:
    """The subscription with all around it, and what is newly named."""
    wish: ChangeSubscription = asked.data
    return {
        *needs_of_one(asked, view),
        *of_prices(asked.tenant, {item.price for item in wish.items or [] if item.price}, view),
        *of_coupons_and_rates(asked.tenant, set(wish.coupons or []), set(wish.default_tax_rates or [])),
    }


def change(desk: Desk, command: Command, wish: ChangeSubscription) -> None:
    """200 with the subscription as it is now; a later change stands in `scheduled_change`."""
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    must_match(state.subscription.version, wish.if_match)
    must_be(state.subscription, "changed", BEGUN)
    after = _named(state, wish)
    if wish.at == "now":
        after, event = _changed_now(desk, after, wish), "subscription.updated"
    else:
        after, event = _scheduled(desk, after, wish), "subscription.change_scheduled"
    if wish.items is not None:
        _must_have_room(after)
    desk.answer(Done(200, keep(desk, state, after, event)))


def apply_scheduled(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """The time of a scheduled change has come. Another interval waits for the end of a pause."""
    scheduled = state.subscription.scheduled_change
    assert scheduled is not None, "only then is it its turn"
    another = _interval(desk, scheduled.items) != _interval(desk, state.subscription.items)
    if another and state.subscription.status == Status.PAUSED and not on_trial(state.subscription):
        waiting = amended(state, {"change_waits": True})
        desk.put(waiting)
        desk.ring(state.subscription.id, next_alarm(waiting.subscription, waiting.work, desk.terms))
        return
    after = amended(state, scheduled_change=None)
    after = with_items(desk, after, scheduled.items, scheduled.proration, at)
    keep(desk, state, after, "subscription.change_applied")


def with_items(
    desk: Desk, state: SubscriptionState, items: list[SubscriptionItem], proration: Proration, at: datetime
) -> SubscriptionState:
    """With other items from the instant on. Nothing is prorated on trial and under a pause."""
    subscription = state.subscription
    if currency_of(desk, items) != subscription.currency:
        raise Refusal("currency_mismatch", f"The subscription is billed in {subscription.currency}.")
    another = _interval(desk, items) != _interval(desk, subscription.items)
    if on_trial(subscription):
        return amended(state, items=items)
    if subscription.status == Status.PAUSED:
        if another:
            raise refusal(subscription, "given another interval", BEGUN - {Status.PAUSED})
        proration = "none"
    if another:
        return restarted(desk, state, items, at, credit=proration != "none")
    return _prorated(desk, state, items, proration, at)


def _prorated(
    desk: Desk, state: SubscriptionState, items: list[SubscriptionItem], proration: Proration, at: datetime
) -> SubscriptionState:
    before = {item.id: item for item in state.subscription.items}
    moved = {item.id for item in items if before.get(item.id) != item} | before.keys() - {item.id for item in items}
    is_over = at >= state.subscription.current_period.end
    lines = _used(desk, state, [item for item in before.values() if item.id in moved], items, is_over=is_over)
    after = amended(state, items=items)
    if proration != "none":
        given_up = [one for one in state.work.billed if one.item.id in moved]
        charges = _remaining(desk, after, [item for item in items if item.id in moved], at)
        lines += [*unused(desk, state, given_up, at), *charges]
        kept = [one for one in state.work.billed if one.item.id not in moved]
        after = amended(cut_short(desk, after, given_up, at), {"billed": (*kept, *billed_by(charges, items))})
    if proration == "invoice_now" and not is_over:
        span = Span(start=at, end=state.subscription.current_period.end)
        return bill(desk, after, "subscription_update", lines, span, at)
    pending = (*after.work.pending, *fixed(lines, state.subscription.default_tax_rates))
    return amended(after, {"pending": pending})


def _used(
    desk: Desk,
    state: SubscriptionState,
    moved: list[SubscriptionItem],
    items: list[SubscriptionItem],
    *,
    is_over: bool,
) -> list[LineDraft]:
    """Usage that the next renewal would not ask for as it was: of what goes, and of all that moves once it is over."""
    if is_over and voids(state):
        return []
    stay = set[str]() if is_over else {item.id for item in items}
    return usage(desk, state, [item for item in moved if item.id not in stay], state.subscription.current_period)


def _remaining(desk: Desk, state: SubscriptionState, items: list[SubscriptionItem], at: datetime) -> list[LineDraft]:
    period = state.subscription.current_period
    part, whole = Span(start=max(at, period.start), end=period.end), whole_at(desk, state, period.start)
    return in_advance(desk, state, items, part, whole) if part.start < part.end else []


def _interval(desk: Desk, items: Sequence[SubscriptionItem]) -> tuple[str, int]:
    recurring = recurring_of(desk, list(items))
    return recurring.interval, recurring.interval_count


def _named(state: SubscriptionState, wish: ChangeSubscription) -> SubscriptionState:
    """With the fields that nothing follows from."""
    fields: dict[str, Any] = {
        name: value
        for name in ("default_payment_method", "collection_method", "days_until_due", "description")
        if (value := getattr(wish, name)) is not None
    }
    if wish.metadata is not None:
        fields["metadata"] = merged_metadata(state.subscription.metadata, wish.metadata)
    if wish.clear_scheduled:
        fields["scheduled_change"] = None
    return amended(state, **fields)


def _changed_now(desk: Desk, state: SubscriptionState, wish: ChangeSubscription) -> SubscriptionState:
    if wish.default_tax_rates is not None:
        state = amended(state, default_tax_rates=checked_rates(desk, wish.default_tax_rates))
    if wish.coupons is not None:
        trial_end = state.subscription.trial.end if on_trial(state.subscription) else None
        state = amended(state, {"redeemed": redeemed(desk, state, wish.coupons, trial_end or desk.now)})
    if wish.items is not None:
        items = wished_items(desk, state.subscription.id, state.subscription.items, wish.items)
        must_be_taxable(desk, items, state.subscription.default_tax_rates)
        state = with_items(desk, state, items, wish.proration, desk.now)
    elif wish.default_tax_rates is not None:
        must_be_taxable(desk, state.subscription.items, state.subscription.default_tax_rates)
    return state if wish.trial_end is None else _with_trial_end(desk, state, wish.trial_end)


def _with_trial_end(desk: Desk, state: SubscriptionState, end: datetime | str) -> SubscriptionState:
    subscription = state.subscription
    if subscription.status != Status.TRIALING:
        raise refusal(subscription, "given another end of its trial", frozenset({Status.TRIALING}))
    if isinstance(end, str):
        return out_of_trial(desk, state, desk.now)
    if end <= desk.now:
        raise invalid("/trial_end", "too_small", "A trial ends in the future, or `now`.")
    anchor = subscription.billing_cycle_anchor
    moved = amended(
        state,
        {"trial_end_told": False},
        trial=MaybeSpan(start=subscription.trial.start, end=end),
        current_period=Span(start=subscription.current_period.start, end=end),
        billing_cycle_anchor=end if anchor == subscription.trial.end else anchor,
    )
    return counting_from(desk, moved, end)


def _scheduled(desk: Desk, state: SubscriptionState, wish: ChangeSubscription) -> SubscriptionState:
    """Items alone can be changed later; they replace what was scheduled before."""
    for name in ("coupons", "default_tax_rates", "trial_end"):
        if getattr(wish, name) is not None:
            raise invalid(f"/{name}", "conflicts_with", "Only items can be changed later.")
    if wish.items is None:
        raise invalid("/items", "missing", "Say which items it has from then on.")
    subscription = state.subscription
    at = subscription.current_period.end if isinstance(wish.at, str) else wish.at
    if at <= desk.now:
        raise invalid("/at", "too_small", "A change is scheduled for the future.")
    items = wished_items(desk, subscription.id, subscription.items, wish.items)
    if currency_of(desk, items) != subscription.currency:
        raise Refusal("currency_mismatch", f"The subscription is billed in {subscription.currency}.")
    must_be_taxable(desk, items, subscription.default_tax_rates)
    change = ScheduledChange(at=at, items=items, proration=wish.proration)
    return amended(state, {"change_waits": False}, scheduled_change=change)


def _must_have_room(state: SubscriptionState) -> None:
    """Raises Refusal where more lines wait for the next invoice than one should have."""
    if len(state.work.pending) > LINES_MAX:
        detail = f"More than {LINES_MAX} lines would wait for its next invoice: ask for them with `invoice_now`."
        raise invalid("/proration", "too_long", detail)
