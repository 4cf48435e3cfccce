"""Search by what is at hand: an id or its beginning, a customer, a key, a reference, a number, an address."""

from typing import Final

from messages.wire import Wire

HITS_MAX: Final = 20

PLACES: Final = {
    "customer": "customers",
    "payment": "payments",
    "refund": "refunds",
    "payout": "payouts",
    "dispute": "disputes",
    "invoice": "invoices",
    "subscription": "subscriptions",
    "credit_note": "credit-notes",
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "tax_rate": "tax-rates",
    "transaction": "ledger/transactions",
    "hold": "holds",
    "transfer": "transfers",
    "webhook_endpoint": "webhook-endpoints",
    "webhook_delivery": "webhook-deliveries",
    "mail": "mails",
    "difference": "reconciliation",
    "test_clock": "test-clocks",
    "command": "commands",
}
"""What can be found, in the order in which it is shown, and under which path of the API it lies."""


class Searched(Wire):
    """`search`."""

    q: str


class Found(Wire):
    """What an actor has found; `title` and `subtitle` are for people."""

    object: str
    id: str
    title: str
    subtitle: str | None = None


class Hit(Found):
    """With the path under which it can be read."""

    url: str


class FoundPage(Wire):
    """At most 20, in no order."""

    data: list[Found]
    has_more: bool = False


def path_of(found: Found) -> str:
    """Where it can be read."""
    return f"/api/v1/{PLACES[found.object]}/{found.id}"
