"""What an invoice waits for, by name; its one alarm rings at the first of them."""

from datetime import datetime
from typing import Literal

from actors.invoicing.attempts import with_work
from actors.invoicing.desk import Desk
from actors.invoicing.states import InvoiceState

Alarm = Literal["finalize", "collect", "abandon", "due_soon", "overdue", "give_back"]


def with_alarms(state: InvoiceState, **alarms: datetime | None) -> InvoiceState:
    """Sets some (None: takes them away); the rest stays."""
    kept = {name: at for name, at in {**state.work.alarms, **alarms}.items() if at is not None}
    if kept == state.work.alarms:
        return state
    return with_work(state, alarms=kept)


def keep(desk: Desk, state: InvoiceState) -> None:
    """Puts the invoice on the desk, with its alarm set to the first that it waits for."""
    before: InvoiceState | None = desk.get(state.key)
    desk.put(state)
    first = min(state.work.alarms.values(), default=None)
    if first is not None or (before is not None and before.work.alarms) or state.invoice.id in desk.due:
        desk.ring(state.invoice.id, first)
