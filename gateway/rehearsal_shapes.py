"""What a dry run answers: everything that would happen."""

from typing import Literal

from messages.invoices import InvoiceLine
from messages.ledger import AccountPath, Side
from messages.mails import Template
from messages.money import Amount, Currency, PositiveAmount
from messages.rehearsals import Undecided
from messages.wire import Json, Wire


class PlannedOutcome(Wire):
    """The answer without `dry_run`: the resource, or a problem. 202 with nothing: somebody else must act first."""

    status: int
    body: Json


class PlannedEvent(Wire):
    """One that would be said."""

    type: str


class PlannedPosting(Wire):
    """One side of a transaction that would be posted."""

    account: AccountPath
    side: Side
    amount: PositiveAmount
    currency: Currency


class PlannedMail(Wire):
    """One that would be written.

    `to` is null where nobody knows an address, it goes to the seller, or one may not read customers.
    """

    template: Template
    to: str | None = None


class PlannedWebhook(Wire):
    """One that would be delivered."""

    endpoint: str
    type: str


class PlannedCall(Wire):
    """One that would be made of a provider, by the name of its account."""

    provider: str | None
    operation: str
    amount: Amount | None = None
    currency: Currency | None = None


class DryRun(Wire):
    """Nothing of it has happened. `invoice_lines` are those of all invoices that it would make or change; `stuck` is
    what an actor could not decide: it would be put aside.
    """

    object: Literal["dry_run"] = "dry_run"
    outcome: PlannedOutcome
    events: list[PlannedEvent] = []
    postings: list[PlannedPosting] = []
    invoice_lines: list[InvoiceLine] = []
    mails: list[PlannedMail] = []
    webhooks: list[PlannedWebhook] = []
    provider_calls: list[PlannedCall] = []
    stuck: list[Undecided] = []
