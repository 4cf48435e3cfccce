"""Customers: their bodies, wishes and routes."""

from typing import Any

from aiohttp import web
from pydantic import Field

from gateway.commands import Wish
from gateway.guards import expected_version, needed_reason
from gateway.ledger_bodies import NoBody
from gateway.outcomes import Answer
from gateway.parameters import Cursor, Limit, Listed, Read
from gateway.problems import FieldError, invalid
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.whole import read_again
from gateway.writes import write
from messages.customers import (
    Customer,
    CustomerChanges,
    CustomerFields,
    EraseCustomer,
    PutCustomer,
    UpdateCustomer,
)
from messages.ids import CustomerId, Token, customer_name, new_id
from messages.invoicing import ACTOR
from messages.statements import CustomerStatement


class CustomerBody(CustomerFields):
    """A new customer."""

    id: CustomerId | None = Field(
        default=None, description="The caller's own name for them; without one we choose one."
    )


class CustomerList(Listed):
    """`test_clock`: those who live by it."""

    test_clock: Token | None = None


class StatementPage(CustomerStatement):
    """`owed` is of all open invoices, whatever page this is."""

    next_cursor: str | None = None


class StatementList(Read):
    """Newest first."""

    limit: Limit = 20
    cursor: Cursor | None = None


def create(_: web.Request, body: CustomerBody) -> Wish:
    """A customer whom nobody has filled in yet."""
    data = PutCustomer(**_fields(body), new=True)
    return Wish(ACTOR, "customer.put", body.id or new_id("cus"), data)


def put(request: web.Request, body: CustomerFields) -> Wish:
    """The customer of this id, new or filled in anew."""
    data = PutCustomer(**_fields(body), if_match=expected_version(request))
    return Wish(ACTOR, "customer.put", _name_of(request), data)


def update(request: web.Request, body: CustomerChanges) -> Wish:
    """What was sent, and nothing else, is to change."""
    changes = body.model_dump(mode="json", exclude_unset=True)
    return Wish(
        ACTOR, "customer.update", id_of(request), UpdateCustomer(changes=changes, if_match=expected_version(request))
    )


def erase(request: web.Request, _: NoBody) -> Wish:
    """The profile goes, everywhere."""
    return Wish(ACTOR, "customer.erase", id_of(request), EraseCustomer(reason=needed_reason(request)))


async def whole(request: web.Request, answer: Answer) -> Answer:
    """The customer as they are now."""
    return await read_again(request, answer, ACTOR, "customer")


def _name_of(request: web.Request) -> str:
    try:
        return customer_name(id_of(request))
    except ValueError as why:
        raise invalid("validation_failed", [FieldError("bad_format", f"id: {why}.", parameter="id")]) from why


def _fields(body: CustomerFields) -> dict[str, Any]:
    return {name: getattr(body, name) for name in CustomerFields.model_fields}


_CUSTOMERS = f"{V1}/customers"
_CUSTOMER = f"{_CUSTOMERS}/{{id}}"
_NO = ("wrong_state", "clock_not_attachable")

CUSTOMERS = [
    Route(
        *("POST", _CUSTOMERS, write(create, whole), "customers:write"),
        *("createCustomer", "Make a customer, or fill in one whose id was only used so far", Customer),
        body=CustomerBody,
        status=201,
        also=(200,),
        codes=("already_exists", "not_found", *_NO),
    ),
    Route(
        *("GET", _CUSTOMERS, page(ACTOR, "customers", nothing, after_created), "customers:read"),
        *("listCustomers", "List customers, the newest first", ListOf[Customer], CustomerList),
    ),
    Route(
        *("GET", _CUSTOMER, one(ACTOR, "customer", by_id), "customers:read"),
        *("getCustomer", "Read a customer; one whose id was never used is not found", Customer, Read),
    ),
    Route(
        *("PUT", _CUSTOMER, write(put, whole), "customers:write"),
        *("putCustomer", "Fill a customer in anew, whether their id was used or not", Customer),
        body=CustomerFields,
        also=(201,),
        codes=("version_conflict", *_NO),
    ),
    Route(
        *("PATCH", _CUSTOMER, write(update, whole), "customers:write"),
        *("updateCustomer", "Change a customer; null empties a field", Customer),
        body=CustomerChanges,
        codes=("version_conflict", *_NO),
    ),
    Route(
        *("GET", f"{_CUSTOMER}/statement", page(ACTOR, "statement", by_id, after_created), "customers:read"),
        *("getStatement", "What a customer was asked for, has paid and owes", StatementPage, StatementList),
    ),
    Route(
        *("POST", f"{_CUSTOMER}/erase", write(erase, whole), "customers:write"),
        *("eraseCustomer", "Erase all that is personal of a customer, for good", Customer),
        body=NoBody,
        codes=("wrong_state", "in_use"),
        reason="needed",
    ),
]
