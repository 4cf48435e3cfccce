"""The tables of usage, on a real PostgreSQL and as the actor's own role."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import asyncpg
import pytest

from actors.invoicing.io import QUERIES, load, save
from actors.invoicing.usage_lines import close_meter
from actors.runtime.decision import State
from messages.envelope import Query, Reply
from messages.products import Aggregation
from storage.usage_checks import METERED
from storage.verify import findings, snapshot
from tests.invoicing.metered import BEFORE, NOW, PERIOD, metered_shop, usage_line, used
from tests.invoicing.shop import TENANT, Shop, days
from tests.invoicing.test_usage import desk_of


@pytest.fixture
async def tables(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the invoicing actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_invoicing"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def kept(tables: asyncpg.Connection, states: Iterable[State]) -> None:
    """Saved as a batch saves them."""
    for statement in save(list(states)):
        await tables.execute(statement.sql, *statement.args)


async def asked(tables: asyncpg.Connection, name: str, tenant: str = TENANT, **params: Any) -> Reply:
    return await QUERIES[name](tables, Query(tenant=tenant, params=params))


async def ids(tables: asyncpg.Connection, **params: Any) -> list[str]:
    return [event["id"] for event in (await asked(tables, "usage_events", **params)).body["data"]]


def busy(aggregation: Aggregation = "sum") -> Shop:
    """Four events of two periods, one of them voided and one too late."""
    shop = metered_shop(aggregation)
    used(shop, "call-1", "2.5", unique="a", occurred_at=NOW - days(1))
    used(shop, "call-2", "3", unique="b", occurred_at=NOW)
    used(shop, "call-3", "1", unique="b", occurred_at=NOW - days(2))
    used(shop, "call-4", "9", occurred_at=BEFORE.start)
    shop.done("usage.void", "call-3")
    shop.done("usage.limit", "sub_1", subscription_item="si_1", quantity="100")
    return shop


async def test_all_of_usage_comes_back_as_it_was_saved(tables: asyncpg.Connection) -> None:
    shop = busy("unique_count")
    await kept(tables, shop.view.values())
    assert await load(tables, list(shop.view)) == shop.view


async def test_events_are_listed_and_found(tables: asyncpg.Connection) -> None:
    # Given events, kept twice as a retried batch may
    shop = busy()
    await kept(tables, shop.view.values())
    await kept(tables, shop.view.values())

    # Then lists are narrowed by what they are of and how they stand
    assert sorted(await ids(tables)) == ["call-1", "call-2", "call-3", "call-4"]
    assert await ids(tables, status=["late"]) == ["call-4"]
    assert await ids(tables, status=["voided"], customer_id="abc123") == ["call-3"]
    assert await ids(tables, subscription="sub_2") == []
    assert await ids(tables, limit=1) != await ids(tables, limit=1, after=(NOW, (await ids(tables, limit=1))[0]))
    # And one is found, by its own tenant alone
    found = await asked(tables, "usage_event", id="call-1")
    assert (found.body["status"], found.body["quantity"], found.body["invoice_line"]) == ("recorded", "2.5", None)
    assert (await asked(tables, "usage_event", "other", id="call-1")).status == 404
    assert await ids(tables) != []


async def test_events_are_invoiced_when_their_meter_is(tables: asyncpg.Connection) -> None:
    shop = busy()
    desk = desk_of(shop)
    close_meter(desk, usage_line())
    await kept(tables, {**shop.view, **desk.states}.values())
    found = await asked(tables, "usage_event", id="call-1")
    assert (found.body["status"], found.body["invoice_line"]) == ("invoiced", "il_1")
    assert sorted(await ids(tables, status=["invoiced"])) == ["call-1", "call-2"]
    assert await ids(tables, status=["recorded"]) == []


async def test_what_was_used_is_summed_up_by_item_and_period(tables: asyncpg.Connection) -> None:
    # Given usage in two periods
    shop = metered_shop(draft="draft")
    used(shop, "call-1", "2.5")
    used(shop, "call-2", "4", occurred_at=BEFORE.start)
    shop.done("usage.limit", "sub_1", subscription_item="si_1", quantity="100")
    await kept(tables, shop.view.values())

    # Then each says how much and what it costs by now, the newest first
    now, before = (await asked(tables, "usage_summaries", id="sub_1")).body["data"]
    assert (now["quantity"], now["amount"], now["events"], now["limit"]) == ("2.5", 25, 1, "100")
    assert (before["quantity"], before["amount"], before["currency"]) == ("4", 40, "USD")
    # And periods that share time with a window, a page at a time
    within = (await asked(tables, "usage_summaries", id="sub_1", since=PERIOD.start)).body["data"]
    assert within == [now]
    assert (await asked(tables, "usage_summaries", id="sub_1", until=PERIOD.start)).body["data"] == [before]
    first = (await asked(tables, "usage_summaries", id="sub_1", limit=1)).body
    assert (first["data"], first["has_more"]) == ([now], True)
    rest = await asked(tables, "usage_summaries", id="sub_1", after=(PERIOD.start, "si_1"))
    assert rest.body == {"data": [before], "has_more": False}
    assert (await asked(tables, "usage_summaries", id="sub_9")).status == 404


_LEAP = "update invoicing.usage_event set {} where id = 'call-2'"


@pytest.mark.parametrize("aggregation", ["sum", "max", "last", "unique_count"])
@pytest.mark.parametrize(
    "breaks",
    [
        None,
        "delete from invoicing.usage_event where id = 'call-2'",
        "update invoicing.usage_event set status = 'recorded' where id = 'call-3'",
        _LEAP.format("quantity = quantity + 5, value = 'a'"),
        "delete from invoicing.usage_meter",
        "update invoicing.usage_event set meter = 'si_1_0' where id = 'call-1'",
    ],
)
async def test_a_meter_that_is_not_what_its_events_add_up_to_is_found(
    tables: asyncpg.Connection,
    database: str,
    database_as: Callable[[str], str],
    aggregation: Aggregation,
    breaks: str | None,
) -> None:
    await kept(tables, busy(aggregation).view.values())
    if breaks is not None:
        superuser = await asyncpg.connect(database, timeout=10)
        await superuser.execute(breaks)
        await superuser.close(timeout=10)
    async with snapshot(database_as("pocketpay_verifier")) as connection:
        (found,) = await findings(connection, METERED, 30)
    assert (found.id, bool(found.figure)) == ("U1", breaks is not None), found.detail
