"""What happens outside of subscriptions: a shop's payments, wallets, and afterwards what is given back. Pure."""

from typing import Final

from messages.wire import Json
from pocketpay.demo.people import BUYERS, EXPIRED, MASTERCARD, NO_FUNDS, VISA, put
from pocketpay.demo.steps import Step, Track, Wave

CURRENCIES: Final = ("USD", "EUR", "EUR", "USD", "JPY")
"""In which each of the buyers pays, in their order."""

SALES: Final = 30
AUTHENTICATE: Final = "pm_card_authenticationRequired"
_USD: Final[Json] = {"currency": "USD"}


def till() -> Wave:
    """The shop, and two tills of wallets."""
    return (*_shops(), _wallets(), _holds())


def _shops() -> Wave:
    """A track per buyer, so that each has their purchases in order."""
    return tuple((put(buyer), *_purchases(place)) for place, buyer in enumerate(BUYERS))


def _purchases(buyer: int) -> Track:
    return tuple(_sale(number) for number in range(buyer, SALES, len(BUYERS)))


def _sale(number: int) -> Step:
    buyer, currency = BUYERS[number % len(BUYERS)], CURRENCIES[number % len(BUYERS)]
    amount = 990 + (number * 3571) % 18_000
    body: Json = {
        "amount": amount,
        "currency": currency,
        "customer_id": buyer.id,
        "description": f"Order {1000 + number}",
    }
    method = {7: NO_FUNDS, 18: EXPIRED}.get(number, MASTERCARD if number % 3 else VISA)
    return Step(
        f"sale-{number}", "/payments", body | {"payment_method": method}, declined=method in (NO_FUNDS, EXPIRED)
    )


def _wallets() -> Track:
    """Mary fills hers, shares it with Rosa, spends some and has some paid out."""
    mary, rosa = BUYERS[0].id, BUYERS[3].id
    return (
        Step("top-up-mary", f"/wallets/{mary}/top-ups", {"amount": 50_000, **_USD}),
        Step("top-up-rosa", f"/wallets/{rosa}/top-ups", {"amount": 12_000, **_USD}),
        Step("gift", "/transfers", {"from_customer": mary, "to_customer": rosa, "amount": 8000, "fee": 80, **_USD}),
        Step("tip", "/transfers", {"from_customer": rosa, "to_customer": mary, "amount": 500, **_USD}),
        Step("from-wallet", "/payments", {"amount": 4500, "customer_id": mary, "payment_method": "wallet", **_USD}),
        Step(
            "too-much",
            "/payments",
            {"amount": 99_000, "customer_id": rosa, "payment_method": "wallet", **_USD},
            declined=True,
        ),
        Step("paid-out", f"/wallets/{mary}/withdrawals", {"amount": 10_000, **_USD}),
    )


def _holds() -> Track:
    """Three of Johannes's: one is taken in part, one given back, one still open."""
    johannes, eur = BUYERS[1].id, {"currency": "EUR"}
    return (
        Step("top-up-johannes", f"/wallets/{johannes}/top-ups", {"amount": 30_000, **eur}),
        Step("hold-taken", "/holds", {"customer_id": johannes, "amount": 9000, **eur}),
        Step("hold-back", "/holds", {"customer_id": johannes, "amount": 4000, **eur}),
        Step("hold-open", "/holds", {"customer_id": johannes, "amount": 2500, **eur}),
        Step("take", "/holds/@hold-taken/confirm", {"amount": 6500}),
        Step("give-back", "/holds/@hold-back/void", {}),
    )


def afterwards() -> Wave:
    """Refunds, captures, disputes, credit notes, an invoice by hand, and an endpoint for webhooks."""
    return (
        (Step("refund-part", "/payments/@sale-1/refunds", {"amount": 500, "reason": "requested_by_customer"}),),
        (Step("refund-whole", "/payments/@sale-4/refunds", {}),),
        _authorised("authorised", "captured", "capture", {"amount": 15_000}),
        _authorised("reserved", "let-go", "cancel", {}),
        _authenticated(),
        (
            _dispute("dispute", "@sale-8"),
            Step("evidence", "/disputes/@dispute/evidence", {"uncategorized_text": "Signed for."}),
        ),
        (
            _dispute("dispute-lost", "@sale-13"),
            Step("lost", "/simulated/disputes/@dispute-lost/close", {"outcome": "lost"}),
        ),
        _credited("edsger-dijkstra", {"reason": "product_unsatisfactory"}, 2900),
        _credited("radia-perlman", {"reason": "order_change"}, 1300, "wallet_amount"),
        _paid_by_transfer("margaret-hamilton"),
        _by_hand("niklaus-wirth"),
        _endpoint(),
    )


def _authorised(name: str, then: str, verb: str, body: Json) -> Track:
    wish = {"amount": 18_000, "customer_id": BUYERS[2].id, "currency": "EUR", "capture_method": "manual"}
    return (Step(name, "/payments", wish), Step(then, f"/payments/@{name}/{verb}", body))


def _authenticated() -> Track:
    wish = {"amount": 7700, "customer_id": BUYERS[2].id, "currency": "EUR", "payment_method": AUTHENTICATE}
    return (
        Step("secured", "/payments", wish),
        Step("authenticate", "/simulated/payments/@secured/authenticate", {"outcome": "succeed"}),
        Step("not-yet-secured", "/payments", wish),
    )


def _dispute(name: str, payment: str) -> Step:
    return Step(name, "/simulated/disputes", {"payment": payment})


def _first_invoice(person: str) -> Step:
    """They have fewer than a hundred, and lists begin with the newest."""
    return Step(f"invoices:{person}", f"/invoices?customer_id={person}&limit=100", method="GET")


def _credited(person: str, body: Json, amount: int, to: str = "refund_amount") -> Track:
    """Part of the first line of their first invoice."""
    invoices = f"@invoices:{person}#data.-1"
    line = {"invoice_line": f"{invoices}.lines.0.id", "amount": amount}
    wish = {"invoice": f"{invoices}.id", "lines": [line], to: amount, **body}
    return (_first_invoice(person), Step(f"credit:{person}", "/credit-notes", wish))


def _paid_by_transfer(person: str) -> Track:
    path = f"/invoices/@invoices:{person}#data.-1.id/pay"
    return (_first_invoice(person), Step(f"transfer:{person}", path, {"out_of_band": True}))


def _by_hand(person: str) -> Track:
    lines = [{"price": "@price:workshop-eur", "quantity": "2"}, {"price": "@price:onboarding-eur", "quantity": "1"}]
    wish: Json = {"customer_id": person, "currency": "EUR", "lines": lines}
    due = {"collection_method": "send_invoice", "days_until_due": 14}
    return (
        Step("invoice", "/invoices", wish | due),
        Step("opened", "/invoices/@invoice/finalize", {}),
    )


def _endpoint() -> Track:
    """Disabled: nobody answers there, until somebody puts a program of theirs in its place."""
    body = {"url": "https://shop.example/webhooks/pocketpay", "types": ["payment.*", "invoice.*", "dispute.*"]}
    return (Step("endpoint", "/webhook-endpoints", body), Step("off", "/webhook-endpoints/@endpoint/disable", {}))
