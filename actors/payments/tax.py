"""How much of a refund is tax, so that all refunds together give back exactly what was captured."""

from collections.abc import Sequence

from messages.money import share
from messages.payments import Payment, Sale, TaxShare


def tax_captured(payment: Payment) -> list[TaxShare]:
    """The tax inside the captured amount: a partial capture takes its share of each line, as the books do."""
    if not isinstance(payment.destination, Sale):
        return []
    left, lines = payment.amount_captured, list[TaxShare]()
    for line in payment.destination.tax:
        amount = min(share(payment.amount_captured, payment.amount, line.amount), left)
        left -= amount
        lines.append(line.model_copy(update={"amount": amount}))
    return lines


def tax_of_refund(payment: Payment, refunded: Sequence[int], amount: int) -> list[TaxShare]:
    """The lines' shares of what is left to give back; a refund of all that is left takes all its tax.

    `refunded` runs beside the lines (empty: nothing yet), `amount` is at most what is left. The running sums
    are shared, not the lines, so that the lines together never exceed the amount.
    """
    lines = tax_captured(payment)
    left = payment.amount_captured - payment.amount_refunded
    given_back = refunded or [0] * len(lines)
    so_far, parts = 0, list[TaxShare]()
    shared_before = 0
    for line, given in zip(lines, given_back, strict=True):
        so_far += line.amount - given
        shared = share(amount, left, so_far)
        parts.append(line.model_copy(update={"amount": shared - shared_before}))
        shared_before = shared
    return parts


def tax_after(refunded: Sequence[int], part: Sequence[TaxShare], sign: int) -> tuple[int, ...]:
    """`refunded` with a refund's part added (sign 1) or, when the refund failed, taken away (sign -1)."""
    before = refunded or [0] * len(part)
    return tuple(given + sign * line.amount for given, line in zip(before, part, strict=True))
