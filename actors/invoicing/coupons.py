"""Coupons: made, archived, and counted each time that one is redeemed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from actors.invoicing.catalogue import (
    Fault,
    answer_change,
    born,
    made,
    merged,
    must_be_faultless,
    must_be_new,
    read_changes,
)
from actors.invoicing.desk import Desk
from actors.invoicing.keys import coupon_key, product_key
from actors.invoicing.rules import Rule
from actors.invoicing.states import CouponState, changed
from actors.runtime.decision import Asked, Key, View
from actors.runtime.refusals import Refusal, found, must_match, referred
from messages.envelope import Command
from messages.products import Coupon, CouponChanges, CreateCoupon, still_valid
from messages.products import UpdateCatalogue as Update
from messages.quantities import fraction_of


def needs(asked: Asked, view: View) -> set[Key]:
    """The coupon, and the products that a new one lowers."""
    _ = view
    products = asked.data.applies_to.products if isinstance(asked.data, CreateCoupon) else ()
    return {coupon_key(asked.tenant, asked.command.subject), *(product_key(asked.tenant, each) for each in products)}


def create(desk: Desk, command: Command, wish: CreateCoupon) -> None:
    """201 with the coupon; what it takes off never changes."""
    must_be_new(desk, coupon_key(desk.tenant, command.subject))
    must_be_faultless(faults(wish, desk.now))
    for number, product in enumerate(wish.applies_to.products):
        referred(desk, product_key(desk.tenant, product), f"/applies_to/products/{number}")
    coupon = Coupon.model_validate({**dict(wish), **born(desk, command)})
    made(desk, CouponState(tenant=desk.tenant, coupon=coupon), coupon)


def update(desk: Desk, command: Command, wish: Update) -> None:
    """200 with the coupon as it is now. `valid` false archives it; true takes that back, and no more."""
    state: CouponState = found(desk, coupon_key(desk.tenant, command.subject))
    before = state.coupon
    must_match(before.version, wish.if_match)
    sent = read_changes(CouponChanges, wish.changes)
    archived = not sent.valid if "valid" in sent.model_fields_set else state.archived
    after = merged(before, _without_valid(sent), desk)
    if archived != state.archived and after is before:
        after = before.model_copy(update=changed(before, desk.now))
    if after is not before:
        after = after.model_copy(update={"valid": not archived and still_valid(after, desk.now)})
    kept = state.model_copy(update={"coupon": after, "archived": archived})
    answer_change(desk, kept, before, after, archived=archived and not state.archived)


def redeem(desk: Desk, coupon_id: str, pointer: str, currency: str | None = None) -> CouponState:
    """Counts one more use, and tells of it. `currency` is that of the bill which an amount is to be taken off.

    Raises Refusal: `reference_not_found` at this JSON Pointer, or `coupon_not_applicable`.
    """
    state: CouponState = referred(desk, coupon_key(desk.tenant, coupon_id), pointer)
    before = state.coupon
    if state.archived or not still_valid(before, desk.now):
        raise Refusal("coupon_not_applicable", f"The coupon {coupon_id} {_why_not(state, desk.now)}.", pointer=pointer)
    if before.currency is not None and currency is not None and before.currency != currency:
        detail = f"The coupon {coupon_id} takes off {before.currency}, this is in {currency}."
        raise Refusal("coupon_not_applicable", detail, pointer=pointer)
    after = before.model_copy(update=changed(before, desk.now, times_redeemed=before.times_redeemed + 1))
    after = after.model_copy(update={"valid": still_valid(after, desk.now)})
    state = state.model_copy(update={"coupon": after})
    desk.put(state)
    desk.say("coupon.updated", after, before)
    return state


def faults(wish: CreateCoupon, now: datetime) -> Iterator[Fault]:
    """What no coupon can be."""
    if wish.percent_off is None and wish.amount_off is None:
        yield Fault(
            "/percent_off", "missing", "A coupon takes off a percentage or an amount: one of the two is missing."
        )
    if wish.percent_off is not None and wish.amount_off is not None:
        yield Fault("/amount_off", "conflicts_with", "A coupon takes off a percentage or an amount, not both.")
    if wish.percent_off is not None and fraction_of(wish.percent_off) == 0:
        yield Fault("/percent_off", "too_small", "Nothing off is no coupon.")
    if wish.amount_off is not None and wish.currency is None:
        yield Fault("/currency", "missing", "An amount off needs its currency.")
    if wish.amount_off is None and wish.currency is not None:
        yield Fault("/currency", "conflicts_with", "Only an amount off has a currency.")
    if wish.duration == "repeating" and wish.duration_in_months is None:
        yield Fault("/duration_in_months", "missing", "A repeating coupon says for how many months.")
    if wish.duration != "repeating" and wish.duration_in_months is not None:
        yield Fault("/duration_in_months", "conflicts_with", "Only a repeating coupon has months.")
    if wish.redeem_by is not None and wish.redeem_by <= now:
        yield Fault("/redeem_by", "too_small", "redeem_by has passed already.")


def _without_valid(sent: CouponChanges) -> CouponChanges:
    named = sent.model_fields_set - {"valid"}
    return CouponChanges.model_validate({name: getattr(sent, name) for name in named})


def _why_not(state: CouponState, now: datetime) -> str:
    coupon = state.coupon
    if state.archived:
        return "is archived"
    if coupon.redeem_by is not None and coupon.redeem_by <= now:
        return "could be redeemed up to its redeem_by only"
    return f"was redeemed {coupon.times_redeemed} times, as often as it may be"


RULES: Final[Mapping[str, Rule]] = {
    "coupon.create": Rule(needs, create),
    "coupon.update": Rule(needs, update),
}
