"""The ledger: accounts, transactions and entries, and what is said of them. Wallets are in `messages.wallets`."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from messages.ids import Token
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.resource import Resource, Versioned
from messages.wire import Instant, Wire

ACTOR = "ledger"

Side = Literal["debit", "credit"]
AccountPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(:[A-Za-z0-9_-]{1,64}){0,6}$", max_length=255)]
Flag = Literal["late", "frozen"]
Month = Annotated[str, StringConstraints(pattern=r"^(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])$")]


class Source(Wire):
    """What a transaction was posted for. The three together exist at most once per tenant."""

    type: str
    id: str
    kind: str


class Entry(Wire):
    """One line of a transaction. Balances are positive on the account's normal side, in order of `account_version`."""

    id: str
    object: Literal["ledger_entry"] = "ledger_entry"
    transaction: str
    account: AccountPath
    side: Side
    amount: PositiveAmount
    currency: Currency
    balance_after: Balance
    account_version: int
    source: Source
    effective_at: Instant
    recorded_at: Instant


class EntryLine(Wire):
    """An entry as it stands inside its transaction; while that is pending, there is no balance after it."""

    id: str
    account: AccountPath
    side: Side
    amount: PositiveAmount
    currency: Currency
    balance_after: Balance | None = None
    account_version: int | None = None


class Conversion(Wire):
    """`rate` is how many of the one currency's major units one of the other is worth, as a decimal text."""

    from_amount: PositiveAmount
    from_currency: Currency
    to_amount: PositiveAmount
    to_currency: Currency
    rate: str


class Transaction(Resource):
    """`effective_at` is the world's time, `recorded_at` ours. Once posted, nothing of it but `reversed_by` changes.

    `flags`: `late` is a fact of a closed period, posted into the next open one; `frozen` one on a frozen account.
    """

    object: str = "ledger_transaction"
    status: Literal["pending", "posted", "voided", "expired"] = "posted"
    source: Source
    event: str | None = None
    effective_at: Instant
    expires_at: Instant | None = None
    reverses: str | None = None
    reversed_by: str | None = None
    description: str | None = None
    command: str | None = None
    provider_reference: str | None = None
    conversion: Conversion | None = None
    flags: list[Flag] = []
    leaf_index: int | None = None
    entries: list[EntryLine]
    entries_has_more: bool = False
    recorded_at: Instant


class AccountBalance(Wire):
    """`posted` is positive on the normal side; `version` counts the entries."""

    currency: Currency
    posted: Balance
    pending: Balance = 0
    version: int


class Account(Versioned):
    """A path of the chart with its balances, one per currency. `version` counts changes of `status`."""

    object: Literal["ledger_account"] = "ledger_account"
    id: str = ""
    path: str
    status: Literal["open", "frozen", "closed"] = "open"
    normal_side: Side
    floor: int | None = None
    at: Instant | None = None
    balances: list[AccountBalance] = []
    position: str | None = None


class TrialBalanceLine(Wire):
    """One account and currency, the balance on the side where it stands."""

    account: str
    currency: Currency
    debit: Amount
    credit: Amount


class TrialBalance(Wire):
    """All accounts now, or `at` a time: per currency, debits and credits add up to the same.

    `by` says whose time `at` is: `recorded` is ours, `effective` the world's.
    """

    object: Literal["trial_balance"] = "trial_balance"
    at: Instant | None = None
    by: Literal["effective", "recorded"] = "recorded"
    data: list[TrialBalanceLine]


class Period(Versioned):
    """A month of the books, by its name `2026-10`. Nothing may be dated into a closed one."""

    object: Literal["ledger_period"] = "ledger_period"
    id: Month
    status: Literal["open", "closed"] = "open"
    reason: str | None = None
    closed_at: Instant | None = None
    updated_at: Instant | None = None
    livemode: bool = False


class Invariant(Versioned):
    """A rule of the books as the monitor found it; `figure` counts what breaks it. Its `id` is I1, I2, …"""

    object: Literal["ledger_invariant"] = "ledger_invariant"
    status: Literal["breached", "restored"]
    title: str
    figure: int
    detail: str
    accounts: list[str] = []
    updated_at: Instant | None = None


FACTS = frozenset(
    {
        *("payment.succeeded", "payment.updated", "refund.created", "refund.succeeded", "refund.failed"),
        *("dispute.funds_withdrawn", "dispute.funds_reinstated", "dispute.lost"),
        *("payout.created", "payout.sent", "payout.paid", "payout.failed"),
        *("invoice.finalized", "invoice.voided", "invoice.marked_uncollectible"),
        *("invoice.paid_outside", "invoice.recovered"),
        *("credit_note.issued", "credit_note.settled", "credit_note.voided"),
    }
)
"""Events of others that the ledger hears, and posts unless they move no money."""

POSTED_EVENTS = frozenset({"payment.succeeded", "refund.created", "refund.succeeded", "refund.failed"})
"""Those of which each moves money: exactly one transaction is posted, with `event` naming it.

What was paid from a wallet is the exception: it was posted by request before it was said.
"""


def refund_hold(refund: str) -> Token:
    """The hold behind the refund of a top-up: its id follows from the refund's, so that both sides know it."""
    return "hold_" + refund.removeprefix("ref_")


def payment_hold(payment: str) -> Token:
    """The hold behind a payment from the wallet that waits for its capture."""
    return "hold_" + payment.removeprefix("pay_")


def payout_hold(payout: str) -> Token:
    """The hold behind a withdrawal."""
    return "hold_" + payout.removeprefix("po_")
