"""What may be asked of a customer: filled in, changed, put under a clock and erased."""

from collections.abc import Mapping
from typing import Any, Final

from actors.invoicing.catalogue import merged, read_changes
from actors.invoicing.customers import NOBODY, keep, must_not_be_erased, public
from actors.invoicing.desk import Desk
from actors.invoicing.keys import clock_key, customer_key
from actors.invoicing.needs import of_clock
from actors.invoicing.rules import Rule
from actors.invoicing.states import CustomerState, TestClockState, changed
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found, must_match
from messages.customers import (
    Customer,
    CustomerChanges,
    CustomerFields,
    EraseCustomer,
    PutCustomer,
    UpdateCustomer,
)
from messages.envelope import Command


def needs(asked: Asked, view: View) -> set[Key]:
    """The customer, and the clock they live by or are to live by."""
    return {customer_key(asked.tenant, asked.command.subject), *of_clock(asked.tenant, clock_of(asked, view))}


def clock_of(asked: Asked, view: View) -> str | None:
    """The clock that the customer has, or else the one that is wished for."""
    state: CustomerState | None = view.get(customer_key(asked.tenant, asked.command.subject))
    if state is not None and state.clock is not None:
        return state.clock
    match asked.data:
        case PutCustomer(test_clock=wished):
            return wished
        case UpdateCustomer(changes={"test_clock": str() as wished}):
            return wished
        case _:
            return None


def clock_while_there(asked: Asked, view: View) -> str | None:
    """As above; who lived by a clock that was deleted is erased in real time."""
    clock = clock_of(asked, view)
    return clock if clock is None or not _is_gone(view, asked.tenant, clock) else None


def put(desk: Desk, command: Command, wish: PutCustomer) -> None:
    """201 with the customer if the id was never used, else 200; in either case without what is personal."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, command.subject))
    must_match(state.customer.version if state else 0, wish.if_match)
    sent = {name: getattr(wish, name) for name in CustomerFields.model_fields if name != "test_clock"}
    if state is None:
        common: dict[str, Any] = {"created_at": desk.now, "updated_at": desk.now, "livemode": command.livemode}
        customer = Customer.model_validate({"id": command.subject, **common, **sent})
        state = CustomerState(tenant=desk.tenant, customer=customer)
        customer = customer.model_copy(update=_attached(desk, state, wish.test_clock))
        keep(desk, state, "customer.created", customer)
        desk.answer(Done(201, public(customer)))
        return
    before = state.customer
    must_not_be_erased(before, "filled in")
    if wish.new and not before.implicit:
        raise Refusal("already_exists", f"The customer {before.id} exists already: PUT replaces, PATCH changes them.")
    sent |= {"implicit": False, **_attached(desk, state, wish.test_clock)}
    after = before.model_copy(update=changed(before, desk.now, **sent))
    keep(desk, state, "customer.updated", after, before)
    desk.answer(Done(200, public(after)))


def update(desk: Desk, command: Command, wish: UpdateCustomer) -> None:
    """200 with the customer, without what is personal."""
    state: CustomerState = found(desk, customer_key(desk.tenant, command.subject))
    before = state.customer
    must_match(before.version, wish.if_match)
    must_not_be_erased(before, "changed")
    sent = read_changes(CustomerChanges, wish.changes)
    if "test_clock" in sent.model_fields_set:
        _attached(desk, state, sent.test_clock)
    after = merged(before, _without_null_lists(sent), desk)
    if after is not before:
        after = after.model_copy(update={"implicit": False})
        keep(desk, state, "customer.updated", after, before)
    desk.answer(Done(200, public(after)))


def erase(desk: Desk, command: Command, wish: EraseCustomer) -> None:
    """The profile goes, and all free text with it; the books stay. Refused while anything is still going on."""
    _ = wish  # the reason is kept with the command
    state: CustomerState = found(desk, customer_key(desk.tenant, command.subject))
    before = state.customer
    must_not_be_erased(before, "erased again")
    gone = before.test_clock is not None and _is_gone(desk.view, desk.tenant, before.test_clock)
    if state.live and not gone:  # without its clock nothing of it goes on
        detail = (
            f"{len(state.live)} subscriptions and invoices of {before.id} are not over: {', '.join(state.live[:3])}"
        )
        raise Refusal("in_use", f"{detail}.")
    emptied = {**NOBODY, "description": None, "default_payment_method": None, "metadata": {}, "erased_at": desk.now}
    after = before.model_copy(update=changed(before, desk.now, **emptied))
    keep(desk, state, "customer.erased", after, before)
    desk.answer(Done(200, public(after)))


def _is_gone(view: View, tenant: str, clock: str) -> bool:
    state: TestClockState | None = view.get(clock_key(tenant, clock))
    return state is not None and state.deleted


def _attached(desk: Desk, state: CustomerState, clock_id: str | None) -> dict[str, Any]:
    """The customer's field with this clock, once it counts them among its own.

    For good, so None leaves it as it is. Raises Refusal `clock_not_attachable`.
    """
    customer = state.customer
    if clock_id is None or clock_id == customer.test_clock:
        return {}
    clock: TestClockState | None = None if customer.test_clock else desk.get(clock_key(desk.tenant, clock_id))
    if customer.test_clock is not None:
        raise _unattachable(f"{customer.id} lives by the clock {customer.test_clock}, for good.")
    if state.billed:
        raise _unattachable(f"{customer.id} was billed in real time already: that cannot be taken back.")
    if customer.livemode or clock is None:
        raise _unattachable(f"There is no test clock {clock_id} here.")
    customers = [*clock.test_clock.customers, customer.id]
    desk.put(clock.model_copy(update={"test_clock": clock.test_clock.model_copy(update={"customers": customers})}))
    return {"test_clock": clock_id}


def _unattachable(detail: str) -> Refusal:
    return Refusal("clock_not_attachable", detail, pointer="/test_clock")


def _without_null_lists(sent: CustomerChanges) -> CustomerChanges:
    """A list is never null: emptied, it is empty."""
    lists = sent.model_fields_set & {"tax_ids", "preferred_locales"}
    return sent.model_copy(update={name: getattr(sent, name) or [] for name in lists})


RULES: Final[Mapping[str, Rule]] = {
    "customer.put": Rule(needs, put, clock_of),
    "customer.update": Rule(needs, update, clock_of),
    "customer.erase": Rule(needs, erase, clock_while_there),
}
