"""An operator's story: a message nobody can read lies there, is looked at, tried again, and lies there still."""

import asyncio
import json

import asyncpg
import nats

from messages.catalogue import ACTORS, HEARS
from messages.subjects import heard_as
from pocketpay.embedded.nats_users import PROVISIONER, inbox
from pocketpay.running import database_url, nats_url
from tests.walks.system import System


async def test_what_is_parked_can_be_listed_shown_and_tried_again(system: System) -> None:
    # Given nothing parked, and then bytes on the stream that are no event
    before = await system.command("parked", "list")
    url = nats_url(system.data_dir, system.running, PROVISIONER)
    client = await nats.connect(url, inbox_prefix=inbox(PROVISIONER))
    try:
        await client.jetstream().publish("pocketpay.event.demo.payment.succeeded.pay_x", b"\x00\x1b[31mnonsense")
    finally:
        await client.close()

    # When an operator looks
    code, rows = await _list_until(system, 1)
    name = str(rows[0]["id"])
    shown = await system.command("parked", "show", name)
    asked = await system.command("parked", "retry", name)
    await _list_until(system, 2)
    wrong = await system.command("parked", "retry", "ledger-x")
    nothing = await system.command("parked", "retry", "--entity", "pay_none")

    # Then it is there with its reason, byte by byte, and a try did not help
    assert before == (0, "nothing is parked\n")
    assert (code, rows[0]["reason"], rows[0]["attempts"]) == (1, "unreadable", 1)
    assert shown[0] == 0
    assert "00 1b 5b" in shown[1]
    assert "\x1b" not in shown[1]
    assert asked[0] == 0
    assert (wrong[0], nothing[0]) == (1, 1)
    assert "named like payments-12" in wrong[1]

    # Cleared away with every actor that heard it, so that other stories begin with nothing parked
    owner = await asyncpg.connect(database_url(system.data_dir, system.running), timeout=10)
    try:
        for actor in (each for each in ACTORS if heard_as("payment.succeeded", HEARS[each])):
            await _forget(owner, actor)
    finally:
        await owner.close(timeout=10)


async def _list_until(system: System, attempts: int) -> tuple[int | None, list[dict[str, object]]]:
    """What is parked, once a row is there that was tried so often."""
    while True:
        code, listed = await system.command("parked", "list", "--json")
        rows = json.loads(listed)["parked"]
        if rows and rows[0]["attempts"] == attempts:
            return code, rows


async def _forget(owner: asyncpg.Connection, actor: str) -> None:
    """Waits for what the actor puts aside."""
    sql = f"update {actor}.parked set resolved_at = now() where resolved_at is null"
    async with asyncio.timeout(20):
        while await owner.execute(sql) == "UPDATE 0":
            await asyncio.sleep(0.1)
