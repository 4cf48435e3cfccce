"""hledger and Beancount themselves, in processes of their own, asked what they make of a journal."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 30
BEANCOUNT = Path(__file__).with_name("beancount_says.py")

Balances = dict[tuple[str, str], str]
"""(path, currency) -> major units, negative on the credit side, without what is zero."""


def hledger(journal: str, *arguments: str) -> str:
    """What it prints; a journal that it does not accept fails the test with its words."""
    program = shutil.which("hledger")
    assert program, "hledger is not installed: `apt-get install hledger`, it is what says whether our export is right"
    return _output([program, "-f", "-", *arguments], journal)


def hledger_balances(journal: str) -> Balances:
    """Of every account by itself, not of those below it."""
    listed = json.loads(hledger(journal, "balance", "--flat", "--output-format", "json"))[0]
    return {
        (account, amount["acommodity"]): _major(amount["aquantity"])
        for account, _, _, amounts in listed
        for amount in amounts
        if amount["aquantity"]["decimalMantissa"]
    }


def hledger_transactions(journal: str) -> list[dict[str, Any]]:
    """As it has read them."""
    return json.loads(hledger(journal, "print", "--output-format", "json"))


def bean_check(journal: str, folder: Path) -> str:
    """Its complaints; nothing when all is well."""
    program = Path(sys.executable).with_name("bean-check")
    assert program.exists(), "bean-check is not installed: `make setup` installs it"
    path = folder / "export.beancount"
    path.write_text(journal)
    checked = subprocess.run([program, "--no-cache", path], capture_output=True, timeout=SECONDS, check=False)
    assert bool(checked.stderr) is bool(checked.returncode)
    return checked.stderr.decode()


def beancount_says(journal: str) -> dict[str, Any]:
    """`balances` by our own paths, and all `transactions` as it has read them."""
    return json.loads(_output([sys.executable, str(BEANCOUNT)], journal))


def beancount_balances(journal: str) -> Balances:
    """By our own paths."""
    return {(path, currency): amount for path, currency, amount in beancount_says(journal)["balances"]}


def _major(quantity: dict[str, int]) -> str:
    mantissa, places = quantity["decimalMantissa"], quantity["decimalPlaces"]
    sign, digits = ("-" if mantissa < 0 else ""), str(abs(mantissa)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _output(command: list[str], given: str) -> str:
    done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
