"""The payments actor's tables, on a real PostgreSQL and as the actor's own role."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from actors.payments.io import QUERIES, load, save
from actors.payments.keys import payment_key, refund_key
from actors.payments.provider import Taken
from actors.payments.states import PaymentState, RefundState
from actors.runtime.decision import State
from messages.envelope import Query, Reply
from messages.payments import Payment, PaymentStatus, Refund, RefundStatus, Sale, TaxShare
from messages.wire import json_of, rfc3339
from tests.payments.desk import PAY, REF, START, TENANT, Desk, authorized, paid
from tests.payments.tables import commit


async def _ask(connection: asyncpg.Connection, name: str, tenant: str = TENANT, **params: Any) -> Reply:
    return await QUERIES[name](connection, Query(tenant=tenant, params=params))


def _payment(number: int, **fields: Any) -> PaymentState:
    moment = START + timedelta(seconds=number // 2)
    payment = Payment(
        id=f"pay_{number:02}",
        created_at=moment,
        updated_at=moment,
        status=PaymentStatus.PROCESSING,
        amount=1000,
        currency="USD",
        customer_id="abc123",
        provider="simulated",
    )
    return PaymentState(tenant=TENANT, payment=payment.model_copy(update=fields))


def _refund(number: int, payment: str, **fields: Any) -> RefundState:
    refund = Refund(
        id=f"ref_{number:02}",
        created_at=START + timedelta(seconds=number),
        updated_at=START + timedelta(seconds=number),
        status=RefundStatus.PENDING,
        amount=10,
        currency="USD",
        payment=payment,
        customer_id="abc123",
        provider="simulated",
    )
    return RefundState(tenant=TENANT, refund=refund.model_copy(update=fields))


def _story() -> Desk:
    tax = [{"jurisdiction": "DE", "amount": 160}]
    desk = paid(destination={"type": "sale", "tax": tax}, metadata={"order": "42"}, description="Ünïcode ✓")
    desk.refund(amount=400)
    return desk


async def test_states_come_back_as_they_were_saved(connection: asyncpg.Connection) -> None:
    # Given a payment with an open refund, and one that waits for its capture
    desk = _story()
    states: list[State] = [desk.state(), desk.refund_state()]
    await commit(connection, *states)
    # When
    wanted = [payment_key(TENANT, PAY), refund_key(TENANT, REF), payment_key(TENANT, "pay_unknown")]
    found = await load(connection, wanted)
    # Then
    assert found == {state.key: state for state in states}
    # And when they have changed
    desk.returns(Taken(reference="sim_re_1", amount=400, pending=True, look_again_seconds=1))
    desk.wait(REF)
    await commit(connection, desk.state(), desk.refund_state())
    found = await load(connection, [payment_key(TENANT, PAY), refund_key(TENANT, REF)])
    assert found == {desk.state().key: desk.state(), desk.refund_state().key: desk.refund_state()}
    assert desk.refund_state().look_up is not None


async def test_the_columns_say_what_the_body_says(connection: asyncpg.Connection) -> None:
    desk = _story()
    await commit(connection, desk.state(), desk.refund_state())
    (row,) = await connection.fetch("select * from payment")
    payment = json_of(desk.payment())
    for name in set(row.keys()) & payment.keys() - {"created_at", "updated_at"}:
        assert row[name] == payment[name], name
    assert (row["created_at"], row["updated_at"]) == (desk.payment().created_at, desk.payment().updated_at)
    assert (row["tax_refunded"], row["operation"] is None) == ([64], False)
    desk.returns(Taken(reference="sim_re_1", amount=400))
    await commit(connection, desk.state(), desk.refund_state())
    assert await connection.fetchval("select operation is null from payment")
    assert await connection.fetchval("select status from refund") == "succeeded"


async def test_another_tenants_payment_is_neither_seen_nor_touched(connection: asyncpg.Connection) -> None:
    mine = paid().state()
    theirs = mine.model_copy(update={"tenant": "other", "payment": authorized(500).payment()})
    theirs = theirs.model_copy(update={"payment": theirs.payment.model_copy(update={"provider_reference": "sim_ch_2"})})
    await commit(connection, mine)
    await commit(connection, theirs)
    found = await load(connection, [mine.key, theirs.key])
    assert found == {mine.key: mine, theirs.key: theirs}
    assert (await _ask(connection, "payment", "third", id=PAY)).status == 404


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount": 0}, "payment_amount"),
        ({"amount": 2**53}, "payment_amount"),
        ({"currency": "usd"}, "payment_currency"),
        ({"status": "paid"}, "payment_status"),
        ({"amount_capturable": 1001}, "payment_capturable"),
        ({"status": "canceled", "amount_capturable": 1}, "payment_capturable_while_held"),
        ({"status": "succeeded", "amount_captured": 1001}, "payment_captured"),
        ({"status": "succeeded"}, "payment_captured_when_succeeded"),
        ({"status": "succeeded", "amount_captured": 5, "amount_refunded": 6}, "payment_refunded"),
        ({"version": 0}, "payment_version"),
        ({"updated_at": START - timedelta(days=1)}, "payment_times"),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_the_table_refuses_a_payment_that_cannot_be(
    connection: asyncpg.Connection, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=f'"{constraint}"'):
        await commit(connection, _payment(0, **fields))


async def test_the_table_refuses_tax_below_zero(connection: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="payment_tax_refunded"):
        await commit(connection, _payment(0).model_copy(update={"tax_refunded": (5, -1)}))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount": 0}, "refund_amount"),
        ({"status": "lost"}, "refund_status"),
        ({"version": 0}, "refund_version"),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_the_table_refuses_a_refund_that_cannot_be(
    connection: asyncpg.Connection, fields: dict[str, Any], constraint: str
) -> None:
    await commit(connection, _payment(0))
    with pytest.raises(asyncpg.CheckViolationError, match=f'"{constraint}"'):
        await commit(connection, _refund(0, "pay_00", **fields))


async def test_one_charge_belongs_to_one_payment(connection: asyncpg.Connection) -> None:
    await commit(connection, _payment(0, provider_reference="sim_ch_1"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await commit(connection, _payment(1, provider_reference="sim_ch_1"))


async def test_a_refund_needs_its_payment(connection: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await commit(connection, _refund(0, "pay_00"))


async def test_the_actor_cannot_delete(connection: asyncpg.Connection) -> None:
    for table in ("payment", "refund"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"delete from {table}")


async def test_the_verifier_reads(database_as: Callable[[str], str]) -> None:
    verifier = await asyncpg.connect(database_as("pocketpay_verifier"), timeout=10)
    assert await verifier.fetchval("select count(*) from payments.payment, payments.refund") == 0
    await verifier.close(timeout=10)


@pytest.mark.parametrize("count", [1, 500])
async def test_a_batch_is_one_statement_per_table(connection: asyncpg.Connection, count: int) -> None:
    states: list[State] = [_payment(number) for number in range(count)]
    states += [_refund(number, "pay_00") for number in range(count)]
    assert [statement.name for statement in save(states)] == ["payment_saved", "refund_saved"]
    await commit(connection, *states)
    asked: list[str] = []
    connection.add_query_logger(lambda record: asked.append(record.query))
    found = await load(connection, [state.key for state in states])
    await asyncio.sleep(0)  # the connection tells its loggers in the next turn of the loop
    assert (len(asked), found) == (2, {state.key: state for state in states})


async def test_a_resource_is_answered_whole(connection: asyncpg.Connection) -> None:
    desk = _story()
    await commit(connection, desk.state(), desk.refund_state())
    assert await _ask(connection, "payment", id=PAY) == Reply(body=json_of(desk.payment()))
    assert await _ask(connection, "refund", id=REF) == Reply(body=json_of(desk.refunded()))
    unknown = await _ask(connection, "refund", id="ref_no")
    assert (unknown.status, unknown.body["code"]) == (404, "not_found")


async def _ids(connection: asyncpg.Connection, name: str, **params: Any) -> Sequence[str]:
    reply = await _ask(connection, name, **params)
    return [resource["id"] for resource in reply.body["data"]]


async def test_a_list_goes_page_by_page_newest_first(connection: asyncpg.Connection) -> None:
    # Given pairs of payments of the same moment
    states = [_payment(number) for number in range(7)]
    await commit(connection, *states)
    # When
    seen, after, pages = list[str](), None, 0
    while pages < 10:
        page = (await _ask(connection, "payments", limit=3, after=after)).body
        seen += [payment["id"] for payment in page["data"]]
        pages += 1
        if not page["has_more"]:
            break
        after = (page["data"][-1]["created_at"], page["data"][-1]["id"])
    # Then
    assert (seen, pages) == ([f"pay_{number:02}" for number in reversed(range(7))], 3)


async def test_a_list_is_filtered(connection: asyncpg.Connection) -> None:
    await commit(
        connection,
        _payment(0, metadata={"order": "42", "shop": "a"}),
        _payment(1, status=PaymentStatus.CANCELED),
        _payment(2, customer_id="bob", destination=Sale(tax=[TaxShare(jurisdiction="DE", amount=1)])),
        _payment(3, metadata={"order": "43"}),
    )
    assert await _ids(connection, "payments", status=["canceled"]) == ["pay_01"]
    either = ["canceled", "processing"]
    assert await _ids(connection, "payments", status=either, limit=2) == ["pay_03", "pay_02"]
    assert await _ids(connection, "payments", customer_id="bob") == ["pay_02"]
    assert await _ids(connection, "payments", metadata={"order": "42"}) == ["pay_00"]
    assert await _ids(connection, "payments", metadata={"order": "42", "shop": "b"}) == []
    second = rfc3339(START + timedelta(seconds=1))
    assert await _ids(connection, "payments", created_after=second) == ["pay_03", "pay_02"]
    assert await _ids(connection, "payments", created_before=second) == ["pay_01", "pay_00"]
    assert await _ids(connection, "payments", tenant="other") == []


async def test_refunds_are_listed_by_their_payment(connection: asyncpg.Connection) -> None:
    await commit(connection, _payment(0), _payment(1))
    await commit(connection, _refund(0, "pay_00"), _refund(1, "pay_01"), _refund(2, "pay_00"))
    assert await _ids(connection, "refunds", payment="pay_00") == ["ref_02", "ref_00"]
    assert await _ids(connection, "refunds", status=["pending"], limit=1) == ["ref_02"]
