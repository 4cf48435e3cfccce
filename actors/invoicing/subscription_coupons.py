"""Coupons and tax rates that a subscription names: whether they may be, and from when until when a coupon counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from actors.invoicing.coupons import redeem
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_wishes import must_agree
from actors.invoicing.keys import tax_rate_key
from actors.invoicing.states import Redeemed, SubscriptionState, TaxRateState
from actors.invoicing.subscription_moves import amended
from actors.invoicing.subscription_periods import coupon_end, price_of
from actors.runtime.refusals import Refusal, referred
from messages.invoices import Invoice
from messages.products import Coupon
from messages.subscriptions import SubscriptionItem


def redeemed(desk: Desk, state: SubscriptionState, coupons: Sequence[str], start: datetime) -> tuple[Redeemed, ...]:
    """Those that were there before go on as they were; each new one is redeemed, and counts so many months.

    Raises Refusal for one that is not valid, or of another currency.
    """
    before = {one.coupon: one for one in state.work.redeemed}
    return tuple(
        before.get(coupon) or _redeem(desk, state, coupon, start, f"/coupons/{place}")
        for place, coupon in enumerate(dict.fromkeys(coupons))
    )


def with_coupons_of(state: SubscriptionState, invoice: Invoice) -> SubscriptionState:
    """The invoice asks for nothing any more: what it used of coupons for `once` may be used by another one."""
    if invoice.billing_reason == "manual":
        return state
    redeemed_again = tuple(
        one.model_copy(update={"used": one.used and one.coupon not in invoice.coupons}) for one in state.work.redeemed
    )
    return amended(state, {"redeemed": redeemed_again})


def checked_rates(desk: Desk, rates: Sequence[str]) -> list[str]:
    """Raises Refusal for a tax rate that is not there, or archived."""
    for place, rate in enumerate(rates):
        pointer = f"/default_tax_rates/{place}"
        state: TaxRateState = referred(desk, tax_rate_key(desk.tenant, rate), pointer)
        if not state.tax_rate.active:
            raise Refusal("tax_conflict", f"The tax rate {rate} is archived.", pointer=pointer)
    return list(dict.fromkeys(rates))


def must_be_taxable(desk: Desk, items: Iterable[SubscriptionItem], rates: Sequence[str]) -> None:
    """Raises Refusal where the price of an item and the rates do not say the same of what is included."""
    for item in items:
        must_agree(desk, rates, price_of(desk, item).tax_behavior, "/default_tax_rates")


def _redeem(desk: Desk, state: SubscriptionState, coupon_id: str, start: datetime, pointer: str) -> Redeemed:
    coupon = redeem(desk, coupon_id, pointer, state.subscription.currency).coupon
    return Redeemed(coupon=coupon_id, start=start, end=_end(state, coupon, start))


def _end(state: SubscriptionState, coupon: Coupon, start: datetime) -> datetime | None:
    if coupon.duration != "repeating":
        return None
    anchor = state.subscription.billing_cycle_anchor
    return coupon_end(anchor, state.work.zone, start, coupon.duration_in_months or 1)
