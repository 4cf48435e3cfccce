"""An invoice added up: discounts first, then the taxes on what is left, and the sums of its lines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from actors.invoicing.discounts import discounted
from actors.invoicing.taxes import taxed
from messages.customers import TaxExempt
from messages.invoices import InvoiceLine, InvoiceTax
from messages.products import Coupon, TaxRate


@dataclass(frozen=True, slots=True)
class Totals:
    """`total` = `subtotal` - `discount` + exclusive taxes, below nothing where credits outweigh the rest.

    The lines have their discounts and taxes filled in; `taxes` are those of all lines, one for each rate; `coupons`
    are the ids of those that took something off.
    """

    lines: tuple[InvoiceLine, ...]
    subtotal: int
    discount: int
    tax: int
    total: int
    taxes: tuple[InvoiceTax, ...]
    coupons: tuple[str, ...]


def totaled(
    lines: Sequence[InvoiceLine],
    coupons: Sequence[Coupon],
    rates: Mapping[str, TaxRate],
    rates_of: Mapping[str, Sequence[str]],
    exempt: TaxExempt,
    settled: Collection[str] = (),
) -> Totals:
    """`rates` by id, `rates_of` the ids for each line by the line's id; a line that is not there has no taxes.

    Whatever discounts and taxes the lines had is replaced, but for those that are `settled`: they stand as they are,
    and no coupon counts them. Raises KeyError for a rate that is not there.
    """
    moving = [line for line in lines if line.id not in settled]
    discounts, used = discounted(moving, coupons)
    left = iter(discounts)
    whole = tuple(
        line
        if line.id in settled
        else _with(line, next(left), [rates[id_] for id_ in rates_of.get(line.id, ())], exempt)
        for line in lines
    )
    return _sums(whole, tuple(used))


def _with(line: InvoiceLine, discount: int, rates: Sequence[TaxRate], exempt: TaxExempt) -> InvoiceLine:
    return line.model_copy(update={"discount": discount, "taxes": taxed(line.amount - discount, rates, exempt)})


def _sums(lines: tuple[InvoiceLine, ...], coupons: tuple[str, ...]) -> Totals:
    taxes = by_rate(tax for line in lines for tax in line.taxes)
    subtotal, discount = sum(line.amount for line in lines), sum(line.discount for line in lines)
    return Totals(
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        tax=sum(tax.amount for tax in taxes),
        total=subtotal - discount + sum(tax.amount for tax in taxes if not tax.inclusive),
        taxes=taxes,
        coupons=coupons,
    )


def by_rate(taxes: Iterable[InvoiceTax]) -> tuple[InvoiceTax, ...]:
    """In the order in which the rates come first."""
    sums: dict[str | None, InvoiceTax] = {}
    for tax in taxes:
        before = sums.get(tax.tax_rate)
        sums[tax.tax_rate] = _added(before, tax) if before else tax
    return tuple(sums.values())


def _added(one: InvoiceTax, other: InvoiceTax) -> InvoiceTax:
    taxable_amount, amount = one.taxable_amount + other.taxable_amount, one.amount + other.amount
    return one.model_copy(update={"taxable_amount": taxable_amount, "amount": amount})
