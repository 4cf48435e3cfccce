"""Customers, and tills that decline, wait or break, for the stories of invoices."""

from typing import Any

from actors.invoicing.states import CustomerState, InvoiceState
from actors.runtime.decision import Wish
from messages.customers import Customer
from messages.invoices import Invoice
from messages.payments import Payment
from messages.wire import json_of
from tests.invoicing.shop import START, TENANT, Answer, Shop, pays

CUSTOMER = "abc123"


def shop_with(**customer: Any) -> Shop:
    """A shop with one customer."""
    shop = Shop()
    kept = Customer(id=CUSTOMER, created_at=START, updated_at=START, **customer)
    state = CustomerState(tenant=TENANT, customer=kept)
    shop.view[state.key] = state
    return shop


def drafted(shop: Shop, amount: int = 5000, id_: str = "inv_1", **fields: Any) -> Invoice:
    """A manual draft of one line over so much."""
    lines = [{"amount": amount, "description": "Set-up"}]
    wished = {"customer_id": CUSTOMER, "currency": "USD", "lines": lines, **fields}
    return shop.done("invoice.create", id_, **wished)


def opened(shop: Shop, amount: int = 5000, id_: str = "inv_1", **fields: Any) -> Invoice:
    """As above, and finalised."""
    drafted(shop, amount, id_, **fields)
    return shop.done("invoice.finalize", id_)


def invoice(shop: Shop, id_: str = "inv_1") -> Invoice:
    """As it is kept."""
    state: InvoiceState = shop.state(id_)
    return state.invoice


def declines(wish: Wish) -> Answer | None:
    """Every card is declined; the rest is as always."""
    if wish.type == "payment.create":
        code = {"code": "card_declined", "detail": "No.", "decline_code": "generic_decline"}
        return 402, {**code, "payment": {**json_of(wish.data), "id": wish.subject, "status": "requires_payment_method"}}
    return pays(wish)


def silent(wish: Wish) -> Answer | None:
    """Nobody answers a payment."""
    return None if wish.type == "payment.create" else pays(wish)


def needs_action(wish: Wish) -> Answer | None:
    """The customer must authenticate."""
    if wish.type != "payment.create":
        return pays(wish)
    return 201, {**json_of(wish.data), "id": wish.subject, "object": "payment", "status": "requires_action"}


def unmethoded(wish: Wish) -> Answer | None:
    """The provider has no method of its own: what names none is made, and waits for one."""
    if wish.type != "payment.create" or json_of(wish.data).get("payment_method"):
        return pays(wish)
    made = {**json_of(wish.data), "id": wish.subject, "object": "payment", "client_secret": "pi_1_secret"}
    return 201, {**made, "status": "requires_payment_method"}


def payment(shop: Shop, id_: str, status: str, **fields: Any) -> Payment:
    """The payment that was asked for, as payments tells of it."""
    wish = next(wish for wish in shop.asked if wish.subject == id_ and wish.type == "payment.create")
    asked = json_of(wish.data)
    captured = asked["amount"] if status == "succeeded" else 0
    return Payment.model_validate(
        {
            **{name: asked[name] for name in ("amount", "currency", "customer_id", "destination")},
            "id": id_,
            "status": status,
            "amount_captured": captured,
            "provider": "simulated",
            "created_at": shop.now,
            "updated_at": shop.now,
            "version": 2,
            **fields,
        }
    )
