"""Coupons and tax rates that a subscription names: whether they may be, and from when until when a coupon counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from actors.invoicing.coupons import redeem
from actors.invoicing.desk import Desk
from actors.invoicing.invoice_wishes import must_agree
from actors.invoicing.keys import coupon_key, tax_rate_key
from actors.invoicing.states import CouponState, Redeemed, SubscriptionState, TaxRateState
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


def counting_from(desk: Desk, state: SubscriptionState, trial_end: datetime) -> SubscriptionState:
    """On trial nothing is billed: the months of its coupons count from the end of that, wherever it has moved to."""
    counted = (
        _counted(state, _coupon(desk, one.coupon), trial_end).model_copy(update={"used": one.used})
        for one in state.work.redeemed
    )
    return amended(state, {"redeemed": tuple(counted)})


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
    return _counted(state, redeem(desk, coupon_id, pointer, state.subscription.currency).coupon, start)


def _coupon(desk: Desk, coupon_id: str) -> Coupon:
    state: CouponState = desk.get(coupon_key(desk.tenant, coupon_id))
    return state.coupon


def _counted(state: SubscriptionState, coupon: Coupon, start: datetime) -> Redeemed:
    if coupon.duration != "repeating":
        return Redeemed(coupon=coupon.id, start=start)
    anchor, months = state.subscription.billing_cycle_anchor, coupon.duration_in_months or 1
    return Redeemed(coupon=coupon.id, start=start, end=coupon_end(anchor, state.work.zone, start, months))
