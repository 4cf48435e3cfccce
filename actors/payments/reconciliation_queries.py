"""What one may ask about reconciliation; and what reconciliation itself asks of our tables."""

from datetime import UTC, datetime
from typing import Final

from asyncpg import Connection
from pydantic_core import from_json

from actors.payments.units import booked_of, ours_of
from actors.runtime.resources import not_found, page, whole
from messages.balance import BalanceTransaction
from messages.envelope import Query, Reply
from messages.queries import ById
from messages.reconciliation import (
    Difference,
    DifferenceListing,
    EventAsked,
    EventFound,
    Unit,
    UnitPage,
    UnitsAsked,
)
from storage.payments import DIFFERENCES
from storage.reconciliation import (
    Wanted,
    booked_for,
    corrections_of,
    latest_event,
    open_differences,
    resources_of,
    units_after,
)
from storage.resources import by_id, newest

UNITS_MAX: Final = 100


async def difference(connection: Connection, query: Query) -> Reply:
    """One, with its age as of now."""
    asked = ById.model_validate(query.params)
    body = await by_id(connection, DIFFERENCES, query.tenant, asked.id)
    if body is None:
        return not_found(f"There is no difference {asked.id}.")
    return whole(_aged(body))


async def differences(connection: Connection, query: Query) -> Reply:
    """A page of them, the newest first."""
    asked = DifferenceListing.model_validate(query.params)
    bodies, has_more = await newest(connection, DIFFERENCES, query.tenant, asked)
    return page(map(_aged, bodies), has_more=has_more)


async def units(connection: Connection, query: Query) -> Reply:
    """`units`: provider and payments side by side, for what is new and what is open."""
    asked, tenant = UnitsAsked.model_validate(query.params), query.tenant
    if asked.only is None:
        found = await units_after(connection, tenant, asked, max(1, min(asked.limit, UNITS_MAX)))
    else:
        found = Wanted([asked.only], asked.progress, has_more=False)
    ours = {}
    for kind, body in await resources_of(connection, tenant, found.units):
        read = from_json(body)
        if read.get("provider") == asked.provider and (side := ours_of(kind, read)) is not None:
            ours[side.id] = side
    booked: dict[str, list[BalanceTransaction]] = {}
    for unit, body in await booked_for(connection, tenant, asked.provider, found.units):
        booked.setdefault(unit, []).append(BalanceTransaction.model_validate_json(body))
    left = await open_differences(connection, tenant, asked.provider, found.units)
    corrected = await corrections_of(connection, tenant, asked.provider, found.units)
    return whole(
        UnitPage(
            units=[
                Unit(
                    id=unit,
                    ours=ours.get(unit),
                    booked=[booked_of(each) for each in booked.get(unit, [])],
                    open=left.get(unit, []),
                    corrections=corrected.get(unit, []),
                )
                for unit in found.units
                if unit in ours or unit in booked or unit in left
            ],
            progress=found.progress,
            has_more=found.has_more,
        )
    )


async def said(connection: Connection, query: Query) -> Reply:
    """`said`: the newest event of these types about an entity."""
    asked = EventAsked.model_validate(query.params)
    message = await latest_event(connection, query.tenant, asked.entity, asked.types)
    return whole(EventFound(event=from_json(message) if message is not None else None))


def _aged(body: str) -> Difference:
    read = Difference.model_validate_json(body)
    if read.status != "open":
        return read
    age_seconds = int((datetime.now(UTC) - read.created_at).total_seconds())
    return read.model_copy(update={"age_seconds": max(0, age_seconds)})
