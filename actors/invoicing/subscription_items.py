"""The items that a subscription is wished to have: checked, and made out of those that it has."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.keys import price_key
from actors.invoicing.pricing import cost
from actors.invoicing.states import PriceState
from actors.invoicing.subscription_periods import counted_by, is_metered, price_of
from actors.runtime.refusals import Refusal, invalid, referred
from messages.ids import derived_id
from messages.money import AMOUNT_MAX
from messages.products import Price
from messages.subscriptions import ItemWish, SubscriptionItem

ITEMS_MAX = 20
PERIOD_MAX: Final = AMOUNT_MAX // 100
"""What all licensed items may cost together; the rest is room for taxes and prorated lines."""


def wished_items(
    desk: Desk, subscription_id: str, current: Sequence[SubscriptionItem], wishes: Sequence[ItemWish]
) -> list[SubscriptionItem]:
    """What there is, changed as wished; an item that no wish names stays. Raises Refusal for what cannot be sold.

    A metered item that is to be counted otherwise, or not at all, goes, and another one comes in its place: figures of
    one way to count say nothing of another.
    """
    items = {item.id: item for item in current}
    for place, wish in enumerate(wishes):
        new_id = derived_id("si", desk.now, desk.tenant, subscription_id, desk.cause, str(place))
        named, item = wish.id or new_id, _wished(items, wish, place, new_id)
        if wish.deleted:
            del items[named]
            continue
        before, after = items.get(named), _checked(desk, item, wish, f"/items/{place}")
        if before is not None and counted_by(desk, before) not in (None, counted_by(desk, after)):
            after = after.model_copy(update={"id": new_id})
        items[named] = after
    if not 1 <= len(items) <= ITEMS_MAX:
        code = "too_short" if not items else "too_long"
        raise invalid("/items", code, f"A subscription has 1 to {ITEMS_MAX} items; this one would have {len(items)}.")
    _must_go_together(desk, list(items.values()))
    _must_be_billable(desk, list(items.values()))
    return list(items.values())


def currency_of(desk: Desk, items: Sequence[SubscriptionItem]) -> str:
    """That of all prices."""
    return price_of(desk, items[0]).currency


def _wished(items: dict[str, SubscriptionItem], wish: ItemWish, place: int, new_id: str) -> SubscriptionItem:
    """The item that is named, or a new one."""
    if wish.id is not None:
        item = items.get(wish.id)
        if item is None:
            detail = f"The subscription has no item {wish.id}."
            raise Refusal("reference_not_found", detail, pointer=f"/items/{place}/id")
        return item if wish.price is None else item.model_copy(update={"price": wish.price})
    if wish.price is None:
        raise invalid(f"/items/{place}/price", "missing", "A new item needs a price.")
    if wish.deleted:
        raise invalid(f"/items/{place}/id", "missing", "Name the item that is to be deleted.")
    return SubscriptionItem(id=new_id, price=wish.price)


def _checked(desk: Desk, item: SubscriptionItem, wish: ItemWish, pointer: str) -> SubscriptionItem:
    """With its quantity; a price that is newly chosen must be for sale."""
    state: PriceState = referred(desk, price_key(desk.tenant, item.price), f"{pointer}/price")
    if state.price.recurring is None:
        raise invalid(f"{pointer}/price", "not_allowed_here", f"The price {item.price} is not recurring.")
    if wish.price is not None and not state.price.active:
        raise Refusal("price_inactive", f"The price {item.price} is archived.", pointer=f"{pointer}/price")
    if not is_metered(desk, item):
        quantity = wish.quantity if wish.quantity is not None else item.quantity
        return item.model_copy(update={"quantity": 1 if quantity is None else quantity})
    if wish.quantity is not None:
        detail = "A metered price has no quantity: it is billed by what is used."
        raise invalid(f"{pointer}/quantity", "not_allowed_here", detail)
    return item.model_copy(update={"quantity": None})


def _must_go_together(desk: Desk, items: Sequence[SubscriptionItem]) -> None:
    """Raises Refusal for several currencies or intervals."""
    prices = [price_of(desk, item) for item in items]
    if len({price.currency for price in prices}) > 1:
        raise Refusal("mixed_currencies", "All prices of a subscription have one currency.")
    if len({_interval(price) for price in prices}) > 1:
        raise Refusal("mixed_intervals", "All prices of a subscription have one interval.")


def _must_be_billable(desk: Desk, items: Sequence[SubscriptionItem]) -> None:
    """Raises Refusal where an invoice of it could not be made: found at its renewal, nobody would be there to tell."""
    licensed = [item for item in items if not is_metered(desk, item)]
    whole = sum(cost(price_of(desk, item), Fraction(item.quantity or 0)) for item in licensed)
    if whole > PERIOD_MAX:
        detail = f"A period of it would cost {whole}, before taxes and what else comes onto its invoice."
        raise Refusal("amount_too_large", detail, pointer="/items")


def _interval(price: Price) -> tuple[str, int]:
    assert price.recurring is not None, "checked before"
    return price.recurring.interval, price.recurring.interval_count
