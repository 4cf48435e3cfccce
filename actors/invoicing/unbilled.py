"""What the rest of a period counts as billed for, and what becomes of credits when their invoice is not to be paid."""

from collections.abc import Iterable

from actors.invoicing.attempts import with_work
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_work import Billed, Unused
from actors.invoicing.keys import invoice_key
from actors.invoicing.states import InvoiceState, LineDraft, SubscriptionState
from actors.invoicing.subscription_moves import amended
from messages.ids import derived_id
from messages.invoices import InvoiceLine
from messages.subscriptions import SubscriptionItem


def billed_by(drafts: Iterable[LineDraft], items: Iterable[SubscriptionItem]) -> tuple[Billed, ...]:
    """The items as these lines ask for them up to the period's end."""
    by_id = {item.id: item for item in items}
    return tuple(
        Billed(item=by_id[draft.line.subscription_item or ""], line=draft.line.id)
        for draft in drafts
        if draft.line.amount > 0
    )


def owed(desk: Desk, billed: Billed) -> tuple[InvoiceState, InvoiceLine] | None:
    """The line, unless it is not asked for yet, or nobody is going to pay it: void, deleted, or given up as lost."""
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, billed.invoice)) if billed.invoice else None
    if state is None or state.invoice.status in ("draft", "void"):
        return None
    if state.invoice.status == "uncollectible" and not state.work.recovered:
        return None
    line = next((line for line in state.lines if line.id == billed.line), None)
    return None if line is None else (state, line)


def remember(desk: Desk, state: InvoiceState, credit: Unused) -> None:
    """An invoice that may still become void knows what was given back of it."""
    if state.invoice.status != "paid":
        current: InvoiceState = desk.get(state.key)
        desk.put(with_work(current, unused=(*current.work.unused, credit)))


def billed_again(desk: Desk, of: SubscriptionState, invoice: InvoiceState) -> SubscriptionState:
    """The invoice asks for nothing any more. What it gave back is billed again, unless the item was changed since."""
    asked = {one.item.id for one in of.work.billed if one.invoice == invoice.invoice.id}
    left = [one for one in of.work.billed if one.item.id not in asked]
    known = {one.item.id for one in left}
    credits_of = invoice.work.gives_back
    for id_, source in credits_of.items():
        _forget(desk, source, id_)
    end = of.subscription.current_period.end
    current = {line.id for line in invoice.lines if line.period.end == end}
    again = [one for id_, one in credits_of.items() if id_ in current and one.item.id not in known]
    pending = tuple(draft for draft in of.work.pending if draft.takes_back not in credits_of)
    return amended(of, {"billed": (*left, *again), "pending": pending})


def withdrawn(desk: Desk, of: SubscriptionState, invoice: InvoiceState) -> SubscriptionState:
    """What was given back of the invoice, which nobody pays, falls away; where it was invoiced, it is asked for."""
    current: InvoiceState = desk.get(invoice.key)
    ids = {one.line.id for one in current.work.unused}
    waiting = {draft.line.id for draft in of.work.pending}
    asked = [_taken_back(desk, one.line) for one in current.work.unused if one.line.id not in waiting]
    desk.put(with_work(current, unused=(), withdrawn=current.work.unused))
    pending = [draft for draft in of.work.pending if draft.line.id not in ids]
    return amended(of, {"pending": (*pending, *asked)})


def given_again(desk: Desk, of: SubscriptionState, invoice: InvoiceState) -> tuple[SubscriptionState, InvoiceState]:
    """What had fallen away with the invoice, now that it is paid after all; what was not asked for yet, is not."""
    waiting = {draft.takes_back for draft in of.work.pending if draft.takes_back}
    stand = [one for one in invoice.work.withdrawn if one.line.id in waiting]
    again = [
        one.model_copy(update={"line": one.line.model_copy(update={"id": _id(desk, one.line, "given again")})})
        for one in invoice.work.withdrawn
        if one.line.id not in waiting
    ]
    drafts = (LineDraft(line=one.line, settled=True, gives_back=one.billed) for one in again)
    ids = {one.line.id for one in stand}
    pending = (draft for draft in of.work.pending if draft.takes_back not in ids)
    of = amended(of, {"pending": (*pending, *drafts)})
    return of, with_work(invoice, unused=(*stand, *again), withdrawn=())


def _forget(desk: Desk, source: Billed, credit: str) -> None:
    state: InvoiceState | None = desk.get(invoice_key(desk.tenant, source.invoice)) if source.invoice else None
    if state is not None:
        work = {
            name: tuple(one for one in known if one.line.id != credit)
            for name, known in (("unused", state.work.unused), ("withdrawn", state.work.withdrawn))
        }
        desk.put(with_work(state, **work))


def _taken_back(desk: Desk, credit: InvoiceLine) -> LineDraft:
    taxes = [
        tax.model_copy(update={"taxable_amount": -tax.taxable_amount, "amount": -tax.amount}) for tax in credit.taxes
    ]
    words = f"Not given back: {credit.description}"
    fields = {"id": _id(desk, credit, "taken back"), "description": words, "amount": -credit.amount, "taxes": taxes}
    return LineDraft(line=credit.model_copy(update=fields), settled=True, takes_back=credit.id)


def _id(desk: Desk, credit: InvoiceLine, why: str) -> str:
    """Both may come of one credit at one instant, where a test clock stands."""
    return derived_id("il", desk.now, desk.tenant, credit.id, why)
