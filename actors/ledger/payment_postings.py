"""Payments and refunds as debits and credits. Nothing here refuses: a fact that cannot be posted (a tax above the
amount, say) shows in an amount below 1.
"""

from collections.abc import Iterable
from dataclasses import replace

from actors.ledger import chart
from actors.ledger.postings import Posting, credit, debit, lines_of, netted, opposite, sale, some
from messages.destinations import Destined, Sale, ToWallet
from messages.ledger import Transaction
from messages.payments import Payment, Refund


def captured(payment: Payment) -> list[Posting]:
    """All of what was captured, or a part with its part of the tax."""
    amount, currency = payment.amount_captured, payment.currency
    gained = debit(chart.psp_pending(payment.provider), amount, currency)
    return [gained, *destined(payment.destination, payment.customer_id, amount, payment.amount, currency)]


def destined(to: Destined, customer_id: str, part: int, whole: int, currency: str) -> list[Posting]:
    """The credits of money that arrives: `part` out of the `whole` for which the tax was named."""
    match to:
        case Sale():
            return sale(to, part, whole, currency)
        case ToWallet():
            return [credit(chart.wallet(to.customer_id), part, currency)]
        case _:
            return [credit(chart.receivable(customer_id), part, currency)]


def paid_from_wallet(customer_id: str, to: Destined, amount: int, currency: str) -> list[Posting]:
    """A request: the customer's own money becomes ours."""
    spent = debit(chart.wallet(customer_id), amount, currency)
    return [spent, *destined(to, customer_id, amount, amount, currency)]


def fee_known(payment: Payment, before: int) -> list[Posting]:
    """What the provider kept for its work, from its own books; corrected, if it was said to be `before`."""
    fee = (payment.fee or 0) - before
    return _signed(chart.PROCESSING_FEES, chart.psp_pending(payment.provider), fee, payment.currency)


def made_available(payment: Payment, before: int) -> list[Posting]:
    """What the provider has made free to be paid out since it was `before`."""
    available, pending = chart.psp_available(payment.provider), chart.psp_pending(payment.provider)
    return _signed(available, pending, payment.amount_available - before, payment.currency)


def accepted(refund: Refund) -> list[Posting]:
    """Promised to the customer, on its way. A top-up's money was held in the wallet before.

    What a credit note gives back was taken from the income by the note: it is owed to the customer already.
    """
    promised = credit(chart.REFUNDS_IN_FLIGHT, refund.amount, refund.currency)
    if refund.credit_note is not None:
        return [debit(chart.receivable(refund.customer_id), refund.amount, refund.currency), promised]
    match refund.destination:
        case Sale(tax=tax):
            net = refund.amount - sum(line.amount for line in tax)
            owed = [debit(chart.tax_payable(line.jurisdiction), line.amount, refund.currency) for line in tax]
            return [*some([debit(chart.REFUNDS, net, refund.currency), *owed]), promised]
        case ToWallet(customer_id=owner):
            return [debit(chart.wallet_holds(owner), refund.amount, refund.currency), promised]
        case _:
            return [debit(chart.receivable(refund.customer_id), refund.amount, refund.currency), promised]


def booked(refund: Refund) -> list[Posting]:
    """The provider took it from what it keeps for us; what was paid from the wallet is in the wallet again."""
    given = chart.psp_available(refund.provider)
    if refund.provider == "wallet":
        given = chart.wallet(refund.customer_id)
    return [
        debit(chart.REFUNDS_IN_FLIGHT, refund.amount, refund.currency),
        credit(given, refund.amount, refund.currency),
    ]


def undone(posted: Iterable[Transaction]) -> list[Posting]:
    """What was posted for a refund, undone in one go; what came out of a hold is free again."""
    return undoing(line for transaction in posted for line in lines_of(transaction))


def undoing(lines: Iterable[Posting]) -> list[Posting]:
    """The one transaction that undoes these lines, account by account."""
    return netted(replace(opposite(line), account=_freed(line.account)) for line in lines)


def wallet_of(to: ToWallet) -> str:
    """The account of a top-up."""
    return chart.wallet(to.customer_id)


def _signed(to: str, origin: str, amount: int, currency: str) -> list[Posting]:
    """Debits the one and credits the other, or the other way round if the amount is below nothing."""
    one, other = (to, origin) if amount > 0 else (origin, to)
    return some([debit(one, abs(amount), currency), credit(other, abs(amount), currency)])


def _freed(account: str) -> str:
    owner = chart.wallet_owner(account)
    return account if owner is None else chart.wallet(owner)
