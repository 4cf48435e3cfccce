"""PostgreSQL as the compose file has it: the entrypoint of the image by hand, then the file's own command."""

import contextlib
import shlex
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg

from pocketpay.embedded.account import own_directory, unprivileged
from pocketpay.embedded.postgres import programs
from pocketpay.program import Program, run
from tests.deploy.site import BEHIND, Site
from tests.deploy.tls_front import tls_front

NAME = "postgres"


@contextlib.asynccontextmanager
async def database(site: Site) -> AsyncIterator[Program]:
    """Ready to be started. With `--ssl=on` a front does the TLS, which this build of the server cannot do."""
    home = own_directory(site.root / NAME / "home", unprivileged())
    await _initialise(site, home)
    front, secrets = site.ports[NAME, 5432], site.root / NAME / "run/secrets"
    if port(site) == front:
        yield _server(site, home)
        return
    async with tls_front(front, port(site), secrets / "postgres.crt", secrets / "postgres.key"):
        yield _server(site, home)


def port(site: Site) -> int:
    """Where the server itself listens."""
    return site.ports[NAME, BEHIND if "--ssl=on" in site.composed.services[NAME]["command"] else 5432]


async def create_database(site: Site) -> None:
    """As the image does it at its first start."""
    user, name = "postgres", site.composed.services[NAME]["environment"]["POSTGRES_DB"]
    connection = await asyncpg.connect(
        host="127.0.0.1", port=port(site), user=user, password=_password(site), database=user, ssl=False, timeout=10
    )
    try:
        await connection.execute(f'create database "{name}"')
    finally:
        await connection.close(timeout=10)


def _password(site: Site) -> str:
    environment = site.environment(NAME)
    given = environment.get("POSTGRES_PASSWORD")
    return given or Path(environment["POSTGRES_PASSWORD_FILE"]).read_text()


async def _initialise(site: Site, home: Path) -> None:
    password = _for_the_server(home / "password", _password(site))
    options = shlex.split(site.composed.services[NAME]["environment"]["POSTGRES_INITDB_ARGS"])
    access = ("--username=postgres", f"--pwfile={password}", "--auth-host=scram-sha-256", "--no-sync")
    await run(_program(site, home, "initdb", ("-D", str(home / "data"), *access, *options)), 60)


def _server(site: Site, home: Path) -> Program:
    """The command of the file; only where it listens, what a build without TLS lacks, and fsync are ours."""
    service = site.composed.services[NAME]
    server, *flags = [site.translated(NAME, flag) for flag in service["command"]]
    kept = [_hba(flag, home) for flag in flags if not flag.startswith("--ssl")]
    here = (f"--port={port(site)}", "--listen_addresses=127.0.0.1", f"--unix_socket_directories={home}", "--fsync=off")
    program = _program(site, home, server, ("-D", str(home / "data"), *kept, *here))
    return replace(program, stop_signal=signal.Signals[service["stop_signal"]], stop_seconds=20)


def _program(site: Site, home: Path, name: str, arguments: tuple[str, ...]) -> Program:
    user = unprivileged()
    argv = (str(programs(user) / name), *arguments)
    return Program(name, argv, site.root / "logs" / f"{name}.log", cwd=home, user=user)


def _hba(flag: str, home: Path) -> str:
    option, _, path = flag.partition("=")
    if option != "--hba_file":
        return flag
    return f"{option}={_for_the_server(home / 'pg_hba.conf', Path(path).read_text().replace('hostssl', 'host'))}"


def _for_the_server(path: Path, text: str) -> Path:
    """The server may run as another user than the tests, and its folders are closed to all others."""
    path.write_text(text)
    path.chmod(0o644)
    return path
