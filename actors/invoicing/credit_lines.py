"""What a credit note takes back of each line, after its discount, with the line's taxes in proportion.

A tax is counted from the line's beginning, note by note: whatever the parts, together they are the line's tax exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from actors.invoicing.credit_states import CreditedLine
from actors.invoicing.deferral import net_of, part_deferred
from actors.runtime.refusals import Refusal, invalid
from messages.credit_notes import CreditLineWish, CreditNoteLine
from messages.invoices import InvoiceLine, InvoiceTax
from messages.money import share
from messages.quantities import fraction_of, text_of

Credited = dict[str, CreditedLine]
"""By invoice line."""

NOTHING = CreditedLine()


def whole_rest(lines: Iterable[InvoiceLine], credited: Mapping[str, CreditedLine]) -> list[CreditNoteLine]:
    """All that is left of every line; lines for unused time, which are below nothing, lower it."""
    parts = [_part(line, credited.get(line.id, NOTHING), _rest(line, credited.get(line.id, NOTHING))) for line in lines]
    return [part for part in parts if part.amount or part.tax]


def wished(
    lines: Iterable[InvoiceLine], credited: Mapping[str, CreditedLine], wishes: Sequence[CreditLineWish]
) -> list[CreditNoteLine]:
    """Raises Refusal for more than is left of a line, and for one that is not there."""
    by_id = {line.id: line for line in lines}
    so_far, parts = dict(credited), list[CreditNoteLine]()
    for number, wish in enumerate(wishes):
        line = by_id.get(wish.invoice_line)
        if line is None:
            pointer = f"/lines/{number}/invoice_line"
            raise Refusal("reference_not_found", f"The invoice has no line {wish.invoice_line}.", pointer=pointer)
        part = _wished(line, so_far.get(line.id, NOTHING), wish, f"/lines/{number}")
        so_far = with_credited(so_far, [part])
        parts.append(part)
    return parts


def with_credited(credited: Mapping[str, CreditedLine], parts: Iterable[CreditNoteLine], sign: int = 1) -> Credited:
    """With these taken back too or, with -1, given again."""
    after = dict(credited)
    for part in parts:
        known = after.get(part.invoice_line, NOTHING)
        before = known.taxes or (0,) * len(part.taxes)
        quantity = fraction_of(known.quantity) + sign * fraction_of(part.quantity or "0")
        after[part.invoice_line] = CreditedLine(
            amount=known.amount + sign * part.amount,
            quantity=text_of(quantity),
            taxes=tuple(one + sign * tax.amount for one, tax in zip(before, part.taxes, strict=True)),
        )
    return after


def with_deferred(
    parts: Iterable[CreditNoteLine],
    lines: Iterable[InvoiceLine],
    credited: Mapping[str, CreditedLine],
    left: Mapping[str, int],
) -> list[CreditNoteLine]:
    """Each with how much of it was still to be earned: `left`, by line, before any of these."""
    by_id = {line.id: line for line in lines}
    so_far, remaining, told = dict(credited), dict(left), list[CreditNoteLine]()
    for part in parts:
        line = by_id[part.invoice_line]
        rest = net_of(line) - _net_credited(line, so_far.get(line.id, NOTHING))
        still = remaining.get(line.id, 0)
        deferred = part_deferred(_net(part), rest, still)
        remaining[line.id] = still - deferred
        so_far = with_credited(so_far, [part])
        told.append(part.model_copy(update={"amount_deferred": deferred}))
    return told


def total_of(parts: Iterable[CreditNoteLine]) -> int:
    """With the taxes on top; those inside lie in the amounts."""
    return sum(part.amount + sum(tax.amount for tax in part.taxes if not tax.inclusive) for part in parts)


def _wished(line: InvoiceLine, known: CreditedLine, wish: CreditLineWish, pointer: str) -> CreditNoteLine:
    rest = _rest(line, known)
    if wish.quantity is not None and wish.amount is not None:
        raise invalid(f"{pointer}/amount", "conflicts_with", "A line is credited by a quantity or an amount, not both.")
    amount, quantity = wish.amount or rest, None
    if wish.quantity is not None:
        amount, quantity = _amount_of(line, known, fraction_of(wish.quantity)), wish.quantity
    if rest <= 0 or not 0 < amount <= rest:
        detail = f"{amount} is not within the {max(rest, 0)} left of {line.id} to be credited."
        raise Refusal("credit_exceeds_invoice", detail, pointer=pointer, left=max(rest, 0))
    return _part(line, known, amount, quantity)


def _amount_of(line: InvoiceLine, known: CreditedLine, quantity: Fraction) -> int:
    """So many units of the line's amount, counted from the first: all of them are the amount exactly."""
    whole, before = fraction_of(line.quantity), fraction_of(known.quantity)
    if before + quantity > whole:
        left = text_of(whole - before)
        detail = f"{text_of(quantity)} is more than the {left} left of {line.id} to be credited."
        raise Refusal("credit_exceeds_invoice", detail, left=left)
    amount = line.amount - line.discount
    return _for(before + quantity, whole, amount) - _for(before, whole, amount)


def _for(quantity: Fraction, whole: Fraction, amount: int) -> int:
    return share(quantity.numerator * whole.denominator, quantity.denominator * whole.numerator, amount)


def _part(line: InvoiceLine, known: CreditedLine, amount: int, quantity: str | None = None) -> CreditNoteLine:
    so_far, whole = abs(known.amount + amount), abs(line.amount - line.discount)
    owed = [
        _within(share(so_far, whole, tax.amount) - before, tax.amount - before)
        for tax, before in zip(line.taxes, _taxes_of(line, known), strict=True)
    ]
    parts = [tax.model_copy(update={"amount": part}) for tax, part in zip(line.taxes, owed, strict=True)]
    net = amount - _inside(parts)
    all_of_it = amount == line.amount - line.discount
    return CreditNoteLine(
        id="",
        invoice_line=line.id,
        quantity=quantity or (line.quantity if all_of_it else None),
        amount=amount,
        tax=sum(owed),
        taxes=[tax.model_copy(update={"taxable_amount": net}) for tax in parts],
    )


def _taxes_of(line: InvoiceLine, known: CreditedLine) -> tuple[int, ...]:
    return known.taxes or (0,) * len(line.taxes)


def _within(part: int, left: int) -> int:
    """After a note was voided the running sums may be off by a unit: never more than is left, never the other way."""
    return max(min(part, max(left, 0)), min(left, 0))


def _rest(line: InvoiceLine, known: CreditedLine) -> int:
    return line.amount - line.discount - known.amount


def _net(part: CreditNoteLine) -> int:
    return part.amount - _inside(part.taxes)


def _net_credited(line: InvoiceLine, known: CreditedLine) -> int:
    taxes = zip(line.taxes, _taxes_of(line, known), strict=True)
    return known.amount - sum(amount for tax, amount in taxes if tax.inclusive)


def _inside(taxes: Iterable[InvoiceTax]) -> int:
    return sum(tax.amount for tax in taxes if tax.inclusive)
