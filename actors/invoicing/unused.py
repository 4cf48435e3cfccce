"""What is left of a line for a part of its time: a share of what it came to, after discounts and credit notes."""

from actors.invoicing.credit_states import CreditedLine
from messages.invoices import InvoiceLine, InvoiceTax
from messages.money import share


def left_of(line: InvoiceLine, credited: CreditedLine, unused_amount: int) -> tuple[int, list[InvoiceTax]]:
    """The amount, above nothing, and its taxes as a credit line has them, below it.

    `unused_amount` of the line's amount, before its discount, is for time that is not used: with all of it unused all
    that is left is given back, to the last unit of every tax, and of a line without discount that amount exactly.
    """
    left = line.amount - line.discount - credited.amount
    if left <= 0 or line.amount <= 0:
        return 0, []
    amount = share(min(unused_amount, line.amount), line.amount, left)
    taken = credited.taxes or (0,) * len(line.taxes)
    taxes = [(tax, share(amount, left, tax.amount - before)) for tax, before in zip(line.taxes, taken, strict=True)]
    net = amount - sum(part for tax, part in taxes if tax.inclusive)
    return amount, [tax.model_copy(update={"taxable_amount": -net, "amount": -part}) for tax, part in taxes]
