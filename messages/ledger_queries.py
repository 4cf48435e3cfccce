"""What one may ask about the books: names under `pocketpay.query.ledger.…`, their parameters in `Query.params`."""

from typing import Literal

from messages.ledger import Month, TrialBalanceLine
from messages.money import Balance, Currency
from messages.queries import Listing
from messages.wire import Instant, Wire

By = Literal["effective", "recorded"]


class ByCustomer(Wire):
    """`wallet`: 200 with no balances for an unknown customer."""

    customer_id: str


class ByPath(Wire):
    """`account`: now, or `at` a time; with `rollup` the sum of all accounts below the path too."""

    path: str
    currency: str | None = None
    at: Instant | None = None
    by: By = "recorded"
    rollup: bool = False


class Accounts(Wire):
    """`accounts`: in order of their path."""

    prefix: str = ""
    limit: int = 20
    after: str | None = None


class EntryListing(Wire):
    """`entries`: of an account path, of a wallet's two accounts, or of a transaction; newest first."""

    path: str | None = None
    customer_id: str | None = None
    currency: str | None = None
    limit: int = 20
    after: tuple[Instant, str] | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None


class SourceEntryListing(Wire):
    """`source_entries`: of all transactions that were posted for one resource; newest first."""

    source_type: str
    id: str
    limit: int = 20
    after: tuple[Instant, str] | None = None


class LinesOf(Wire):
    """`lines`: all entries of one transaction, in their order; `after` is the id of the last one seen."""

    id: str
    limit: int = 20
    after: str | None = None


class TransactionListing(Listing):
    """`transactions`: newest first. `status` with anything but `posted` looks among those that are pending or were."""

    source_type: str | None = None
    source_id: str | None = None
    account: str | None = None
    event: str | None = None
    reference: str | None = None


class HoldListing(Listing):
    """`holds`."""

    customer_id: str | None = None


class TransferListing(Listing):
    """`transfers`: `customer_id` sent or received."""

    customer_id: str | None = None


class At(Wire):
    """`trial_balance`: a page of every account's balance; `as_of` fixes the log's size for further pages."""

    at: Instant | None = None
    by: By = "recorded"
    after: tuple[str, str] | None = None
    as_of: int | None = None


class TrialBalancePage(Wire):
    """`next` is the (path, currency) to go on after, or None at the end."""

    as_of: int
    data: list[TrialBalanceLine]
    next: tuple[str, str] | None = None


class ByMonth(Wire):
    """`period`: open unless it was closed."""

    month: Month


class Explain(Wire):
    """`explain`: what moved the balance between two recorded times. The currency may be left out if there is one."""

    path: str
    currency: str | None = None
    since: Instant | None = None
    until: Instant | None = None


class ExplainedLine(Wire):
    """All that one cause moved. `amount` is positive on the account's normal side. Lists show the first 20."""

    cause: str
    count: int
    amount: Balance
    transactions: list[str]
    events: list[str]
    commands: list[str]
    provider_references: list[str]
    has_more: bool


class Explanation(Wire):
    """`opening` + the sum of the lines' amounts = `closing`. What is recorded at `closing_at` itself is not in it."""

    object: Literal["explanation"] = "explanation"
    account: str
    currency: Currency
    opening_at: Instant | None
    closing_at: Instant
    opening: Balance
    lines: list[ExplainedLine]
    closing: Balance


class Prove(Wire):
    """`proof`: of an account's balance at a recorded time. The currency may be left out if there is one."""

    path: str
    currency: str | None = None
    at: Instant | None = None


class HeadListing(Wire):
    """`heads`: signed tree heads, newest first."""

    limit: int = 20
    after: int | None = None


class Extends(Wire):
    """`consistency`: between the heads of two sizes."""

    first: int
    second: int


ExportFormat = Literal["hledger", "beancount", "csv"]


class ExportPlace(Wire):
    """How far an export has got: in which of its parts, and there after which leaf or (path, currency)."""

    part: Literal["accounts", "opening", "journal", "closing"] = "accounts"
    leaf: int = -1
    account: tuple[str, str] = ("", "")


class ExportPage(Wire):
    """`export`: a page of the journal as text. `since` and `until` are effective times, the second not included.

    `as_of` fixes the log's size for further pages, so that all of them speak of the same books.
    """

    format: ExportFormat
    since: Instant | None = None
    until: Instant | None = None
    place: ExportPlace = ExportPlace()
    as_of: int | None = None


class ExportedText(Wire):
    """`next` is the place to go on from, or None at the end."""

    as_of: int
    text: str
    next: ExportPlace | None = None
