"""The tables of disputes, of providers' events and accounts, on a real PostgreSQL and as the actor's own role."""

from collections.abc import Callable

import asyncpg
import pytest

from actors.payments.io import QUERIES, load
from actors.payments.keys import reference_key
from actors.payments.provider import EventPage
from actors.payments.states import DisputeState, ReferenceState
from messages.envelope import Query, Reply
from messages.wire import json_of
from storage.work import wake
from tests.payments.desk import PAY, REF, TENANT, Desk
from tests.payments.provider_says import event
from tests.payments.tables import commit
from tests.payments.test_dispute_snapshots import LOST, dispute_of, heard
from tests.payments.test_provider_events import refund
from tests.payments.test_sweep import account_of, swept, told


async def _save_all(connection: asyncpg.Connection, desk: Desk) -> None:
    await commit(connection, *desk.view.values())
    assert await load(connection, list(desk.view)) == desk.view


async def _ask(connection: asyncpg.Connection, name: str, **params: str) -> Reply:
    return await QUERIES[name](connection, Query(tenant=TENANT, params=params))


async def test_a_dispute_comes_back_as_it_was_saved_and_is_found(connection: asyncpg.Connection) -> None:
    desk = heard(LOST[:2])
    await _save_all(connection, desk)
    dispute = dispute_of(desk).dispute
    desk.ask("dispute.submit_evidence", dispute.id, uncategorized_text="Ünïcode ✓")
    await _save_all(connection, desk)
    assert dispute_of(desk).step is not None
    assert await _ask(connection, "dispute", id=dispute.id) == Reply(body=json_of(dispute))
    for filters in ({}, {"payment": PAY}, {"customer_id": "abc123"}):
        assert [each["id"] for each in (await _ask(connection, "disputes", **filters)).body["data"]] == [dispute.id]
    assert (await _ask(connection, "disputes", payment="pay_other")).body["data"] == []


async def test_events_and_the_account_come_back_as_they_were_saved(connection: asyncpg.Connection) -> None:
    desk = swept()
    event(desk, "refund.failed", refund("failed", id="sim_re_unknown"), id_="evt_waits")
    await _save_all(connection, desk)
    desk.answer(desk.calls.pop(0), EventPage(events=[told(1)], after="1"))
    await _save_all(connection, desk)
    assert account_of(desk).cursor == "1"


async def test_what_a_provider_names_is_found_for_its_tenant_alone(connection: asyncpg.Connection) -> None:
    desk = swept()
    await _save_all(connection, desk)
    names = {("payment", "sim_ch_1"): PAY, ("refund", "sim_re_1"): REF}
    for (kind, reference), ours in names.items():
        key = reference_key(TENANT, kind, "simulated", reference)
        strange = [
            reference_key("other", kind, "simulated", reference),
            reference_key(TENANT, kind, "stripe", reference),
            reference_key(TENANT, "payout", "simulated", reference),
        ]
        found = ReferenceState(tenant=TENANT, object=kind, provider="simulated", reference=reference, id=ours)
        assert await load(connection, [key, *strange]) == {key: found}


async def test_the_table_refuses_a_dispute_that_cannot_be(connection: asyncpg.Connection) -> None:
    desk = heard(LOST[:2])
    state = dispute_of(desk)
    await _save_all(connection, desk)
    for fields, constraint in (
        ({"amount": 0}, "dispute_amount"),
        ({"fee_returned": 10**6}, "dispute_fee_returned"),
        ({"amount_withdrawn": -1}, "dispute_withdrawn"),
    ):
        broken = state.model_copy(update={"dispute": state.dispute.model_copy(update=fields)})
        with pytest.raises(asyncpg.CheckViolationError, match=f'"{constraint}"'):
            await commit(connection, broken)
    twin = state.dispute.model_copy(update={"id": "dsp_twin"})
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit(connection, DisputeState(tenant=TENANT, dispute=twin, as_of=""))


async def test_who_rings_by_itself_is_woken_once(database_as: Callable[[str], str]) -> None:
    async with asyncpg.create_pool(database_as("pocketpay_payments"), min_size=1, max_size=1) as pool:
        for _ in range(2):
            await wake(pool, TENANT, "prov_simulated", 3)
        assert await pool.fetchval("select count(*) from due") == 1
