"""A customer is delinquent while an invoice of theirs is overdue or could not be collected."""

from actors.invoicing.desk import Desk
from actors.invoicing.keys import customer_key
from actors.invoicing.states import CustomerState, changed
from messages.envelope import About
from messages.invoices import Invoice


def owing(desk: Desk, invoice: Invoice) -> None:
    """This invoice makes its customer delinquent."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, invoice.customer_id))
    if state is not None and invoice.id not in state.overdue:
        _keep(desk, state, (*state.overdue, invoice.id))


def settled(desk: Desk, invoice: Invoice) -> None:
    """Nothing is waited for any more on this one."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, invoice.customer_id))
    if state is not None and invoice.id in state.overdue:
        _keep(desk, state, tuple(each for each in state.overdue if each != invoice.id))


def _keep(desk: Desk, state: CustomerState, overdue: tuple[str, ...]) -> None:
    before, delinquent = state.customer, bool(overdue)
    if before.delinquent == delinquent:
        desk.put(state.model_copy(update={"overdue": overdue}))
        return
    after = before.model_copy(update=changed(before, desk.now, delinquent=delinquent))
    desk.put(state.model_copy(update={"customer": after, "overdue": overdue}))
    desk.say("customer.updated", after, before, About(customer_id=after.id))
