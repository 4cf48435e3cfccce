"""What is acknowledged stays: over a stop, over a kill, and the operator is told when something is wrong."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from messages.wire import Json
from pocketpay.embedded.orphan import command_line
from pocketpay.running import database_url
from tests.walks.system import System, up
from tests.walks.whole import until_all_ready

SALE = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}


async def books(system: System) -> list[Json]:
    return (await system.get("/api/v1/ledger/trial-balance"))["data"]


async def test_a_stop_and_a_start_change_nothing(data_dir: Path) -> None:
    # Given a payment, in the books
    async with up(data_dir) as system:
        made = await system.post("/api/v1/payments", SALE, Idempotency_Key="before the stop")
        assert await system.balance("income:sales", made.position) == 1000
        before = await books(system)
    # When all is stopped and started again on the same data
    async with up(data_dir) as system:
        # Then the payment, the books and the answer are the same, and new payments are made
        assert await system.get(made.headers["Location"]) == made.body
        assert await books(system) == before
        again = await system.post("/api/v1/payments", SALE, Idempotency_Key="before the stop")
        assert (again.body, again.headers["Idempotent-Replayed"]) == (made.body, "true")
        more = await system.post("/api/v1/payments", SALE)
        assert await system.balance("income:sales", more.position) == 2000
        assert (await system.command("verify"))[0] == 0


@pytest.mark.bench
async def test_the_second_start_takes_less_than_5_seconds(data_dir: Path) -> None:
    """On a machine that does nothing else."""
    async with up(data_dir):
        pass
    began = time.monotonic()
    async with up(data_dir):
        assert time.monotonic() - began < 5


async def test_a_killed_launcher_leaves_no_process_and_no_payment_is_lost(data_dir: Path) -> None:
    async with up(data_dir) as system:
        made = await system.post("/api/v1/payments", SALE)
        children = system.running.pids
        assert all(alive(pid) for pid in children.values())
        # When the launcher is killed
        system.launcher.kill()
        await system.launcher.wait()
        # Then nothing that it started outlives it
        async with asyncio.timeout(10):
            while any(alive(pid) for pid in children.values()):
                await asyncio.sleep(0.05)
    async with up(data_dir) as system:
        assert await system.get(made.headers["Location"]) == made.body
        assert await system.balance("income:sales", made.position) == 1000


async def test_the_operator_is_told_what_does_not_answer_and_what_does_not_add_up(data_dir: Path) -> None:
    async with up(data_dir) as system:
        # Given a system that is well
        made = await system.post("/api/v1/payments", SALE)
        assert await system.balance("income:sales", made.position) == 1000
        assert (await system.command("status"))[0] == 0
        assert (await system.command("verify"))[0] == 0
        # When an actor freezes, it is named first
        with frozen(system.running.pids["payments"]):
            code, said = await system.command("status")
        assert (code, said.split()[0], "does not answer" in said.splitlines()[0]) == (1, "payments", True)
        # And once it goes on all is well again
        await until_all_ready(system)
        assert (await system.command("status"))[0] == 0
        # And when somebody with a pencil comes by, the broken invariants are named
        await forge(system)
        code, said = await system.command("verify")
        assert code == 1
        assert {line.split()[1] for line in said.splitlines() if line.startswith("BREACH")} == {"I1", "I2"}
        assert "income:sales" in said


async def forge(system: System) -> None:
    """The tables defend themselves even against their owner, as long as their triggers are on."""
    forgery = "update ledger.account set balance = balance + 1 where path = 'income:sales'"
    owner = await asyncpg.connect(database_url(system.data_dir, system.running))
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(forgery)
        await owner.execute(f"set session_replication_role = replica; {forgery}")
    finally:
        await owner.close()


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def alive(pid: int) -> bool:
    return command_line(pid) not in ([], [""])
