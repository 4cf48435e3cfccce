"""Customers as the rest of billing meets them: there from the first use of their id, and told of without their profile.

What is personal is kept in the state alone: events, journals and outcomes tell of a customer without it.
"""

from collections.abc import Mapping
from typing import Any, Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import customer_key, invoice_key
from actors.invoicing.states import CustomerState, InvoiceState, changed
from actors.runtime.decision import Call, Heard, Key, View
from actors.runtime.refusals import wrong_state
from messages.customers import PERSONAL, Customer, Profile
from messages.envelope import About
from messages.ids import derived_id

TELL_PROFILE: Final = "tell_profile"
"""The call that publishes a profile on LATEST."""

NOBODY: Final[Mapping[str, Any]] = dict(Profile())
"""The personal fields of whom nothing is known."""


def public(customer: Customer) -> Customer:
    """The customer as anybody may hear of them: nothing personal."""
    return customer.model_copy(update=NOBODY)


def customer_of(desk: Desk, customer_id: str, *, livemode: bool = False) -> CustomerState:
    """The customer of this id, made now if it was never used. Raises Refusal `wrong_state` for one who was erased."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, customer_id))
    if state is None:
        return _implicit(desk, customer_id, livemode=livemode)
    must_not_be_erased(state.customer, "billed")
    return state


def began(desk: Desk, customer_id: str, what: str) -> None:
    """This subscription or invoice (from its draft on) keeps its customer from being erased, until it has `ended`."""
    state: CustomerState = desk.get(customer_key(desk.tenant, customer_id))
    if what not in state.live:
        desk.put(state.model_copy(update={"live": (*state.live, what), "billed": True}))


def ended(desk: Desk, customer_id: str, what: str) -> None:
    """The subscription is over, the invoice paid, void, uncollectible or deleted. Said twice it does no harm."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, customer_id))
    if state is not None and what in state.live:
        desk.put(state.model_copy(update={"live": tuple(each for each in state.live if each != what)}))


def hand_over(desk: Desk, customer_id: str, invoice: str | None) -> None:
    """While its subscription goes on an invoice needs not keep their customer; what is open by now has to."""
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, invoice)) if invoice else None
    if state is not None and state.invoice.status == "open":
        began(desk, customer_id, state.invoice.id)


def owes(desk: Desk, customer_id: str, invoice: str, *, overdue: bool) -> None:
    """The invoice was not paid in time, or is settled after all: whether its customer is `delinquent` follows."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, customer_id))
    if state is None or (invoice in state.overdue) == overdue:
        return
    others = tuple(each for each in state.overdue if each != invoice)
    state = state.model_copy(update={"overdue": (*others, invoice) if overdue else others})
    before = state.customer
    if before.delinquent == bool(state.overdue):
        desk.put(state)
    else:
        after = before.model_copy(update=changed(before, desk.now, delinquent=bool(state.overdue)))
        keep(desk, state, "customer.updated", after, before)


def heard_needs(heard: Heard, view: View) -> set[Key]:
    """Who pays."""
    _ = view
    return {customer_key(heard.tenant, heard.data.customer_id)}


def paid(desk: Desk, heard: Heard) -> None:
    """Whoever pays, or tries to, is a customer from then on. This runs for every payment: mostly there is one."""
    customer_id = heard.data.customer_id
    if desk.get(customer_key(desk.tenant, customer_id)) is None:
        _implicit(desk, customer_id, livemode=heard.event.livemode or heard.data.livemode)


def keep(desk: Desk, state: CustomerState, event: str, after: Customer, before: Customer | None = None) -> None:
    """Keeps the customer and tells of them in public; the profile, if that moved, goes to LATEST beside."""
    desk.put(state.model_copy(update={"customer": after}))
    desk.say(event, public(after), public(before) if before else None, About(customer_id=after.id))
    profile = NOBODY if before is None else before.__dict__
    if any(profile[name] != getattr(after, name) for name in PERSONAL):
        call_id = derived_id("call", desk.now, desk.tenant, TELL_PROFILE, after.id, str(after.version))
        desk.calls.append(Call(call_id, TELL_PROFILE, after.id, {"tenant": desk.tenant, "customer": after.id}))


def must_not_be_erased(customer: Customer, verb: str) -> None:
    """Raises Refusal `wrong_state`: who was erased stays so, and their id is not given away again."""
    if customer.erased_at is not None:
        raise wrong_state("customer", customer.id, "erased", verb, [])


def _implicit(desk: Desk, customer_id: str, *, livemode: bool) -> CustomerState:
    customer = Customer(id=customer_id, implicit=True, created_at=desk.now, updated_at=desk.now, livemode=livemode)
    state = CustomerState(tenant=desk.tenant, customer=customer)
    keep(desk, state, "customer.created", customer)
    return state
