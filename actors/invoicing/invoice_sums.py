"""The lines of a draft, and what they come to with the coupons and taxes of now."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import coupon_key, customer_key, tax_rate_key
from actors.invoicing.states import CouponState, CustomerState, InvoiceState, LineDraft, TaxRateState
from actors.invoicing.totals import totaled
from actors.runtime.refusals import Refusal, invalid
from messages.customers import TaxExempt
from messages.ids import derived_id
from messages.invoices import LINES_SHOWN, InvoiceLine, InvoiceTax
from messages.ledger_commands import POSTINGS_MAX
from messages.money import AMOUNT_MAX
from messages.products import Coupon, TaxRate

JURISDICTIONS_MAX: Final = POSTINGS_MAX - 100
"""To whom an invoice may owe taxes: each is an account of its own, and one transaction posts them with all others."""


def placed(desk: Desk, invoice_id: str, drafts: Sequence[LineDraft]) -> tuple[InvoiceLine, ...]:
    """The lines as those of this invoice; one without an id of its own gets it here."""
    return tuple(
        draft.line.model_copy(
            update={
                "invoice": invoice_id,
                "id": draft.line.id or derived_id("il", desk.now, desk.tenant, invoice_id, str(number)),
            }
        )
        for number, draft in enumerate(drafts)
    )


def rates_of(lines: Sequence[InvoiceLine], drafts: Sequence[LineDraft]) -> dict[str, tuple[str, ...]]:
    """The tax rates of lines that name their own, by line id."""
    named = zip(lines, drafts, strict=True)
    return {line.id: draft.rates for line, draft in named if draft.rates is not None}


def summed(desk: Desk, state: InvoiceState) -> InvoiceState:
    """The draft with its sums, by coupons, rates and the customer's exemption as they are now.

    Raises Refusal `amount_too_large`, or at `/lines` for taxes of too many jurisdictions. The version stays.
    """
    invoice, work, lines = state.invoice, state.work, state.lines
    _must_be_amounts(lines)
    wanted = {line.id: work.rates.get(line.id, work.default_rates) for line in lines if line.id not in work.settled}
    rates = {rate: _rate(desk, rate) for rate in set[str]().union(*wanted.values())}
    coupons = [_coupon(desk, coupon) for coupon in invoice.coupons]
    totals = totaled(lines, coupons, rates, wanted, _exempt(desk, invoice.customer_id), work.settled)
    _must_be_amounts(lines, totals.lines)
    _must_fit_one_transaction(totals.taxes)
    sums = {"subtotal": totals.subtotal, "discount": totals.discount, "tax": totals.tax, "total": totals.total}
    due = max(0, totals.total)
    shown = {**shown_lines(totals.lines), "taxes": list(totals.taxes), "amount_due": due, "amount_remaining": due}
    return state.model_copy(
        update={"invoice": invoice.model_copy(update={**sums, **shown}), "lines": totals.lines},
    )


def _must_be_amounts(lines: Sequence[InvoiceLine], taxed: Sequence[InvoiceLine] = ()) -> None:
    """Whatever of them is added up, as for one rate, one jurisdiction or what is deferred, can be told then."""
    on_top = sum(abs(tax.amount) for line in taxed for tax in line.taxes if not tax.inclusive)
    apart = sum(abs(line.amount) for line in lines) + on_top
    if apart > AMOUNT_MAX:
        raise Refusal("amount_too_large", f"The lines come to {apart} apart from their signs, more than can be kept.")


def _must_fit_one_transaction(taxes: Sequence[InvoiceTax]) -> None:
    count = len({tax.jurisdiction for tax in taxes})
    if count > JURISDICTIONS_MAX:
        detail = f"The taxes are owed to {count} jurisdictions: {JURISDICTIONS_MAX} at most can be booked at once."
        raise invalid("/lines", "too_long", detail)


def shown_lines(lines: Sequence[InvoiceLine]) -> Mapping[str, Any]:
    """As far as an invoice shows them itself."""
    return {"lines": list(lines[:LINES_SHOWN]), "lines_has_more": len(lines) > LINES_SHOWN}


def _rate(desk: Desk, id_: str) -> TaxRate:
    state: TaxRateState = desk.get(tax_rate_key(desk.tenant, id_))
    return state.tax_rate


def _coupon(desk: Desk, id_: str) -> Coupon:
    state: CouponState = desk.get(coupon_key(desk.tenant, id_))
    return state.coupon


def _exempt(desk: Desk, customer_id: str) -> TaxExempt:
    state: CustomerState | None = desk.get(customer_key(desk.tenant, customer_id))
    return state.customer.tax_exempt if state else "none"
