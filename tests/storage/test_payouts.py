"""The table of payouts, on a real PostgreSQL and as the actor's own role."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from actors.payments.io import QUERIES, load
from actors.payments.keys import payout_key
from actors.payments.states import PayoutState
from messages.envelope import Query, Reply
from messages.payouts import Payout, PayoutStatus
from messages.wire import json_of
from tests.payments.desk import PO, START, TENANT, Desk, withdrawn
from tests.payments.tables import commit


async def _ask(connection: asyncpg.Connection, name: str, **params: Any) -> Reply:
    return await QUERIES[name](connection, Query(tenant=TENANT, params=params))


async def _ids(connection: asyncpg.Connection, **params: Any) -> list[str]:
    reply = await _ask(connection, "payouts", **params)
    return [resource["id"] for resource in reply.body["data"]]


def _payout(number: int, **fields: Any) -> PayoutState:
    payout = Payout(
        id=f"po_{number:02}",
        created_at=START + timedelta(seconds=number),
        updated_at=START + timedelta(seconds=number),
        status=PayoutStatus.PENDING,
        purpose="withdrawal",
        customer_id="abc123",
        amount=10,
        currency="USD",
        provider="simulated",
    )
    return PayoutState(tenant=TENANT, payout=payout.model_copy(update=fields))


async def test_a_payout_comes_back_as_it_was_saved(connection: asyncpg.Connection) -> None:
    desk = withdrawn(metadata={"flat": "4"}, description="Ünïcode ✓")
    for step in (lambda: desk.wait(PO), lambda: desk.ask("payout.simulate", PO, outcome="fail")):
        await commit(connection, desk.payout_state())
        assert await load(connection, [payout_key(TENANT, PO)]) == {desk.payout_state().key: desk.payout_state()}
        step()
    await commit(connection, desk.payout_state())
    assert desk.payout_state().look_up is not None
    assert desk.payout_state().step is not None
    assert await load(connection, [payout_key(TENANT, PO)]) == {desk.payout_state().key: desk.payout_state()}
    (row,) = await connection.fetch("select * from payout")
    payout = json_of(desk.payout())
    for name in set(row.keys()) & payout.keys() - {"created_at", "updated_at"}:
        assert row[name] == payout[name], name


async def test_nobody_is_told_of_a_payout_whose_money_is_not_held(connection: asyncpg.Connection) -> None:
    # Given
    desk = Desk()
    desk.withdraw(metadata={"flat": "4"})
    await commit(connection, desk.payout_state())
    assert await load(connection, [payout_key(TENANT, PO)]) == {desk.payout_state().key: desk.payout_state()}
    # Then
    assert (await _ask(connection, "payout", id=PO)).status == 404
    for filters in ({}, {"customer_id": "abc123"}, {"purpose": "withdrawal"}, {"metadata": {"flat": "4"}}):
        assert await _ids(connection, **filters) == []
    # When it is held
    desk.ledger_says(201, {})
    await commit(connection, desk.payout_state())
    # Then
    assert await _ask(connection, "payout", id=PO) == Reply(body=json_of(desk.payout()))
    assert await _ids(connection) == [PO]


async def test_payouts_are_listed_newest_first_and_filtered(connection: asyncpg.Connection) -> None:
    await commit(
        connection,
        _payout(0),
        _payout(1, customer_id="bob", metadata={"flat": "4"}),
        _payout(2, status=PayoutStatus.CANCELED),
        _payout(3, purpose="settlement", customer_id=None),
    )
    assert await _ids(connection) == ["po_03", "po_02", "po_01", "po_00"]
    assert await _ids(connection, customer_id="bob") == ["po_01"]
    assert await _ids(connection, purpose="settlement") == ["po_03"]
    assert await _ids(connection, status=["canceled"]) == ["po_02"]
    assert await _ids(connection, metadata={"flat": "4"}) == ["po_01"]


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount": 0}, "payout_amount"),
        ({"currency": "usd"}, "payout_currency"),
        ({"status": "lost"}, "payout_status"),
        ({"purpose": "gift", "customer_id": None}, "payout_purpose"),
        ({"customer_id": None}, "payout_of_a_wallet"),
        ({"purpose": "settlement"}, "payout_of_a_wallet"),
        ({"status": "in_transit"}, "payout_sent_is_known"),
        ({"status": "paid"}, "payout_sent_is_known"),
        ({"version": -1}, "payout_version"),
        ({"version": 0, "status": "canceled"}, "payout_untold"),
        ({"updated_at": START - timedelta(days=1)}, "payout_times"),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_the_table_refuses_a_payout_that_cannot_be(
    connection: asyncpg.Connection, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=f'"{constraint}"'):
        await commit(connection, _payout(0, **fields))


async def test_the_provider_sends_one_payout_for_one_of_ours(connection: asyncpg.Connection) -> None:
    await commit(connection, _payout(0, provider_reference="sim_po_1"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit(connection, _payout(1, provider_reference="sim_po_1"))


async def test_the_actor_cannot_delete_a_payout_and_the_verifier_reads_it(
    connection: asyncpg.Connection, database_as: Callable[[str], str]
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("delete from payout")
    verifier = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    assert await verifier.fetchval("select count(*) from payments.payout") == 0
    await verifier.close(timeout=10)
