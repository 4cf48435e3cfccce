"""Customers: who is billed. Their personal fields travel on LATEST and in answers, never in events."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.ids import Token
from messages.places import Country, TimeZone
from messages.queries import Listing
from messages.resource import Metadata, MetadataChanges, Resource
from messages.wire import Instant, Wire

TaxExempt = Literal["none", "exempt", "reverse"]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+$")]
Locale = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Address(Wire):
    """As a letter would carry it; `country` is ISO 3166-1 alpha-2."""

    line1: ShortText | None = None
    line2: ShortText | None = None
    city: ShortText | None = None
    postal_code: ShortText | None = None
    state: ShortText | None = None
    country: Country | None = None


class TaxId(Wire):
    """`type` as at Stripe: `eu_vat`, `gb_vat`, `jp_trn` …"""

    type: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}_[a-z_]{2,20}$")]
    value: ShortText


class Profile(Wire):
    """What is personal: erased on request."""

    name: ShortText | None = None
    email: Email | None = None
    phone: ShortText | None = None
    address: Address | None = None
    tax_ids: list[TaxId] = Field(default_factory=list, max_length=5)


PERSONAL = frozenset(Profile.model_fields)
"""Fields that no event, journal or outcome carries."""


class ProfileTold(Profile):
    """What LATEST holds of a customer, under `pocketpay.latest.<tenant>.customer.<id>`; empty once erased."""

    object: Literal["profile"] = "profile"
    customer_id: str
    version: int
    erased_at: Instant | None = None


class Customer(Resource):
    """`implicit` until somebody fills it in; `delinquent` while an invoice of theirs is overdue or failed."""

    object: str = "customer"
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    description: str | None = None
    delinquent: bool = False
    implicit: bool = False
    address: Address | None = None
    tax_ids: list[TaxId] = []
    tax_exempt: TaxExempt = "none"
    preferred_locales: list[str] = []
    time_zone: str | None = None
    default_payment_method: str | None = None
    test_clock: str | None = None
    erased_at: Instant | None = None


class CustomerFields(Profile):
    """All that a customer is filled in with; what is left out becomes empty, but for the test clock."""

    description: ShortText | None = None
    tax_exempt: TaxExempt = "none"
    preferred_locales: list[Locale] = Field(default_factory=list, max_length=10)
    time_zone: TimeZone | None = None
    default_payment_method: Token | None = None
    test_clock: Token | None = None
    metadata: Metadata = Field(default_factory=dict)


class PutCustomer(CustomerFields):
    """`customer.put`: the customer of this id, new or filled in anew. With `new` nobody may have filled it in."""

    new: bool = False
    if_match: int | None = None


class CustomerChanges(Wire):
    """Of a customer: a field that is not sent stays, null empties it; metadata is merged."""

    name: ShortText | None = None
    email: Email | None = None
    phone: ShortText | None = None
    address: Address | None = None
    tax_ids: Annotated[list[TaxId], Field(max_length=5)] | None = None
    description: ShortText | None = None
    tax_exempt: TaxExempt = "none"
    preferred_locales: Annotated[list[Locale], Field(max_length=10)] | None = None
    time_zone: TimeZone | None = None
    default_payment_method: Token | None = None
    test_clock: Token = Field(default_factory=str)
    metadata: MetadataChanges = Field(default_factory=dict)


class UpdateCustomer(Wire):
    """`customer.update`: `changes` are the fields that were sent; null empties a field, metadata is merged."""

    changes: dict[str, object]
    if_match: int | None = None


class EraseCustomer(Wire):
    """`customer.erase`: the profile goes, everywhere; the books stay."""

    reason: str


class CustomerListing(Listing):
    """`customers`."""

    test_clock: str | None = None


COMMANDS: dict[str, type[Wire]] = {
    "customer.put": PutCustomer,
    "customer.update": UpdateCustomer,
    "customer.erase": EraseCustomer,
}

PRIVATE = frozenset({"customer.put", "customer.update"})
"""Commands whose data is personal."""

EVENTS: dict[str, type[Resource]] = dict.fromkeys(("customer.created", "customer.updated", "customer.erased"), Customer)
