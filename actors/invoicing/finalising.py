"""A draft becomes an open invoice: its number, whom it is for and what it asks for are fixed in one decision."""

from datetime import datetime, timedelta

from actors.invoicing import from_wallet, revenue
from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import with_work
from actors.invoicing.carrying import carried_over
from actors.invoicing.collecting import begun
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_moves import about, moved, next_version
from actors.invoicing.invoice_sums import summed
from actors.invoicing.keys import customer_key, tax_rate_key
from actors.invoicing.numbering import INVOICES, next_number
from actors.invoicing.receiving import give_back, paid
from actors.invoicing.states import CustomerState, InvoiceState, Party, PartyState, TaxRateState
from actors.invoicing.usage_lines import close_meter, measured
from actors.runtime.decision import Answered, Done, Refused
from actors.runtime.refusals import Refusal, invalid
from messages.customers import PERSONAL, Profile
from messages.documents import ShownTaxRate, shown_rate
from messages.invoices import Invoice


def finalise(desk: Desk, state: InvoiceState, command_id: str | None = None, *, fresh: bool = False) -> None:
    """Opens it, and begins to collect. The wallet is asked first where it is wanted; until then it stays a draft.

    `fresh`: it was added up in this very decision. Raises Refusal, before anything is written, when it cannot be.
    """
    state = ready(desk, state, fresh=fresh)
    if state.work.from_wallet and state.invoice.total > 0:
        keep(desk, with_alarms(from_wallet.asked(desk, state, state.invoice.total, command_id), finalize=None))
    else:
        issue(desk, state)


def finalise_after_wallet(desk: Desk, state: InvoiceState, answer: Answered) -> None:
    """The wallet has paid all or nothing; asked for too much it says what it holds, and is asked once more."""
    step = state.step
    if step is None:
        return
    if answer.status < 300 and answer.body.get("status") == "succeeded":
        wallet_paid(desk, state, step.payment, step.amount, step.command_id)
        return
    rest = from_wallet.holds(state, answer)
    state = from_wallet.not_taken(state, step.payment)
    if rest:
        keep(desk, from_wallet.asked(desk, state, rest, step.command_id))
    else:
        _opened(desk, state, 0, step.command_id)


def wallet_paid(desk: Desk, state: InvoiceState, payment: str, amount: int, command_id: str | None) -> None:
    """The invoice asks for what is left. Should it come to less than was taken by now, the rest goes back."""
    state = from_wallet.taken(state, payment)
    keep(desk, state)
    used = _opened(desk, state, amount, command_id)
    if used < amount:
        keep(desk, from_wallet.used(desk.get(state.key), payment, used))
        give_back(desk, state.invoice.id, payment, amount - used)


def _opened(desk: Desk, state: InvoiceState, from_wallet_amount: int, command_id: str | None) -> int:
    """How much of the wallet's money it took: none where it cannot be opened any more, which is told."""
    try:
        state = ready(desk, state)
    except Refusal as no:
        not_finalised(desk, state)
        used, outcome = 0, Refused(no.code, no.detail, no.extra)
    else:
        used = min(from_wallet_amount, state.invoice.total)
        issue(desk, state, used)
        outcome = Done(200, desk.get(state.key).invoice)
    if command_id is not None:
        desk.answer(outcome, command_id)
    return used


def not_finalised(desk: Desk, state: InvoiceState) -> None:
    """It stays a draft, until somebody has put it right and finalises it by hand."""
    before = state.invoice
    after = next_version(before, desk.now, auto_advance=False)
    desk.say("invoice.finalization_failed", after, before, about(after))
    keep(desk, with_alarms(state.model_copy(update={"invoice": after, "step": None}), finalize=None))


def ready(desk: Desk, state: InvoiceState, *, fresh: bool = False) -> InvoiceState:
    """With its usage as it stands now, added up anew. What a subscription's invoice has below nothing is carried on.

    Raises Refusal.
    """
    invoice = state.invoice
    by_hand = invoice.subscription is None or invoice.billing_reason == "manual"
    if by_hand and not state.lines:
        raise Refusal("nothing_to_invoice", f"The invoice {invoice.id} has no lines.")
    if any(line.type == "usage" for line in state.lines):
        state = summed(desk, state.model_copy(update={"lines": tuple(measured(desk, line) for line in state.lines)}))
    elif not fresh:
        state = summed(desk, state)
    if state.invoice.total >= 0:
        return state
    if by_hand:
        detail = f"The lines come to {state.invoice.total}: an invoice cannot ask for less than nothing."
        raise invalid("/lines", "too_small", detail)
    return carried_over(desk, state)


def issue(desk: Desk, state: InvoiceState, paid_from_wallet: int = 0, *, collects: bool = True) -> None:
    """The number is taken, and the invoice is open; one that asks for nothing is paid at once."""
    before = state.invoice
    series, number = next_number(desk, INVOICES, desk.terms.invoice_series)
    due = before.total - paid_from_wallet
    after = moved(
        before,
        "open",
        desk.now,
        number=number,
        series=series,
        amount_deferred=revenue.deferred_of(desk, state),
        amount_from_wallet=paid_from_wallet,
        amount_due=due,
        amount_remaining=due,
        due_date=_due_date(desk, state),
        pdf_url=f"/api/v1/invoices/{before.id}.pdf",
        finalized_at=desk.now,
    )
    desk.put(party_of(desk, after))
    state = with_alarms(state.model_copy(update={"invoice": after, "step": None}), finalize=None)
    if due and collects:
        state = begun(desk, state)
    desk.say("invoice.finalized", state.invoice, before, about(after))
    keep(desk, sent(desk, state) if state.work.to_send else state)
    for line in state.lines:
        close_meter(desk, line)
    revenue.earn(desk, state)
    if not due:
        paid(desk, desk.get(state.key))


def sent(desk: Desk, state: InvoiceState) -> InvoiceState:
    """Told that it should be mailed."""
    before = state.invoice
    after = next_version(before, desk.now)
    desk.say("invoice.sent", after, before, about(after))
    return with_work(state.model_copy(update={"invoice": after}), to_send=False)


def _due_date(desk: Desk, state: InvoiceState) -> datetime | None:
    """Of an invoice that is sent; one that is charged is due at once."""
    invoice, days = state.invoice, state.work.days_until_due
    if invoice.due_date is not None or invoice.collection_method == "charge_automatically":
        return invoice.due_date
    return desk.now + timedelta(days=desk.terms.days_until_due if days is None else days)


def party_of(desk: Desk, invoice: Invoice) -> PartyState:
    """Who is asked and by whom, as they stand now. A customer whom nobody has filled in has an empty profile."""
    state: CustomerState | None = desk.get(customer_key(desk.tenant, invoice.customer_id))
    profile, locales, zone = Profile(), list[str](), None
    if state is not None:
        customer = state.customer
        profile = Profile.model_construct(**{name: getattr(customer, name) for name in PERSONAL})
        locales, zone = customer.preferred_locales, customer.time_zone
    party = Party(
        id=invoice.id,
        profile=profile,
        seller=desk.terms.seller,
        locale=locales[0] if locales else desk.terms.locale,
        time_zone=zone or desk.terms.time_zone or "UTC",
        tax_rates=_rates_shown(desk, invoice),
        created_at=desk.now,
    )
    return PartyState(tenant=desk.tenant, invoice_party=party)


def _rates_shown(desk: Desk, invoice: Invoice) -> list[ShownTaxRate]:
    """As they are named today; a name may change later, what was issued may not."""
    keys = [tax_rate_key(desk.tenant, tax.tax_rate) for tax in invoice.taxes if tax.tax_rate]
    states: list[TaxRateState] = [state for key in keys if (state := desk.get(key))]
    return [shown_rate(state.tax_rate) for state in states]
