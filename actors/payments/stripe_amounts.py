"""Our minor units and Stripe's, which differ: https://docs.stripe.com/currencies#minor-units."""

from messages.money import EXPONENTS

AMOUNT_MAX = 99_999_999
"""Eight digits in Stripe's units."""

_ZERO = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_TWO_BY_TRADITION = frozenset({"ISK", "UGX"})
"""Without decimals in ISO 4217; Stripe keeps two, which must be 00."""

_WHOLE_PAYOUTS = frozenset({"HUF", "TWD"})
"""Charged with two decimals, paid out without."""


class AmountUnfit(ValueError):
    """Stripe cannot take exactly this amount; the text says which it could."""


class AmountUnread(ValueError):
    """Stripe told an amount that is none of ours. What it did stands all the same."""


def to_stripe(amount_minor: int, currency: str) -> int:
    """Stripe's units. Raises AmountUnfit for what they cannot say exactly, never rounds."""
    ours, theirs = EXPONENTS[currency], _exponent(currency)
    amount = amount_minor * 10 ** max(0, theirs - ours)
    step = 10 ** max(0, ours - theirs)
    if EXPONENTS[currency] == 3:
        step = 10
    if amount_minor % step:
        raise AmountUnfit(f"{amount_minor} {currency} is no multiple of {step}, as Stripe needs it.")
    amount //= step if ours > theirs else 1
    if amount > AMOUNT_MAX:
        raise AmountUnfit(f"{amount_minor} {currency} is more than Stripe's {AMOUNT_MAX}.")
    return amount


def payout_to_stripe(amount_minor: int, currency: str) -> int:
    """As `to_stripe`, and whole units where banks know no others."""
    if currency in _WHOLE_PAYOUTS and amount_minor % 100:
        raise AmountUnfit(f"A payout in {currency} is a multiple of 100, not {amount_minor}.")
    return to_stripe(amount_minor, currency)


def from_stripe(amount: int, currency: str) -> int:
    """Ours. Raises AmountUnread for a fraction that ISO 4217 does not know."""
    ours, theirs = EXPONENTS[currency], _exponent(currency)
    whole, rest = divmod(amount * 10 ** max(0, ours - theirs), 10 ** max(0, theirs - ours))
    if rest:
        raise AmountUnread(f"Stripe says {amount} {currency}, which is no whole number of minor units.")
    return whole


def _exponent(currency: str) -> int:
    if currency in _TWO_BY_TRADITION:
        return 2
    return 0 if currency in _ZERO else EXPONENTS[currency]
