"""A customer's wallet: filled by card, spent by a hold, and not to be given back once it is spent."""

from datetime import UTC, datetime

import nats

from messages.envelope import Command
from messages.ids import new_id
from messages.ledger import ACTOR
from messages.ledger_commands import CreateHold
from messages.subjects import command_subject
from messages.wire import Json, json_of
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.running import nats_url
from tests.walks.frames import Frame, stream, until
from tests.walks.system import Answer, System


async def top_up(system: System, customer_id: str, amount: int) -> Answer:
    path = f"/api/v1/wallets/{customer_id}/top-ups"
    answer = await system.post(path, {"amount": amount, "currency": "USD"})
    assert (answer.status, answer.body["status"]) == (201, "succeeded")
    return answer


async def balance(system: System, customer_id: str, position: str) -> Json:
    wallet = await system.get(f"/api/v1/wallets/{customer_id}", min_position=position)
    return {name: wallet["balances"][0][name] for name in ("posted", "held", "available")}


async def spend(system: System, customer_id: str, amount: int, after: str) -> str:
    """Sets money aside for a sale, as the gateway will; the position at which it is held."""
    wish = CreateHold(customer_id=customer_id, amount=amount, currency="USD", destination={"type": "sale"})
    hold = new_id("hold")
    command = Command(
        id=new_id("cmd"),
        type="hold.create",
        actor=ACTOR,
        tenant="demo",
        subject=hold,
        source="gateway",
        correlation_id="req_walk",
        time=datetime.now(UTC),
        data=json_of(wish),
    )
    client = await nats.connect(nats_url(system.data_dir, system.running, PROVISIONER))
    try:
        subject = command_subject("demo", command.type, ACTOR, hold)
        await client.jetstream().publish(subject, command.model_dump_json().encode(), timeout=5)
    finally:
        await client.close()
    return str((await told_until_posted(system, hold, after))[-1].id)


async def told_until_posted(system: System, source: str, after: str) -> list[Frame]:
    """All events after a position, until the ledger has posted what that payment or hold moves."""
    async with stream(system.http, "/api/v1/events/stream", after) as told:
        return await until(
            told,
            lambda frame: frame.event == "ledger.transaction.posted" and frame.data["data"]["source"]["id"] == source,
        )


async def test_what_is_asked_wrongly_of_the_books_names_the_parameter(system: System) -> None:
    books = "/api/v1/ledger"
    span = "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z"
    for path, wrong in (
        (f"{books}/accounts/liabilities:wallets:walk-none/explain", ("currency", "missing")),
        (f"{books}/accounts/liabilities:wallets:walk-none/proof", ("currency", "missing")),
        (f"{books}/accounts/income:sales/explain?currency=USD&{span}", ("to", "conflicts_with")),
        (f"{books}/heads/consistency?first=2&second=1", ("second", "conflicts_with")),
    ):
        async with system.http.get(path) as answer:
            (error,) = (await answer.json())["errors"]
            assert (answer.status, (error["parameter"], error["code"])) == (400, wrong), path


async def test_a_wallet_is_changed_only_in_the_version_that_was_read(system: System) -> None:
    path, wish = "/api/v1/wallets/walk-4", {"overdraft_limits": {"USD": 50}}
    filled = await top_up(system, "walk-4", 100)
    async with system.http.get(path, params={"min_position": filled.position}) as read:
        tag = read.headers["ETag"]
    for stale in ('"999"', '"moon"', 'W/"1"'):
        async with system.http.patch(path, json=wish, headers={"If-Match": stale}) as late:
            assert (late.status, (await late.json())["code"]) == (412, "version_conflict")
    assert (await system.get(path))["balances"][0]["overdraft_limit"] == 0
    async with system.http.patch(path, json=wish, headers={"If-Match": tag}) as changed:
        assert (changed.status, (await changed.json())["balances"][0]["overdraft_limit"]) == (200, 50)
    async with system.http.get(path, params={"min_position": changed.headers["PocketPay-Position"]}) as read:
        assert read.headers["ETag"] == changed.headers["ETag"] != tag
    async with system.http.patch(path, json=wish, headers={"If-Match": tag}) as late:
        assert late.status == 412


async def test_a_top_up_is_in_the_wallet_for_whoever_waits_for_its_position(system: System) -> None:
    # Given a customer nobody knows, who has a wallet all the same
    assert (await system.get("/api/v1/wallets/walk-1"))["balances"] == []
    # When they top it up
    filled = await top_up(system, "walk-1", 700)
    # Then the money is there, and it is owed to them, not earned
    assert await balance(system, "walk-1", filled.position) == {"posted": 700, "held": 0, "available": 700}
    assert await system.balance("liabilities:wallets:walk-1", filled.position) == 700
    entries = await system.get("/api/v1/wallets/walk-1/entries")
    assert [entry["amount"] for entry in entries["data"]] == [700]


async def test_a_top_up_that_was_not_spent_is_given_back(system: System) -> None:
    filled = await top_up(system, "walk-2", 700)
    refunds = f"{filled.headers['Location']}/refunds"
    # When a part of it is given back
    given = await system.post(refunds, {"amount": 500})
    assert (given.status, given.body["status"]) == (201, "succeeded")
    # Then it is gone from the wallet, and no more than the rest can follow
    assert await balance(system, "walk-2", given.position) == {"posted": 200, "held": 0, "available": 200}
    refused = await system.post(refunds, {"amount": 300})
    assert (refused.status, refused.body["code"]) == (422, "refund_exceeds_captured")
    assert await balance(system, "walk-2", given.position) == {"posted": 200, "held": 0, "available": 200}


async def test_a_top_up_that_was_spent_is_not_given_back(system: System) -> None:
    # Given a wallet whose money is promised to somebody
    filled = await top_up(system, "walk-3", 700)
    spent = await spend(system, "walk-3", 600, filled.position)
    before = await balance(system, "walk-3", spent)
    assert before == {"posted": 700, "held": 600, "available": 100}
    # When the top-up is to be given back
    refused = await system.post(f"{filled.headers['Location']}/refunds", Idempotency_Key="walk-3 refund")
    # Then the answer is no, and says what is there
    assert (refused.status, refused.body["code"]) == (402, "insufficient_funds")
    assert refused.body["balance"]["available"] == 100
    # And nothing has changed: no refund, no event, no entry
    assert (await system.get("/api/v1/refunds", payment=filled.body["id"]))["data"] == []
    assert (await system.get(filled.headers["Location"])) == filled.body
    later = await top_up(system, "walk-3", 1)
    told = await told_until_posted(system, later.body["id"], spent)
    assert {frame.data["about"]["payment"] for frame in told} <= {later.body["id"], None}
    assert not any(frame.event.startswith("refund.") for frame in told)
    assert await balance(system, "walk-3", later.position) == {**before, "posted": 701, "available": 101}
    # And whoever asks again with the same key hears the same no
    again = await system.post(f"{filled.headers['Location']}/refunds", Idempotency_Key="walk-3 refund")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert {**again.body, "request_id": ""} == {**refused.body, "request_id": ""}
