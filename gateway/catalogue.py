"""Products, prices, coupons and tax rates: made, listed, read, changed and thereby archived."""

from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, StringConstraints, WithJsonSchema

from gateway.commands import Wish
from gateway.guards import expected_version
from gateway.parameters import Listed, Read
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages import products
from messages.ids import Token, new_id
from messages.invoicing import ACTOR
from messages.resource import Resource


def _switch(text: object) -> bool:
    if text not in ("true", "false"):
        raise ValueError("it must be true or false")
    return text == "true"


Switch = Annotated[bool, BeforeValidator(_switch), WithJsonSchema({"type": "boolean"})]


class CatalogueList(Listed):
    """`active` alone, or archived alone."""

    active: Switch | None = None


class PriceList(CatalogueList):
    """Of one product, or by its lookup key: at most one active price has it."""

    product: Token | None = None
    lookup_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


def create(prefix: str, command_type: str) -> Callable[[web.Request, BaseModel], Wish]:
    """A resource whose id is chosen here, made of the body as it stands."""

    def wish(_: web.Request, body: BaseModel) -> Wish:
        return Wish(ACTOR, command_type, new_id(prefix), body)

    return wish


def update(command_type: str) -> Callable[[web.Request, BaseModel], Wish]:
    """What was sent, and nothing else, is to change."""

    def wish(request: web.Request, body: BaseModel) -> Wish:
        changes = body.model_dump(mode="json", exclude_unset=True)
        data = products.UpdateCatalogue(changes=changes, if_match=expected_version(request))
        return Wish(ACTOR, command_type, id_of(request), data)

    return wish


def _routes(
    folder: str,
    prefix: str,
    name: tuple[str, str],
    models: tuple[type[Resource], type[BaseModel], type[BaseModel], type[Read]],
    codes: tuple[str, ...] = (),
) -> list[Route]:
    """`name` is its event name and what people call it; `models` are the resource, to make, to change, to list."""
    (noun, words), (resource, made_of, changes, listing) = name, models
    title = resource.__name__
    return [
        Route(
            *("POST", f"{V1}/{folder}", write(create(prefix, f"{noun}.create")), "billing:write"),
            *(f"create{title}", f"Make a {words}", resource),
            body=made_of,
            status=201,
            codes=("already_exists", "reference_not_found", *codes),
        ),
        Route(
            *("GET", f"{V1}/{folder}", page(ACTOR, f"{noun}s", nothing, after_created), "billing:read"),
            *(f"list{title}s", f"List {words}s, the newest first", ListOf[resource], listing),
        ),
        Route(
            *("GET", f"{V1}/{folder}/{{id}}", one(ACTOR, noun, by_id), "billing:read"),
            *(f"get{title}", f"Read a {words}", resource, Read),
        ),
        Route(
            *("PATCH", f"{V1}/{folder}/{{id}}", write(update(f"{noun}.update")), "billing:write"),
            *(f"update{title}", f"Change a {words}, or archive it", resource),
            body=changes,
            codes=("version_conflict", "reference_not_found", *codes),
        ),
    ]


CATALOGUE = [
    *_routes(
        *("products", "prod", ("product", "product")),
        (products.Product, products.CreateProduct, products.ProductChanges, CatalogueList),
    ),
    *_routes(
        *("prices", "price", ("price", "price")),
        (products.Price, products.CreatePrice, products.PriceChanges, PriceList),
        ("already_exists", "in_use", "wrong_state"),
    ),
    *_routes(
        *("coupons", "cpn", ("coupon", "coupon")),
        (products.Coupon, products.CreateCoupon, products.CouponChanges, Listed),
    ),
    *_routes(
        *("tax-rates", "txr", ("tax_rate", "tax rate")),
        (products.TaxRate, products.CreateTaxRate, products.TaxRateChanges, CatalogueList),
    ),
]
