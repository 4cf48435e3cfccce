"""What arrived long ago is deleted; what did not, what waits and what is young enough stays."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from actors.notifications import pruning
from actors.notifications.io import QUERIES, save
from actors.notifications.keys import body_key, delivery_key
from actors.notifications.pruning import prune
from messages.envelope import Query
from messages.wire import rfc3339
from tests.notifications.office import NO, OK, TENANT, Office, hours

DAYS = 30
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Tables:
    """Those of the actor, under its own role."""

    url: str
    connection: asyncpg.Connection
    kept: dict[str, Any] = field(default_factory=dict)

    async def save(self, office: Office) -> None:
        """As a batch saves."""
        for statement in save(list(office.states.values())):
            await self.connection.execute(statement.sql, *statement.args)

    async def prune(self, page: int = 500) -> int:
        return await prune(self.url, DAYS, page=page)

    async def ids(self, table: str) -> set[str]:
        return {row["id"] for row in await self.connection.fetch(f"select id from {table}")}


@pytest.fixture
async def tables(database_as: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tables]:
    monkeypatch.setattr(pruning, "PAUSE_SECONDS", 0)
    url = database_as("pocketpay_notifications")
    connection = await asyncpg.connect(url, timeout=10)
    yield Tables(url, connection)
    await connection.close(timeout=10)


def office_at(days_ago: float, *endpoints: str) -> Office:
    office = Office(now=NOW - timedelta(days=days_ago))
    for endpoint in endpoints or ("we_a",):
        office.done("webhook_endpoint.create", endpoint, url="https://example.com/hook", types=["*"])
    return office


def shown(office: Office) -> dict[str, str]:
    """Statuses by resource."""
    return {each.lane.rpartition("/")[2]: each.webhook_delivery.status for each in office.deliveries}


async def test_what_arrived_long_ago_is_gone_with_its_text_and_its_lane(tables: Tables) -> None:
    # Given deliveries that arrived 40 and 20 days ago, and two resources of which something came at both times
    office = office_at(40)
    office.hear(*(office.event("payment.updated", each) for each in ("pay_old", "pay_both")))
    office.until(NOW - timedelta(days=20))
    office.hear(office.event("payment.updated", "pay_both", 2), office.event("payment.updated", "pay_young"))
    office.until(NOW)
    await tables.save(office)
    young = {each.webhook_delivery.id for each in office.deliveries[2:]}
    # When what arrived 30 days ago is deleted
    assert await tables.prune() == 2
    # Then the younger ones are there with their texts, and the rest is not
    assert await tables.ids("webhook_delivery") == await tables.ids("webhook_body") == young
    assert await tables.ids("webhook_lane") == {"we_a/payment/pay_young"}
    through = await QUERIES["webhook_endpoint"](tables.connection, Query(tenant=TENANT, params={"id": "we_a"}))
    assert (through.body["delivered_through"], through.body["last_sequence"]) == (4, 4)
    assert await tables.prune() == 0


async def test_what_did_not_arrive_stays_until_its_endpoint_is_deleted(tables: Tables) -> None:
    # Given one that failed and one that was discarded 40 days ago, and one that arrived
    office = office_at(50)
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_failed"))
    office.until(office.now + timedelta(days=4))
    office.receiver = lambda _: OK
    office.hear(office.event("payment.updated", "pay_good"))
    office.until(office.now + hours(2))
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_discarded"))
    office.until(office.now + hours(1))
    office.done("webhook_endpoint.disable", "we_a")
    office.until(office.now + hours(1))
    assert shown(office) == {"pay_failed": "failed", "pay_good": "succeeded", "pay_discarded": "discarded"}
    await tables.save(office)
    # When what is old is deleted
    assert await tables.prune() == 1
    # Then both can still be named and replayed, and the endpoint says that not all has arrived
    kept = {each.webhook_delivery.id for each in office.deliveries if each.webhook_delivery.status != "succeeded"}
    assert await tables.ids("webhook_delivery") == await tables.ids("webhook_body") == kept
    through = await QUERIES["webhook_endpoint"](tables.connection, Query(tenant=TENANT, params={"id": "we_a"}))
    assert through.body["delivered_through"] == 0
    # When the endpoint is deleted, nobody can ask for them any more
    office.done("webhook_endpoint.delete", "we_a")
    await tables.save(office)
    assert await tables.prune() == 3  # what was saved once more, too
    assert await tables.ids("webhook_delivery") == await tables.ids("webhook_body") == set()


async def test_what_waits_stays_however_old_it_is_and_so_does_its_lane(tables: Tables) -> None:
    # Given a resource of which one event arrived 40 days ago, and two wait since then
    office = office_at(40)
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(office.now + hours(1))
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1", 2), office.event("payment.updated", "pay_1", 3))
    office.until(office.now + hours(1))
    await tables.save(office)
    # When what is old is deleted
    assert await tables.prune() == 1
    # Then both still stand in their lane
    waiting = {each.webhook_delivery.id for each in office.deliveries[1:]}
    assert await tables.ids("webhook_delivery") == await tables.ids("webhook_body") == waiting
    assert await tables.ids("webhook_lane") == {"we_a/payment/pay_1"}
    # And also when their endpoint is deleted, until they are discarded
    office.done("webhook_endpoint.delete", "we_a")
    await tables.save(office)
    assert await tables.prune() == 1  # that which was saved once more
    assert await tables.ids("webhook_delivery") == waiting


async def test_what_failed_long_ago_and_was_made_good_since_then_stays(tables: Tables) -> None:
    office = office_at(40)
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(office.now + timedelta(days=4))
    office.receiver = lambda _: OK
    office.until(NOW - timedelta(days=5))
    [failed] = office.deliveries
    office.done("webhook_delivery.replay", failed.webhook_delivery.id)
    office.until(NOW)
    assert [each.webhook_delivery.status for each in office.deliveries] == ["succeeded", "succeeded"]
    await tables.save(office)
    assert await tables.prune() == 0


async def test_it_is_gone_through_page_by_page_past_what_stays_and_tenant_by_tenant(tables: Tables) -> None:
    # Given 25 old deliveries of each of two tenants, of which every third never arrived
    office = office_at(40)
    office.receiver = lambda request: NO if int(office.delivery(request["delivery"]).lane[-2:]) % 3 == 0 else OK
    office.hear(*(office.event("payment.updated", f"pay_{number:02}") for number in range(25)))
    office.until(office.now + timedelta(days=4))
    other = [state.model_copy(update={"tenant": "other"}) for state in office.states.values()]
    await tables.save(office)
    await tables.save(Office(states=dict(enumerate(other))))  # pyright: ignore[reportArgumentType] - only looked through
    # When pages are of four
    assert await tables.prune(page=4) == 2 * 16
    # Then all that arrived is gone, of both
    left = await tables.connection.fetch("select tenant, count(*) as n from webhook_delivery group by 1 order by 1")
    assert [(row["tenant"], row["n"]) for row in left] == [("demo", 9), ("other", 9)]


async def test_the_process_of_notifications_does_it_from_its_start_on(
    tables: Tables, nats_as: Callable[[str], str]
) -> None:
    # Given a delivery that arrived long ago
    office = office_at(40)
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(NOW)
    await tables.save(office)
    # When the process runs
    settings = {"NATS_URL": nats_as("notifications"), "DATABASE_URL": tables.url, "WEBHOOK_KEY": "k" * 32}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "serve", "notifications"),
        env={**os.environ, **{f"POCKETPAY_{name}": value for name, value in settings.items()}},
    )
    # Then it is gone soon
    try:
        async with asyncio.timeout(30):
            while await tables.ids("webhook_delivery"):
                await asyncio.sleep(0.1)
    finally:
        process.terminate()
        await process.wait()


def test_a_delivery_that_is_remembered_though_it_was_deleted_cannot_be_replayed() -> None:
    # Given a delivery that the actor still knows, whose text is gone
    office = office_at(40)
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(NOW)
    [delivery] = office.deliveries
    del office.states[body_key(TENANT, delivery.webhook_delivery.id)]
    # When it is to be replayed, then it is not there
    assert office.refused("webhook_delivery.replay", delivery.webhook_delivery.id) == "not_found"


@pytest.mark.parametrize("gone", [body_key, delivery_key])
def test_an_event_whose_delivery_is_deleted_while_it_is_looked_up_is_replayed_without_a_number(gone: Any) -> None:
    # Given an event whose time is replayed
    office = office_at(20)
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(NOW - timedelta(days=10))
    [delivery] = office.deliveries
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(NOW - timedelta(days=25)), "to": rfc3339(NOW)})
    # When its delivery is found, but not there any more by the time it is read
    del office.states[gone(TENANT, delivery.webhook_delivery.id)]
    office.until(NOW)
    # Then it comes as what was never delivered here does, and the replay ends
    assert [body["delivery"]["sequence"] for _, body in office.posted] == [1, None]
    assert office.endpoint("we_a").work.replay is None
