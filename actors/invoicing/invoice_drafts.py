"""`invoice.create`, `invoice.update` and `invoice.delete`: manual invoices, as long as they are drafts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from actors.invoicing.alarms import keep, with_alarms
from actors.invoicing.attempts import with_work
from actors.invoicing.billed import clock_of_invoice, invoice_of, needs_invoice
from actors.invoicing.carrying import carried_again
from actors.invoicing.customers import customer_of, ended
from actors.invoicing.desk import Desk
from actors.invoicing.drafting import drafted
from actors.invoicing.invoice_moves import about, must_be, next_version
from actors.invoicing.invoice_sums import placed, rates_of, summed
from actors.invoicing.invoice_wishes import must_agree, once_each, redeemed, wished_lines
from actors.invoicing.invoice_work import InvoiceWork
from actors.invoicing.keys import customer_key, invoice_key, price_key, subscription_key
from actors.invoicing.needs import around, of_coupons_and_rates, of_customer, of_prices
from actors.invoicing.rules import Rule, under_clock_of
from actors.invoicing.states import InvoiceState, PriceState, SubscriptionState
from actors.invoicing.subscription_payments import invoice_deleted
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.labels import merged_metadata
from actors.runtime.refusals import Refusal, invalid, must_match, referred
from messages.envelope import Command
from messages.invoices import CreateInvoice, DeletedInvoice, DeleteInvoice, Invoice, LineWish, UpdateInvoice

_PLAIN: Final = ("collection_method", "due_date", "payment_method", "auto_advance", "description", "footer")
_EMPTIED: Final = frozenset({"due_date", "payment_method", "description", "footer"})
"""What null empties; elsewhere it leaves things as they are."""


def create(desk: Desk, command: Command, wish: CreateInvoice) -> None:
    """201 with the draft; `auto_advance` opens it by itself after a while."""
    if desk.get(invoice_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"The invoice {command.subject} exists already.")
    customer = customer_of(desk, wish.customer_id, livemode=command.livemode)
    must_agree(desk, wish.default_tax_rates, None, "/default_tax_rates")
    currency, lines = wished_lines(desk, wish.lines, wish.currency, wish.default_tax_rates)
    if currency is None:
        raise invalid("/currency", "missing", "Without a line with a price the invoice must say its currency.")
    _must_be_theirs(desk, wish)
    redeemed(desk, once_each(wish.coupons), currency)
    stands = placed(desk, command.subject, lines)
    work = InvoiceWork(
        rates=rates_of(stands, lines),
        default_rates=once_each(wish.default_tax_rates),
        days_until_due=wish.days_until_due,
        from_wallet=wish.from_wallet,
    )
    invoice = Invoice(
        id=command.subject,
        status="draft",
        customer_id=wish.customer_id,
        subscription=wish.subscription,
        currency=currency,
        total=0,
        coupons=list(once_each(wish.coupons)),
        test_clock=customer.customer.test_clock,
        livemode=command.livemode,
        metadata=wish.metadata,
        created_at=desk.now,
        updated_at=desk.now,
        **{name: getattr(wish, name) for name in _PLAIN},
    )
    state = InvoiceState(tenant=desk.tenant, invoice=invoice, lines=stands, work=work)
    after = drafted(desk, state, opens_at(desk))
    desk.answer(Done(201, after.invoice))


def update(desk: Desk, command: Command, wish: UpdateInvoice) -> None:
    """200 with the draft as it is now. Lines, where they are sent, replace all there were."""
    state = invoice_of(desk, command.subject)
    must_match(state.invoice.version, wish.if_match)
    must_be(state, "changed", "draft")
    before, sent = state.invoice, wish.model_fields_set
    rates = state.work.default_rates if wish.default_tax_rates is None else once_each(wish.default_tax_rates)
    coupons = before.coupons if wish.coupons is None else list(once_each(wish.coupons))
    redeemed(desk, coupons, before.currency, before.coupons)
    must_agree(desk, rates, None, "/default_tax_rates")
    fields: dict[str, Any] = {name: getattr(wish, name) for name in _PLAIN if name in sent}
    fields = {name: value for name, value in fields.items() if value is not None or name in _EMPTIED}
    if wish.metadata is not None:
        fields["metadata"] = merged_metadata(before.metadata, wish.metadata)
    invoice = next_version(before, desk.now, **fields, coupons=coupons)
    state = with_work(state.model_copy(update={"invoice": invoice}), default_rates=rates)
    if "days_until_due" in sent:
        state = with_work(state, days_until_due=wish.days_until_due)
    state = summed(desk, _with_lines(desk, state, wish.lines))
    desk.say("invoice.updated", state.invoice, before, about(before))
    keep(desk, _advancing(desk, state, before))
    desk.answer(Done(200, state.invoice))


def delete(desk: Desk, command: Command, wish: DeleteInvoice) -> None:
    """200; the draft is there for nobody any more, and has taken no number."""
    _ = wish
    state = invoice_of(desk, command.subject)
    must_be(state, "deleted", "draft")
    after = next_version(state.invoice, desk.now)
    desk.say("invoice.deleted", after, state.invoice, about(after))
    ended(desk, after.customer_id, after.id)
    carried_again(desk, state)
    gone = with_work(state.model_copy(update={"invoice": after}), deleted=True, alarms={})
    keep(desk, gone)
    invoice_deleted(desk, gone)
    desk.answer(Done(200, DeletedInvoice(id=after.id)))


def _with_lines(desk: Desk, state: InvoiceState, wishes: Sequence[LineWish] | None) -> InvoiceState:
    """The lines that were sent. Those that stay must agree with the default rates, which may be others now."""
    if wishes is None:
        _must_still_agree(desk, state)
        return state
    _, lines = wished_lines(desk, wishes, state.invoice.currency, state.work.default_rates)
    stands = placed(desk, state.invoice.id, lines)
    return with_work(state.model_copy(update={"lines": stands}), rates=rates_of(stands, lines))


def _must_still_agree(desk: Desk, state: InvoiceState) -> None:
    for number, line in enumerate(state.lines):
        if line.price is not None and line.id not in state.work.rates:
            kept: PriceState = desk.get(price_key(desk.tenant, line.price))
            must_agree(desk, state.work.default_rates, kept.price.tax_behavior, f"/lines/{number}/tax_rates")


def _advancing(desk: Desk, state: InvoiceState, before: Invoice) -> InvoiceState:
    """Opened by itself after a while, from when that was wished."""
    if not state.invoice.auto_advance:
        return with_alarms(state, finalize=None)
    return state if before.auto_advance else with_alarms(state, finalize=opens_at(desk))


def opens_at(desk: Desk) -> datetime:
    """When a draft by hand that advances by itself is opened."""
    return desk.now + timedelta(seconds=desk.terms.draft_seconds)


def _must_be_theirs(desk: Desk, wish: CreateInvoice) -> None:
    if wish.subscription is None:
        return
    of: SubscriptionState = referred(desk, subscription_key(desk.tenant, wish.subscription), "/subscription")
    if of.subscription.customer_id != wish.customer_id:
        raise invalid(
            "/subscription", "conflicts_with", f"{wish.subscription} is no subscription of {wish.customer_id}."
        )


def _needs_new(asked: Asked, view: View) -> set[Key]:
    wish: CreateInvoice = asked.data
    tenant = asked.tenant
    keys = {invoice_key(tenant, asked.command.subject), *of_customer(tenant, wish.customer_id, view)}
    if wish.subscription is not None:
        keys.add(subscription_key(tenant, wish.subscription))
    return keys | _of_lines(tenant, wish.lines, wish.coupons, wish.default_tax_rates, view)


def _needs_changed(asked: Asked, view: View) -> set[Key]:
    wish: UpdateInvoice = asked.data
    around_it = around(invoice_key(asked.tenant, asked.command.subject), view)
    return around_it | _of_lines(asked.tenant, wish.lines or (), wish.coupons or (), wish.default_tax_rates or (), view)


def _of_lines(
    tenant: str, lines: Iterable[LineWish], coupons: Iterable[str], default_rates: Iterable[str], view: View
) -> set[Key]:
    rates = set(default_rates).union(*(line.tax_rates or () for line in lines))
    prices = {line.price for line in lines if line.price}
    return of_prices(tenant, prices, view) | of_coupons_and_rates(tenant, set(coupons), rates)


RULES: Final[Mapping[str, Rule]] = {
    "invoice.create": Rule(_needs_new, create, under_clock_of(customer_key, "customer_id")),
    "invoice.update": Rule(_needs_changed, update, clock_of_invoice),
    "invoice.delete": Rule(needs_invoice, delete, clock_of_invoice),
}
