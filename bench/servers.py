"""An embedded Postgres and NATS as `pocketpay up` prepares them, without our processes; and programs that measure."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg
import typer

from pocketpay.embedded import nats, postgres
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.embedded.postgres import Postgres, superuser_dsn
from pocketpay.plan import Options
from pocketpay.ports import choose_ports
from pocketpay.provision import provision
from pocketpay.running import DATABASE, Running, nats_url, role_password
from pocketpay.supervisor import Watched, kept
from storage.migrate import ROLES, VERIFIER, migrate, set_passwords
from storage.verify import run as verify

ROOT = Path(__file__).parents[1]
HOME = Path(".pocketpay/bench")
"""In the working folder and not in the system's temporary one, which may be memory that never syncs."""

SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "wal_compression", "max_wal_size")


@dataclass(frozen=True, slots=True)
class Servers:
    """`running` names their ports, and free ones for our processes; `pids` are those of the two."""

    options: Options
    running: Running
    postgres: Postgres
    pids: Mapping[str, int]

    @property
    def owner_url(self) -> str:
        """Of our database, as its superuser."""
        return superuser_dsn(self.postgres, DATABASE)


@asynccontextmanager
async def servers(data_dir: Path) -> AsyncIterator[Servers]:
    """Both servers, migrated and with their streams."""
    database, bus = await asyncio.gather(postgres.prepare(data_dir), nats.prepare(data_dir))
    options = Options(data_dir, port=0)
    running = Running(
        pid=os.getpid(),
        host=options.host,
        ports=choose_ports(options.host, 0),
        nats_port=bus.port,
        nats_monitor_port=bus.monitor_port,
        postgres_socket_dir=database.socket_dir,
    )
    group = (
        Watched(database.program, partial(postgres.answers, database), ready_seconds=120),
        Watched(bus.program, partial(nats.answers, bus)),
    )
    pids: dict[str, int] = {}
    async with kept(*group, report=lambda text: typer.echo(text, err=True), noted=pids.__setitem__):
        await postgres.ensure_database(database, DATABASE)
        here = Servers(options, running, database, pids)
        await migrate(here.owner_url)
        await set_passwords(here.owner_url, {role: role_password(data_dir, role) for role in ROLES})
        await provision(nats_url(data_dir, running, PROVISIONER))
        yield here


async def breaches(database_url: str) -> list[str]:
    """The rules of the books that do not hold."""
    return [f"{found.id}: {found.title} {found.detail}" for found in await verify(database_url) if found.figure]


def verifier_url(here: Servers) -> str:
    """Of our database, as the role that may only look."""
    secret = role_password(here.options.data_dir, VERIFIER)
    return postgres.dsn(here.postgres.socket_dir, DATABASE, VERIFIER, secret)


async def execute(url: str, sql: str) -> None:
    """One script on a connection of its own."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(sql)
    finally:
        await connection.close(timeout=10)


async def settings(url: str) -> dict[str, str]:
    """Those of a Postgres that decide what a commit costs."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return {name: await connection.fetchval("select current_setting($1)", name) for name in SETTINGS}
    finally:
        await connection.close(timeout=10)


async def output_of(module: str, *arguments: str, timeout_seconds: float = 120) -> str:
    """What one of our modules prints as a process of its own. Raises RuntimeError when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), timeout_seconds)
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"{module} ended with exit code {process.returncode}; its error stands above")
    return said.decode()


@contextmanager
def folder() -> Generator[Path]:
    """A data folder that goes away again, also the parts of it that lie elsewhere."""
    HOME.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=HOME)).resolve()
    try:
        yield made
    finally:
        for link in made.rglob("postgres"):
            if link.is_symlink():
                shutil.rmtree(link.resolve())
        shutil.rmtree(made)
