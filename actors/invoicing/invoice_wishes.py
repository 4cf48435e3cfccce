"""The lines that somebody wants on a manual invoice: prices with a quantity, or amounts with words."""

from collections.abc import Sequence
from typing import Final

from actors.invoicing.coupons import redeem
from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key, product_key, tax_rate_key
from actors.invoicing.pricing import cost, described, unit_amount_of
from actors.invoicing.states import LineDraft, PriceState, ProductState, TaxRateState
from actors.invoicing.taxes import conflicting
from actors.runtime.refusals import Refusal, invalid, referred
from messages.invoices import InvoiceLine, LineWish
from messages.money import AMOUNT_MAX
from messages.products import Price, TaxBehavior
from messages.quantities import fraction_of
from messages.spans import MaybeSpan

_NOWHERE: Final = MaybeSpan()
DAYS_MAX: Final = 200_000
"""Of all lines together: what each earns is worked out day by day in one decision, and nobody else's meanwhile."""


def wished_lines(
    desk: Desk, wishes: Sequence[LineWish], currency: str | None, default_rates: Sequence[str]
) -> tuple[str | None, list[LineDraft]]:
    """Their one currency (None without lines) and the lines. Raises Refusal that points at what is wrong."""
    drafts, days = list[LineDraft](), 0
    for number, wish in enumerate(wishes):
        pointer = f"/lines/{number}"
        days += (wish.period.end - wish.period.start).days if wish.period else 0
        if days > DAYS_MAX:
            detail = f"The periods of all lines come to more than {DAYS_MAX} days: make it several invoices."
            raise invalid(f"{pointer}/period", "too_large", detail)
        draft, behavior = _line(desk, wish, currency, pointer)
        currency = currency or draft.line.currency
        if draft.line.currency != currency:
            detail = f"The price of this line is in {draft.line.currency}, the invoice in {currency}."
            raise Refusal("mixed_currencies", detail, pointer=f"{pointer}/price")
        rates = default_rates if wish.tax_rates is None else wish.tax_rates
        must_agree(desk, rates, behavior, f"{pointer}/tax_rates")
        drafts.append(draft)
    return currency, drafts


def must_agree(desk: Desk, rates: Sequence[str], behavior: TaxBehavior | None, pointer: str) -> None:
    """Raises Refusal for a rate that is not there, or when rates and price do not say the same of what is included."""
    states: list[TaxRateState] = [
        referred(desk, tax_rate_key(desk.tenant, rate), f"{pointer}/{at}") for at, rate in enumerate(rates)
    ]
    if conflicting([state.tax_rate for state in states], behavior):
        detail = "Some of it includes tax and some does not: the price and all of its rates must say the same."
        raise Refusal("tax_conflict", detail, pointer=pointer)


def once_each(names: Sequence[str]) -> tuple[str, ...]:
    """A tax rate is not owed twice, and a coupon is not used twice, for being named twice."""
    return tuple(dict.fromkeys(names))


def redeemed(desk: Desk, coupons: Sequence[str], currency: str, before: Sequence[str] = ()) -> None:
    """Counts the use of each that was not on the invoice before. Raises Refusal for one that does not apply."""
    for number, coupon in enumerate(coupons):
        if coupon not in before:
            redeem(desk, coupon, f"/coupons/{number}", currency)


def _line(desk: Desk, wish: LineWish, currency: str | None, pointer: str) -> tuple[LineDraft, TaxBehavior | None]:
    rates = None if wish.tax_rates is None else once_each(wish.tax_rates)
    if wish.price is not None:
        if wish.amount is not None:
            raise invalid(f"{pointer}/amount", "conflicts_with", "A line has a price or an amount, not both.")
        price = _price(desk, wish.price, f"{pointer}/price")
        return LineDraft(line=_priced(desk, wish, price, pointer), rates=rates), price.tax_behavior
    if wish.amount is None:
        raise invalid(pointer, "missing", "A line has a price, or an amount with a description.")
    if wish.description is None:
        raise invalid(f"{pointer}/description", "missing", "An amount without a price needs words.")
    if wish.quantity is not None:
        raise invalid(f"{pointer}/quantity", "conflicts_with", "Only a price has a quantity.")
    if currency is None:
        raise invalid("/currency", "missing", "Without a price the invoice must say its currency.")
    return LineDraft(line=_worded(wish, wish.amount, wish.description, currency), rates=rates), None


def _price(desk: Desk, id_: str, pointer: str) -> Price:
    state: PriceState = referred(desk, price_key(desk.tenant, id_), pointer)
    price = state.price
    if not price.active:
        raise Refusal("price_inactive", f"The price {id_} is archived.", pointer=pointer)
    if price.recurring is not None and price.recurring.usage_type == "metered":
        raise invalid(pointer, "not_allowed_here", f"What {id_} costs is measured: only a subscription can have it.")
    return price


def _priced(desk: Desk, wish: LineWish, price: Price, pointer: str) -> InvoiceLine:
    quantity = wish.quantity or "1"
    product: ProductState | None = desk.get(product_key(desk.tenant, price.product))
    name, unit = (product.product.name, product.product.unit_label) if product else (price.product, None)
    amount = cost(price, fraction_of(quantity))
    if amount > AMOUNT_MAX:
        raise Refusal("amount_too_large", f"This line comes to {amount}.", pointer=f"{pointer}/quantity")
    return InvoiceLine(
        id="",
        invoice="",
        type="one_time",
        description=wish.description or described(price, name, unit, quantity),
        price=price.id,
        product=price.product,
        quantity=quantity,
        unit_amount=unit_amount_of(price),
        amount=amount,
        currency=price.currency,
        period=wish.period.as_told() if wish.period else _NOWHERE,
        metadata=wish.metadata,
    )


def _worded(wish: LineWish, amount: int, description: str, currency: str) -> InvoiceLine:
    return InvoiceLine(
        id="",
        invoice="",
        type="manual",
        description=description,
        unit_amount=amount,
        amount=amount,
        currency=currency,
        period=wish.period.as_told() if wish.period else _NOWHERE,
        metadata=wish.metadata,
    )
