"""Shoppers: cards that work and that do not, captures, cancels and refunds. Pure: chance comes from `draw` alone."""

from random import Random
from typing import Final

from messages.wire import Json
from pocketpay.demo.steps import Step, Track

SHOPPERS: Final = tuple(f"shopper-{number}" for number in range(1, 9))
CURRENCIES: Final = ("USD", "EUR", "JPY")
WORK: Final = ("pm_card_visa", "pm_card_mastercard", "pm_sim_errorAfterCharge")
"""The last is charged by a provider that then answers 500."""

DECLINED: Final = (
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedExpiredCard",
)


def purchases(draw: Random, customer_id: str, days: int) -> Track:
    """One a day."""
    return tuple(step for day in range(days) for step in _purchase(draw, customer_id, f"{customer_id}-{day}"))


def _purchase(draw: Random, customer_id: str, name: str) -> Track:
    amount, currency = draw.randint(100, 50_000), draw.choice(CURRENCIES)
    wish: Json = {"amount": amount, "currency": currency, "customer_id": customer_id}
    kind = draw.choices(("sold", "declined", "captured", "let go", "refunded"), (50, 15, 10, 5, 20))[0]
    if kind == "declined":
        return (Step(name, "/payments", wish | {"payment_method": draw.choice(DECLINED)}, declined=True),)
    wish["payment_method"] = draw.choices(WORK, (80, 15, 5))[0]
    if kind in ("captured", "let go"):
        wish["capture_method"] = "manual"
    return (Step(name, "/payments", wish), *_then(draw, kind, name, amount))


def _then(draw: Random, kind: str, name: str, amount: int) -> Track:
    match kind:
        case "captured":
            return (Step(f"{name}-capture", f"/payments/@{name}/capture", {"amount": draw.randint(1, amount)}),)
        case "let go":
            return (Step(f"{name}-cancel", f"/payments/@{name}/cancel", {}),)
        case "refunded":
            part = draw.randint(1, amount // 2)
            again = (part, draw.randint(1, amount // 2))[: draw.randint(1, 2)]
            return tuple(
                Step(f"{name}-refund-{number}", f"/payments/@{name}/refunds", {"amount": each})
                for number, each in enumerate(again)
            )
        case _:
            return ()
