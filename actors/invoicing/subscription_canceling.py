"""`subscription.cancel` and `subscription.uncancel`, and the end of one that was never paid."""

from datetime import datetime, timedelta

from actors.invoicing.desk import Desk
from actors.invoicing.keys import invoice_key, subscription_key
from actors.invoicing.states import InvoiceState, SubscriptionState
from actors.invoicing.subscription_alarms import on_trial
from actors.invoicing.subscription_billing import bill, still_closing
from actors.invoicing.subscription_lines import cut_short, unused, usage
from actors.invoicing.subscription_moves import BEGUN, LIVE, amended, keep, must_be, refusal
from actors.invoicing.subscription_opening import cut_off
from actors.invoicing.taking_back import taken_back
from actors.runtime.decision import Done
from actors.runtime.refusals import found, invalid
from messages.envelope import Command
from messages.subscriptions import CancelSubscription, UncancelSubscription
from messages.subscriptions import SubscriptionStatus as Status

_LATER = timedelta(hours=1)


def cancel(desk: Desk, command: Command, wish: CancelSubscription) -> None:
    """200 with the subscription, canceled or about to be."""
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    must_be(state.subscription, "canceled", LIVE if wish.at == "now" else BEGUN)
    if wish.at == "now":
        end(desk, state, desk.now, credit=wish.credit)
        desk.answer(Done(200, desk.get(state.key).subscription))
        return
    at = None if isinstance(wish.at, str) else wish.at
    if at is not None and at <= desk.now:
        raise invalid("/at", "too_small", "It can be canceled in the future, at `period_end`, or `now`.")
    fields = {"cancel_at": at, "cancel_at_period_end": at is None, "canceled_at": desk.now}
    after = amended(state, {"cancel_credit": wish.credit}, **fields)
    desk.answer(Done(200, keep(desk, state, after, "subscription.cancel_scheduled")))


def uncancel(desk: Desk, command: Command, wish: UncancelSubscription) -> None:
    """200 with the subscription, which goes on."""
    _ = wish
    state: SubscriptionState = found(desk, subscription_key(desk.tenant, command.subject))
    subscription = state.subscription
    must_be(subscription, "uncanceled", BEGUN)
    if subscription.cancel_at is None and not subscription.cancel_at_period_end:
        raise refusal(subscription, "uncanceled: nothing is scheduled", BEGUN)
    fields = {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": None}
    after = amended(state, {"cancel_credit": False}, **fields)
    desk.answer(Done(200, keep(desk, state, after, "subscription.uncanceled")))


def canceled(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """The instant of a scheduled cancel has come."""
    end(desk, state, at, credit=state.work.cancel_credit)


def end(desk: Desk, state: SubscriptionState, at: datetime, *, credit: bool = False) -> None:
    """The last invoice asks for what was used and what is pending, less the unused rest if it is credited."""
    after, was = still_closing(desk, state), state.subscription
    if was.status != Status.INCOMPLETE:
        used = [] if on_trial(was) else usage(desk, state, was.items, cut_off(was.current_period, at))
        rest = unused(desk, state, state.work.billed, at) if credit else []
        after = cut_short(desk, after, after.work.billed, at) if credit else after
        if was.pause is not None and was.pause.behavior == "void":
            used = []  # it is given away; what was pending before has no later invoice to wait for
        if was.pause is not None and was.pause.behavior != "keep_as_draft":
            after = amended(after, pause=None)  # nothing was invoiced so far; now it is, for good
        after = bill(desk, after, "subscription_cycle", [*used, *rest], cut_off(was.current_period, at), at)
    fields = {"status": Status.CANCELED, "canceled_at": was.canceled_at or at, "ended_at": at}
    # Who made it and waits for its first payment is told when that has an outcome: this decision answers who cancels.
    after = amended(after, {"billed": ()}, pause=None, scheduled_change=None, **fields)
    keep(desk, state, after, "subscription.canceled")
    if was.status == Status.INCOMPLETE:
        _undo_first(desk, state)


def expired(desk: Desk, state: SubscriptionState, at: datetime) -> None:
    """Its first invoice was not paid in time. While a payment of it is on its way, that is waited for."""
    first: InvoiceState | None = desk.get(invoice_key(desk.tenant, state.work.first_invoice or ""))
    if first is not None and first.step is not None:
        desk.ring(state.subscription.id, desk.now + _LATER)
        return
    work = {"expires_at": None, "command_id": None}
    after = amended(state, work, status=Status.INCOMPLETE_EXPIRED, ended_at=at)
    expired_now = keep(desk, state, after, "subscription.expired")
    _undo_first(desk, state)
    if state.work.command_id is not None:
        desk.answer(Done(201, expired_now), state.work.command_id)


def _undo_first(desk: Desk, state: SubscriptionState) -> None:
    """Nothing of its first invoice is asked for any more. What is paid of it already, a credit note gives back."""
    first: InvoiceState | None = desk.get(invoice_key(desk.tenant, state.work.first_invoice or ""))
    if first is not None and first.invoice.status == "open":
        taken_back(desk, first)
