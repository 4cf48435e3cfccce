"""The whole system as people run it: `pocketpay up` in a process of its own, and a client of its HTTP."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
from multidict import CIMultiDictProxy

from messages.wire import Json
from pocketpay import running
from pocketpay.running import Running, database_url
from storage.migrate import VERIFIER

ROOT = Path(__file__).parents[2]
UP_SECONDS = 60
STOP_SECONDS = 40
ANSWER_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that holds JSON."""

    status: int
    body: Json
    headers: CIMultiDictProxy[str]

    @property
    def position(self) -> str:
        """Of a write: reads that wait for it see what it did."""
        return self.headers["PocketPay-Position"]


@dataclass(frozen=True, slots=True)
class System:
    """A launcher that is ready."""

    launcher: Process
    data_dir: Path
    http: aiohttp.ClientSession

    @property
    def running(self) -> Running:
        """What the launcher says of its ports and children just now."""
        now = running.read(self.data_dir)
        assert now is not None, "the launcher is gone"
        return now

    async def get(self, path: str, **parameters: str) -> Json:
        """The body of a 200."""
        async with self.http.get(path, params=parameters) as response:
            body = await response.json(content_type=None)
            assert response.status == 200, body
            return body

    async def log(self, after: str = "0", **filters: str) -> list[Json]:
        """All events behind a cursor, page by page: a page may be empty where others were busy."""
        found, more = list[Json](), True
        while more:
            page = await self.get("/api/v1/events", after=after, limit="100", **filters)
            found += page["data"]
            after, more = page["next_after"], page["has_more"]
        return found

    async def post(self, path: str, body: Json | None = None, **headers: str) -> Answer:
        """Whatever the answer is; `Idempotency_Key="…"` and the like become headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(path, json=body or {}, headers=named) as response:
            return Answer(response.status, await response.json(content_type=None), response.headers)

    async def patch(self, path: str, body: Json) -> Answer:
        """Whatever the answer is."""
        async with self.http.patch(path, json=body) as response:
            return Answer(response.status, await response.json(content_type=None), response.headers)

    async def put(self, path: str, body: Json) -> Answer:
        """Whatever the answer is."""
        async with self.http.put(path, json=body) as response:
            return Answer(response.status, await response.json(content_type=None), response.headers)

    async def balance(self, account: str, position: str, currency: str = "USD") -> int:
        """Positive on the account's normal side, once the ledger has got as far as the position."""
        path = f"/api/v1/ledger/accounts/{account}"
        balances = (await self.get(path, min_position=position))["balances"]
        return next((each["posted"] for each in balances if each["currency"] == currency), 0)

    async def command(self, *arguments: str, seconds: float = 60, **settings: str) -> tuple[int | None, str]:
        """Exit code and output of another `pocketpay` command on the same data, with settings as `up` has them."""
        process = await _spawn(self.data_dir, arguments, asyncio.subprocess.PIPE, settings)
        said, _ = await asyncio.wait_for(process.communicate(), seconds)
        return process.returncode, said.decode()

    @contextlib.asynccontextmanager
    async def books(self) -> AsyncIterator[asyncpg.Connection]:
        """The tables, with a role that may only read."""
        connection = await asyncpg.connect(database_url(self.data_dir, self.running, VERIFIER), timeout=10)
        try:
            yield connection
        finally:
            await connection.close(timeout=10)


async def rows(books: asyncpg.Connection, table: str) -> int:
    """How many there are; the table may be followed by a `where`."""
    return int(await books.fetchval(f"select count(*) from {table}") or 0)


@contextlib.contextmanager
def short_directory() -> Iterator[Path]:
    """Unix sockets need short paths, and the user who runs Postgres must be able to enter."""
    directory = Path(tempfile.mkdtemp(prefix="pocketpay-walk-", dir="/tmp"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.asynccontextmanager
async def up(data_dir: Path, *arguments: str, **settings: str) -> AsyncIterator[System]:
    """Ready to use, with settings such as `SWEEP_SECONDS="1"`.

    Afterwards asked to stop, which must end with 0 unless the story killed the launcher.
    """
    log = (data_dir / "launcher.log").open("ab")
    process = await _spawn(data_dir, ("up", "--port", "0", *arguments), log.fileno(), settings)
    log.close()
    try:
        now = await _until_ready(process, data_dir)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        connector = aiohttp.TCPConnector(limit=200)
        base = f"http://127.0.0.1:{now.ports['gateway']}"
        async with aiohttp.ClientSession(base, timeout=timeout, connector=connector) as http:
            yield System(process, data_dir, http)
        if process.returncode is None:
            process.terminate()
            code = await asyncio.wait_for(process.wait(), STOP_SECONDS)
            assert code == 0, (data_dir / "launcher.log").read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _spawn(
    data_dir: Path, arguments: tuple[str, ...], out: int, settings: Mapping[str, str] | None = None
) -> Process:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("POCKETPAY_")}
    inherited |= {f"POCKETPAY_{name}": value for name, value in (settings or {}).items()}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", *arguments, "--data-dir", str(data_dir)),
        cwd=ROOT,
        env=inherited,
        stdin=DEVNULL,
        stdout=out,
        stderr=STDOUT,
    )


async def _until_ready(process: Process, data_dir: Path) -> Running:
    async with asyncio.timeout(UP_SECONDS):
        while True:
            now = running.read(data_dir)
            if now is not None and now.pid == process.pid and "gateway" in now.pids:
                return now
            assert process.returncode is None, (data_dir / "launcher.log").read_text()
            await asyncio.sleep(0.05)
