"""What a customer was asked for, what they have paid, and what they owe."""

from pydantic import Field

from messages.invoices import Invoice
from messages.queries import Listing
from messages.wire import Instant, Wire


class StatementLine(Wire):
    """An issued invoice, as far as its money goes."""

    id: str
    number: str | None
    status: str
    currency: str
    total: int
    amount_from_wallet: int
    amount_due: int
    amount_paid: int
    amount_credited: int
    amount_remaining: int
    due_date: Instant | None
    finalized_at: Instant | None
    created_at: Instant


class Owed(Wire):
    """What is left to be paid of all open invoices in one currency."""

    currency: str
    amount: int


class CustomerStatement(Wire):
    """The newest invoices first; drafts are on no statement. What is void or given up is owed no more."""

    object: str = "statement"
    customer_id: str
    owed: list[Owed] = Field(default_factory=list)
    data: list[StatementLine] = Field(default_factory=list)
    has_more: bool = False


class StatementListing(Listing):
    """`statement`: of the customer `id`."""

    id: str


def line_of(invoice: Invoice) -> StatementLine:
    """The invoice as a line."""
    return StatementLine(**{name: getattr(invoice, name) for name in StatementLine.model_fields})
