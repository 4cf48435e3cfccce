"""Where a credit note goes: off what an open invoice asks for, back by payments, to the wallet, or outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from actors.invoicing.attempts import with_work
from actors.invoicing.elsewhere import disputed, gone
from actors.invoicing.states import InvoiceState
from actors.runtime.refusals import Refusal, invalid
from messages.credit_notes import CreateCreditNote

OUTSIDE: Final = "outside"
"""Stands among payments for what was paid by none of ours."""


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
    wished = [wish.refund_amount, wish.wallet_amount, wish.outside_amount]
    if all(amount is None for amount in wished):
        return _as_it_came(total, state, remaining)
    refund, wallet, outside = (amount or 0 for amount in wished)
    ways = Ways(total - refund - wallet - outside, refund, wallet, outside)
    _must_come_to(total, ways, remaining)
    _must_be_here(state, ways)
    most = sum(refundable(with_given(state, wallet + outside)).values())
    if refund > most:
        detail = f"{refund} is more than the {most} that the payments of the invoice can give back."
        raise Refusal("refund_exceeds_captured", detail, pointer="/refund_amount", left=most)
    return ways


def _as_it_came(total: int, state: InvoiceState, remaining: int) -> Ways:
    """Of what came outside, what somebody gave back by payments beyond what came by them counts as refunded."""
    invoice = min(total, remaining)
    rest = total - invoice
    by_payments = min(rest, sum(refundable(state).values()))
    outside = min(rest - by_payments, max(0, kept(state) - state.work.promised))
    ways = Ways(invoice, rest - outside, outside=outside)
    _must_be_here(state, ways)
    return ways


def _must_come_to(total: int, ways: Ways, remaining: int) -> None:
    if not 0 <= ways.invoice <= remaining:
        given = total - ways.invoice
        detail = f"The amounts come to {given}, the credit note to {total}, of which at most {remaining} is not paid."
        raise invalid("/refund_amount", "conflicts_with", detail)


def _must_be_here(state: InvoiceState, ways: Ways) -> None:
    """What goes by payments is asked of them, and only what they have left goes; all else is given at once."""
    unsaid = paid(state) - _issued(state)
    for amount, left in ((ways.refund + ways.wallet + ways.outside, unsaid), (ways.wallet + ways.outside, here(state))):
        if amount > left:
            detail = f"Only {left} of the invoice was paid, is here, and has not been given back."
            raise Refusal("credit_exceeds_invoice", detail, left=left)


def kept(state: InvoiceState) -> int:
    """What was paid and has not gone back in whatever way, nor was lost in a dispute; below 0 where more went back."""
    work = state.work
    lost = sum(gone(state, attempt.payment) for attempt in work.attempts)
    return paid(state) - (_issued(state) - work.promised - sum(work.already_gone.values())) - lost


def here(state: InvoiceState) -> int:
    """What can be given back at once: promised to nobody, and in no dispute."""
    held = sum(disputed(state, attempt.payment) for attempt in state.work.attempts)
    return max(0, kept(state) - state.work.promised - held)


def refundable(state: InvoiceState) -> dict[str, int]:
    """By payment, the latest first, what counted for the invoice and no note has given back."""
    attempts = [attempt for attempt in reversed(state.work.attempts) if attempt.status == "succeeded"]
    left = {one.payment: one.amount - _by_notes(state, one.payment) for one in attempts}
    return {payment: amount for payment, amount in left.items() if amount > 0}


def with_given(state: InvoiceState, amount: int) -> InvoiceState:
    """So much is given back otherwise than by payments, which must leave it where it is: what was paid outside first,
    then of the earliest payments.
    """
    free = {OUTSIDE: state.invoice.amount_paid_outside - state.work.given.get(OUTSIDE, 0)}
    free |= {payment: _free(state, payment, most) for payment, most in reversed(refundable(state).items())}
    return with_work(state, given=added(state.work.given, parts_of(amount, free)))


def _free(state: InvoiceState, payment: str, most: int) -> int:
    uncounted = gone(state, payment) - state.work.already_gone.get(payment, 0)
    return max(0, most - max(0, uncounted) - disputed(state, payment))


def _by_notes(state: InvoiceState, payment: str) -> int:
    return state.work.refunded.get(payment, 0) + state.work.given.get(payment, 0)


def paid(state: InvoiceState) -> int:
    """By payments, from the wallet, and outside."""
    return state.invoice.amount_paid + state.invoice.amount_from_wallet


def _issued(state: InvoiceState) -> int:
    """What notes said that goes back."""
    return state.work.issued_credit - state.invoice.amount_credited


def parts_of(amount: int, back: Mapping[str, int]) -> dict[str, int]:
    """By payment, so that they come to the amount."""
    parts: dict[str, int] = {}
    for payment, most in back.items():
        part = min(amount, most)
        if part > 0:
            parts[payment] = part
            amount -= part
    return parts


def added(amounts: Mapping[str, int], more: Mapping[str, int], sign: int = 1) -> dict[str, int]:
    """Both together by payment, or with -1 the one less the other."""
    return {key: amounts.get(key, 0) + sign * more.get(key, 0) for key in {**amounts, **more}}
