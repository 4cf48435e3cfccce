"""Credit notes: issued on an open or paid invoice, by lines or all that is left; void while nothing was given back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from actors.invoicing import credit_lines, receiving, revenue
from actors.invoicing.alarms import keep
from actors.invoicing.attempts import with_work
from actors.invoicing.credit_amounts import OUTSIDE, Ways, added, parts_of, refundable, ways_of, with_given
from actors.invoicing.credit_refunds import ask_next
from actors.invoicing.credit_states import CreditNoteState, NoteRefund
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about, must_be, next_version
from actors.invoicing.keys import credit_note_key, invoice_key
from actors.invoicing.needs import around
from actors.invoicing.numbering import CREDIT_NOTES, next_number, series_of
from actors.invoicing.rules import Rule, under_clock_of
from actors.invoicing.states import InvoiceState, changed
from actors.invoicing.totals import by_rate
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found, referred, wrong_state
from messages.credit_notes import CreateCreditNote, CreditNote, CreditNoteLine, VoidCreditNote
from messages.envelope import Command
from messages.ids import derived_id


def create_needs(asked: Asked, view: View) -> set[Key]:
    """The invoice with all that is around it, and the numbers."""
    wish: CreateCreditNote = asked.data
    tenant = asked.tenant
    keys = {credit_note_key(tenant, asked.command.subject), series_of(tenant, CREDIT_NOTES)}
    return keys | around(invoice_key(tenant, wish.invoice), view)


def create(desk: Desk, command: Command, wish: CreateCreditNote) -> None:
    """201 with the note, issued. What goes back by payments is asked for at once; `credit_note.settled` follows."""
    if desk.get(credit_note_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"The credit note {command.subject} exists already.")
    desk.answer(Done(201, issue(desk, command.subject, _credited_invoice(desk, wish), wish)))


def issue(desk: Desk, note_id: str, state: InvoiceState, wish: CreateCreditNote) -> CreditNote:
    """The note, with a number. Its invoice asks for so much less, and what was paid beyond goes back.

    Raises Refusal for more than there is to be taken back.
    """
    lines = _lines(desk, state, wish, note_id)
    total = credit_lines.total_of(lines)
    _must_be_left(state, total)
    ways = ways_of(total, state, wish)
    state = with_given(state, ways.wallet + ways.outside)
    refunds = _refunds(desk, note_id, parts_of(ways.refund, refundable(state)))
    note = _note(desk, note_id, wish, state, lines, ways)
    note = note.model_copy(update={"refunds": [one.refund for one in refunds]})
    desk.say("credit_note.issued", note, None, about(state.invoice))
    revenue.credit(desk, state, note)
    _lower(desk, _counted(state, note, refunds), ways.invoice)
    issued = CreditNoteState(tenant=desk.tenant, credit_note=note, refunds=refunds, clock=state.clock)
    desk.put(issued)
    if refunds:
        ask_next(desk, issued)
    return note


def void_needs(asked: Asked, view: View) -> set[Key]:
    """The note and its invoice."""
    return around(credit_note_key(asked.tenant, asked.command.subject), view)


def void(desk: Desk, command: Command, wish: VoidCreditNote) -> None:
    """200: the invoice asks for it again. Only while that is open and nothing of the note was given back."""
    _ = wish
    found_state: CreditNoteState = found(desk, credit_note_key(desk.tenant, command.subject))
    note = found_state.credit_note
    if note.status != "issued":
        raise wrong_state("credit_note", note.id, note.status, "voided", ["issued"])
    if note.invoice_amount != note.total:
        detail = f"The credit note {note.id} has given money back, which cannot be undone."
        raise Refusal("wrong_state", detail, resource={"object": "credit_note", "id": note.id}, status_now=note.status)
    state: InvoiceState = desk.get(invoice_key(desk.tenant, note.invoice))
    must_be(state, "asked for again", "open")
    after = note.model_copy(update=changed(note, desk.now, status="void", voided_at=desk.now))
    desk.say("credit_note.voided", after, note, about(state.invoice))
    revenue.uncredit(desk, state, note)
    _lower(desk, _counted(state, note, (), -1), -note.invoice_amount)
    desk.put(found_state.model_copy(update={"credit_note": after}))
    desk.answer(Done(200, after))


def _credited_invoice(desk: Desk, wish: CreateCreditNote) -> InvoiceState:
    state: InvoiceState = referred(desk, invoice_key(desk.tenant, wish.invoice), "/invoice")
    if state.work.deleted:
        raise Refusal("reference_not_found", f"There is no invoice {wish.invoice}.", pointer="/invoice")
    must_be(state, "credited", "open", "paid")
    return state


def _lines(desk: Desk, state: InvoiceState, wish: CreateCreditNote, note: str) -> list[CreditNoteLine]:
    credited = state.work.credited
    if wish.lines is None:
        parts = credit_lines.whole_rest(state.lines, credited)
    else:
        parts = credit_lines.wished(state.lines, credited, wish.lines)
    told = credit_lines.with_deferred(parts, state.lines, credited, revenue.left_of(desk, state))
    return [
        part.model_copy(update={"id": derived_id("cnl", desk.now, desk.tenant, note, str(number))})
        for number, part in enumerate(told)
    ]


def _must_be_left(state: InvoiceState, total: int) -> None:
    invoice, credited = state.invoice, state.work.issued_credit
    left = invoice.total - credited
    if 0 < total <= left:
        return
    if left <= 0:
        detail = (
            f"Nothing of the invoice {invoice.id} is left: of its {invoice.total} credit notes took back {credited}."
        )
    else:
        detail = f"The credit note would come to {total}; of the invoice {invoice.id} it can take back 1 to {left}."
    raise Refusal("credit_exceeds_invoice", detail, left=left)


def _refunds(desk: Desk, note: str, parts: Mapping[str, int]) -> tuple[NoteRefund, ...]:
    return tuple(
        NoteRefund(refund=derived_id("ref", desk.now, desk.tenant, note, payment), payment=payment, amount=amount)
        for payment, amount in parts.items()
    )


def _note(
    desk: Desk, note: str, wish: CreateCreditNote, state: InvoiceState, lines: list[CreditNoteLine], ways: Ways
) -> CreditNote:
    invoice, taxes = state.invoice, by_rate(tax for line in lines for tax in line.taxes)
    _, number = next_number(desk, CREDIT_NOTES, desk.terms.credit_note_series)
    return CreditNote(
        id=note,
        number=number,
        invoice=invoice.id,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        reason=wish.reason,
        subtotal=sum(line.amount for line in lines),
        tax=sum(tax.amount for tax in taxes),
        total=credit_lines.total_of(lines),
        taxes=list(taxes),
        amount_deferred=sum(line.amount_deferred for line in lines),
        refund_amount=ways.refund,
        wallet_amount=ways.wallet,
        outside_amount=ways.outside,
        invoice_amount=ways.invoice,
        lines=lines,
        pdf_url=f"/api/v1/credit-notes/{note}.pdf",
        memo=wish.memo,
        metadata=wish.metadata,
        livemode=invoice.livemode,
        created_at=desk.now,
        updated_at=desk.now,
    )


def _counted(state: InvoiceState, note: CreditNote, refunds: Sequence[NoteRefund], sign: int = 1) -> InvoiceState:
    """What was taken back so far, this note included or, with -1, not any more."""
    work = state.work
    by_payment = {one.payment: one.amount for one in refunds}
    to_do = sum(by_payment.values())
    return with_work(
        state,
        issued_credit=work.issued_credit + sign * note.total,
        credited=credit_lines.with_credited(work.credited, note.lines, sign),
        refunded=added(work.refunded, by_payment),
        promised=work.promised + to_do,
        already_gone=added(work.already_gone, {OUTSIDE: note.refund_amount - to_do}),
    )


def _lower(desk: Desk, state: InvoiceState, amount: int) -> None:
    """The invoice asks for so much less, or more; with nothing left it is paid."""
    before = state.invoice
    fields: dict[str, Any] = {
        "amount_credited": before.amount_credited + amount,
        "amount_remaining": before.amount_remaining - amount,
    }
    if not amount:
        keep(desk, state)
    elif fields["amount_remaining"] == 0:
        receiving.paid(desk, state, None, **fields)
    else:
        after = next_version(before, desk.now, **fields)
        desk.say("invoice.updated", after, before, about(after))
        keep(desk, state.model_copy(update={"invoice": after}))


RULES: Final[Mapping[str, Rule]] = {
    "credit_note.create": Rule(create_needs, create, under_clock_of(invoice_key, "invoice")),
    "credit_note.void": Rule(void_needs, void, under_clock_of(credit_note_key)),
}
