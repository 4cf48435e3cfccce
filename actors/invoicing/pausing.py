"""Collection is paused while a dispute is open on a payment of the same subscription, or of the invoice itself:
who disputes a charge is not charged again for the same thing.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import with_work
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about, next_version
from actors.invoicing.keys import invoice_key, subscription_key
from actors.invoicing.states import InvoiceState, SubscriptionState

LOOK_AGAIN_AFTER: Final = timedelta(days=1)
"""How often a paused invoice looks whether it may go on; the latest one of a subscription is told at once."""


def is_paused(desk: Desk, state: InvoiceState) -> bool:
    """Whether a dispute holds its collection up."""
    of = _subscription(desk, state)
    return bool(state.work.paused) or (of is not None and bool(of.work.disputes))


def paused(desk: Desk, state: InvoiceState) -> InvoiceState:
    """No try is begun; it looks again every day. Its version stays."""
    shown = state.invoice.model_copy(update={"collection_paused": True, "next_payment_attempt": None})
    return with_alarms(state.model_copy(update={"invoice": shown}), collect=desk.now + LOOK_AGAIN_AFTER)


def disputed(desk: Desk, state: InvoiceState, dispute: str) -> None:
    """From now on. A try that is on its way already goes on."""
    of = _subscription(desk, state)
    if of is None:
        desk.put(with_work(state, paused=tuple(dict.fromkeys((*state.work.paused, dispute)))))
    else:
        _with_disputes(desk, of, tuple(dict.fromkeys((*of.work.disputes, dispute))))
    for each in _concerned(desk, state):
        if "collect" in each.work.alarms and not each.invoice.collection_paused:
            _tell(desk, each, paused(desk, each))


def dispute_over(desk: Desk, state: InvoiceState, dispute: str) -> None:
    """When it was the last one, what is paused is collected now."""
    of = _subscription(desk, state)
    if dispute in state.work.paused:
        desk.put(with_work(state, paused=tuple(each for each in state.work.paused if each != dispute)))
    if of is not None and dispute in of.work.disputes:
        _with_disputes(desk, of, tuple(each for each in of.work.disputes if each != dispute))
    for each in _concerned(desk, state):
        if each.invoice.collection_paused and not is_paused(desk, each):
            shown = {"collection_paused": False, "next_payment_attempt": desk.now}
            resumed = each.model_copy(update={"invoice": each.invoice.model_copy(update=shown)})
            _tell(desk, each, with_alarms(resumed, collect=desk.now))


def _concerned(desk: Desk, state: InvoiceState) -> Iterator[InvoiceState]:
    """The invoice, and the latest one of its subscription."""
    of = _subscription(desk, state)
    latest = of.subscription.latest_invoice if of else None
    for id_ in dict.fromkeys((state.invoice.id, latest)):
        found: InvoiceState | None = desk.get(invoice_key(desk.tenant, id_)) if id_ else None
        if found is not None and found.invoice.status == "open":
            yield found


def _tell(desk: Desk, before: InvoiceState, state: InvoiceState) -> None:
    after = next_version(state.invoice, desk.now)
    desk.say("invoice.updated", after, before.invoice, about(after))
    keep(desk, state.model_copy(update={"invoice": after}))


def _with_disputes(desk: Desk, of: SubscriptionState, disputes: tuple[str, ...]) -> None:
    desk.put(of.model_copy(update={"work": of.work.model_copy(update={"disputes": disputes})}))


def _subscription(desk: Desk, state: InvoiceState) -> SubscriptionState | None:
    if state.invoice.subscription is None:
        return None
    return desk.get(subscription_key(desk.tenant, state.invoice.subscription))
