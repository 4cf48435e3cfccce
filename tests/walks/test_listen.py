"""A developer's program gets webhooks on their own machine, from `pocketpay listen`, on a running system."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from typing import Any

from standardwebhooks import Webhook

from messages.wire import Json
from tests.notifications.receivers import Receiver, answers, receiver
from tests.walks.system import ROOT, System
from tests.walks.test_debugging import _hear_ctrl_c
from tests.walks.test_first_payment import SALE


async def listening(system: System, at: Receiver, *arguments: str) -> tuple[asyncio.subprocess.Process, Json]:
    """The command, and what it says first."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "listen", "--forward-to", f"127.0.0.1:{at.port}", "--path", "/hook"),
        *("--json", "--data-dir", str(system.data_dir), *arguments),
        cwd=ROOT,
        stdout=PIPE,
        preexec_fn=_hear_ctrl_c,
    )
    return process, await line(process)


async def line(process: asyncio.subprocess.Process) -> Json:
    assert process.stdout is not None
    said: Json = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
    return said


async def paid(system: System) -> Any:
    return (await system.post("/api/v1/payments", SALE)).body["id"]


async def heard_of(at: Receiver, payment: str, kind: str) -> Json:
    """The webhook of this type about this payment."""
    async with asyncio.timeout(20):
        while True:
            bodies = [json.loads(body) for _, _, body in at.heard]
            for body in bodies:
                if body["subject"] == payment and body["type"] == kind:
                    return body
            await asyncio.sleep(0.05)


async def test_a_developers_program_gets_signed_webhooks(system: System):
    async with receiver(answers("200 OK")) as at:
        # Given a developer who listens to payments
        process, opening = await listening(system, at, "--types", "payment.*,refund.*")
        try:
            secret = opening["secret"]
            await settled(system, at)
            # When two payments are made
            for payment in (await paid(system), await paid(system)):
                # Then each is told, as the stream tells it
                webhook = await heard_of(at, payment, "payment.succeeded")
                delivery = webhook.pop("delivery")
                assert delivery["endpoint"] == "listen"
                assert webhook == (await system.get(f"/api/v1/payments/{payment}/events"))["data"][1]
            # And all of it is signed, numbered without a gap, of the wanted types, and told in a line each
            sequences = [Webhook(secret).verify(body, headers)["delivery"]["sequence"] for _, headers, body in at.heard]
            assert sequences == list(range(1, len(sequences) + 1))
            assert {json.loads(body)["type"].split(".")[0] for _, _, body in at.heard} == {"payment"}
            assert all(first.startswith("POST /hook ") for first, _, _ in at.heard)
            told = [await line(process) for _ in sequences]
            assert [(each["sequence"], each["result"]) for each in told] == [(n, "succeeded") for n in sequences]
        finally:
            # And Ctrl-C is no error
            process.send_signal(signal.SIGINT)
            rest, _ = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, rest.decode()


async def settled(system: System, at: Receiver) -> None:
    """The stream is open once a payment is heard of: what was said before is not told."""
    async with asyncio.timeout(20):
        while not at.heard:
            await paid(system)
            await asyncio.sleep(0.2)
