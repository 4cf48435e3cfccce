"""The monitor, put together: the processes it watches, and the books it looks at with a role that may only read."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

import asyncpg
from structlog.stdlib import get_logger

from health.checks import Check
from health.money import Invariant, Money, Report, Standstill
from health.monitor import serve
from health.watch import Watch
from pocketpay.settings import Settings
from storage import increments, verify
from storage.increments import INCREMENTAL, Marks
from storage.stuck import KINDS, standing_still

FULL_EVERY_SECONDS = 24 * 3600.0
AGAIN_AFTER_BREACH_SECONDS = 60.0

Title = tuple[str, str]
TITLES: Sequence[Title] = [(check.id, check.title) for check in verify.CHECKS]

_log = get_logger()


@dataclass
class Books:
    """What is known: the last full pass over everything, and what was found since among what is new."""

    dsn: str
    connection: asyncpg.Connection | None = None
    marks: Marks | None = None
    full: Mapping[Title, verify.Finding] = field(default_factory=dict)
    full_at: float = 0.0
    since: dict[Title, list[str]] = field(default_factory=dict)
    passing: asyncio.Task[None] | None = None


async def serve_monitor(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises SystemExit when it isn't told where to look."""
    if settings.database_url is None:
        raise SystemExit("POCKETPAY_DATABASE_URL is not set: it is that of the role pocketpay_verifier")
    books = Books(settings.database_url.get_secret_value())

    async def look() -> Report:
        return await look_at(books)

    async def database() -> None:
        if books.connection is None or books.connection.is_closed():
            raise ConnectionError("not connected")
        if books.marks is None:
            raise ConnectionError("not looked at yet")

    checks: dict[str, Check] = {"db": database}
    watch = Watch(targets_of(settings.monitor_targets))
    try:
        await serve(
            watch,
            Money(look, KINDS),
            host=settings.host,
            port=settings.health_port,
            disk=_existing(settings.data_dir.absolute()),
            networks=settings.ops_networks,
            checks=checks,
        )
    finally:
        await close(books)


def _existing(folder: Path) -> Path:
    """In a container there may be no data folder; the disk is that of its parent."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def targets_of(texts: Sequence[str]) -> dict[str, str]:
    """`("gateway=http://gateway:8000", …)` by name. Raises SystemExit for anything else."""
    targets: dict[str, str] = {}
    for text in texts:
        name, _, url = text.partition("=")
        if not name or not url.startswith(("http://", "https://")):
            raise SystemExit(f"POCKETPAY_MONITOR_TARGETS: {text!r} is not like payments=http://payments:8101")
        targets[name] = url.rstrip("/")
    return targets


async def look_at(books: Books) -> Report:
    """What is new, what stands still, and all that is known. Raises when the database cannot be asked in time."""
    connection = await _connected(books)
    try:
        return await _looked_at(books, connection)
    except BaseException:  # in the middle of an answer, perhaps of a server that is frozen: never used again
        connection.terminate()
        raise


async def _looked_at(books: Books, connection: asyncpg.Connection) -> Report:
    if books.marks is None:
        books.marks = await increments.marks_now(connection)
    increment = await increments.look(connection, books.marks)
    books.marks = increment.marks
    for title, details in increment.breaches.items():
        books.since.setdefault(title, []).extend(details)
        _log.error("invariant.breached", invariant=title[0], title=title[1], detail=details[:3])
    stuck = [Standstill(*astuple(each)) for each in await standing_still(connection)]
    _begin_full_pass(books)
    now = time.monotonic()
    return Report([_invariant(books, title, now) for title in TITLES], stuck)


def _invariant(books: Books, title: Title, now: float) -> Invariant:
    """A breach found since the last full pass stays until the next one says otherwise."""
    full, since = books.full.get(title), books.since.get(title, [])
    known = full is not None or bool(since)
    figure = (full.figure if full else 0) + len(since) if known else None
    detail = "; ".join([*([full.detail] if full and full.detail else []), *since[:3]])
    return Invariant(*title, figure, detail, now if title in INCREMENTAL else books.full_at)


def _begin_full_pass(books: Books) -> None:
    """At the start, once a day, and every minute while something is breached: it alone can say that it is mended."""
    if books.passing is not None and not books.passing.done():
        return
    breached = bool(books.since) or any(finding.figure for finding in books.full.values())
    patience = AGAIN_AFTER_BREACH_SECONDS if breached else FULL_EVERY_SECONDS
    if not books.full or time.monotonic() - books.full_at > patience:
        books.passing = asyncio.create_task(_pass_fully(books))


async def _pass_fully(books: Books) -> None:
    began = time.monotonic()
    try:
        async with verify.snapshot(books.dsn) as connection:
            marks = await increments.marks_now(connection)
            found = await verify.findings(connection, verify.CHECKS, stale_seconds=30)
    except Exception as error:  # noqa: BLE001 - whatever it was, the next pass may do better, and not at once
        took = time.monotonic() - began
        _log.warning("invariants.not_passed", error=repr(error), seconds=round(took))
        await asyncio.sleep(max(AGAIN_AFTER_BREACH_SECONDS, 5 * took))
        return
    # What came while it ran is looked at again: it is not in what the full pass saw.
    books.full = {(finding.id, finding.title): finding for finding in found}
    books.full_at, books.marks, books.since = time.monotonic(), marks, {}


async def _connected(books: Books) -> asyncpg.Connection:
    connection = books.connection
    if connection is None or connection.is_closed():
        # Plans for any parameters would be made while the tables are small, and kept when they are large.
        settings = {"application_name": "pocketpay monitor", "plan_cache_mode": "force_custom_plan", "jit": "off"}
        connection = books.connection = await asyncpg.connect(books.dsn, timeout=5, server_settings=settings)
    return connection


async def close(books: Books) -> None:
    """Ends what goes on, and the connection."""
    if books.passing is not None:
        books.passing.cancel()
        await asyncio.gather(books.passing, return_exceptions=True)
    if books.connection is not None:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.InterfaceError):
            await books.connection.close(timeout=2)
