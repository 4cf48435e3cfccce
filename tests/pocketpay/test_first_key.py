"""Keys from the command line: the first one where keys are asked for, and all others; secrets are shown once."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pocketpay.first_key import mode_of
from pocketpay.settings import load
from tests.pocketpay.test_up import ROOT, command, data_dir, until_said

__all__ = ["data_dir"]

pytestmark = pytest.mark.timeout(180)  # everything is started, twice


@contextlib.asynccontextmanager
async def asking_for_keys(data_dir: Path) -> AsyncIterator[str]:
    """Everything, reachable from elsewhere; gives what was said until it was ready."""
    process = await command(data_dir, "up", "--port", "0", "--host", "0.0.0.0")
    try:
        yield await until_said(process, "is ready after")
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 30)


async def keys(data_dir: Path, *arguments: str) -> tuple[int | None, str, str]:
    """Exit code, stdout, stderr."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("POCKETPAY_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "keys", *arguments, "--data-dir", str(data_dir)),
        cwd=ROOT,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    told, beside = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, told.decode(), beside.decode()


async def listed(data_dir: Path, *arguments: str) -> list[dict[str, object]]:
    code, told, _ = await keys(data_dir, "list", "--json", *arguments)
    assert code == 0
    return json.loads(told)["keys"]


def files_with(data_dir: Path, text: str) -> list[str]:
    """Below the data folder, the database's files and the streams too."""
    files = [file for file in data_dir.rglob("*") if file.is_file()]
    return [file.relative_to(data_dir).as_posix() for file in files if text.encode() in file.read_bytes()]


async def test_the_first_key_lies_in_a_file_and_every_other_is_shown_once(data_dir: Path) -> None:
    # Given a system that asks for keys, at its first start
    async with asking_for_keys(data_dir) as said:
        file = data_dir / "secrets" / "first-admin-key"
        first = file.read_text()
        # Then its admin key lies in a file for its owner alone, and was not printed
        assert (file.stat().st_mode & 0o777, str(file) in said, first in said) == (0o600, True, False)
        [key] = await listed(data_dir)
        assert (key["prefix"], key["scopes"], key["status"]) == (first[:13], ["admin"], "active")
        # When others are made, a secret is all that stdout has
        code, told, beside = await keys(data_dir, "create", "--scope", "payments:write", "--name", "shop")
        secret = told.strip()
        assert (code, secret[:9], len(secret), secret in beside) == (0, "ppk_test_", 52, False)
        shop = next(each for each in await listed(data_dir) if each["name"] == "shop")
        # Then it is nowhere else, and the first one is in its file alone
        assert files_with(data_dir, str(shop["id"]))
        assert files_with(data_dir, secret) == []
        assert files_with(data_dir, first) == ["secrets/first-admin-key"]
        # And what is revoked is, but for the last that may do all
        assert (await keys(data_dir, "revoke", str(shop["id"])))[0] == 0
        code, told, beside = await keys(data_dir, "revoke", str(key["id"]))
        assert (code, told, "last that may do all" in beside) == (1, "", True)
        # And a tenant that is new needs to be told what it is
        code, told, beside = await keys(data_dir, "create", "--admin", "--tenant", "acme")
        assert (code, told, "--mode" in beside) == (1, "", True)
        assert (await keys(data_dir, "create", "--admin", "--tenant", "acme", "--mode", "live"))[1][:9] == "ppk_live_"
        assert [each["livemode"] for each in await listed(data_dir, "--tenant", "acme")] == [True]
    # When it starts again without the file, no other key is made
    file.unlink()
    async with asking_for_keys(data_dir) as said:
        assert "first admin key" not in said
        assert not file.exists()
        assert len(await listed(data_dir)) == 2


@pytest.mark.parametrize(
    ("provider", "key", "mode"),
    [
        ("simulated", None, "test"),
        ("simulated", "sk_live_x", "test"),
        ("stripe", "sk_test_x", "test"),
        ("stripe", "rk_live_x", "live"),
    ],
)
def test_the_operators_tenant_is_live_where_the_provider_is(provider, key, mode) -> None:
    environment = {"POCKETPAY_STRIPE_KEY": key} if key else {}
    assert mode_of(load(environment), provider) == mode
