"""`search`: what an actor has of what somebody has in hand, as people read it."""

from functools import partial

from asyncpg import Connection

from actors.runtime.actor import Answer
from actors.runtime.resources import whole
from messages.envelope import Query, Reply
from messages.ids import command_id
from messages.money import in_major_units
from messages.search import HITS_MAX, Found, FoundPage, Searched
from storage.search import Row, search


def answer(actor: str) -> Answer:
    """About this actor's tables."""
    return partial(_answer, actor)


async def _answer(actor: str, connection: Connection, query: Query) -> Reply:
    wanted = Searched.model_validate(query.params).q
    command = command_id(query.tenant, actor, wanted)
    rows = await search(connection, actor, query.tenant, wanted, command, HITS_MAX + 1)
    found = list({(row.object, row.id): _found(row) for row in rows}.values())
    found.sort(key=lambda each: each.id != wanted)
    return whole(FoundPage(data=found[:HITS_MAX], has_more=len(found) > HITS_MAX))


def _found(row: Row) -> Found:
    money = f"{in_major_units(row.amount, row.currency)} {row.currency}" if row.amount and row.currency else None
    beside = [money if row.name else None, row.status, row.customer_id]
    subtitle = " · ".join(part for part in beside if part)
    return Found(object=row.object, id=row.id, title=row.name or money or row.id, subtitle=subtitle or None)
