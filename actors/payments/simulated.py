"""A payment provider to try everything out with: no network, the manners of a real one, and its bad days."""

import asyncio
import sqlite3
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import final

from actors.payments import simulated_methods as methods
from actors.payments.provider import Configured
from actors.payments.simulated_bookings import list_bookings
from actors.payments.simulated_events import list_events
from actors.payments.simulated_journal import connect
from actors.payments.simulated_operations import OUTAGE, perform
from actors.payments.simulated_saved import PREFIX, behind
from actors.payments.simulated_settings import configure, settings_of
from actors.payments.simulated_settlement import pay_out_what_is_due
from messages.payments import SIMULATED
from messages.wire import Json, json_of

DEADLINE_SECONDS = 10.0
BATCH_SIZE = 500
WAITING_MAX = 10_000
SLOW_SECONDS = 3.0
ANSWERS_ON_CALL = 3
"""The methods that fail after charging give their answer on this call of the same key."""


class AnsweredBadly(ConnectionError):
    """The provider answered 500, or had no room: whether it did what was asked is unknown."""


@dataclass(frozen=True, slots=True)
class _Asked:
    operation: str
    key: str
    request: Json
    answer: "asyncio.Future[tuple[Json, int]]"


@final
class Simulated:
    """`actors.payments.provider.Provider` over one SQLite file that any number of processes may share.

    One thread works on the file: it takes all requests that wait and does them in one transaction.
    """

    name: str = SIMULATED
    livemode: bool = False
    default_method: str | None = methods.DEFAULT
    keeps_open: bool = False

    def __init__(self, file: Path, latency_ms: int = 0, account: str = "demo") -> None:
        self._file, self._account = file, account
        self._latency_seconds = latency_ms / 1000
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulated-provider")
        self._waiting: deque[_Asked] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._books: sqlite3.Connection | None = None

    async def perform(self, operation: str, key: str, request: Json) -> Json:
        """Does it, once per key. Raises TimeoutError or `AnsweredBadly` when the outcome is unknown.

        Raises `KeyReused` when the key was used for another request.
        """
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.sleep(self._latency_seconds)
            result, calls = await self._ask(operation, key, request)
            if operation == "charge":
                await _behave(await self._test_method(str(request["payment_method"])), calls)
        return result

    async def ping(self) -> None:
        """Raises when the books cannot be read, or an outage is set."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.get_running_loop().run_in_executor(self._thread, self._read_something)

    async def close(self) -> None:
        """Finishes what waits, then closes the file."""
        if self._worker is not None:
            await self._worker
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close_books)
        self._thread.shutdown(wait=False)

    async def _ask(self, operation: str, key: str, request: Json) -> tuple[Json, int]:
        if len(self._waiting) >= WAITING_MAX:
            raise AnsweredBadly(f"{WAITING_MAX} requests wait for the simulated provider; ask again later")
        answer: asyncio.Future[tuple[Json, int]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(operation, key, request, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_SIZE, len(self._waiting)))]
            try:
                answers = await asyncio.get_running_loop().run_in_executor(self._thread, self._do, batch)
            except Exception as why:  # noqa: BLE001 - nothing was committed, and each of them must hear of it
                answers = [why] * len(batch)
            for asked, answer in zip(batch, answers, strict=True):
                _tell(asked.answer, answer)

    def _do(self, batch: list[_Asked]) -> list[tuple[Json, int] | Exception]:
        books = self._open_books()
        books.execute("begin immediate")
        try:
            answers = [_do_one(books, self._account, asked) for asked in batch]
            books.execute("commit")
        except BaseException:
            if books.in_transaction:
                books.execute("rollback")
            raise
        return answers

    def _open_books(self) -> sqlite3.Connection:
        if self._books is None:
            self._books = connect(self._file)
        return self._books

    async def _test_method(self, method: str) -> str:
        if not method.startswith(PREFIX):
            return method
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: behind(self._open_books(), method))

    def _read_something(self) -> None:
        if settings_of(self._open_books()).outage:
            raise ConnectionError("the simulated provider has an outage")

    def _close_books(self) -> None:
        if self._books is not None:
            self._books.close()
            self._books = None


def _do_one(books: sqlite3.Connection, account: str, asked: _Asked) -> tuple[Json, int] | Exception:
    books.execute("savepoint one")
    try:
        if asked.operation in ("list_events", "list_bookings") and settings_of(books).outage:
            return json_of(OUTAGE), 1
        if asked.operation == "list_events":
            return json_of(list_events(books, account, asked.request)), 1
        if asked.operation == "list_bookings":
            pay_out_what_is_due(books)
            return json_of(list_bookings(books, asked.request)), 1
        if asked.operation == "configure":
            return json_of(Configured(settings=configure(books, asked.request))), 1
        return perform(books, asked.operation, asked.key, asked.request)
    except (LookupError, ValueError, sqlite3.IntegrityError) as why:
        books.execute("rollback to one")
        return why
    finally:
        books.execute("release one")


def _tell(waiting: "asyncio.Future[tuple[Json, int]]", answer: tuple[Json, int] | Exception) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)


async def _behave(method: str, calls: int) -> None:
    if method == methods.SLOW and calls == 1:
        await asyncio.sleep(SLOW_SECONDS)
    if calls >= ANSWERS_ON_CALL:
        return
    if method == methods.TIMEOUT_AFTER_CHARGE:
        raise TimeoutError("the simulated provider charged and does not answer")
    if method == methods.ERROR_AFTER_CHARGE:
        raise AnsweredBadly("the simulated provider answered 500 after it charged")
