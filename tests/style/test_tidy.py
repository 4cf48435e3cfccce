"""The house style as far as a program can see it; every rule is shown red on a snippet first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.style import tidiness

ROOT = Path(__file__).parents[2]
CODE = ("actors", "bench", "docs", "gateway", "health", "messages", "pocketpay", "scripts", "storage", "tests")
PROSE = ("*.md", "*.toml", "*.yaml", "Makefile", "docs/**/*.md", "deploy/**/*", ".ci/*")

LONG_FUNCTION = "def f():\n" + "    a()\n" * 45

BROKEN = [
    (tidiness.short_files, "actors/a.py", "a = 1\n" * 301),
    (tidiness.short_files, "tests/test_a.py", "a = 1\n" * 401),
    (tidiness.short_functions, "actors/a.py", LONG_FUNCTION),
    (tidiness.short_functions, "actors/a.py", "class A:\n    async " + LONG_FUNCTION.replace("\n", "\n    ")),
    (tidiness.telling_names, "actors/payments/utils.py", ""),
    (tidiness.telling_names, "gateway/common/pages.py", ""),
    (tidiness.money_in_integers, "actors/ledger/a.py", "a = float(b)"),
    (tidiness.money_in_integers, "messages/a.py", "a = round(b)"),
    (tidiness.money_in_integers, "storage/a.py", "import decimal\na = decimal.Decimal(1)"),
    (tidiness.given_time, "actors/ledger/a.py", "a = datetime.now(UTC)"),
    (tidiness.given_time, "actors/ledger/a.py", "a = b / 2"),
    (tidiness.no_machine, "README.md", "Look into /home" + "/ada/pocketpay."),
    (tidiness.nothing_left_for_later, "health/a.py", "# TO" + "DO: more"),
    (tidiness.reasons, "health/a.py", "a = b  # no" + "qa"),
    (tidiness.reasons, "health/a.py", "a = b  # no" + "qa: S101"),
    (tidiness.reasons, "health/a.py", "a = b  # type: " + "ignore[assignment]"),
    (tidiness.reasons, "health/a.py", "a = b  # pyright: " + "ignore # because"),
    (tidiness.imports_on_top, "gateway/a.py", "def f():\n    from messages.ids import new_id"),
    (tidiness.imports_on_top, "gateway/a.py", "async def f():\n    import messages.ids"),
]

FINE = [
    (tidiness.short_functions, "actors/a.py", "def f():\n" + "    a()\n" * 44),
    (tidiness.money_in_integers, "health/a.py", "a = float(b)"),
    (tidiness.money_in_integers, "storage/a.py", "a = float(stale_seconds)"),
    (tidiness.given_time, "actors/ledger/a.py", "a = b // 2 + now.second"),
    (tidiness.no_machine, "README.md", "GET /work, https://example.com/home/ada and $DATA/root/x"),
    (tidiness.reasons, "health/a.py", "a = b  # no" + "qa: S101, S102 - the caller proved it"),
    (tidiness.reasons, "health/a.py", "a = b  # pyright: " + "ignore[reportAny] # the library has no types"),
    (tidiness.reasons, "health/a.py", 'a = "# no' + 'qa"'),
    (tidiness.imports_on_top, "pocketpay/a.py", "def f():\n    from messages.ids import new_id"),
    (tidiness.imports_on_top, "gateway/a.py", "from messages.ids import new_id"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_breach_is_found(rule: tidiness.Rule, path: str, text: str) -> None:
    assert list(rule(path, text))


@pytest.mark.parametrize(("rule", "path", "text"), FINE)
def test_what_is_fine_is_left_alone(rule: tidiness.Rule, path: str, text: str) -> None:
    assert not list(rule(path, text))


def python_files() -> Iterator[Path]:
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("rule", tidiness.RULES, ids=lambda rule: rule.__name__)
def test_all_code_is_tidy(rule: tidiness.Rule) -> None:
    breaches = [
        f"{name}: {breach}"
        for file in python_files()
        if (name := file.relative_to(ROOT).as_posix()) != "tests/style/tidiness.py"
        for breach in rule(name, file.read_text())
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("rule", [tidiness.no_machine, tidiness.nothing_left_for_later])
def test_all_prose_is_tidy(rule: tidiness.Rule) -> None:
    files = [file for pattern in PROSE for file in ROOT.glob(pattern) if file.is_file()]
    breaches = [f"{file.name}: {breach}" for file in files for breach in rule(file.name, file.read_text())]
    assert not breaches, "\n".join(breaches)
