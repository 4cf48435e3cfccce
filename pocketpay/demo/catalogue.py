"""What the company sells: products with their prices, coupons, and the taxes of two countries. Pure."""

from typing import Final, NamedTuple

from messages.wire import Json
from pocketpay.demo.steps import Step, Track, Wave

MONTH: Final[Json] = {"recurring": {"interval": "month"}}
YEAR: Final[Json] = {"recurring": {"interval": "year"}}
FLAT: Final[Json] = {"billing_scheme": "flat"}
SUMMED: Final[Json] = {"recurring": {"interval": "month", "usage_type": "metered", "aggregate_usage": "sum"}}
HIGHEST: Final[Json] = {"recurring": {"interval": "month", "usage_type": "metered", "aggregate_usage": "max"}}
HUNDREDS: Final[Json] = {"transform_quantity": {"divide_by": 100, "round": "up"}}
FIRST_THOUSAND_FREE: Final[Json] = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [{"up_to": 1000}, {"up_to": 10_000, "unit_amount": 2}, {"up_to": None, "unit_amount": 1}],
}


class Sold(NamedTuple):
    """A product, what it costs in which currency (minor units; none where tiers say it), and how it is counted."""

    name: str
    label: str
    unit: str | None
    costs: dict[str, int | None]
    terms: Json


SOLD: Final = (
    Sold("starter", "Starter", None, {"EUR": 1900, "USD": 2100}, MONTH | FLAT),
    Sold("team", "Team", "seat", {"EUR": 1200, "USD": 1300}, MONTH),
    Sold("business", "Business", "seat", {"EUR": 2900, "USD": 3200}, MONTH),
    Sold("yearly", "Team, a year ahead", "seat", {"EUR": 12_000, "USD": 13_000}, YEAR),
    Sold("enterprise", "Enterprise", None, {"USD": 2_400_000}, YEAR | FLAT),
    Sold("calls", "API calls", "call", {"EUR": None, "USD": None}, SUMMED | FIRST_THOUSAND_FREE),
    Sold("storage", "Storage", "GB", {"EUR": 9}, HIGHEST),
    Sold("texts", "Text messages", "message", {"USD": 490}, SUMMED | HUNDREDS),
    Sold("support", "Priority support", None, {"EUR": 9900, "USD": 10_900}, MONTH | FLAT),
    Sold("audit", "Audit log", "seat", {"EUR": 300}, MONTH),
    Sold("onboarding", "Onboarding", None, {"EUR": 49_000, "USD": 52_000}, {}),
    Sold("workshop", "Workshop", "day", {"EUR": 120_000}, {}),
)

FIRST: Final = "demo-starter-eur"
"""The lookup key of the price that says, in its metadata, on which day the history begins."""

TAXES: Final = {"DE": ("USt", "19"), "FR": ("TVA", "20")}
_LAUNCH: Final = {"name": "Launch", "percent_off": "25", "duration": "repeating", "duration_in_months": 3}
_FRIENDS: Final = {"name": "Friends", "amount_off": 1000, "currency": "USD", "duration": "once"}


def catalogue(begins: str) -> Wave:
    """`begins` is kept with every price."""
    return (
        *(_product(sold, begins) for sold in SOLD),
        *((_tax(country),) for country in TAXES),
        (Step("coupon:launch", "/coupons", _LAUNCH),),
        (Step("coupon:friends", "/coupons", _FRIENDS),),
    )


def _tax(country: str) -> Step:
    name, percentage = TAXES[country]
    body = {"display_name": name, "percentage": percentage, "country": country, "tax_type": "vat"}
    return Step(f"tax:{country.lower()}", "/tax-rates", body)


def _product(sold: Sold, begins: str) -> Track:
    named: Json = {"name": sold.label, "unit_label": sold.unit}
    return (
        Step(f"product:{sold.name}", "/products", named),
        *(_price(sold, currency, amount, begins) for currency, amount in sold.costs.items()),
    )


def _price(sold: Sold, currency: str, amount: int | None, begins: str) -> Step:
    name = f"{sold.name}-{currency.lower()}"
    body: Json = {
        "product": f"@product:{sold.name}",
        "currency": currency,
        "unit_amount": amount,
        "lookup_key": f"demo-{name}",
        "metadata": {"begins": begins},
    }
    return Step(f"price:{name}", "/prices", body | sold.terms)
