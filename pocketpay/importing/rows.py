"""What a row may hold: the fields of the API, and what the old system knew besides. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from actors.invoicing.catalogue_prices import faults as price_faults
from gateway.bodies import validate
from gateway.problems import Problem
from messages.customers import CustomerFields, ShortText
from messages.ids import CustomerId, Token
from messages.money import in_major_units
from messages.products import (
    Label,
    PriceTerms,
    UnitLabel,
)
from messages.resource import METADATA_KEYS_MAX, Metadata, Text
from messages.subscriptions import CollectionMethod, Count, DaysUntilDue
from messages.wire import Json, Moment, Wire
from pocketpay.importing.reading import Fault

Kind = Literal["customers", "prices", "subscriptions"]
OldId = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
MARK: Final = "import_old_id"
"""The key of the metadata by which an import finds again what it made."""

FAULTS_OF_A_ROW_MAX: Final = 20
INTEGERS: Final = frozenset(
    ("quantity", "unit_amount", "flat_amount", "up_to", "interval_count", "divide_by", "days_until_due")
)
BOOLEANS: Final = frozenset(("cancel_at_period_end",))
LISTS: Final = frozenset(("tax_ids", "preferred_locales", "tiers", "items", "coupons", "default_tax_rates"))

_INTEGER = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_MONEY = ("unit_amount", "flat_amount")


class CustomerRow(CustomerFields):
    """Ids are kept as they are."""

    id: Token


class ProductOfRow(Wire):
    """Rows of one product say the same of it."""

    old_id: OldId
    name: Label
    description: Text | None = None
    unit_label: UnitLabel | None = None
    tax_code: ShortText | None = None


class PriceRow(PriceTerms):
    """Known by its `old_id`, or else by its lookup key."""

    old_id: OldId | None = None
    product: ProductOfRow

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.old_id is None and self.lookup_key is None:
            raise ValueError("a price has an old_id, a lookup_key or both")
        return self

    @property
    def name(self) -> str:
        """By which it is found again."""
        return self.old_id or self.lookup_key or ""

    @property
    def names(self) -> tuple[str, ...]:
        """By which subscriptions may name it."""
        return tuple(dict.fromkeys(name for name in (self.old_id, self.lookup_key) if name))


class ItemRow(Wire):
    """`price` is the lookup key or the old id of one."""

    price: OldId
    quantity: Count | None = None


class SubscriptionRow(Wire):
    """Paid for until `current_period_end` in the old system; of one price, or of several `items`."""

    old_id: OldId
    customer_id: CustomerId
    price: OldId | None = None
    quantity: Count | None = None
    items: Annotated[list[ItemRow], Field(min_length=1, max_length=20)] | None = None
    current_period_end: Moment
    billing_cycle_anchor: Moment | None = None
    collection_method: CollectionMethod = "charge_automatically"
    days_until_due: DaysUntilDue | None = None
    default_payment_method: Token | None = None
    coupons: list[Token] = Field(default_factory=list, max_length=20)
    default_tax_rates: list[Token] = Field(default_factory=list, max_length=10)
    cancel_at: Moment | None = None
    cancel_at_period_end: bool = False
    description: ShortText | None = None
    metadata: Metadata = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_of_prices(self) -> Self:
        if (self.price is None) == (self.items is None):
            raise ValueError("a subscription has a price, or items: one of the two")
        if self.items is not None and self.quantity is not None:
            raise ValueError("each of the items has its own quantity")
        if self.cancel_at is not None and self.cancel_at_period_end:
            raise ValueError("say cancel_at or cancel_at_period_end")
        return self

    @property
    def all_items(self) -> list[ItemRow]:
        """However it was written."""
        return self.items or [ItemRow(price=self.price or "", quantity=self.quantity)]


Row = CustomerRow | PriceRow | SubscriptionRow
MODELS: Final[dict[Kind, type[Row]]] = {
    "customers": CustomerRow,
    "prices": PriceRow,
    "subscriptions": SubscriptionRow,
}


def of_cells(cells: Mapping[str, str]) -> Json:
    """Cells of a CSV as JSON would have them; what should be an integer and is none stays a text."""
    return {name: _value(name, cell) for name, cell in cells.items()}


def nested(columns: Mapping[str, Any]) -> Json:
    """`address.country` is a field of a field, `coupons.0` the first of a list; keys of metadata may have dots.

    Raises ValueError when a column stands beside one of its own fields.
    """
    tree: Json = {}
    for name, value in columns.items():
        *path, last = name.split(".", 1) if name.startswith("metadata.") else name.split(".")
        here: Any = tree
        for step in path:
            here = here.setdefault(step, {})
            if not isinstance(here, dict):
                break
        if not isinstance(here, dict) or last in here:
            raise ValueError(name)
        here[last] = value
    return {name: _listed(value) if name in LISTS else value for name, value in tree.items()}


def row_of(
    kind: Kind, columns: Json, file: str, line: int, faults_max: int = FAULTS_OF_A_ROW_MAX
) -> tuple[Row | None, list[Fault]]:
    """The row, or all that is wrong with it."""
    try:
        row = validate(MODELS[kind], nested(columns))
    except ValueError as why:
        return None, [Fault(file, line, str(why), "conflicts_with", "The column stands there whole and in parts.")]
    except Problem as problem:
        errors = problem.extra.get("errors", [])[:faults_max]
        return None, [_fault(file, line, error, columns) for error in errors]
    found = [Fault(file, line, column, code, detail) for column, code, detail in _beyond(row)]
    return (None if found else row), found


def unknown_columns(kind: Kind, header: Json, file: str, line: int) -> list[Fault]:
    """Columns of a CSV that no row of this kind has, or that contradict each other."""
    _, faults = row_of(kind, header, file, line, faults_max=len(header) + 100)
    return [fault for fault in faults if fault.code in ("unknown_field", "conflicts_with") and fault.column]


def _value(name: str, cell: str) -> object:
    last = name.rpartition(".")[2]
    if name.startswith("metadata."):
        return cell
    if last == "up_to" and cell == "null":
        return None
    if last in INTEGERS and _INTEGER.fullmatch(cell):
        return int(cell)
    return {"true": True, "false": False}.get(cell, cell) if last in BOOLEANS else cell


def _listed(value: Any) -> Any:
    if not isinstance(value, dict) or not all(key.isascii() and key.isdigit() for key in value):
        return value
    return [value[key] for key in sorted(value, key=int)]


def _fault(file: str, line: int, error: Json, columns: Json) -> Fault:
    pointer = str(error.get("pointer") or "").removeprefix("/")
    column = pointer.replace("/", ".").replace("~1", "/").replace("~0", "~") or None
    detail = str(error["detail"])
    if column and column.rpartition(".")[2] in _MONEY and error["code"] == "wrong_type":
        currency = columns.get("currency") if columns.get("currency") in ("EUR", "GBP", "JPY") else "USD"
        example = in_major_units(1000, str(currency))
        detail = f"{column} must be an integer in minor units (1000 is {example} {currency})."
    return Fault(file, line, column, str(error["code"]), detail)


def _beyond(row: BaseModel) -> Iterator[tuple[str | None, str, str]]:
    """What no single field shows."""
    if not isinstance(row, CustomerRow) and MARK in getattr(row, "metadata", {}):
        yield f"metadata.{MARK}", "conflicts_with", f"metadata.{MARK} is where the import keeps the old id."
    if not isinstance(row, CustomerRow) and len(getattr(row, "metadata", {})) >= METADATA_KEYS_MAX:
        yield "metadata", "too_long", f"It has {METADATA_KEYS_MAX - 1} keys at most: one more keeps the old id."
    if isinstance(row, PriceRow):
        for fault in price_faults(row):
            yield fault.pointer.removeprefix("/").replace("/", ".") or None, fault.code, fault.detail


def terms_of(row: PriceRow) -> Json:
    """What a price asks for: what never changes of it."""
    return row.model_dump(mode="json", include=set(TERMS))


TERMS: Final = (
    *("currency", "unit_amount", "recurring", "billing_scheme", "tiers_mode", "tiers"),
    *("transform_quantity", "tax_behavior"),
)
