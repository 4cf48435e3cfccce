"""`pocketpay simulate`: days of business with everything broken meanwhile, and nothing lost."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.walks.system import ROOT


async def simulated(*arguments: str, timeout_seconds: float = 240) -> tuple[int, str]:
    """Exit code and what was said."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", "simulate", *arguments),
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, wrong = await asyncio.wait_for(process.communicate(), timeout_seconds)
    except BaseException:
        process.terminate()
        raise
    return process.returncode or 0, (said or wrong).decode()


@pytest.mark.timeout(300)
async def test_days_are_simulated_everything_is_broken_and_all_holds() -> None:
    # When three days of a seed are run with all faults
    code, said = await simulated("--seed", "7", "--days", "3", "--json")
    # Then something was asked and broken, and nothing is lost, changed or doubled
    report = json.loads(said)
    assert (code, report["found"], report["holds"]) == (0, [], True), said
    assert report["answered"] == report["requests"] > 40
    assert any("killed" in each for each in report["broken"])
    assert report["done"]["payment"] > 10
    assert report["invariants"] > 30


@pytest.mark.parametrize("arguments", [("--faults", "fire"), ("--days", "0"), ("--seed", "x")])
async def test_what_cannot_be_simulated_is_wrong_usage(arguments: tuple[str, str]) -> None:
    assert (await simulated(*arguments))[0] == 2


async def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    code, said = await simulated("--data-dir", str(tmp_path))
    assert (code, (tmp_path / "mine").read_text()) == (2, "mine"), said
