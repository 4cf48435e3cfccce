"""The monitor tells the ledger what is broken: once per change, until it is written down, whoever is away."""

import json
from collections.abc import Callable

import asyncpg
import nats
import pytest
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import NoStreamResponseError

from messages.envelope import Command
from messages.ledger import Invariant
from messages.ledger_commands import ReportInvariant
from messages.subjects import COMMANDS
from messages.wire import json_of
from pocketpay import reporting
from pocketpay.embedded.nats_users import MONITOR, inbox
from pocketpay.reporting import Reporter, close, report, reports
from storage.breaches import Breach

EVE = "liabilities:wallets:eve"
BROKEN = {("I2", "stored balances"): [Breach("demo eve USD", "demo", ("assets:psp:x:pending", EVE, "no path"))]}
SAY = """insert into ledger.invariant (tenant, id, status, version, updated_at, body)
    values ('demo', 'I2', $1, $2, now(), $3)
    on conflict (tenant, id) do update set status = excluded.status, version = excluded.version, body = excluded.body"""


@pytest.fixture
async def books(database: str):
    connection = await asyncpg.connect(database, timeout=10)
    yield connection
    await connection.close(timeout=10)


async def write_down(books: asyncpg.Connection, version: int, wish: ReportInvariant) -> None:
    """As the ledger does when it has decided the command."""
    status = "breached" if wish.figure else "restored"
    said = Invariant(id="I2", status=status, version=version, **wish.model_dump())
    await books.execute(SAY, status, version, json.dumps(json_of(said)))


async def commands(nats_server: str) -> list[Command]:
    client = await nats.connect(nats_server)
    try:
        stream = client.jetstream()
        count = (await stream.stream_info(COMMANDS)).state.messages
        return [
            Command.model_validate_json((await stream.get_msg(COMMANDS, number)).data or b"")
            for number in range(1, count + 1)
        ]
    finally:
        await client.close()


def test_breaches_are_grouped_by_tenant_and_rule_and_what_may_be_frozen_comes_first():
    found = reports({**BROKEN, ("I2", "chain"): [Breach("ent_1", "demo"), Breach("ent_2", "other"), Breach("x")]})

    assert found.keys() == {("demo", "I2"), ("other", "I2")}
    assert found["demo", "I2"].accounts == [EVE, "assets:psp:x:pending"]
    assert (found["demo", "I2"].figure, found["demo", "I2"].detail) == (2, "demo eve USD; ent_1")


async def test_each_change_is_told_until_it_is_written_down(
    books, nats_as: Callable[[str], str], nats_server: str, monkeypatch: pytest.MonkeyPatch
):
    reporter, broken = Reporter(nats_as(MONITOR)), reports(BROKEN)
    try:
        # When a breach is seen again and again, it is told once
        await report(reporter, books, broken, whole=True)
        await report(reporter, books, broken, whole=True)
        [first] = await commands(nats_server)
        assert (first.type, first.subject, first.principal) == ("invariant.report", "I2", "system:monitor")
        assert (first.source, first.data["figure"], first.data["accounts"][0]) == ("gateway", 1, EVE)
        # And told again when nobody has written it down, as the same command
        monkeypatch.setattr(reporting, "AGAIN_SECONDS", 0.0)
        reporter.sent.clear()
        await report(reporter, books, broken, whole=True)
        await report(reporter, books, broken, whole=True)
        assert [one.id for one in await commands(nats_server)] == [first.id] * 3
        # Then, once it is, no more
        await write_down(books, 1, broken["demo", "I2"])
        await report(reporter, books, broken, whole=True)
        assert len(await commands(nats_server)) == 3
        # And when all is well again that is told, but not by a monitor that has not looked at everything yet
        await report(reporter, books, {}, whole=False)
        assert len(await commands(nats_server)) == 3
        await report(reporter, books, {}, whole=True)
        restored = (await commands(nats_server))[-1]
        assert (restored.data["figure"], restored.id != first.id) == (0, True)
        # And the same breach later on the same day is another one
        await write_down(books, 2, ReportInvariant(title="stored balances", figure=0, detail="It holds again."))
        await report(reporter, books, {}, whole=True)
        await report(reporter, books, broken, whole=True)
        told = await commands(nats_server)
        assert (len(told), told[-1].id in {first.id, restored.id}) == (5, False)
    finally:
        await close(reporter)


async def test_without_a_bus_it_is_told_later(books, nats_as: Callable[[str], str], nats_server: str):
    reporter = Reporter("nats://127.0.0.1:1")
    await report(reporter, books, reports(BROKEN), whole=True)
    assert reporter.sent == {}

    reporter.nats_url = nats_as(MONITOR)
    await report(reporter, books, reports(BROKEN), whole=True)
    await close(reporter)

    assert len(await commands(nats_server)) == 1


async def test_the_monitor_can_say_nothing_else(nats_as: Callable[[str], str]):
    client = await nats.connect(nats_as(MONITOR), inbox_prefix=inbox(MONITOR), error_cb=_quiet)
    try:
        for subject in ("pocketpay.command.demo.ledger.account-unfreeze.x", "pocketpay.event.demo.wallet.frozen.x"):
            with pytest.raises((NatsTimeoutError, NoStreamResponseError)):
                await client.jetstream().publish(subject, b"{}", timeout=0.3)
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """What the server forbids is what the test asks for."""
