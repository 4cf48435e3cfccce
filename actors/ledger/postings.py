"""What a transaction is before its balances are known: postings, and what they are posted for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from actors.ledger import chart
from messages.destinations import Sale, TaxShare
from messages.ledger import Conversion, Side, Source, Transaction
from messages.money import share


@dataclass(frozen=True, slots=True)
class Posting:
    """One line to be posted, in minor units."""

    account: str
    side: Side
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction to be. `effective_at` is the world's time.

    A fact has its `event`; all else is a request, which may be refused, unless it is `unstoppable`: what gives a
    customer's own money back goes through a frozen account too. `id` was chosen by whoever asked, or None.
    `since` is when it was first written down, for one that was pending and is now in its second `version`.
    """

    source: Source
    effective_at: datetime
    postings: tuple[Posting, ...]
    event: str | None = None
    unstoppable: bool = False
    id: str | None = None
    reverses: str | None = None
    provider_reference: str | None = None
    conversion: Conversion | None = None
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    version: int = 1


def debit(account: str, amount: int, currency: str) -> Posting:
    """A posting on the left."""
    return Posting(account, "debit", amount, currency)


def credit(account: str, amount: int, currency: str) -> Posting:
    """A posting on the right."""
    return Posting(account, "credit", amount, currency)


def increase(account: str, amount: int, currency: str) -> Posting:
    """On the side where the account's balance grows. The account is one of the chart's."""
    row = chart.class_of(account)
    return Posting(account, "debit" if row is None else row.normal_side, amount, currency)


def opposite(posting: Posting) -> Posting:
    """What undoes it."""
    return Posting(posting.account, "credit" if posting.side == "debit" else "debit", posting.amount, posting.currency)


def lines_of(transaction: Transaction) -> list[Posting]:
    """What was posted, or is to be, without the balances."""
    return [Posting(line.account, line.side, line.amount, line.currency) for line in transaction.entries]


def some(postings: Iterable[Posting]) -> list[Posting]:
    """Those that move anything."""
    return [posting for posting in postings if posting.amount]


def netted(postings: Iterable[Posting]) -> list[Posting]:
    """The same effect with one line per account and currency."""
    net: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in postings:
        net[one.account, one.currency] += one.amount if one.side == "debit" else -one.amount
    return some(
        (debit if amount > 0 else credit)(account, abs(amount), currency) for (account, currency), amount in net.items()
    )


def sale(destination: Sale, part: int, whole: int, currency: str) -> list[Posting]:
    """The credits of a sale of `part` out of `whole`, whose tax was named for the whole."""
    tax = _tax_of_part(destination.tax, part, whole)
    net = part - sum(line.amount for line in tax)
    owed = [credit(chart.tax_payable(line.jurisdiction), line.amount, currency) for line in tax]
    return some([credit(chart.SALES, net, currency), *owed])


def _tax_of_part(tax: Iterable[TaxShare], part: int, whole: int) -> list[TaxShare]:
    """Rounded line by line; together never more than the part itself."""
    left, lines = part, list[TaxShare]()
    for line in tax:
        amount = min(share(part, whole, line.amount), left)
        left -= amount
        lines.append(TaxShare(jurisdiction=line.jurisdiction, amount=amount))
    return lines
