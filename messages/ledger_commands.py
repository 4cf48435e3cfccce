"""What may be asked of the ledger. The envelope's subject is the resource it is about, or will create."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from messages.destinations import Destined
from messages.ids import CustomerId, Token
from messages.ledger import AccountPath, Month, Side
from messages.money import Amount, Balance, Currency, PositiveAmount
from messages.resource import Metadata, Text
from messages.wire import Instant, Wire

POSTINGS_MAX = 1000
POSTINGS_READ_MAX = 5000
"""More than the one is refused by the books, more than the other cannot be read at all."""

BULK_MAX = 100
RATE = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$"


class CreateHold(Wire):
    """`hold.create`: set wallet money aside; refused with `insufficient_funds` if it isn't there."""

    customer_id: CustomerId
    amount: PositiveAmount
    currency: Currency
    destination: dict[str, Any] = {"type": "sale"}
    expires_at: Instant | None = None
    metadata: Metadata = Field(default_factory=dict)


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
    destination: Destined


class SetOverdraftLimits(Wire):
    """`wallet.limit`: how far below nothing the wallet may go, per currency; 0 takes a limit away.

    With `expected_version`, only if the wallet is still in that one.
    """

    overdraft_limits: Annotated[dict[Currency, Amount], Field(min_length=1, max_length=200)]
    expected_version: Annotated[int, Field(ge=0)] | None = None


class CreateTransfer(Wire):
    """`transfer.create`: from wallet to wallet, the fee on top and paid by the sender."""

    from_customer: CustomerId
    to_customer: CustomerId
    amount: PositiveAmount
    currency: Currency
    fee: Amount = 0
    description: Text | None = None
    metadata: Metadata = Field(default_factory=dict)


class ReverseTransfer(Wire):
    """`transfer.reverse`: all of it back, the fee too, if the receiver still has it."""

    reason: Text


class PostingWish(Wire):
    """One line of a transaction to be."""

    account: AccountPath
    side: Side
    amount: PositiveAmount
    currency: Currency


class CreateTransaction(Wire):
    """`transaction.create`: posted by hand, on `user:` accounts; on reserved ones only with a `reason`.

    With `pending` it waits until it is posted, voided or, at `expires_at`, expires.
    """

    postings: Annotated[list[PostingWish], Field(max_length=POSTINGS_READ_MAX)]
    effective_at: Instant | None = None
    pending: bool = False
    expires_at: Instant | None = None
    description: Text | None = None
    metadata: Metadata = Field(default_factory=dict)
    reason: Text | None = None


class CreateTransactions(Wire):
    """`transaction.bulk`: each for itself; what is wrong with one changes nothing for the others."""

    transactions: Annotated[list[CreateTransaction], Field(min_length=1, max_length=BULK_MAX)]


class PostTransaction(Wire):
    """`transaction.post`: a pending one becomes part of the books."""

    effective_at: Instant | None = None


class VoidTransaction(Wire):
    """`transaction.void`: a pending one will never be."""


class ReverseTransaction(Wire):
    """`transaction.reverse`: another transaction undoes it, once."""

    reason: Text
    effective_at: Instant | None = None


class CreateConversion(Wire):
    """`conversion.create`: an account's money in another currency, at this rate in major units.

    `to_amount`, if given, must be what the rate makes of `from_amount`, rounded half to even.
    """

    from_account: AccountPath
    to_account: AccountPath | None = None
    from_amount: PositiveAmount
    from_currency: Currency
    to_currency: Currency
    to_amount: PositiveAmount | None = None
    rate: Annotated[str, StringConstraints(pattern=RATE)]
    effective_at: Instant | None = None
    description: Text | None = None
    metadata: Metadata = Field(default_factory=dict)
    reason: Text | None = None


class ClosePeriod(Wire):
    """`period.close`: nothing may be dated into this month any more."""

    month: Month
    reason: Text | None = None


class ReopenPeriod(Wire):
    """`period.reopen`: it may again."""

    month: Month
    reason: Text


class FreezeAccount(Wire):
    """`account.freeze`: requests on the path are refused with `account_frozen`; facts still post, flagged."""

    path: AccountPath
    reason: Text | None = None


class UnfreezeAccount(Wire):
    """`account.unfreeze`: what was wrong is mended."""

    path: AccountPath
    reason: Text


class RecognizeRevenue(Wire):
    """`revenue.recognize`: what was rendered on one day in one currency; the day's lines are invoicing's.

    Below nothing, more was taken back than rendered. With a `clock` it is a day of those who live by that test clock.
    """

    day: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    amount: Balance
    currency: Currency
    clock: Token | None = None


class PostFact(Wire):
    """`fact.post`: the event, whole, of which nothing was posted although it moved money. It is posted once."""

    event: dict[str, Any]


class ReportInvariant(Wire):
    """`invariant.report`, by the monitor: with a figure above 0 the accounts concerned are frozen, if they may be."""

    title: Text
    figure: Annotated[int, Field(ge=0)]
    detail: Text
    accounts: Annotated[list[AccountPath], Field(max_length=100)] = []


COMMANDS: dict[str, type[Wire]] = {
    "hold.create": CreateHold,
    "hold.confirm": ConfirmHold,
    "hold.void": VoidHold,
    "wallet.pay": PayFromWallet,
    "wallet.limit": SetOverdraftLimits,
    "transfer.create": CreateTransfer,
    "transfer.reverse": ReverseTransfer,
    "transaction.create": CreateTransaction,
    "transaction.bulk": CreateTransactions,
    "transaction.post": PostTransaction,
    "transaction.void": VoidTransaction,
    "transaction.reverse": ReverseTransaction,
    "conversion.create": CreateConversion,
    "period.close": ClosePeriod,
    "period.reopen": ReopenPeriod,
    "account.freeze": FreezeAccount,
    "account.unfreeze": UnfreezeAccount,
    "revenue.recognize": RecognizeRevenue,
    "fact.post": PostFact,
    "invariant.report": ReportInvariant,
}
