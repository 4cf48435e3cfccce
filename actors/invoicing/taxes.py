"""Taxes of one line, on what is left of its amount after discounts; a credit line gives its taxes back.

A rate's `inclusive` decides whether its tax lies inside the amount or on top of it; the `tax_behavior` of the price
must say the same, and all rates of a line too, else `conflicting` and the command is refused. Every rate is rounded
for itself and line by line, half to even, so that the taxes of an invoice are the sums of those of its lines.

Exempt customers have no taxes. Those under `reverse`, and everybody at a rate with `reverse_charge`, owe the tax
themselves: it is shown, with an amount of 0. Neither lowers an amount that is said to include tax.
"""

from collections.abc import Sequence
from fractions import Fraction

from actors.invoicing.shares import spread
from messages.customers import TaxExempt
from messages.invoices import InvoiceTax
from messages.products import TaxBehavior, TaxRate
from messages.quantities import fraction_of, rounded


def conflicting(rates: Sequence[TaxRate], behavior: TaxBehavior | None) -> bool:
    """Whether a price and the rates on it disagree about what the amount includes. A line by hand has no behavior."""
    of_price = {behavior == "inclusive"} if behavior else set[bool]()
    return len({rate.inclusive for rate in rates} | of_price) > 1


def taxed(amount: int, rates: Sequence[TaxRate], exempt: TaxExempt) -> list[InvoiceTax]:
    """One for each rate, in their order. Inclusive ones share one base: it and they are the amount exactly."""
    if exempt == "exempt":
        return []
    percents = [_percent(rate, exempt) for rate in rates]
    inside = _inside(amount, [part * rate.inclusive for part, rate in zip(percents, rates, strict=True)])
    net = amount - sum(inside)
    return [
        InvoiceTax(
            tax_rate=rate.id,
            jurisdiction=rate.jurisdiction,
            inclusive=rate.inclusive,
            taxable_amount=net,
            amount=part if rate.inclusive else rounded(net * percent * Fraction(1, 100)),
        )
        for rate, percent, part in zip(rates, percents, inside, strict=True)
    ]


def _percent(rate: TaxRate, exempt: TaxExempt) -> Fraction:
    """What we have to collect: nothing where the customer owes the tax."""
    return Fraction(0) if rate.reverse_charge or exempt == "reverse" else fraction_of(rate.percentage)


def _inside(amount: int, percents: Sequence[Fraction]) -> list[int]:
    """What lies inside the amount by each percentage of what is left without any of them."""
    all_inside = amount - rounded(amount * Fraction(100, 100 + sum(percents)))
    return spread(all_inside, [int(percent * 10**4) for percent in percents])
