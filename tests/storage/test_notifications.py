"""The tables of notifications, on a real PostgreSQL and as the actor's own role."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from actors.notifications.io import QUERIES, load, save
from actors.notifications.keys import (
    earlier_key,
    failed_key,
    looked_up,
    mails_key,
    open_key,
    ready_key,
    resting_key,
)
from actors.notifications.terms import Terms
from actors.runtime.decision import Key, State
from messages.envelope import Query, Reply
from messages.mails import address_hash
from messages.wire import Json
from storage.notifications import text_of
from tests.notifications.office import NO, OK, START, TENANT, Office, hours


@pytest.fixture
async def tables(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    """With the notifications actor's own rights."""
    connection = await asyncpg.connect(database_as("pocketpay_notifications"), timeout=10)
    yield connection
    await connection.close(timeout=10)


async def kept(tables: asyncpg.Connection, states: Iterable[State]) -> None:
    """Saved as a batch saves them."""
    for statement in save(list(states)):
        await tables.execute(statement.sql, *statement.args)


async def asked(tables: asyncpg.Connection, name: str, tenant: str = TENANT, **params: Any) -> Reply:
    return await QUERIES[name](tables, Query(tenant=tenant, params=params))


def busy_office() -> Office:
    """One delivery arrived, one failed, one rests with another behind it, many are ready, eight are tried."""
    office = Office(terms=Terms(seller_has_mail=True))
    office.done("webhook_endpoint.create", "we_a", url="https://example.com/a", types=["payment.*"], rate_limit=9)
    office.hear(office.event("customer.created", "ada", customer="ada", implicit=False))
    office.hear(office.event("payment.updated", "pay_ok", customer="ada"))
    office.until(START + hours(1))
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_failed"))
    office.until(START + timedelta(days=4))
    office.receiver = lambda _: OK
    office.hear(office.event("payment.updated", "pay_ok", 2))
    office.until(START + timedelta(days=4, hours=1))
    office.receiver = lambda _: NO
    office.hear(office.event("payment.succeeded", "pay_rests", customer="ada"))
    office.work(1)
    office.hear(office.event("payment.updated", "pay_rests", 2))
    office.hear(*(office.event("payment.updated", f"pay_{each}") for each in range(30)))
    office.until(office.now)
    return office


async def test_all_of_it_comes_back_as_it_was_saved(tables: asyncpg.Connection) -> None:
    office = busy_office()
    await kept(tables, office.states.values())
    assert await load(tables, list(office.states)) == office.states


async def test_looks_find_what_stands_so_and_nothing_of_others(tables: asyncpg.Connection) -> None:
    # Given a tenant's queue, and the same one of another tenant
    office = busy_office()
    await kept(tables, office.states.values())
    others = [state.model_copy(update={"tenant": "other"}) for state in office.states.values()]
    await kept(tables, others)
    # Then each look finds in the tables what it finds in memory
    office.tables = dict(office.states)
    [failed] = [each for each in office.deliveries if each.webhook_delivery.status == "failed"]
    looks = [
        ready_key(TENANT, looked_up("we_a", "x")),
        open_key(TENANT, looked_up("we_a", "x")),
        open_key(TENANT, looked_up("we_b", "x")),
        resting_key(TENANT, looked_up("we_a", "x")),
        failed_key(TENANT, looked_up("we_a", "0")),
        failed_key(TENANT, looked_up("we_a", str(failed.position))),
        earlier_key(TENANT, looked_up("we_a", failed.webhook_delivery.event)),
        earlier_key(TENANT, looked_up("we_a", "evt_unknown")),
        mails_key(TENANT, looked_up("ada", "x")),
    ]
    found = await load(tables, looks)
    assert {key: list(_found(found, key)) for key in looks} == {key: list(office.known(key).found) for key in looks}
    assert _found(found, looks[0])
    assert len(_found(found, looks[1])) > len(_found(found, looks[0]))


async def test_an_endpoint_says_how_far_all_has_arrived(tables: asyncpg.Connection) -> None:
    office = busy_office()
    await kept(tables, office.states.values())
    shown = (await asked(tables, "webhook_endpoint", id="we_a")).body
    assert (shown["delivered_through"], shown["last_sequence"], shown["secret"]) == (1, 35, None)
    assert (await asked(tables, "webhook_endpoints")).body["data"] == [shown]
    assert (await asked(tables, "webhook_endpoint", tenant="other", id="we_a")).status == 404
    assert (await asked(tables, "webhook_endpoints", tenant="other")).body["data"] == []


async def test_deliveries_are_listed_by_endpoint_event_and_status(tables: asyncpg.Connection) -> None:
    office = busy_office()
    await kept(tables, office.states.values())
    [failed] = [each.webhook_delivery for each in office.deliveries if each.webhook_delivery.status == "failed"]

    async def ids(**params: Any) -> set[str]:
        return {each["id"] for each in (await asked(tables, "webhook_deliveries", **params)).body["data"]}

    assert await ids(status=["failed"], endpoint="we_a") == {failed.id}
    assert await ids(event=failed.event) == {failed.id}
    assert await ids(endpoint="we_b") == set()
    assert await text_of(tables, TENANT, failed.id) == office.text(failed.id)
    assert await text_of(tables, "other", failed.id) is None


async def test_a_suppression_holds_for_an_address_or_a_customer_and_for_some_mails_or_all(
    tables: asyncpg.Connection,
) -> None:
    office, hashed = Office(), address_hash("Ada@Example.com")
    office.done("mail_suppression.create", "x", address_hash=hashed, templates=["receipt"], reason="complained")
    office.done("mail_suppression.create", "x", customer_id="bob")
    lifted = office.done("mail_suppression.create", "x", customer_id="eve")
    office.done("mail_suppression.delete", lifted.id)
    await kept(tables, office.states.values())

    async def reason(template: str, customer: str, address: str, tenant: str = TENANT) -> str | None:
        told = {"template": template, "customer_id": customer, "address_hash": address_hash(address)}
        return (await asked(tables, "suppressed", tenant, **told)).body["reason"]

    assert await reason("receipt", "ada", " ada@example.com ") == "complained"
    assert await reason("invoice", "ada", "ada@example.com") is None
    assert await reason("invoice", "bob", "b@example.com") == "requested"
    assert await reason("invoice", "eve", "e@example.com") is None
    assert await reason("receipt", "ada", "ada@example.com", "other") is None
    listed: list[Json] = (await asked(tables, "mail_suppressions")).body["data"]
    assert {each["customer_id"] for each in listed} == {None, "bob"}


async def test_a_mail_says_to_whom_it_went(tables: asyncpg.Connection) -> None:
    office = Office()
    office.hear(office.event("customer.created", "ada", customer="ada", implicit=False))
    office.hear(office.event("payment.succeeded", "pay_1", customer="ada"))
    office.until(START + hours(1))
    await kept(tables, office.states.values())
    [mail] = office.mails
    shown = (await asked(tables, "mail", id=mail.mail.id)).body
    assert (shown["to"], shown["subject"], shown["status"]) == ("a@example.com", "Hello", "sent")
    assert (await asked(tables, "mails", customer_id="ada")).body["data"] == [shown]
    assert (await asked(tables, "mails", customer_id="bob")).body["data"] == []


def _found(states: Any, key: Key) -> Any:
    return states[key].found
