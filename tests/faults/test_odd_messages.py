"""What comes over the bus and should not: twice, unreadable, far too large. It is set aside and stops nobody."""

import asyncio
import json
from collections.abc import AsyncIterator

import nats
import pytest
from nats.aio.client import Client

from messages.ids import new_id
from messages.subjects import COMMANDS, EVENTS
from messages.wire import Json
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.running import nats_url
from tests.walks.load import under_load
from tests.walks.system import System, rows
from tests.walks.telling import stream_end
from tests.walks.whole import becomes, must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SALE = {"amount": 1000, "currency": "USD", "customer_id": "odd"}
TARGETS = {
    "payments": "pocketpay.command.demo.payments.payment-create.pay_odd",
    "ledger": "pocketpay.event.demo.payment.succeeded.pay_odd",
}
UNREADABLE = {
    "nothing": b"",
    "no JSON": b"not json",
    "half a message": b'{"id": "cmd_1", "object": "comm',
    "no text": b"\xff\xfe\x00",
    "another shape": b'{"id": 1}',
    "a list": b"[]",
    "NUL": b'{"id": "\\u0000"}',
    "lone surrogate": b'{"id": "\\ud800"}',
    "almost too large": b'"' + b"x" * 1_000_000 + b'"',
    "too deep": b"[" * 100_000,
}


@pytest.fixture
async def intruder(system: System) -> AsyncIterator[Client]:
    """May say anything on any subject."""
    client = await nats.connect(nats_url(system.data_dir, system.running, PROVISIONER))
    yield client
    await client.close()


async def say(intruder: Client, subject: str, body: bytes, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    await intruder.jetstream(timeout=5).publish(subject, body, headers={"Nats-Msg-Id": new_id("odd"), **named})


async def parked(system: System, actor: str) -> int:
    async with system.books() as books:
        return await rows(books, f"{actor}.parked where reason = 'unreadable'")


@pytest.mark.parametrize("actor", TARGETS)
async def test_unreadable_messages_are_set_aside_and_the_others_go_on(
    system: System, intruder: Client, actor: str
) -> None:
    before = await parked(system, actor)
    async with under_load(system, f"unreadable-{actor}", count=500) as load:
        for number, body in enumerate(UNREADABLE.values()):
            await load.until(number * 40)
            await say(intruder, TARGETS[actor], body)
    await becomes(lambda: parked(system, actor), before + len(UNREADABLE))
    await must_be_whole(system, load)


async def test_a_message_of_8_mb_is_refused_by_the_server_and_nobody_else_notices(system: System) -> None:
    url = nats_url(system.data_dir, system.running, PROVISIONER)
    user, password = url.removeprefix("nats://").partition("@")[0].split(":")
    async with under_load(system, "large", count=500) as load:
        for subject in TARGETS.values():
            reader, writer = await asyncio.open_connection("127.0.0.1", system.running.nats_port)
            connect = json.dumps({"verbose": False, "user": user, "pass": password})
            size = 8 * 2**20
            writer.write(f"CONNECT {connect}\r\nPUB {subject} {size}\r\n".encode())
            writer.write(b"x" * size + b"\r\n")
            async with asyncio.timeout(5):
                assert b"Maximum Payload Violation" in await _all(reader)
            writer.close()
    await must_be_whole(system, load)


async def test_every_message_said_again_changes_nothing(system: System, intruder: Client) -> None:
    # Given some commands and what came of them, refunds and top-ups among them
    commands, events = await _end(intruder, COMMANDS), await stream_end(system)
    await _some_of_everything(system)
    before = await _figures(system)
    # When each command and each event is said again, as a broken bus would, also without saying whose it was
    for stream, after in ((COMMANDS, commands), (EVENTS, events)):
        for seq in range(after + 1, await _end(intruder, stream) + 1):
            message = await intruder.jetstream(timeout=5).get_msg(stream, seq)
            body, origin = message.data or b"", (message.headers or {}).get("PocketPay-Origin")
            subject = _subject(str(message.subject), json.loads(body))
            await say(intruder, subject, body, **({"PocketPay_Origin": origin} if origin else {}))
            await say(intruder, subject, body)
    # Then nothing of it happens a second time
    async with under_load(system, "said-again", count=200) as load:
        pass
    await must_be_whole(system, load)
    after_load = await _figures(system)
    assert after_load["refunds"] == before["refunds"]
    assert after_load["payments"] == before["payments"] + load.count
    assert after_load["transactions"] == before["transactions"] + sum(s == 201 for s, _ in load.told.values())


async def _some_of_everything(system: System) -> None:
    for number in range(10):
        payment = await system.post("/api/v1/payments", SALE)
        assert (await system.post(f"{payment.headers['Location']}/refunds", {"amount": 10 + number})).status == 201
        filled = await system.post("/api/v1/wallets/odd/top-ups", {"amount": 500, "currency": "USD"})
        assert (await system.post(f"{filled.headers['Location']}/refunds")).status == 201
        authorised = await system.post("/api/v1/payments", {**SALE, "capture_method": "manual"})
        assert (await system.post(f"{authorised.headers['Location']}/capture", {"amount": 600})).status == 200
    await becomes(lambda: _is_quiet(system), True)


async def _is_quiet(system: System) -> bool:
    """Whether nothing was written for a second."""
    before = await _figures(system)
    await asyncio.sleep(1)
    return await _figures(system) == before


async def _figures(system: System) -> dict[str, int]:
    tables = {
        "payments": "payments.payment",
        "refunds": "payments.refund",
        "transactions": "ledger.transaction",
        "entries": "ledger.entry",
        "holds": "ledger.hold",
    }
    async with system.books() as books:
        return {name: await rows(books, table) for name, table in tables.items()}


async def _end(client: Client, stream: str) -> int:
    return (await client.jetstream(timeout=5).stream_info(stream)).state.last_seq


def _subject(stored: str, message: Json) -> str:
    """The stream keeps a partition where the entity was."""
    return f"{stored.rpartition('.')[0]}.{message['subject']}"


async def _all(reader: asyncio.StreamReader) -> bytes:
    said = b""
    try:
        while more := await reader.read(65536):
            said += more
    except ConnectionError:
        pass
    return said
