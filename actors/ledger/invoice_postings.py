"""Invoices, credit notes and revenue as debits and credits."""

from collections.abc import Sequence

from actors.ledger import chart
from actors.ledger.postings import Posting, credit, debit, netted, opposite, some
from messages.invoicing import CreditNote, Invoice, InvoiceTax
from messages.money import share


def finalized(invoice: Invoice) -> list[Posting]:
    """Asked of the customer; what is earned over time is not income yet. A credit line may outweigh the others of its
    kind: then their account is on the other side.
    """
    currency, net = invoice.currency, invoice.total - _sum(invoice.taxes)
    return netted(
        [
            debit(chart.receivable(invoice.customer_id), invoice.total, currency),
            credit(chart.DEFERRED_REVENUE, invoice.amount_deferred, currency),
            credit(chart.SUBSCRIPTIONS, net - invoice.amount_deferred, currency),
            *(credit(chart.tax_payable(tax.jurisdiction), tax.amount, currency) for tax in invoice.taxes),
        ]
    )


def voided(invoice: Invoice) -> list[Posting]:
    """Not asked for any more. Of a void invoice `amount_deferred` is what was not earned yet: the rest of what was
    deferred is income by now, and is taken back from there.
    """
    return [opposite(line) for line in finalized(invoice)]


def uncollectible(invoice: Invoice) -> list[Posting]:
    """Given up: what is still asked for is a loss, and its part of the tax is not owed."""
    left, currency = invoice.amount_remaining, invoice.currency
    taxes = [(tax.jurisdiction, share(left, invoice.total, tax.amount)) for tax in invoice.taxes]
    return netted(
        [
            debit(chart.BAD_DEBT, left - sum(amount for _, amount in taxes), currency),
            *(debit(chart.tax_payable(where), amount, currency) for where, amount in taxes),
            credit(chart.receivable(invoice.customer_id), left, currency),
        ]
    )


def paid_outside(invoice: Invoice, before: int) -> list[Posting]:
    """Money that came by no payment of ours, in all so much since it was `before`: somebody has it at the bank."""
    amount, currency = invoice.amount_paid_outside - before, invoice.currency
    return netted(
        [debit(chart.PAID_OUTSIDE, amount, currency), credit(chart.receivable(invoice.customer_id), amount, currency)]
    )


def touched(invoice: Invoice) -> list[Posting]:
    """Every account that an event of it may move, amounts aside."""
    accounts = [chart.receivable(invoice.customer_id), chart.DEFERRED_REVENUE, chart.SUBSCRIPTIONS, chart.BAD_DEBT]
    accounts.append(chart.PAID_OUTSIDE)
    accounts += [chart.tax_payable(tax.jurisdiction) for tax in invoice.taxes]
    return [debit(account, 1, invoice.currency) for account in accounts]


def credited(note: CreditNote) -> list[Posting]:
    """Income and tax are taken back. What a refund will give back is owed until that refund posts."""
    currency, net = note.currency, note.total - _sum(note.taxes)
    return netted(
        [
            debit(chart.DEFERRED_REVENUE, note.amount_deferred, currency),
            debit(chart.SUBSCRIPTIONS, net - note.amount_deferred, currency),
            *(debit(chart.tax_payable(tax.jurisdiction), tax.amount, currency) for tax in note.taxes),
            credit(chart.receivable(note.customer_id), note.invoice_amount + note.refund_amount, currency),
            credit(chart.wallet(note.customer_id), note.wallet_amount, currency),
            credit(chart.PAID_OUTSIDE, note.outside_amount, currency),
        ]
    )


def uncredited(note: CreditNote) -> list[Posting]:
    """The note is void: it is asked for again, and earned or deferred as before."""
    return [opposite(line) for line in credited(note)]


def settled(note: CreditNote, before: int) -> list[Posting]:
    """What could not be refunded is owed still: it is in the customer's wallet, which was to get `before`."""
    moved, currency = note.wallet_amount - before, note.currency
    owed, wallet = chart.receivable(note.customer_id), chart.wallet(note.customer_id)
    return some([debit(owed, moved, currency), credit(wallet, moved, currency)])


def touched_by_note(note: CreditNote) -> list[Posting]:
    """Every account that an event of it may move, amounts aside."""
    accounts = [chart.receivable(note.customer_id), chart.wallet(note.customer_id), chart.PAID_OUTSIDE]
    accounts += [chart.DEFERRED_REVENUE, chart.SUBSCRIPTIONS]
    accounts += [chart.tax_payable(tax.jurisdiction) for tax in note.taxes]
    return [debit(account, 1, note.currency) for account in accounts]


def recognized(amount: int, currency: str) -> list[Posting]:
    """Rendered: a day's part of what was deferred is income. Below nothing, income is deferred again."""
    return netted([debit(chart.DEFERRED_REVENUE, amount, currency), credit(chart.SUBSCRIPTIONS, amount, currency)])


def _sum(taxes: Sequence[InvoiceTax]) -> int:
    return sum(tax.amount for tax in taxes)
