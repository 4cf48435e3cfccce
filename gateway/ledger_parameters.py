"""Query parameters of the books."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from gateway.parameters import BookMoment, Cursor, Limit, Listed, Moment, Read, digits, several
from messages.ids import Token
from messages.ledger import AccountPath
from messages.ledger_queries import By
from messages.money import Currency

HoldStatus = Literal["open", "confirmed", "voided", "expired"]
TransferStatus = Literal["succeeded", "reversed"]
TransactionStatus = Literal["pending", "posted", "voided", "expired"]

Reference = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}$")]
Size = Annotated[int, BeforeValidator(digits), Field(ge=1), WithJsonSchema({"type": "integer", "minimum": 1})]


class AccountRead(Read):
    """Now, or `at` a time; with `rollup` the sum of all below the path too."""

    currency: Currency | None = None
    at: Moment | None = None
    by: By = "recorded"
    rollup: bool = False


class AccountList(Read):
    """Accounts in order of their path."""

    limit: Limit = 20
    cursor: Cursor | None = None
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:-]{0,255}$")] = ""


class EntryList(Read):
    """Entries of an account or a wallet, by when they were recorded."""

    limit: Limit = 20
    cursor: Cursor | None = None
    currency: Currency | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None


class LineList(Read):
    """Entries of one transaction."""

    limit: Limit = 20
    cursor: Cursor | None = None


class TransactionList(Listed):
    """Without `status`: what is posted, and what waits to be."""

    status: Annotated[list[TransactionStatus], BeforeValidator(several)] = []
    source_type: Token | None = None
    source_id: Token | None = None
    account: AccountPath | None = None
    event: Token | None = None
    reference: Reference | None = None


class HoldList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[HoldStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None


class TransferList(Listed):
    """`customer_id` sent or received."""

    status: Annotated[list[TransferStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None


class TrialBalanceRead(Read):
    """Now, or `at` a time."""

    at: Moment | None = None
    by: By = "recorded"


class ExplainRead(Read):
    """From the first entry, or `from` a recorded time; until now, or `to` one."""

    currency: Currency | None = None
    since: BookMoment | None = Field(default=None, alias="from")
    until: BookMoment | None = Field(default=None, alias="to")


class ProofRead(Read):
    """Now, or `at` a recorded time."""

    currency: Currency | None = None
    at: Moment | None = None


class HeadList(Read):
    """Signed heads."""

    limit: Limit = 20
    cursor: Cursor | None = None


class ConsistencyRead(Read):
    """Sizes of two signed heads."""

    first: Size
    second: Size
