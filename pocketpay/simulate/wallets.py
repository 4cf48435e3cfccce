"""Wallets in pairs: filled, shared, spent, paid out, and asked for more than they hold. Pure.

What a card brought is in the wallet once the ledger has heard of it; so only the first filling, for which everybody
waits, and what was transferred count as there.
"""

from random import Random
from typing import Final

from messages.wire import Json
from pocketpay.demo.steps import Step, Track

PAIRS: Final = tuple((f"wallet-{number}-a", f"wallet-{number}-b") for number in range(1, 4))
OWNERS: Final = tuple(owner for pair in PAIRS for owner in pair)
CURRENCY: Final = "USD"
FILLED: Final = (20_000, 200_000)
TOO_MUCH: Final = 1_000_000_000


def filling(draw: Random) -> tuple[Step, ...]:
    """Of every wallet."""
    return tuple(Step(f"{owner}-filled", f"/wallets/{owner}/top-ups", _of(draw.randint(*FILLED))) for owner in OWNERS)


def dealings(draw: Random, pair: tuple[str, str], there: dict[str, int], days: int) -> Track:
    """One a day. `there` is what each holds at least."""
    there = dict(there)
    return tuple(_dealing(draw, pair, there, f"{pair[0]}-{day}") for day in range(days))


def _dealing(draw: Random, pair: tuple[str, str], there: dict[str, int], name: str) -> Step:
    giver, taker = draw.sample(pair, 2)
    amount = draw.randint(1, max(1, there[giver] // 4))
    kind = draw.choices(("transfer", "spend", "withdraw", "fill", "too much"), (45, 20, 10, 15, 10))[0]
    if kind == "too much" or there[giver] < 2 * amount:
        body = _of(TOO_MUCH) | {"from_customer": giver, "to_customer": taker}
        return Step(name, "/transfers", body, declined=True)
    if kind == "fill":
        return Step(name, f"/wallets/{giver}/top-ups", _of(amount))
    there[giver] -= amount
    if kind == "transfer":
        fee = draw.randint(0, amount // 50)
        there[giver] -= fee
        there[taker] += amount
        return Step(name, "/transfers", _of(amount) | {"from_customer": giver, "to_customer": taker, "fee": fee})
    if kind == "spend":
        return Step(name, "/payments", _of(amount) | {"customer_id": giver, "payment_method": "wallet"})
    return Step(name, f"/wallets/{giver}/withdrawals", _of(amount))


def _of(amount: int) -> Json:
    return {"amount": amount, "currency": CURRENCY}
