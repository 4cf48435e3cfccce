"""Lookup keys: names by which callers find a price, each held by one active price of a tenant at most."""

from typing_extensions import override

from actors.invoicing.desk import Desk
from actors.invoicing.keys import lookup_key
from actors.runtime.decision import Key, Stored
from actors.runtime.refusals import Refusal
from messages.products import Price
from messages.resource import Versioned
from messages.wire import Instant


class LookupKey(Versioned):
    """Which active price is found by this key, which is its id; None: no price by now."""

    price: str | None = None
    created_at: Instant


class LookupKeyState(Stored):
    """A lookup key."""

    lookup_key: LookupKey

    @property
    @override
    def key(self) -> Key:
        return lookup_key(self.tenant, self.lookup_key.id)


def hold(desk: Desk, price: Price) -> None:
    """The key is this price's as long as it is active. Raises Refusal when it is another's."""
    if price.lookup_key is None or not price.active:
        return
    key = lookup_key(desk.tenant, price.lookup_key)
    state: LookupKeyState | None = desk.get(key)
    holder = state.lookup_key if state else LookupKey(id=price.lookup_key, created_at=desk.now)
    if holder.price not in (None, price.id):
        raise Refusal(
            "already_exists",
            f"The active price {holder.price} has the lookup key {price.lookup_key}.",
            resource={"object": "price", "id": holder.price},
            pointer="/lookup_key",
        )
    desk.put(LookupKeyState(tenant=desk.tenant, lookup_key=holder.model_copy(update={"price": price.id})))


def let_go(desk: Desk, price: Price) -> None:
    """Whoever asks for the key that this price held may have it."""
    if price.lookup_key is None:
        return
    state: LookupKeyState | None = desk.get(lookup_key(desk.tenant, price.lookup_key))
    if state is not None and state.lookup_key.price == price.id:
        free = state.lookup_key.model_copy(update={"price": None})
        desk.put(state.model_copy(update={"lookup_key": free}))


def held(tenant: str, key: object) -> set[Key]:
    """Where it is kept who has this key, if it is one."""
    return {lookup_key(tenant, key)} if isinstance(key, str) else set()
