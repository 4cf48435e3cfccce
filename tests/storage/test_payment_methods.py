"""The tables of saved payment methods and of who pays with them, on a real PostgreSQL and as the actor's own role."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from actors.payments.io import QUERIES, load
from actors.payments.keys import method_key, payer_key
from actors.payments.provider_methods import MethodStanding
from actors.payments.states import MethodState, PayerState
from messages.envelope import Query, Reply
from messages.ids import derived_id
from messages.payment_methods import Account, Card, MethodStatus, Payer, PaymentMethod
from messages.wire import json_of
from tests.payments.desk import START, TENANT, Desk
from tests.payments.tables import commit

PM = derived_id("pm", START, "first")
CARD = Card(brand="visa", last4="4242", exp_month=1, exp_year=2030)
SAVED = MethodStanding(reference="pm_1Qx", customer="cus_1", card=CARD)


async def _ask(connection: asyncpg.Connection, name: str, **params: Any) -> Reply:
    return await QUERIES[name](connection, Query(tenant=TENANT, params=params))


async def _ids(connection: asyncpg.Connection, **params: Any) -> list[str]:
    reply = await _ask(connection, "payment_methods", **params)
    return [resource["id"] for resource in reply.body["data"]]


def _method(number: int, **fields: Any) -> MethodState:
    method = PaymentMethod(
        id=f"pm_{number:02}",
        created_at=START + timedelta(seconds=number),
        updated_at=START + timedelta(seconds=number),
        status=MethodStatus.ACTIVE,
        customer_id="abc123",
        provider="stripe",
        provider_reference=f"pm_theirs{number}",
    )
    return MethodState(tenant=TENANT, payment_method=method.model_copy(update=fields))


async def test_a_method_and_its_payer_come_back_as_they_were_saved(connection: asyncpg.Connection) -> None:
    # Given a method that is being saved, of which nobody is told
    desk = Desk()
    desk.ask("payment_method.attach", PM, customer_id="abc123", payment_method="pm_card_visa", metadata={"flat": "4"})
    keys = [method_key(TENANT, PM), payer_key(TENANT, "abc123")]
    await commit(connection, *(desk.view[key] for key in keys))
    assert await load(connection, keys) == {key: desk.view[key] for key in keys}
    assert (await _ask(connection, "payment_method", id=PM)).status == 404
    assert await _ids(connection, customer_id="abc123") == []
    # When it is saved, and then being detached
    desk.answer(desk.calls.pop(), SAVED)
    desk.ask("payment_method.detach", PM)
    await commit(connection, *(desk.view[key] for key in keys))
    # Then
    assert await load(connection, keys) == {key: desk.view[key] for key in keys}
    told = desk.view[keys[0]].payment_method
    assert await _ask(connection, "payment_method", id=PM) == Reply(body=json_of(told))
    assert await _ids(connection, metadata={"flat": "4"}) == [PM]


async def test_a_customers_methods_are_listed_newest_first_and_filtered(connection: asyncpg.Connection) -> None:
    await commit(
        connection,
        _method(0, default=True),
        _method(1, customer_id="bob", default=True),
        _method(2, status=MethodStatus.DETACHED),
        _method(3, status=MethodStatus.EXPIRED),
    )
    assert await _ids(connection, customer_id="abc123") == ["pm_03", "pm_02", "pm_00"]
    assert await _ids(connection, customer_id="abc123", status=["active", "expired"]) == ["pm_03", "pm_00"]
    assert await _ids(connection, customer_id="nobody") == []


async def test_the_default_goes_from_one_method_to_another_in_one_statement(connection: asyncpg.Connection) -> None:
    await commit(connection, _method(0, default=True), _method(1))
    await commit(connection, _method(1, default=True, version=2), _method(0, version=2))
    with pytest.raises(asyncpg.ExclusionViolationError, match="payment_method_one_default"):
        await commit(connection, _method(0, default=True, version=3))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"status": "lost"}, "payment_method_status"),
        ({"version": -1}, "payment_method_version"),
        ({"version": 0}, "payment_method_untold"),
        ({"version": 0, "provider_reference": None, "status": "expired"}, "payment_method_untold"),
        ({"provider_reference": None}, "payment_method_saved_is_known"),
        ({"status": "detached", "default": True}, "payment_method_detached_is_no_default"),
        ({"updated_at": START - timedelta(days=1)}, "payment_method_times"),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_the_table_refuses_a_method_that_cannot_be(
    connection: asyncpg.Connection, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=f'"{constraint}"'):
        await commit(connection, _method(0, **fields))


async def test_what_the_provider_saved_is_one_method_of_ours_until_it_is_detached(
    connection: asyncpg.Connection,
) -> None:
    await commit(connection, _method(0, provider_reference="pm_1"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit(connection, _method(1, provider_reference="pm_1"))
    await commit(connection, _method(0, provider_reference="pm_1", status=MethodStatus.DETACHED))
    await commit(connection, _method(1, provider_reference="pm_1"))


async def test_the_actor_cannot_delete_a_method_and_the_verifier_reads_it(
    connection: asyncpg.Connection, database_as: Callable[[str], str]
) -> None:
    payer = Payer(id="abc123", created_at=START, updated_at=START, accounts={"stripe": Account(key="call_1")})
    await commit(connection, _method(0), PayerState(tenant=TENANT, payer=payer))
    for table in ("payment_method", "payer"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"delete from {table}")
    verifier = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    assert await verifier.fetchval("select count(*) from payments.payment_method, payments.payer") == 1
    await verifier.close(timeout=10)
