"""Collection is paused while a dispute is open on a payment of the same subscription, or of the invoice itself:
who disputes a charge is not charged again for the same thing.
"""

from datetime import timedelta

from actors.invoicing.alarms import with_alarms
from actors.invoicing.desk import Desk
from actors.invoicing.keys import subscription_key
from actors.invoicing.states import InvoiceState, SubscriptionState

LOOK_AGAIN_AFTER = timedelta(days=1)
"""How often a paused invoice looks whether it may go on; the latest one of a subscription is told at once."""


def is_paused(desk: Desk, state: InvoiceState) -> bool:
    """Whether a dispute holds its collection up."""
    if state.work.paused or state.invoice.subscription is None:
        return bool(state.work.paused)
    of: SubscriptionState | None = desk.get(subscription_key(desk.tenant, state.invoice.subscription))
    return of is not None and bool(of.work.disputes)


def paused(desk: Desk, state: InvoiceState) -> InvoiceState:
    """No try is begun; it looks again every day. Its version stays."""
    shown = state.invoice.model_copy(update={"collection_paused": True, "next_payment_attempt": None})
    return with_alarms(state.model_copy(update={"invoice": shown}), collect=desk.now + LOOK_AGAIN_AFTER)
