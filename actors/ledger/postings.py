"""What happened outside, as debits and credits. The table of postings in `docs/ledger.md`, row by row.

Nothing here refuses: a fact that cannot be posted (a tax above the amount, say) shows in an amount below 1.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from actors.ledger import chart
from messages.ledger import Side, Source, Transaction
from messages.money import share
from messages.payments import Payment, Refund, Sale, TaxShare

KINDS: Final = {
    "payment.succeeded": "captured",
    "refund.created": "accepted",
    "refund.succeeded": "booked",
    "refund.failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One line to be posted, in minor units."""

    account: str
    side: Side
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction before the balances are known. `effective_at` is the world's time."""

    source: Source
    effective_at: datetime
    postings: tuple[Posting, ...]
    event: str | None = None


def debit(account: str, amount: int, currency: str) -> Posting:
    """A posting on the left."""
    return Posting(account, "debit", amount, currency)


def credit(account: str, amount: int, currency: str) -> Posting:
    """A posting on the right."""
    return Posting(account, "credit", amount, currency)


def source_of(resource: Payment | Refund, event_type: str) -> Source:
    """What an event's transaction is posted for: at most one per resource and kind."""
    return Source(type=resource.object, id=resource.id, kind=KINDS[event_type])


def captured(payment: Payment) -> list[Posting]:
    """All of what was captured, or a part with its part of the tax."""
    amount, currency = payment.amount_captured, payment.currency
    gained = debit(chart.psp_pending(payment.provider), amount, currency)
    if isinstance(payment.destination, Sale):
        return [gained, *sale(payment.destination, amount, payment.amount, currency)]
    return [gained, credit(chart.wallet(payment.destination.customer_id), amount, currency)]


def sale(destination: Sale, part: int, whole: int, currency: str) -> list[Posting]:
    """The credits of a sale of `part` out of `whole`, whose tax was named for the whole."""
    tax = _tax_of_part(destination.tax, part, whole)
    net = part - sum(line.amount for line in tax)
    owed = [credit(chart.tax_payable(line.jurisdiction), line.amount, currency) for line in tax]
    return _some([credit(chart.SALES, net, currency), *owed])


def accepted(refund: Refund) -> list[Posting]:
    """Promised to the customer, on its way; a top-up's money was held in the wallet before."""
    promised = credit(chart.REFUNDS_IN_FLIGHT, refund.amount, refund.currency)
    if not isinstance(refund.destination, Sale):
        held = chart.wallet_holds(refund.destination.customer_id)
        return [debit(held, refund.amount, refund.currency), promised]
    tax = refund.destination.tax
    net = refund.amount - sum(line.amount for line in tax)
    owed = [debit(chart.tax_payable(line.jurisdiction), line.amount, refund.currency) for line in tax]
    return [*_some([debit(chart.REFUNDS, net, refund.currency), *owed]), promised]


def booked(refund: Refund) -> list[Posting]:
    """The provider took it from what it keeps for us."""
    return [
        debit(chart.REFUNDS_IN_FLIGHT, refund.amount, refund.currency),
        credit(chart.psp_available(refund.provider), refund.amount, refund.currency),
    ]


def failed(posted: Iterable[Transaction]) -> list[Posting]:
    """What was posted for the refund, undone in one go; what came out of a hold is free again."""
    net: defaultdict[tuple[str, str], int] = defaultdict(int)
    for transaction in posted:
        for line in transaction.entries:
            net[line.account, line.currency] += line.amount if line.side == "credit" else -line.amount
    undone = [
        (debit if amount > 0 else credit)(_freed(account), abs(amount), currency)
        for (account, currency), amount in net.items()
    ]
    return _some(undone)


def _freed(account: str) -> str:
    owner = chart.wallet_owner(account)
    return account if owner is None else chart.wallet(owner)


def _tax_of_part(tax: Iterable[TaxShare], part: int, whole: int) -> list[TaxShare]:
    """Rounded line by line; together never more than the part itself."""
    left, lines = part, list[TaxShare]()
    for line in tax:
        amount = min(share(part, whole, line.amount), left)
        left -= amount
        lines.append(TaxShare(jurisdiction=line.jurisdiction, amount=amount))
    return lines


def _some(postings: list[Posting]) -> list[Posting]:
    return [posting for posting in postings if posting.amount]
