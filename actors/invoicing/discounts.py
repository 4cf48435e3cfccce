"""Coupons on the lines of an invoice, one after the other, each on what the earlier ones left.

A credit line, whose amount is below nothing, gets no discount, but lowers what a coupon counts from: after a change
from 10.00 to 15.00 a quarter off is a quarter of the 5.00 between them. What a coupon would take beyond that, or
beyond the whole invoice before taxes, is dropped: no coupon brings a total below nothing.
"""

from collections.abc import Sequence
from fractions import Fraction

from actors.invoicing.shares import spread
from messages.invoices import InvoiceLine
from messages.products import Coupon
from messages.quantities import fraction_of, rounded


def discounted(lines: Sequence[InvoiceLine], coupons: Sequence[Coupon]) -> tuple[list[int], list[str]]:
    """The discount of each line, and the ids of the coupons that took something off."""
    left, used = [line.amount for line in lines], list[str]()
    for coupon in coupons:
        applicable = [applies(coupon, line) for line in lines]
        base = sum(amount for amount, applied in zip(left, applicable, strict=True) if applied)
        off = min(_wished(coupon, base), base, sum(left))
        if off > 0:
            weights = [max(amount, 0) * applied for amount, applied in zip(left, applicable, strict=True)]
            left = [amount - part for amount, part in zip(left, spread(off, weights), strict=True)]
            used.append(coupon.id)
    return [line.amount - amount for line, amount in zip(lines, left, strict=True)], used


def applies(coupon: Coupon, line: InvoiceLine) -> bool:
    """To the products that it names, or to all; an amount only in its own currency."""
    products = coupon.applies_to.products
    named = not products or line.product in products
    return named and (coupon.amount_off is None or coupon.currency == line.currency)


def _wished(coupon: Coupon, base: int) -> int:
    if coupon.amount_off is not None:
        return coupon.amount_off
    return rounded(base * fraction_of(coupon.percent_off or "0") * Fraction(1, 100))
