"""What every actor does with a resource that it keeps in a table of its own: load, save, answer for one or a page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from asyncpg import Connection
from pydantic import BaseModel
from pydantic_core import to_json

from actors.runtime.actor import Answer
from actors.runtime.decision import Key, State, Stored
from actors.runtime.journaling import MESSAGE_BYTES_MAX
from messages.envelope import Query, Reply
from messages.queries import ById, Listing, Page
from messages.wire import Json, json_of
from storage import resources
from storage.resources import Table
from storage.statement import Statement


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of state and where it lies. `Key.kind` is the table's name, and the state has the resource under it."""

    table: Table
    state: type[Stored]


async def load(connection: Connection, kinds: Sequence[Kept], keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are: one statement per kind of key."""
    found: list[Stored] = []
    for kept in kinds:
        wanted = [(key.tenant, key.id) for key in keys if key.kind == kept.table.name]
        if wanted:
            rows = await resources.load(connection, kept.table, wanted)
            found += [kept.state.model_validate_json(row) for row in rows]
    return {state.key: state for state in found}


def save(kinds: Sequence[Kept], states: Iterable[State]) -> list[Statement]:
    """One statement per table."""
    statements: list[Statement] = []
    for kept in kinds:
        rows = [state.model_dump_json() for state in states if isinstance(state, kept.state)]
        if rows:
            statements.append(resources.save(kept.table, rows))
    return statements


def one(table: Table, model: type[BaseModel]) -> Answer:
    """The resource, read through its model, so that fields younger than the row are there too."""

    async def answer(connection: Connection, query: Query) -> Reply:
        wanted = ById.model_validate(query.params)
        body = await resources.by_id(connection, table, query.tenant, wanted.id)
        if body is None:
            return not_found(f"There is no {table.name} {wanted.id}.")
        return Reply(body=json_of(model.model_validate_json(body)))

    return answer


def many(table: Table, model: type[BaseModel], listing: type[Listing]) -> Answer:
    """A page of resources, newest first."""

    async def answer(connection: Connection, query: Query) -> Reply:
        asked = listing.model_validate(query.params)
        bodies, has_more = await resources.newest(connection, table, query.tenant, asked)
        return page((model.model_validate_json(body) for body in bodies), has_more=has_more)

    return answer


def page(found: Iterable[BaseModel], *, has_more: bool) -> Reply:
    """These resources, as many as fit into a reply and one at least, and whether there are more."""
    data: list[Json] = []
    size = 0
    for resource in found:
        body = json_of(resource)
        size += len(to_json(body))
        if data and size > MESSAGE_BYTES_MAX:
            return Reply(body=json_of(Page(data=data, has_more=True)))
        data.append(body)
    return Reply(body=json_of(Page(data=data, has_more=has_more)))


def whole(resource: BaseModel) -> Reply:
    """One resource, every field there."""
    return Reply(body=json_of(resource))


def first_of(found: Sequence[Json], limit: int, model: type[BaseModel]) -> Reply:
    """A page of what was found, which is one more than the limit if there are more."""
    return page(map(model.model_validate, found[:limit]), has_more=len(found) > limit)


def refused(status: int, code: str, detail: str) -> Reply:
    """What cannot be answered, and why."""
    return Reply(status=status, body={"code": code, "detail": detail})


def unreadable(detail: str, *parameters: str, code: str = "invalid_parameter", fault: str = "bad_format") -> Reply:
    """400 about these parameters of the question."""
    errors = [{"parameter": parameter, "code": fault, "detail": detail} for parameter in parameters]
    return Reply(status=400, body={"code": code, "detail": detail, "errors": errors})


def not_found(detail: str) -> Reply:
    """404, for what never was and for what is another tenant's alike."""
    return Reply(status=404, body={"code": "not_found", "detail": detail})
