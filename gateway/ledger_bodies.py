"""What may stand in a request's body about wallets and books."""

from typing import Annotated

from pydantic import Field

from gateway.parameters import Moment
from messages.destinations import Destination, Sale
from messages.ids import CustomerId
from messages.ledger import AccountPath
from messages.ledger_commands import BULK_MAX, POSTINGS_READ_MAX, RATE, PostingWish
from messages.money import Amount, Currency, PositiveAmount
from messages.resource import Metadata, Text
from messages.wire import Wire


class HoldBody(Wire):
    """Wallet money to be set aside for a sale or another wallet."""

    customer_id: CustomerId
    amount: PositiveAmount
    currency: Currency
    destination: Destination = Field(default_factory=Sale)
    expires_at: Moment | None = None
    metadata: Metadata = {}


class WalletBody(Wire):
    """How far the wallet may go below nothing, per currency; null takes a limit away."""

    overdraft_limits: Annotated[dict[Currency, Amount | None], Field(min_length=1, max_length=200)]


class TransactionBody(Wire):
    """A transaction by hand. With `pending` it waits until it is posted, voided or expires."""

    postings: Annotated[list[PostingWish], Field(max_length=POSTINGS_READ_MAX)]
    effective_at: Moment | None = None
    pending: bool = False
    expires_at: Moment | None = None
    description: Text | None = None
    metadata: Metadata = {}


class TransactionsBody(Wire):
    """Each for itself; what is wrong with one changes nothing for the others."""

    transactions: Annotated[list[TransactionBody], Field(min_length=1, max_length=BULK_MAX)]


class EffectiveBody(Wire):
    """When it happened in the world; now, if left out."""

    effective_at: Moment | None = None


class ConversionBody(Wire):
    """`rate` is how many major units of the second currency one of the first is worth, as a decimal text.

    The account is a customer's wallet (`customer_id`), or `from_account` and perhaps another `to_account`.
    """

    customer_id: CustomerId | None = None
    from_account: AccountPath | None = None
    to_account: AccountPath | None = None
    from_amount: PositiveAmount
    from_currency: Currency
    to_currency: Currency
    to_amount: PositiveAmount | None = None
    rate: Annotated[str, Field(pattern=RATE)]
    effective_at: Moment | None = None
    description: Text | None = None
    metadata: Metadata = {}


class NoBody(Wire):
    """Nothing need be said."""
