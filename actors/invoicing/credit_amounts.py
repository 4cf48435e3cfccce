"""Where a credit note goes: off what an open invoice asks for, back by payments, to the wallet, or outside."""

from dataclasses import dataclass

from actors.invoicing.states import InvoiceState
from actors.runtime.refusals import Refusal, invalid
from messages.credit_notes import CreateCreditNote


@dataclass(frozen=True, slots=True)
class Ways:
    """Together the note's total, in minor units."""

    invoice: int
    refund: int = 0
    wallet: int = 0
    outside: int = 0


def ways_of(total: int, state: InvoiceState, wish: CreateCreditNote) -> Ways:
    """As wished; what is not said otherwise lowers an open invoice, then goes back to where it was paid from.

    Raises Refusal when the wished amounts are not the total, and for more than was paid or payments can give back.
    """
    remaining = state.invoice.amount_remaining if state.invoice.status == "open" else 0
    back = refundable(state)
    most = sum(back.values())
    wished = [wish.refund_amount, wish.wallet_amount, wish.outside_amount]
    refund, wallet, outside = (amount or 0 for amount in wished)
    if all(amount is None for amount in wished):
        invoice = min(total, remaining)
        refund = min(total - invoice, most)
        return Ways(invoice, refund, outside=total - invoice - refund)
    invoice = total - refund - wallet - outside
    if not 0 <= invoice <= remaining:
        given = refund + wallet + outside
        detail = f"The amounts come to {given}, the credit note to {total}, of which at most {remaining} is not paid."
        raise invalid("/refund_amount", "conflicts_with", detail)
    kept = _paid(state) - (state.work.issued_credit - state.invoice.amount_credited)
    if refund + wallet + outside > kept:
        detail = f"Only {kept} of the invoice was paid and has not been given back."
        raise Refusal("credit_exceeds_invoice", detail, left=kept)
    if refund > most:
        detail = f"{refund} is more than the {most} that the payments of the invoice can give back."
        raise Refusal("refund_exceeds_captured", detail, pointer="/refund_amount", left=most)
    return Ways(invoice, refund, wallet, outside)


def refundable(state: InvoiceState) -> dict[str, int]:
    """By payment, the latest first, what counted for the invoice and has not gone back."""
    refunded = state.work.refunded
    left = _paid(state) - state.invoice.amount_paid_outside - sum(refunded.values())
    found: dict[str, int] = {}
    for attempt in reversed(state.work.attempts):
        if attempt.status == "succeeded":
            amount = min(attempt.amount - refunded.get(attempt.payment, 0), left)
            left -= max(amount, 0)
            found[attempt.payment] = amount
    return {payment: amount for payment, amount in found.items() if amount > 0}


def _paid(state: InvoiceState) -> int:
    return state.invoice.amount_paid + state.invoice.amount_from_wallet


def parts_of(amount: int, back: dict[str, int]) -> dict[str, int]:
    """By payment, so that they come to the amount."""
    parts: dict[str, int] = {}
    for payment, most in back.items():
        part = min(amount, most)
        if part:
            parts[payment] = part
        amount -= part
    return parts
