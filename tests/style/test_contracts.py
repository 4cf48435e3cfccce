"""Who may import whom, as pyproject.toml has it; the linter is shown a breach, and no file is forgotten."""

import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.style.tidiness import given_time

ROOT = Path(__file__).parents[2]
ACTORS = ("access", "invoicing", "ledger", "notifications", "payments")
WITH_IO = (
    "__init__",
    "accounts",
    "actor",
    "attempt_errors",
    "attempting",
    "delivering",
    "export_query",
    "gathering",
    "io",
    "logging_in",
    "mail_channel",
    "mail_sending",
    "mailing",
    "past",
    "posted_query",
    "pruning",
    "queries",
    "*_queries",
    "rendering",
    "resolving",
    "simulated",
    "simulated_*",
    "stripe_*",
    "telling",
    "texts",
)
RULES_THOUGH = (
    "simulated_methods",
    "stripe_amounts",
    "stripe_answers",
    "stripe_errors",
    "stripe_keys",
    "stripe_requests",
)

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def lint(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)


def pure_modules() -> list[str]:
    return next(c["source_modules"] for c in CONTRACTS if c["name"].startswith("Rules have no IO"))


def test_nobody_imports_what_they_must_not() -> None:
    ended = lint()
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    ("module", "forbidden"), [("messages", "re"), ("actors.runtime", "messages"), ("storage", "asyncpg")]
)
def test_a_breach_is_found(tmp_path: Path, module: str, forbidden: str) -> None:
    file = tmp_path / "contracts.toml"
    file.write_text(
        f"""
        [tool.importlinter]
        root_packages = ["actors", "health", "messages", "storage"]
        include_external_packages = true
        [[tool.importlinter.contracts]]
        name = "Broken on purpose"
        type = "forbidden"
        source_modules = ["{module}"]
        forbidden_modules = ["{forbidden}"]
        """
    )
    ended = lint("--config", str(file))
    assert ended.returncode == 1
    assert f"is not allowed to import {forbidden}" in ended.stdout


def test_every_file_of_an_actor_is_a_rule_or_known_to_have_io() -> None:
    unknown = [
        f"actors.{actor}.{file.stem}"
        for actor in ACTORS
        for file in (ROOT / "actors" / actor).glob("*.py")
        if file.stem in RULES_THOUGH or not any(fnmatch(file.stem, pattern) for pattern in WITH_IO)
    ]
    assert set(unknown) <= set(pure_modules()), "name it in pyproject.toml, under `Rules have no IO …`"


def test_rules_are_given_the_time_and_never_divide() -> None:
    files = [ROOT / f"{name.replace('.', '/')}.py" for name in pure_modules() if name != "messages"]
    breaches = [
        f"{file.stem}: {breach}"
        for file in [*files, *(ROOT / "messages").glob("*.py")]
        for breach in given_time(file.name, file.read_text())
    ]
    assert not breaches, "\n".join(breaches)
