"""Commands that ask a gateway that asks for keys: without one, with a wrong one, with one that may too little."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from pocketpay import running
from tests.notifications.receivers import answers, receiver
from tests.walks.system import ROOT, System, short_directory, up
from tests.walks.test_debugging import _hear_ctrl_c
from tests.walks.test_first_payment import SALE

pytestmark = pytest.mark.timeout(300)

CUSTOMER = '{"id":"keyed-1","name":"Ada"}\n'
WRONG = "ppk_test_" + "A" * 43


@pytest.fixture(scope="module")
async def keyed() -> AsyncIterator[System]:
    """A system of one's own that asks for keys."""
    with short_directory() as folder:
        async with up(folder, AUTH="keys", SWEEP_SECONDS="3600") as running:
            yield running


@pytest.fixture
def rows(tmp_path: Path) -> str:
    file = tmp_path / "customers.jsonl"
    file.write_text(CUSTOMER)
    return str(file)


async def made(system: System, *scopes: str) -> str:
    """The secret of a key that may do this."""
    wished = [part for scope in scopes for part in ("--scope", scope)]
    code, said = await system.command("keys", "create", "--json", *wished)
    assert code == 0, said
    return json.loads(said[said.index("{") :])["secret"]


def commands(rows: str) -> list[tuple[str, ...]]:
    return [
        ("import", rows),
        ("demo",),
        ("listen", "--forward-to", "127.0.0.1:9"),
        ("reconciliation", "list"),
        ("reconciliation", "run"),
        ("reconciliation", "dismiss", "diff_none"),
    ]


async def test_without_a_good_key_every_command_says_what_to_do(keyed: System, rows: str) -> None:
    narrow = await made(keyed, "refunds:read")
    for command in commands(rows):
        # When it is asked without a key, with one that nobody has, and with one that may not
        missing = await keyed.command(*command)
        wrong = await keyed.command(*command, "--key", WRONG)
        lacking = await keyed.command(*command, KEY=narrow)
        # Then each time a line says what to do, and nothing was tried for long
        assert missing[0] == wrong[0] == lacking[0] == 1, command
        assert "asks for an API key: --key or POCKETPAY_KEY" in missing[1], command
        assert "does not know this API key or no longer takes it (key_invalid)" in wrong[1], command
        assert "lacks the scope" in lacking[1], (command, lacking)
        assert "pocketpay keys create --" in lacking[1], command
        assert all(said.count("\n") == 1 for _, said in (missing, wrong)), command


async def test_with_a_key_a_file_is_imported(keyed: System, rows: str) -> None:
    key = await made(keyed, "customers:write", "billing:write")
    told = json.loads((await keyed.command("import", rows, "--json", KEY=key))[1])
    assert told["complete"] is True, told
    async with keyed.http.get("/api/v1/customers/keyed-1", headers={"Authorization": f"Bearer {key}"}) as answer:
        assert (await answer.json())["name"] == "Ada"


async def test_with_a_key_differences_are_listed_and_run(keyed: System) -> None:
    key = (keyed.data_dir / "secrets" / "first-admin-key").read_text()
    assert await keyed.command("reconciliation", "list", KEY=key) == (0, "no differences\n")
    code, said = await keyed.command("reconciliation", "run", "--json", KEY=key)
    assert (code, json.loads(said)["open"]) == (0, [])


async def test_how_a_gateway_elsewhere_is_needs_a_key(keyed: System, tmp_path: Path) -> None:
    # Given a folder on which nothing runs, and the address of a gateway
    there = replace(keyed, data_dir=tmp_path)
    found = running.read(keyed.data_dir)
    assert found is not None
    url = f"http://127.0.0.1:{found.ports['gateway']}"
    # Then it says how it is to whoever may know
    key = await made(keyed, "operations:read")
    code, said = await there.command("status", "--json", GATEWAY_URL=url, KEY=key)
    assert (code, json.loads(said)["status"], "ledger" in json.loads(said)["services"]) == (0, "ok", True), said
    wrong = await there.command("status", GATEWAY_URL=url, KEY=WRONG)
    assert (wrong[0], "does not know this API key" in wrong[1]) == (1, True)


async def test_with_a_key_events_are_listened_to(keyed: System) -> None:
    key = (keyed.data_dir / "secrets" / "first-admin-key").read_text()
    async with receiver(answers("200 OK")) as at:
        # Given somebody who listens
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pocketpay", "listen", "--forward-to", f"127.0.0.1:{at.port}/hook"),
            *("--key", key, "--data-dir", str(keyed.data_dir)),
            cwd=ROOT,
            stdout=PIPE,
            preexec_fn=_hear_ctrl_c,
        )
        try:
            # When something happens, then it is forwarded
            async with asyncio.timeout(30):
                while not at.heard:
                    bearer = {"Authorization": f"Bearer {key}"}
                    assert (await keyed.post("/api/v1/payments", SALE, **bearer)).status == 201
                    await asyncio.sleep(0.2)
        finally:
            process.send_signal(signal.SIGINT)
            said, _ = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, said.decode()
    assert key not in said.decode()


async def test_with_a_key_a_company_is_made(keyed: System) -> None:
    key = (keyed.data_dir / "secrets" / "first-admin-key").read_text()
    code, said = await keyed.command("demo", "--json", KEY=key, seconds=240)
    assert code == 0, said
    made = json.loads(said)
    assert made["new"] == made["steps"] > 200
    assert made["breached"] in (0, None)
