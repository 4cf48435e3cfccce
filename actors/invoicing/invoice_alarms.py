"""What happens when an invoice's time has come: it is opened, collected, given up on for now, or reminded of."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from actors.invoicing import customers
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import awaited
from actors.invoicing.collecting import abandoned, try_again
from actors.invoicing.desk import Desk
from actors.invoicing.finalising import finalise, not_finalised
from actors.invoicing.giving_back import asked_next
from actors.invoicing.invoice_moves import about, next_version
from actors.invoicing.pausing import is_paused, paused
from actors.invoicing.states import InvoiceState
from actors.runtime.refusals import Refusal
from actors.runtime.switches import off
from messages.switches import DUNNING

BUSY: Final = timedelta(hours=1)
"""How long it waits for a try by hand that has no outcome yet, and until it looks whether dunning is on again."""


def rung(desk: Desk, state: InvoiceState | None, at: datetime) -> None:
    """Everything whose time has come, one after the other; the alarm is set to what comes next."""
    if state is None:
        return
    now = max(at, desk.now)
    due = sorted((when, name) for name, when in state.work.alarms.items() if when <= now)
    for _, name in due:
        current: InvoiceState = desk.get(state.key)
        if name in current.work.alarms:
            _RINGS[name](desk, with_alarms(current, **{name: None}))
    keep(desk, desk.get(state.key))


def _finalize(desk: Desk, state: InvoiceState) -> None:
    if state.invoice.status != "draft" or state.step is not None:
        keep(desk, state)
        return
    try:
        finalise(desk, state)
    except Refusal:
        not_finalised(desk, state)


def _collect(desk: Desk, state: InvoiceState) -> None:
    """Only while nothing else is on its way: an outcome that is not known yet may still be money.

    While an operator has dunning off it waits, and no try counts.
    """
    if state.invoice.status != "open":
        keep(desk, state)
        return
    if awaited(state) is not None or off(desk.view, desk.tenant, DUNNING):
        keep(desk, with_alarms(state, collect=desk.now + BUSY))
        return
    if not is_paused(desk, state):
        try_again(desk, state)
        return
    before, state = state.invoice, paused(desk, state)
    if not before.collection_paused:
        after = next_version(state.invoice, desk.now)
        desk.say("invoice.updated", after, before, about(after))
        state = state.model_copy(update={"invoice": after})
    keep(desk, state)


def _abandon(desk: Desk, state: InvoiceState) -> None:
    keep(desk, abandoned(desk, state))


def _due_soon(desk: Desk, state: InvoiceState) -> None:
    _remind(desk, state, "invoice.due_date_neared")


def _overdue(desk: Desk, state: InvoiceState) -> None:
    _remind(desk, state, "invoice.went_overdue")
    customers.owes(desk, state.invoice.customer_id, state.invoice.id, overdue=True)


def _remind(desk: Desk, state: InvoiceState, event: str) -> None:
    before = state.invoice
    after = next_version(before, desk.now)
    desk.say(event, after, before, about(after))
    keep(desk, state.model_copy(update={"invoice": after}))


def _give_back(desk: Desk, state: InvoiceState) -> None:
    keep(desk, asked_next(desk, state))


_RINGS: Final[Mapping[str, Callable[[Desk, InvoiceState], None]]] = {
    "finalize": _finalize,
    "collect": _collect,
    "abandon": _abandon,
    "due_soon": _due_soon,
    "overdue": _overdue,
    "give_back": _give_back,
}
