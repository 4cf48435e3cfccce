"""Between the payments actor's states and its tables, its queries and its provider."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TypeVar

from asyncpg import Connection

from actors.payments.provider import REQUESTS, Provider
from actors.payments.states import PaymentState, RefundState
from actors.runtime.actor import Answer, Performer
from actors.runtime.decision import Key, State
from messages.envelope import Query, Reply
from messages.payments import ById, Listing, Page, Payment, Refund
from messages.resource import Resource
from messages.wire import Json, json_of
from storage.payments import Table, by_id, load_rows, newest, save_payments, save_refunds
from storage.statement import Statement

R = TypeVar("R", bound=Resource)


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are: one statement per kind of key."""
    payments = [(key.tenant, key.id) for key in keys if key.kind == "payment"]
    refunds = [(key.tenant, key.id) for key in keys if key.kind == "refund"]
    states: list[State] = []
    if payments:
        rows = await load_rows(connection, "payment", payments)
        states += [PaymentState.model_validate_json(row) for row in rows]
    if refunds:
        rows = await load_rows(connection, "refund", refunds)
        states += [RefundState.model_validate_json(row) for row in rows]
    return {state.key: state for state in states}


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    payments = [state.model_dump_json() for state in states if isinstance(state, PaymentState)]
    refunds = [state.model_dump_json() for state in states if isinstance(state, RefundState)]
    return [*([save_payments(payments)] if payments else []), *([save_refunds(refunds)] if refunds else [])]


def performers(provider: Provider) -> dict[str, Performer]:
    """The operations of a provider; a call's id is its idempotency key there."""
    return {operation: partial(provider.perform, operation) for operation in REQUESTS}


def queries() -> dict[str, Answer]:
    """What may be asked of this actor, by the names in `messages.payments`."""
    return {
        "payment": _one("payment", Payment),
        "payments": _many("payment", Payment),
        "refund": _one("refund", Refund),
        "refunds": _many("refund", Refund),
    }


def _one(table: Table, model: type[R]) -> Callable[[Connection, Query], Awaitable[Reply]]:
    async def answer(connection: Connection, query: Query) -> Reply:
        wanted = ById.model_validate(query.params)
        body = await by_id(connection, table, query.tenant, wanted.id)
        if body is None:
            problem = {"code": "not_found", "detail": f"There is no {table} {wanted.id}."}
            return Reply(status=404, body=problem)
        return Reply(body=_read(model, body))

    return answer


def _many(table: Table, model: type[R]) -> Callable[[Connection, Query], Awaitable[Reply]]:
    async def answer(connection: Connection, query: Query) -> Reply:
        listing = Listing.model_validate(query.params)
        bodies, has_more = await newest(connection, table, query.tenant, listing)
        page = Page(data=[_read(model, body) for body in bodies], has_more=has_more)
        return Reply(body=json_of(page))

    return answer


def _read(model: type[R], body: str) -> Json:
    """Through the model, so that fields younger than the row are there too."""
    return json_of(model.model_validate_json(body))
