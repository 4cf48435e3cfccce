"""What becomes of a subscription when its invoice is paid, fails or is given up."""

from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import invoice_key, subscription_key
from actors.invoicing.states import InvoiceState, SubscriptionState
from actors.invoicing.subscription_coupons import with_coupons_of
from actors.invoicing.subscription_moves import FINAL, amended, keep
from actors.invoicing.unbilled import billed_again, given_again, withdrawn
from actors.runtime.decision import Done
from messages.invoices import Invoice
from messages.subscriptions import SubscriptionStatus as Status

_BEHIND: Final = frozenset({Status.PAST_DUE, Status.UNPAID})


def invoice_paid(desk: Desk, invoice: Invoice) -> None:
    """The subscription goes on: an incomplete one begins, a past-due or unpaid one is active again."""
    state = _live(desk, invoice)
    if state is None:
        return
    if state.subscription.status == Status.INCOMPLETE and invoice.id == state.work.first_invoice:
        work = {"expires_at": None, "command_id": None}
        begun = keep(desk, state, amended(state, work, status=Status.ACTIVE), "subscription.activated")
        if state.work.command_id is not None:
            desk.answer(Done(201, begun), state.work.command_id)
        return
    _no_longer_failed(desk, state, invoice)


def invoice_failed(desk: Desk, invoice: Invoice) -> None:
    """A try to collect was declined, or needs the customer: the subscription is past due, a first one incomplete."""
    state = _live(desk, invoice)
    if state is None:
        return
    if state.subscription.status == Status.INCOMPLETE:
        _answer_incomplete(desk, state)
        return
    after = amended(state, {"failed": tuple(dict.fromkeys((*state.work.failed, invoice.id)))})
    if state.subscription.status in (Status.ACTIVE, Status.TRIALING):
        keep(desk, state, amended(after, status=Status.PAST_DUE), "subscription.fell_past_due")
    else:
        desk.put(after)


def tried(desk: Desk, invoice: Invoice) -> None:
    """The first try has an answer, whatever it is: who made the subscription and still waits is told how it stands.

    Later tries may be those of somebody else who waits, and a decision answers only one.
    """
    key = subscription_key(desk.tenant, invoice.subscription) if invoice.subscription else None
    state: SubscriptionState | None = desk.get(key) if key else None
    if state is not None and invoice.id == state.work.first_invoice:
        _answer_incomplete(desk, state)


def dunning_ended(desk: Desk, invoice: Invoice) -> None:
    """The last try failed: unpaid or canceled, as the terms say. An incomplete one expires by itself."""
    state = _live(desk, invoice)
    if state is None or state.subscription.status == Status.INCOMPLETE:
        return
    if desk.terms.dunning_end == "cancel":
        # By its own alarm, at once: the end of a subscription makes an invoice, which is not this one's business.
        after = amended(state, cancel_at=desk.now, canceled_at=desk.now)
        keep(desk, state, after, "subscription.cancel_scheduled")
    elif state.subscription.status == Status.PAST_DUE:
        keep(desk, state, amended(state, status=Status.UNPAID), "subscription.became_unpaid")


def invoice_closed(desk: Desk, invoice: Invoice) -> None:
    """Void or uncollectible: nothing is waited for any more. An incomplete subscription will not begin."""
    state = _live(desk, invoice)
    if state is None or ends_unbegun(desk, invoice):
        return
    closed: InvoiceState = desk.get(invoice_key(desk.tenant, invoice.id))
    if invoice.status == "void":
        _asks_no_more(desk, state, closed)
    else:
        desk.put(withdrawn(desk, state, closed))
    _no_longer_failed(desk, desk.get(state.key), invoice)


def ends_unbegun(desk: Desk, invoice: Invoice) -> bool:
    """Whether it was the first one of a subscription that still waited for it, and is over now."""
    state = _live(desk, invoice)
    if state is None or state.subscription.status != Status.INCOMPLETE or invoice.id != state.work.first_invoice:
        return False
    after = amended(state, {"expires_at": None}, status=Status.INCOMPLETE_EXPIRED, ended_at=desk.now)
    keep(desk, state, after, "subscription.expired")
    return True


def invoice_deleted(desk: Desk, state: InvoiceState) -> None:
    """A draft that is deleted asks for as little as a void invoice."""
    of = _live(desk, state.invoice)
    if of is not None:
        _asks_no_more(desk, of, state)


def invoice_recovered(desk: Desk, state: InvoiceState) -> InvoiceState:
    """The invoice, with a part of it paid though it was given up: what was given back of it counts again."""
    of = _live(desk, state.invoice)
    if of is None:
        return state
    of, state = given_again(desk, of, state)
    desk.put(of)
    return state


def _asks_no_more(desk: Desk, of: SubscriptionState, invoice: InvoiceState) -> None:
    after = with_coupons_of(billed_again(desk, withdrawn(desk, of, invoice), invoice), invoice.invoice)
    if after.work.redeemed == of.work.redeemed:
        desk.put(after)
    else:
        keep(desk, of, after, "subscription.updated")


def _live(desk: Desk, invoice: Invoice) -> SubscriptionState | None:
    if invoice.subscription is None:
        return None
    state: SubscriptionState | None = desk.get(subscription_key(desk.tenant, invoice.subscription))
    return None if state is None or state.subscription.status in FINAL else state


def _no_longer_failed(desk: Desk, state: SubscriptionState, invoice: Invoice) -> None:
    """Active again when no other invoice failed."""
    if invoice.id not in state.work.failed:
        return
    after = amended(state, {"failed": tuple(each for each in state.work.failed if each != invoice.id)})
    if state.subscription.status in _BEHIND and not after.work.failed:
        keep(desk, state, amended(after, status=Status.ACTIVE), "subscription.activated")
    else:
        desk.put(after)


def _answer_incomplete(desk: Desk, state: SubscriptionState) -> None:
    """Who made it is told how it stands: mostly that it has not begun, and may still be paid."""
    if state.work.command_id is not None:
        desk.put(amended(state, {"command_id": None}))
        desk.answer(Done(201, state.subscription), state.work.command_id)
