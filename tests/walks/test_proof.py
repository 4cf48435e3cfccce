"""What an auditor can check alone, and what a hand in the tables gives away."""

import asyncio
import base64
import json
import sys
from pathlib import Path

from actors.ledger.heads import public_key
from messages.wire import Json
from pocketpay.running import signing_key
from tests.walks.purse import filled, transfer
from tests.walks.system import ROOT, System, up
from tests.walks.tampering import behind_our_back

CHECKER = ROOT / "docs" / "proof" / "check.py"
BOB = "/api/v1/ledger/accounts/liabilities:wallets:bob"


def key_of(system: System) -> str:
    """What an auditor is given beforehand."""
    return base64.b64encode(public_key(base64.b64decode(signing_key(system.data_dir)))).decode()


async def checked(system: System, answer: Json, *arguments: str) -> tuple[int | None, str]:
    """The checker's exit code and words, with nothing but the answer and the public key."""
    file = system.data_dir / "answer.json"
    file.write_text(json.dumps(answer))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(CHECKER), *arguments, str(file), "--key", key_of(system)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={},
    )
    said, _ = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode, said.decode()


async def proof(system: System, **more: str) -> Json:
    """Of Bob's dollars."""
    return await system.get(f"{BOB}/proof", currency="USD", **more)


async def test_a_balance_is_proved_offline_then_and_now_and_that_nothing_between_was_rewritten(
    system: System,
) -> None:
    # Given a wallet with a past
    await filled(system, "proved", 10_000)
    path = "/api/v1/ledger/accounts/liabilities:wallets:proved/proof"
    first = await system.get(path, currency="USD")
    for amount in (100, 200, 300):
        await system.post("/api/v1/transfers", transfer("proved", "eve", amount, fee=1))

    # When its balance is asked for with its proof, now and then
    now = await system.get(path, currency="USD")
    then = await system.get(path, currency="USD", at=first["at"])

    # Then the checker says what is proved, knowing only the answer and the key
    for answer, balance in ((now, 9_397), (then, 10_000)):
        assert answer["balance"] == balance
        code, said = await checked(system, answer)
        assert (code, f"held {balance} USD" in said) == (0, True), said
    assert then["next"] is not None

    # And that the later head extends the earlier one
    sizes = {"first": str(first["head"]["size"]), "second": str(now["head"]["size"])}
    grown = await system.get("/api/v1/ledger/heads/consistency", **sizes)
    assert (await checked(system, grown, "--consistency"))[0] == 0


async def test_one_changed_entry_shows_everywhere_and_is_named(data_dir: Path) -> None:
    async with up(data_dir) as system:
        await filled(system, "bob", 10_000)
        await system.post("/api/v1/transfers", transfer("bob", "eve", 100))
        now = await proof(system)
        assert (await system.command("ledger", "verify"))[0] == 0

        # When somebody changes one entry, past all guards
        entry = now["entry"]["entry"]
        await behind_our_back(system, "update ledger.entry set amount = amount - 1 where id = $1", entry)

        # Then the proof fails and names the row, and so does the ledger itself
        code, said = await checked(system, await proof(system))
        assert code == 1
        assert now["entry"]["leaf"]["id"] in said or entry in said
        code, said = await system.command("ledger", "verify")
        assert code == 1
        assert entry in said
        assert (await system.command("ledger", "rebuild"))[0] == 1

        # And what was proved before is proved still: whoever kept it has a witness
        assert (await checked(system, now))[0] == 0

        # When it is put right again, all is well
        await behind_our_back(system, "update ledger.entry set amount = amount + 1 where id = $1", entry)
        for command in ("verify", "rebuild"):
            code, said = await system.command("ledger", command)
            assert code == 0, said
