"""The ledger: accounts, transactions, entries, wallets and holds; what one may ask, and what is said."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from messages.destinations import Destination
from messages.ids import CustomerId, Token
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.resource import Resource, Versioned
from messages.wire import Instant, Wire

ACTOR = "ledger"

Side = Literal["debit", "credit"]
AccountPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(:[A-Za-z0-9_-]{1,64}){0,6}$", max_length=255)]


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
    """An entry as it stands inside its transaction."""

    id: str
    account: AccountPath
    side: Side
    amount: PositiveAmount
    currency: Currency
    balance_after: Balance
    account_version: int


class Transaction(Resource):
    """`effective_at` is the world's time, `recorded_at` ours. Once posted it never changes."""

    object: str = "ledger_transaction"
    status: Literal["pending", "posted", "voided", "expired"] = "posted"
    source: Source
    event: str | None = None
    effective_at: Instant
    expires_at: Instant | None = None
    reverses: str | None = None
    reversed_by: str | None = None
    description: str | None = None
    leaf_index: int | None = None
    entries: list[EntryLine]
    entries_has_more: bool = False
    recorded_at: Instant


class WalletBalance(Wire):
    """`available` may be spent, `held` is promised; `posted` is their sum."""

    currency: Currency
    posted: Balance
    held: Amount
    available: Balance
    overdraft_limit: Amount = 0


class Wallet(Versioned):
    """A customer's money with us. A customer without movements has a wallet without balances."""

    object: Literal["wallet"] = "wallet"
    id: str = Field(description="The customer's id, again: a wallet has no other name.")
    customer_id: CustomerId
    status: Literal["active", "frozen"] = "active"
    balances: list[WalletBalance] = []
    version: int = 0
    metadata: dict[str, str] = {}
    livemode: bool = False
    created_at: Instant | None = None
    updated_at: Instant | None = None
    position: str | None = None


class Hold(Resource):
    """Wallet money set aside. A partial confirmation closes it and gives the rest back."""

    object: str = "hold"
    status: Literal["open", "confirmed", "voided", "expired"] = "open"
    customer_id: CustomerId
    amount: PositiveAmount
    amount_confirmed: Amount = 0
    currency: Currency
    destination: dict[str, Any] = {"type": "sale"}
    expires_at: Instant | None = None
    transaction: str
    closed_at: Instant | None = None


class AccountBalance(Wire):
    """`posted` is positive on the normal side; `version` counts the entries."""

    currency: Currency
    posted: Balance
    pending: Balance = 0
    version: int


class Account(Wire):
    """A path of the chart with its balances, one per currency."""

    object: Literal["ledger_account"] = "ledger_account"
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
    """All accounts now, or `at` a recorded time: per currency, debits and credits add up to the same."""

    object: Literal["trial_balance"] = "trial_balance"
    at: Instant | None = None
    data: list[TrialBalanceLine]


# Commands


class CreateHold(Wire):
    """`hold.create`: set wallet money aside; refused with `insufficient_funds` if it isn't there.

    The envelope's subject is the id that the hold will have.
    """

    customer_id: CustomerId
    amount: PositiveAmount
    currency: Currency
    destination: dict[str, Any] = {"type": "sale"}
    expires_at: Instant | None = None


class VoidHold(Wire):
    """`hold.void`: give it back."""


class ConfirmHold(Wire):
    """`hold.confirm`: the money goes to the hold's destination; a part may be confirmed, the rest goes back."""

    amount: PositiveAmount | None = None


class PayFromWallet(Wire):
    """`wallet.pay`, of a payment: the customer's money goes to the destination at once, or not at all."""

    customer_id: CustomerId
    amount: PositiveAmount
    currency: Currency
    destination: Destination


COMMANDS: dict[str, type[Wire]] = {
    "wallet.pay": PayFromWallet,
    "hold.create": CreateHold,
    "hold.confirm": ConfirmHold,
    "hold.void": VoidHold,
}

EVENTS: dict[str, type[Wire]] = {
    "ledger.transaction.posted": Transaction,
    "wallet.updated": Wallet,
    "hold.created": Hold,
    "hold.confirmed": Hold,
    "hold.voided": Hold,
    "hold.expired": Hold,
}

POSTED_EVENTS = frozenset({"payment.succeeded", "refund.created", "refund.succeeded", "refund.failed"})
"""Events of others for each of which exactly one transaction is posted, with `event` naming it."""


def refund_hold(refund: str) -> Token:
    """The hold behind the refund of a top-up: its id follows from the refund's, so that both sides know it."""
    return "hold_" + refund.removeprefix("ref_")


def payment_hold(payment: str) -> Token:
    """The hold behind a payment from the wallet that waits for its capture."""
    return "hold_" + payment.removeprefix("pay_")


def payout_hold(payout: str) -> Token:
    """The hold behind a withdrawal."""
    return "hold_" + payout.removeprefix("po_")


# Queries: names under `pocketpay.query.ledger.…`, their parameters in `Query.params`.


class ByCustomer(Wire):
    """`wallet`: 200 with no balances for an unknown customer."""

    customer_id: str


class ByPath(Wire):
    """`account`."""

    path: str
    currency: str | None = None


class Accounts(Wire):
    """`accounts`: in order of their path."""

    prefix: str = ""
    limit: int = 20
    after: str | None = None


class EntryListing(Wire):
    """`entries`: of an account path, or of a wallet's two accounts; newest first."""

    path: str | None = None
    customer_id: str | None = None
    currency: str | None = None
    limit: int = 20
    after: tuple[Instant, str] | None = None


class TransactionListing(Wire):
    """`transactions`: newest first."""

    limit: int = 20
    after: tuple[Instant, str] | None = None
    source_type: str | None = None
    source_id: str | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None


class At(Wire):
    """`trial_balance`: every account's balance, now or at a recorded time."""

    at: Instant | None = None
