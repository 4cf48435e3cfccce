"""Each way of finding something has an index, is an actor's own right, and finds nothing of another tenant."""

import re
from collections.abc import Callable

import asyncpg
import pytest

from actors.invoicing.io import save as save_billing
from actors.invoicing.states import CustomerState
from actors.payments.io import save as save_payments
from actors.payments.states import PaymentState
from messages.customers import Customer
from messages.examples import PAYMENT
from messages.ids import command_id
from storage.migrate import SCHEMAS
from storage.search import Row, search, search_sql


async def find(connection: asyncpg.Connection, actor: str, wanted: str, tenant: str = "demo") -> list[Row]:
    return await search(connection, actor, tenant, wanted, command_id(tenant, actor, wanted), 20)


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_every_way_has_an_index_and_is_the_actor_s_own_right(
    database_as: Callable[[str], str], schema: str
) -> None:
    connection = await asyncpg.connect(database_as(f"pocketpay_{schema}"))
    await connection.execute("set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off")
    rows = await connection.fetch(f"explain {search_sql(schema)}", "demo", "pay_01", 20, ["simulated"], "cmd_1")
    plan = "\n".join(row[0] for row in rows)
    await connection.close()
    assert "Seq Scan" not in plan, plan
    # By what is looked for, and not by the tenant alone
    conditions = re.findall(r"Index Cond: (.*)", plan)
    assert [each for each in conditions if "pay_01" not in each and "cmd_1" not in each] == [], plan


async def test_a_payment_is_found_by_its_id_its_beginning_its_reference_and_its_customer(
    database_as: Callable[[str], str],
) -> None:
    connection = await asyncpg.connect(database_as("pocketpay_payments"))
    for statement in save_payments([PaymentState(tenant="demo", payment=PAYMENT)]):
        await connection.execute(statement.sql, *statement.args)
    for wanted in (PAYMENT.id, PAYMENT.id[:6], "pay_", "sim_ch_8", "abc123"):
        found = [(row.object, row.id, row.amount, row.currency) for row in await find(connection, "payments", wanted)]
        assert found == [("payment", PAYMENT.id, 1000, "USD")], wanted
    for wanted in (PAYMENT.id, "sim_ch_8", "abc123"):
        assert await find(connection, "payments", wanted, "other") == []
    for nothing in ("ay_01ja", "sim_ch", "abc12", "%", "pay_01jb"):
        assert await find(connection, "payments", nothing) == []
    await connection.close()


async def test_a_customer_is_found_by_id_and_by_the_whole_address_whatever_its_case(
    database_as: Callable[[str], str],
) -> None:
    connection = await asyncpg.connect(database_as("pocketpay_invoicing"))
    at = PAYMENT.created_at
    ada = Customer(id="ada-1", name="Ada Lovelace", email="Ada@Example.com", created_at=at, updated_at=at)
    for statement in save_billing([CustomerState(tenant="demo", customer=ada)]):
        await connection.execute(statement.sql, *statement.args)
    for wanted in ("ada-1", "ad", "ada@example.com", "ADA@EXAMPLE.COM"):
        assert [(row.id, row.name) for row in await find(connection, "invoicing", wanted)] == [
            ("ada-1", "Ada Lovelace")
        ]
    for nothing in ("ada@example", "Ada", "example.com"):
        assert await find(connection, "invoicing", nothing) == []
    assert await find(connection, "invoicing", "ada@example.com", "other") == []
    await connection.close()
