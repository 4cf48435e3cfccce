"""Money out of the wallet: held, sent, arrived, and sometimes back again."""

import asyncio

from actors.payments.simulated_journal import journal
from messages.wire import Json
from pocketpay.settings import Settings, simulated_file
from tests.walks.frames import stream, until
from tests.walks.system import Answer, System
from tests.walks.test_wallet_money import balance, top_up
from tests.walks.whole import must_verify

IN_TRANSIT = "assets:psp:simulated:payouts_in_transit"
AVAILABLE = "assets:psp:simulated:available"


async def withdraw(system: System, customer_id: str, amount: int, **headers: str) -> Answer:
    path = f"/api/v1/wallets/{customer_id}/withdrawals"
    return await system.post(path, {"amount": amount, "currency": "USD"}, **headers)


async def books(system: System, position: str) -> tuple[int, int]:
    return await system.balance(IN_TRANSIT, position), await system.balance(AVAILABLE, position)


async def until_said(system: System, event: str, payout: str, after: str) -> str:
    """The position at which that is said of the payout."""
    async with stream(system.http, f"/api/v1/events/stream?type={event}", after) as told:
        found = await until(told, lambda frame: frame.data["subject"] == payout)
    return str(found[-1].id)


async def test_a_withdrawal_leaves_the_wallet_and_arrives_by_itself(system: System) -> None:
    # Given
    filled = await top_up(system, "wd-1", 1000)
    transit, available = await books(system, filled.position)
    # When
    sent = await withdraw(system, "wd-1", 700, Idempotency_Key="wd-1 out")
    # Then it is on its way
    payout: Json = sent.body
    assert (sent.status, payout["status"], payout["purpose"]) == (201, "in_transit", "withdrawal")
    assert sent.headers["Location"] == f"/api/v1/payouts/{payout['id']}"
    assert await balance(system, "wd-1", sent.position) == {"posted": 300, "held": 0, "available": 300}
    assert await books(system, sent.position) == (transit - 700, available), "owed to the customer's bank"
    assert (await system.get(f"/api/v1/holds/{payout['hold']}"))["status"] == "confirmed"
    # And then there
    arrived = await until_said(system, "payout.paid", payout["id"], sent.position)
    assert (await system.get(sent.headers["Location"], min_position=arrived))["status"] == "paid"
    assert await books(system, arrived) == (transit, available - 700)
    # And what it posted is listed, page by page
    path = f"/api/v1/payouts/{payout['id']}/entries"
    first = await system.get(path, limit="3", min_position=arrived)
    rest = await system.get(path, limit="3", cursor=first["next_cursor"])
    listed = [(each["source"]["kind"], each["side"], each["amount"]) for each in [*first["data"], *rest["data"]]]
    assert sorted(listed) == [(kind, side, 700) for kind in ("paid", "sent") for side in ("credit", "debit")]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    async with system.http.get("/api/v1/payouts/po_none/entries") as unknown:
        assert (unknown.status, (await unknown.json())["code"]) == (404, "not_found")
    # And whoever asks again with the same key hears the same, and nothing more is sent
    again = await withdraw(system, "wd-1", 700, Idempotency_Key="wd-1 out")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (payout, "true")
    lines = journal(simulated_file(Settings(data_dir=system.data_dir)))
    assert [line["kind"] for line in lines if line["payment"] == payout["id"]] == ["payout_sent", "payout_paid"]


async def test_no_more_leaves_the_wallet_than_is_in_it(system: System) -> None:
    await top_up(system, "wd-2", 1000)
    refused = await withdraw(system, "wd-2", 1001)
    assert (refused.status, refused.body["code"]) == (402, "insufficient_funds")
    assert refused.body["balance"]["available"] == 1000
    assert (await system.get("/api/v1/payouts", customer_id="wd-2"))["data"] == []
    # And of many at once only as many go as are covered
    answers = await asyncio.gather(*(withdraw(system, "wd-2", 300) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [402] * 5
    listed = await system.get("/api/v1/payouts", customer_id="wd-2", purpose="withdrawal")
    assert [each["amount"] for each in listed["data"]] == [300] * 3
    last = max((answer for answer in answers if answer.status == 201), key=_sequence)
    assert await balance(system, "wd-2", last.position) == {"posted": 100, "held": 0, "available": 100}
    # And the provider sent just those
    lines = journal(simulated_file(Settings(data_dir=system.data_dir)))
    ids = {each["id"] for each in listed["data"]}
    assert [line["amount"] for line in lines if line["kind"] == "payout_sent" and line["payment"] in ids] == [300] * 3


def _sequence(answer: Answer) -> int:
    return int(answer.position.rpartition("-")[2])


async def test_what_the_bank_sends_back_is_in_the_wallet_again(system: System) -> None:
    # Given
    filled = await top_up(system, "wd-3", 1000)
    before = await books(system, filled.position)
    # When one comes back on its way, and one after it had arrived
    first = await withdraw(system, "wd-3", 400)
    failed = await system.post(f"/simulated/payouts/{first.body['id']}/fail")
    assert (failed.status, failed.body["status"], failed.body["failure_code"]) == (200, "failed", "account_closed")
    second = await withdraw(system, "wd-3", 600)
    paid = await system.post(f"/simulated/payouts/{second.body['id']}/paid")
    assert (paid.status, paid.body["status"]) == (200, "paid")
    back = await system.post(f"/simulated/payouts/{second.body['id']}/fail")
    assert (back.status, back.body["status"]) == (200, "failed")
    # Then the books are as before
    assert await balance(system, "wd-3", back.position) == {"posted": 1000, "held": 0, "available": 1000}
    assert await books(system, back.position) == before
    wrong = await system.post(f"/simulated/payouts/{second.body['id']}/paid")
    assert (wrong.status, wrong.body["code"], wrong.body["status_now"]) == (409, "wrong_state", "failed")
    await must_verify(system)
