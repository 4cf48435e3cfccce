"""docs/billing-with-curl.md does what it says: every command of the page is run, in one shell, on a new system."""

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.walks.system import ROOT, up

PAGE = ROOT / "docs" / "billing-with-curl.md"
DOCUMENTED = "http://localhost:8011"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENDED = "--- the piece has ended"
SHELL_SECONDS = 120.0


def pieces(gateway: str) -> list[tuple[str, str]]:
    """Commands, and what they print; nothing where the page shows nothing."""
    found: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall(PAGE.read_text().replace(DOCUMENTED, gateway)):
        if kind == "sh":
            found.append((text, ""))
        else:
            found[-1] = (found[-1][0], text)
    return found


def shows(documented: str, said: str) -> bool:
    """`…` stands for anything within its line."""
    return re.fullmatch(re.escape(documented).replace("…", "[^\n]*"), said) is not None


def test_a_page_that_says_something_else_is_found() -> None:
    assert shows('["INV-1",…]\n', '["INV-1","paid"]\n')
    assert not shows('["INV-1",1200]\n', '["INV-1",1201]\n')
    assert not shows("inv_… is left\n", "inv_1\n is left\n")
    assert len(pieces(DOCUMENTED)) > 10


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "jq"))), reason="the page needs bash, curl and jq")
@pytest.mark.timeout(240)
async def test_the_page_does_what_it_says(data_dir: Path, tmp_path: Path) -> None:
    async with up(data_dir, SWEEP_SECONDS="3600") as system:
        page = pieces(f"http://localhost:{system.running.ports['gateway']}")
        said = await in_a_shell("".join(f"{commands}echo '{ENDED}'\n" for commands, _ in page), tmp_path)
        for (commands, documented), printed in zip(page, said, strict=True):
            assert shows(documented, printed), f"{commands}\n{printed}"


async def in_a_shell(script: str, folder: Path) -> list[str]:
    """What each piece printed; it must end with 0."""
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script), cwd=folder, stdout=PIPE, stderr=STDOUT
    )
    told, _ = await asyncio.wait_for(shell.communicate(), SHELL_SECONDS)
    said = told.decode()
    assert shell.returncode == 0, said
    return said.split(f"{ENDED}\n")[:-1]
