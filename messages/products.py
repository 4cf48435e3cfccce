"""The catalogue: products and their prices, coupons and tax rates. Nothing in use ever changes but its labels."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.customers import ShortText
from messages.ids import Token
from messages.money import Amount, Currency, PositiveAmount
from messages.places import Country
from messages.quantities import Percentage
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource, Text
from messages.wire import Instant, Moment, Wire

Interval = Literal["day", "week", "month", "year"]
UsageType = Literal["licensed", "metered"]
Aggregation = Literal["sum", "max", "last", "unique_count"]
BillingScheme = Literal["per_unit", "flat", "tiered"]
TiersMode = Literal["graduated", "volume"]
TaxBehavior = Literal["inclusive", "exclusive"]
PriceType = Literal["one_time", "recurring"]
LookupKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=250)]
UnitLabel = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class Product(Resource):
    """`unit_label` names one of it on an invoice: `seat`."""

    object: str = "product"
    active: bool = True
    name: str
    description: str | None = None
    unit_label: str | None = None
    tax_code: str | None = None
    default_price: str | None = None


class Recurring(Wire):
    """Every `interval_count` intervals; metered prices say how usage adds up."""

    interval: Interval
    interval_count: Annotated[int, Field(ge=1, le=365)] = 1
    usage_type: UsageType = "licensed"
    aggregate_usage: Aggregation | None = None


class Tier(Wire):
    """Up to and with the unit `up_to`; the last tier has no end."""

    up_to: Annotated[int, Field(ge=1, le=10**12)] | None
    unit_amount: Amount = 0
    flat_amount: Amount = 0


class TransformQuantity(Wire):
    """A package: so many units are sold as one."""

    divide_by: Annotated[int, Field(ge=2, le=10**12)]
    round: Literal["up", "down"] = "up"


class Price(Resource):
    """What a product costs. Only `active`, `nickname`, `lookup_key` and `metadata` change."""

    object: str = "price"
    active: bool = True
    product: str
    type: PriceType
    currency: Currency
    unit_amount: Amount | None = None
    lookup_key: str | None = None
    nickname: str | None = None
    recurring: Recurring | None = None
    billing_scheme: BillingScheme = "per_unit"
    tiers_mode: TiersMode | None = None
    tiers: list[Tier] | None = None
    transform_quantity: TransformQuantity | None = None
    tax_behavior: TaxBehavior = "exclusive"


class AppliesTo(Wire):
    """Which products a coupon lowers; none named: all."""

    products: list[Token] = Field(default_factory=list, max_length=100)


CouponDuration = Literal["once", "repeating", "forever"]


class Coupon(Resource):
    """Exactly one of `percent_off` and `amount_off`. `valid`: not archived, not past `redeem_by`, not used up."""

    object: str = "coupon"
    name: str | None = None
    valid: bool = True
    percent_off: Percentage | None = None
    amount_off: PositiveAmount | None = None
    currency: Currency | None = None
    duration: CouponDuration
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    times_redeemed: int = 0
    redeem_by: Instant | None = None
    applies_to: AppliesTo = AppliesTo()


def still_valid(coupon: Coupon, now: datetime) -> bool:
    """Whether it is neither used up nor past `redeem_by`; whether it is archived is known to its keeper alone."""
    used_up = coupon.max_redemptions is not None and coupon.times_redeemed >= coupon.max_redemptions
    return not used_up and (coupon.redeem_by is None or now < coupon.redeem_by)


TaxType = Literal["vat", "gst", "hst", "pst", "qst", "jct", "sales_tax", "service_tax", "igst", "other"]


class TaxRate(Resource):
    """`jurisdiction` is the account of the books that the tax is owed to; `reverse_charge`: the customer owes it."""

    object: str = "tax_rate"
    active: bool = True
    display_name: str
    percentage: Percentage
    inclusive: bool = False
    country: str | None = None
    state: str | None = None
    jurisdiction: str
    tax_type: TaxType = "other"
    reverse_charge: bool = False


# Commands; the envelope's subject is the id of the resource.


class CreateProduct(Wire):
    """`product.create`."""

    name: Label
    description: Text | None = None
    unit_label: UnitLabel | None = None
    tax_code: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class PriceTerms(Wire):
    """All that is said of a price but which product it is of."""

    currency: Currency
    unit_amount: Amount | None = None
    recurring: Recurring | None = None
    billing_scheme: BillingScheme = "per_unit"
    tiers_mode: TiersMode | None = None
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=100)] | None = None
    transform_quantity: TransformQuantity | None = None
    tax_behavior: TaxBehavior = "exclusive"
    lookup_key: LookupKey | None = None
    nickname: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)


class CreatePrice(PriceTerms):
    """`price.create`."""

    product: Token


class CreateCoupon(Wire):
    """`coupon.create`."""

    name: ShortText | None = None
    percent_off: Percentage | None = None
    amount_off: PositiveAmount | None = None
    currency: Currency | None = None
    duration: CouponDuration = "once"
    duration_in_months: Annotated[int, Field(ge=1, le=120)] | None = None
    max_redemptions: Annotated[int, Field(ge=1, le=10**9)] | None = None
    redeem_by: Moment | None = None
    applies_to: AppliesTo = AppliesTo()
    metadata: Metadata = Field(default_factory=dict)


class CreateTaxRate(Wire):
    """`tax_rate.create`; without a `jurisdiction` the country, or `other`."""

    display_name: ShortText
    percentage: Percentage
    inclusive: bool = False
    country: Country | None = None
    state: ShortText | None = None
    jurisdiction: Token | None = None
    tax_type: TaxType = "other"
    reverse_charge: bool = False
    metadata: Metadata = Field(default_factory=dict)


# What may be changed; a field that is not sent stays. `null` empties a field that may be empty, or removes a key.


class ProductChanges(Wire):
    """Of a product; `default_price` is one of its own."""

    active: bool = Field(default_factory=bool)
    name: Label = Field(default_factory=str)
    description: Text | None = None
    unit_label: UnitLabel | None = None
    tax_code: ShortText | None = None
    default_price: Token | None = None
    metadata: MetadataChanges = Field(default_factory=dict)


class PriceChanges(Wire):
    """Of a price: what it asks for never changes, for somebody may have agreed to it."""

    active: bool = Field(default_factory=bool)
    nickname: ShortText | None = None
    lookup_key: LookupKey | None = None
    metadata: MetadataChanges = Field(default_factory=dict)


class CouponChanges(Wire):
    """Of a coupon; with `valid` false it is archived, with true it is taken back."""

    valid: bool = Field(default_factory=bool)
    name: ShortText | None = None
    metadata: MetadataChanges = Field(default_factory=dict)


class TaxRateChanges(Wire):
    """Of a tax rate."""

    active: bool = Field(default_factory=bool)
    display_name: ShortText = Field(default_factory=str)
    metadata: MetadataChanges = Field(default_factory=dict)


class UpdateCatalogue(Wire):
    """`product.update`, `price.update` …: `changes` are the fields that were sent; metadata is merged."""

    changes: dict[str, object]
    if_match: int | None = None


class ProductListing(Listing):
    """`products`."""

    active: bool | None = None


class PriceListing(Listing):
    """`prices`."""

    product: str | None = None
    active: bool | None = None
    lookup_key: str | None = None


class CouponListing(Listing):
    """`coupons`."""


class TaxRateListing(Listing):
    """`tax_rates`."""

    active: bool | None = None


COMMANDS: dict[str, type[Wire]] = {
    "product.create": CreateProduct,
    "price.create": CreatePrice,
    "coupon.create": CreateCoupon,
    "tax_rate.create": CreateTaxRate,
    **dict.fromkeys(("product.update", "price.update", "coupon.update", "tax_rate.update"), UpdateCatalogue),
}

EVENTS: dict[str, type[Resource]] = {
    **dict.fromkeys(("product.created", "product.updated", "product.archived"), Product),
    **dict.fromkeys(("price.created", "price.updated", "price.archived"), Price),
    **dict.fromkeys(("coupon.created", "coupon.updated", "coupon.archived"), Coupon),
    **dict.fromkeys(("tax_rate.created", "tax_rate.updated", "tax_rate.archived"), TaxRate),
}
