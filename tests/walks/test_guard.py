"""The books are changed behind everybody's back: only the wallet concerned stands still, until a person opens it."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
import pytest

from messages.envelope import Command
from messages.ids import new_id
from messages.ledger import ACTOR
from messages.ledger_commands import COMMANDS
from messages.subjects import command_subject
from messages.wire import json_of
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.monitor import AGAIN_AFTER_BREACH_SECONDS
from pocketpay.running import nats_url
from tests.walks.system import System, up
from tests.walks.tampering import behind_our_back

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

FROZEN_SECONDS = 20


async def one_row(system: System, sql: str) -> None:
    assert (await behind_our_back(system, sql)).endswith(" 1")


async def ask(system: System, type_: str, subject: str, **data: Any) -> tuple[int, str]:
    """A command over NATS, as the gateway will send it: the status of its outcome, and its body."""
    command = Command(
        id=new_id("cmd"),
        type=type_,
        actor=ACTOR,
        tenant="demo",
        subject=subject,
        source="gateway",
        correlation_id="req_walk",
        time=datetime.now(UTC),
        data=json_of(COMMANDS[type_].model_validate(data)),
    )
    client = await nats.connect(nats_url(system.data_dir, system.running, PROVISIONER))
    try:
        where = command_subject("demo", type_, ACTOR, subject)
        await client.jetstream().publish(where, command.model_dump_json().encode(), timeout=5)
    finally:
        await client.close()
    async with system.books() as books, asyncio.timeout(10):
        while True:
            sql = "select outcome_status, outcome_body from ledger.inbox where id = $1 and outcome_status is not null"
            if found := await books.fetchrow(sql, command.id):
                return found[0], found[1]
            await asyncio.sleep(0.05)


async def hold(system: System, customer: str) -> tuple[int, str]:
    return await ask(system, "hold.create", new_id("hold"), customer_id=customer, amount=10, currency="USD")


async def top_up(system: System, customer: str) -> str:
    """The payment that fills the wallet."""
    path = f"/api/v1/wallets/{customer}/top-ups"
    answer = await system.post(path, {"amount": 1_000, "currency": "USD"})
    assert answer.body["status"] == "succeeded"
    await system.get(f"/api/v1/wallets/{customer}", min_position=answer.position)
    return answer.body["id"]


async def until_frozen(system: System, customer: str) -> float:
    """In how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < FROZEN_SECONDS:
        if (await system.get(f"/api/v1/wallets/{customer}"))["status"] == "frozen":
            return time.monotonic() - began
        await asyncio.sleep(0.2)
    raise AssertionError((system.data_dir / "logs" / "monitor.log").read_text()[-4000:])


async def until_told(system: System, type_: str, within_seconds: float) -> None:
    """That the ledger has said this of an invariant."""
    async with system.books() as books, asyncio.timeout(within_seconds):
        while not await books.fetchval("select count(*) from ledger.journal where type = $1", type_):
            await asyncio.sleep(0.5)


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        (
            "update ledger.account set balance = balance + 5 where path = 'liabilities:wallets:eve'",
            "update ledger.account set balance = balance - 5 where path = 'liabilities:wallets:eve'",
        ),
        (
            "update ledger.entry set amount = 1005 where path = 'liabilities:wallets:eve' and account_version = 1",
            "update ledger.entry set amount = 1000 where path = 'liabilities:wallets:eve' and account_version = 1",
        ),
    ],
    ids=["a stored balance", "an entry"],
)
async def test_a_wallet_whose_rows_were_changed_is_frozen_alone(data_dir: Path, broken: str, mended: str) -> None:
    async with up(data_dir) as system:
        # Given two wallets with money, of which one is changed by somebody whom no trigger stops
        for customer in ("eve", "bob", "eve"):
            await top_up(system, customer)
        assert (await hold(system, "eve"))[0] == 201
        await one_row(system, broken)
        # Then it is frozen within seconds for requests, and the other one is not
        assert await until_frozen(system, "eve") < FROZEN_SECONDS
        status, body = await hold(system, "eve")
        assert (status, "account_frozen" in body) == (423, True)
        assert (await hold(system, "bob"))[0] == 201
        await until_told(system, "ledger.invariant.breached", 5)
        # And `ledger verify` and `rebuild` say what was changed
        verify, rebuild = await system.command("ledger", "verify"), await system.command("ledger", "rebuild")
        assert rebuild[0] == 1
        assert ("amount is 1005, by the journal 1000" if "entry" in broken else "wallet demo eve USD") in rebuild[1]
        if "entry" in broken:
            assert verify[0] == 1
            assert "(liabilities:wallets:eve): amount is 1005, was 1000 when it was said" in verify[1]
            # And what has happened outside is posted all the same, and marked
            payment = await top_up(system, "eve")
            async with system.books() as books:
                flags = await books.fetchval("select flags from ledger.transaction where source_id = $1", payment)
            assert flags == ["frozen"]
        # And when it is mended, the monitor says so, and a person opens it again
        await one_row(system, mended)
        await until_told(system, "ledger.invariant.restored", AGAIN_AFTER_BREACH_SECONDS + 30)
        assert (await hold(system, "eve"))[0] == 423
        unfrozen = await ask(system, "account.unfreeze", "x", path="liabilities:wallets:eve", reason="mended")
        assert unfrozen[0] == 200, unfrozen
        assert (await hold(system, "eve"))[0] == 201
        assert (await system.command("ledger", "verify"))[0] == 0
        assert (await system.command("ledger", "rebuild"))[0] == 0
