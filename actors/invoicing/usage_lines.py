"""Usage as lines of an invoice."""

from collections.abc import Iterable

from actors.invoicing.desk import Desk
from actors.runtime.decision import Key, View
from messages.invoices import InvoiceLine


def usage_keys(tenant: str, lines: Iterable[InvoiceLine], view: View) -> set[Key]:
    """The meters that the usage lines among these are measured by."""
    _ = tenant, lines, view
    return set()


def measured(desk: Desk, line: InvoiceLine) -> InvoiceLine:
    """A line of type `usage` with the quantity of its item in its period, and what that costs. Others as they are."""
    _ = desk
    return line
