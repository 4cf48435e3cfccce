"""What the machine can do at all: rows that Postgres commits without us, and plain syncs to the disk."""

import asyncio
import os
import re
import time
from pathlib import Path

from pocketpay.embedded import postgres
from pocketpay.embedded.account import unprivileged
from pocketpay.embedded.postgres import SUPERUSER, Postgres

DATABASE = "limits"
SCALE = 10
CLIENTS = 32
PAGE_BYTES = 8192


async def prepare(server: Postgres) -> None:
    """Fills pgbench's tables with a million rows."""
    await postgres.ensure_database(server, DATABASE)
    await _pgbench(server, "-i", "-q", "-s", str(SCALE))


async def pgbench_per_second(server: Postgres, seconds: float) -> float:
    """Transactions/s of pgbench's simple-update with prepared statements and 32 connections."""
    run = ("-N", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(3, round(seconds))))
    said = await _pgbench(server, *run)
    found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"pgbench said no tps:\n{said}")
    return float(found[1])


async def fdatasync_per_second(server: Postgres, seconds: float = 1.0) -> float:
    """Pages of 8 kB written and synced one after the other, on the disk of this server."""
    return await asyncio.to_thread(_sync_again_and_again, server.data.parent / "sync", seconds)


async def hop_ms(round_trips: int = 2000) -> float:
    """One way over loopback TCP between two tasks of one process: half of a byte's way there and back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while byte := await reader.read(1):
            writer.write(byte)
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        began = time.monotonic()
        for _ in range(round_trips):
            writer.write(b".")
            await reader.readexactly(1)
        spent = time.monotonic() - began
        writer.close()
        await writer.wait_closed()
    return 1000 * spent / round_trips / 2


def _sync_again_and_again(path: Path, seconds: float) -> float:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, bytes(1024 * PAGE_BYTES), 0)
        os.fsync(file)
        began, count = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            os.pwrite(file, os.urandom(PAGE_BYTES), count % 1024 * PAGE_BYTES)
            os.fdatasync(file)
            count += 1
        return count / (time.monotonic() - began)
    finally:
        os.close(file)
        path.unlink()


async def _pgbench(server: Postgres, *arguments: str) -> str:
    program = postgres.programs(unprivileged()) / "pgbench"
    where = ("-h", str(server.socket_dir), "-U", SUPERUSER, DATABASE)
    process = await asyncio.create_subprocess_exec(
        str(program),
        *arguments,
        *where,
        env={**os.environ, "PGPASSWORD": server.password},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 600)
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise RuntimeError(f"pgbench ended with exit code {process.returncode}:\n{said.decode()}")
    return said.decode()
