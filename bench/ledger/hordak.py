"""A peer from PyPI: django-hordak's `Account.transfer_to`, one transaction each, as many processes as are asked for.

`python -m bench.ledger.hordak URL spread|hot SECONDS` prints transfers/s; `… URL prepare 0` makes its tables.
It checks that legs balance, in a trigger at commit. It keeps no balance on the account, locks none, has no floor, no
idempotency key and no running balance per entry: a balance is the sum of all legs, taken when somebody asks.
"""

import sys
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from bench.ledger.transfer_pairs import ACCOUNTS, pairs

PROCESSES = 4
READY_SECONDS = 60
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"]


def connect(url: str) -> None:
    """Django, set up for this database."""
    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parse_qs(parts.query)["host"][0],
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=APPS,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()


def prepare(url: str) -> None:
    """Tables, and as many accounts as the others have."""
    connect(url)
    call_command("migrate", verbosity=0)
    from hordak.models import Account, AccountType  # noqa: PLC0415 - Django must be set up before

    for number in range(2 * ACCOUNTS):  # in the order of their codes: a new one in between moves all behind it
        named = {"name": f"a{number}", "code": f"{number:04d}"}
        Account.objects.create(**named, type=AccountType.liability, currencies=["USD"])


def work(url: str, kind: str, seconds: float, seed: int, ready: Barrier) -> int:
    """Transfers of one process, one after the other."""
    connect(url)
    from djmoney.money import Money  # noqa: PLC0415 - Django must be set up before
    from hordak.models import Account  # noqa: PLC0415 - the same

    accounts = list(Account.objects.order_by("id"))
    ready.wait(READY_SECONDS)
    until, done = time.monotonic() + seconds, 0
    for origin, to in pairs(kind, seed):
        if time.monotonic() > until:
            break
        with transaction.atomic():
            accounts[origin].transfer_to(accounts[to], Money(10, "USD"))
        done += 1
    return done


def _report(*task: object) -> None:
    *arguments, results = task
    results.put(work(*arguments))


def per_second(url: str, kind: str, seconds: float) -> float:
    """All processes at once."""
    fresh = get_context("spawn")
    ready, results = fresh.Barrier(PROCESSES), fresh.Queue()
    tasks = [
        fresh.Process(target=_report, args=(url, kind, seconds, seed, ready, results)) for seed in range(PROCESSES)
    ]
    for each in tasks:
        each.start()
    done = sum(results.get(timeout=READY_SECONDS + 2 * seconds) for _ in tasks)
    for each in tasks:
        each.join()
    return done / seconds


if __name__ == "__main__":
    where, what, how_long = sys.argv[1:]
    if what == "prepare":
        prepare(where)
    else:
        sys.stdout.write(f"{per_second(where, what, float(how_long))}\n")
