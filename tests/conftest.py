"""Real servers for tests: a PostgreSQL per worker with a fresh database per test, a NATS server per test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
import structlog
from hypothesis import settings

from pocketpay.embedded import nats as embedded_nats
from pocketpay.embedded import postgres as embedded_postgres
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.embedded.postgres import Postgres, superuser_dsn
from pocketpay.program import spawn, stop, until_ready
from pocketpay.provision import provision
from storage.migrate import ROLES, migrate, set_passwords
from tests.deploy.tls_front import TLS_FRONT

TEMPLATE = "pocketpay_template"
ROLE_PASSWORD = "a role's password in tests"
_numbers = count()
# Several run at once on few cores: how long one example takes says nothing.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")
# The default draws every local of every frame when `rich` is there: up to a second in which no task runs.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S"),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """A folder that the user who runs Postgres can enter: pytest's own temporary folders are private."""
    directory = Path(tempfile.mkdtemp(prefix="pocketpay-tests-", dir="/tmp"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
async def postgres(server_dir: Path) -> AsyncIterator[Postgres]:
    """A running PostgreSQL without fsync."""
    server = await embedded_postgres.prepare(server_dir, durable=False)
    process = await spawn(server.program)
    try:
        await until_ready(server.program, process, lambda: embedded_postgres.answers(server), timeout_seconds=30)
        yield server
    finally:
        await stop(server.program, process)


@pytest.fixture(scope="session")
async def template(postgres: Postgres) -> str:
    """The name of a database on which all migrations ran and nobody is connected to."""
    await _execute(superuser_dsn(postgres), f"create database {TEMPLATE}")
    await migrate(superuser_dsn(postgres, TEMPLATE))
    await set_passwords(superuser_dsn(postgres), dict.fromkeys(ROLES, ROLE_PASSWORD))
    return TEMPLATE


@pytest.fixture
async def empty_database(postgres: Postgres) -> AsyncIterator[str]:
    """URL, as superuser, of a fresh database without any schema of ours."""
    async for dsn in _fresh_database(postgres, "template1"):
        yield dsn


@pytest.fixture
async def database(postgres: Postgres, template: str) -> AsyncIterator[str]:
    """URL, as superuser, of a fresh and migrated database."""
    async for dsn in _fresh_database(postgres, template):
        yield dsn


@pytest.fixture
def database_as(database: str) -> Callable[[str], str]:
    """Gives the URL of the same database for a role, such as `pocketpay_payments`."""

    def as_role(role: str) -> str:
        parts = urlsplit(database)
        return parts._replace(netloc=f"{role}:{quote(ROLE_PASSWORD)}@").geturl()

    return as_role


@pytest.fixture
async def nats_as(server_dir: Path) -> AsyncIterator[Callable[[str], str]]:
    """A fresh and provisioned NATS server; gives the URL for a user, such as `payments`."""
    server = await embedded_nats.prepare(server_dir / f"nats-{next(_numbers)}")
    process = await spawn(server.program)
    try:
        await until_ready(server.program, process, lambda: embedded_nats.answers(server), timeout_seconds=10)
        await provision(embedded_nats.url(server, PROVISIONER))
        yield lambda user: embedded_nats.url(server, user)
    finally:
        await stop(server.program, process)


@pytest.fixture
def nats_server(nats_as: Callable[[str], str]) -> str:
    """URL of a fresh and provisioned NATS server, as a user who may do everything."""
    return nats_as(PROVISIONER)


@pytest.fixture(autouse=True)
async def no_leaked_tasks() -> AsyncIterator[None]:
    """All tests share one event loop, so a task that outlives its test would disturb the next."""
    before = asyncio.all_tasks()
    yield
    leaked = asyncio.all_tasks() - before - {asyncio.current_task()}
    leaked = {task for task in leaked if task.get_name() != TLS_FRONT}
    if leaked:
        _, leaked = await asyncio.wait(leaked, timeout=5)
    for task in leaked:
        task.cancel()
    assert not leaked, f"tasks still running after the test: {leaked}"


async def _fresh_database(postgres: Postgres, template: str) -> AsyncIterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await _execute(superuser_dsn(postgres), f"create database {name} template {template}")
    try:
        yield superuser_dsn(postgres, name)
    finally:
        await _execute(superuser_dsn(postgres), f"drop database {name} with (force)")


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute(sql)
    finally:
        await connection.close(timeout=10)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Here and not beside the stories, because workers' conftests do not reach the one who reports."""
    if "POCKETPAY_STRIPE_SANDBOX_KEY" not in os.environ:
        terminalreporter.write_line("NOT run against Stripe itself: POCKETPAY_STRIPE_SANDBOX_KEY is not set.")
