"""What only the rules of invoices need: the open step, the tries to collect, and what is waited for."""

from typing import Literal

from actors.invoicing.credit_states import CreditedLine
from messages.invoices import InvoiceLine
from messages.subscriptions import SubscriptionItem
from messages.wire import Instant, Wire


class InvoiceStep(Wire):
    """The one open step of an invoice: something asked of the ledger (`wallet`) or of payments (`pay`).

    Its outcome answers `command_id`, if anybody waits, with `success_status`.
    """

    kind: Literal["wallet", "pay"]
    payment: str
    amount: int
    command_id: str | None = None
    success_status: int = 200


class Attempt(Wire):
    """One try to collect, by a payment with an id of its own, chosen before the work.

    One that somebody asked for is `by_hand`: its failure is no step of the dunning. While it is `canceling`, payments
    was asked to cancel it and what came of that is not known.
    """

    payment: str
    number: int
    amount: int
    at: Instant
    status: Literal["running", "succeeded", "failed", "requires_action", "canceled", "returned"] = "running"
    code: str | None = None
    by_hand: bool = False
    canceling: bool = False


class GivenBack(Wire):
    """What came beyond what was asked for, of one payment; `refund` was asked for, or was made."""

    payment: str
    amount: int
    refund: str | None = None
    tries: int = 0


class Elsewhere(Wire):
    """So much of a payment, gone by another way: `id` is of a refund by hand, or of a dispute, which is `open` until it
    is lost.
    """

    id: str
    payment: str
    amount: int
    open: bool = False


class Billed(Wire):
    """An item as a line asks for it up to the end of a period: what a change gives back a share of.

    Without an `invoice` the line still waits for one.
    """

    item: SubscriptionItem
    line: str = ""
    invoice: str | None = None


class Unused(Wire):
    """A credit, and what it gave back a share of."""

    line: InvoiceLine
    billed: Billed


class InvoiceWork(Wire):
    """`rates` are the tax rates of lines that name their own, by line id; `default_rates` of all others.

    `dunning` counts the tries that failed since the invoice was opened, the first one at `failed_at`, and `outages`
    those that never got to a card. `paused` are the disputes that hold its collection up. `alarms` are what it waits
    for: the invoice's one alarm rings at the first. `given_back` are refunds to be made, one after the other, and
    `returned` those that were accepted. While the customer waits (`by_customer`) the first try may ask them to
    authenticate. A draft that was `deleted` is kept, and there for nobody; one `to_send` is told to be mailed when it
    is opened. `recovered`: the loss of an uncollectible one was undone, since something was paid after all.
    `issued_credit` is what credit notes took back in all, `credited` of each line, and `refunded` what they give back
    by each payment: `promised` of all that is not accepted yet, and `already_gone` had gone `elsewhere`, so that it is
    not given twice. `given` is what they gave back otherwise, out of each payment or of what was paid outside.
    `beyond` is what came by each payment beyond what was asked for. The discount and the taxes of the lines in
    `settled` stand; those in `gives_back` are credits, by line id. `unused` is what changes gave back of this very
    invoice while it was not paid, `withdrawn` what of that fell away when it was given up.
    """

    rates: dict[str, tuple[str, ...]] = {}
    default_rates: tuple[str, ...] = ()
    days_until_due: int | None = None
    from_wallet: bool = False
    attempts: tuple[Attempt, ...] = ()
    dunning: int = 0
    paused: tuple[str, ...] = ()
    alarms: dict[str, Instant] = {}
    issued_credit: int = 0
    credited: dict[str, CreditedLine] = {}
    refunded: dict[str, int] = {}
    promised: int = 0
    already_gone: dict[str, int] = {}
    elsewhere: tuple[Elsewhere, ...] = ()
    given: dict[str, int] = {}
    beyond: dict[str, int] = {}
    failed_at: Instant | None = None
    outages: int = 0
    by_customer: bool = False
    deleted: bool = False
    to_send: bool = False
    recovered: bool = False
    given_back: tuple[GivenBack, ...] = ()
    returned: tuple[GivenBack, ...] = ()
    settled: tuple[str, ...] = ()
    gives_back: dict[str, Billed] = {}
    unused: tuple[Unused, ...] = ()
    withdrawn: tuple[Unused, ...] = ()
