"""What a quantity costs at a price, in minor units, rounded once at the end."""

from fractions import Fraction
from math import ceil, floor

from messages.products import Price, Tier
from messages.quantities import rounded


def cost(price: Price, quantity: Fraction) -> int:
    """Nothing costs nothing, but at a `flat` price, which asks for its amount whatever the quantity."""
    if price.billing_scheme == "flat":
        return price.unit_amount or 0
    if price.billing_scheme == "per_unit":
        return rounded(_sold(price, quantity) * (price.unit_amount or 0))
    tiers = price.tiers or []
    return rounded(_volume(tiers, quantity) if price.tiers_mode == "volume" else _graduated(tiers, quantity))


def unit_amount_of(price: Price) -> int | None:
    """What one unit costs; None where more than a multiplication decides: flat prices, packages and tiers."""
    return price.unit_amount if price.billing_scheme == "per_unit" and not price.transform_quantity else None


def described(price: Price, product_name: str, unit_label: str | None, quantity: str) -> str:
    """For an invoice: how many of what, and in brackets what one is or a package holds; a flat price has but a name."""
    if price.billing_scheme == "flat":
        return product_name
    package = price.transform_quantity
    per = str(package.divide_by) if package else unit_label
    return f"{quantity} × {product_name} (per {per})" if per else f"{quantity} × {product_name}"


def _sold(price: Price, quantity: Fraction) -> Fraction:
    """Units, or packages where the price is for one."""
    package = price.transform_quantity
    if not package:
        return quantity
    packages = quantity * Fraction(1, package.divide_by)
    return Fraction(ceil(packages) if package.round == "up" else floor(packages))


def _graduated(tiers: list[Tier], quantity: Fraction) -> Fraction:
    """Every unit costs what its own tier says; a tier's flat amount is due from the first part of a unit in it."""
    total, below = Fraction(0), 0
    for tier in tiers:
        if quantity <= below:
            break
        inside = (quantity if tier.up_to is None else min(quantity, tier.up_to)) - below
        total += tier.flat_amount + inside * tier.unit_amount
        below = tier.up_to or 0
    return total


def _volume(tiers: list[Tier], quantity: Fraction) -> Fraction:
    """All units cost what the tier says that the last of them reaches."""
    if not quantity:
        return Fraction(0)
    reached = next(tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to)
    return reached.flat_amount + quantity * reached.unit_amount
