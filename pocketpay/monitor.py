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
from health.monitor import Watched, serve
from health.stations import Stations
from health.watch import Watch
from pocketpay import reporting
from pocketpay.cursors import Cursors
from pocketpay.ledger.rounds import Rounds, go_round
from pocketpay.ledger.verify import verify_tenant
from pocketpay.reporting import Reporter
from pocketpay.settings import Settings
from storage import increments, ledger_log, verify
from storage.breaches import Breach, Finding
from storage.increments import INCREMENTAL, STORED, Marks
from storage.stuck import KINDS, standing_still

FULL_EVERY_SECONDS = 24 * 3600.0
AGAIN_AFTER_BREACH_SECONDS = 60.0
TREE_PATIENCE = 20

Title = tuple[str, str]
ROWS: Title = ("I11", "every leaf is that of its transaction's rows")
TREE: Title = ("I11", "the tree and its signed heads are those of the leaves")
TITLES: Sequence[Title] = [*((check.id, check.title) for check in verify.CHECKS), ROWS, TREE]
LOOKED_AT_ALWAYS = (*INCREMENTAL, ROWS)

_log = get_logger()


@dataclass
class Books:
    """What is known: the last full pass over everything, and what was found since among what is new or gone round."""

    dsn: str
    reporter: Reporter = field(default_factory=lambda: Reporter(None))
    connection: asyncpg.Connection | None = None
    marks: Marks | None = None
    full: Mapping[Title, Finding] = field(default_factory=dict)
    full_at: float = 0.0
    since: dict[Title, dict[Breach, None]] = field(default_factory=dict)
    rounds: Rounds = field(default_factory=Rounds)
    tree: Finding | None = None
    tree_at: float = 0.0
    tree_seconds: float = 0.0
    passing: asyncio.Task[None] | None = None


async def serve_monitor(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises SystemExit when it isn't told where to look."""
    if settings.database_url is None:
        raise SystemExit("POCKETPAY_DATABASE_URL is not set: it is that of the role pocketpay_verifier")
    # Without a bus of its own it only looks and tells.
    nats_url = settings.nats_url.get_secret_value() if "nats_url" in settings.model_fields_set else None
    books = Books(settings.database_url.get_secret_value(), Reporter(nats_url))

    async def look() -> Report:
        return await look_at(books)

    async def database() -> None:
        if books.connection is None or books.connection.is_closed():
            raise ConnectionError("not connected")
        if books.marks is None:
            raise ConnectionError("not looked at yet")

    checks: dict[str, Check] = {"db": database}
    watch = Watch(targets_of(settings.monitor_targets))
    cursors = Cursors(books.dsn)
    try:
        await serve(
            Watched(watch, Money(look, KINDS), Stations(watch, cursors.now)),
            host=settings.host,
            port=settings.health_port,
            disk=_existing(settings.data_dir.absolute()),
            networks=settings.ops_networks,
            checks=checks,
        )
    finally:
        await cursors.close()
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
    stored = await go_round(connection, books.rounds)
    for title, breaches in {**increment.breaches, STORED: [*increment.breaches.get(STORED, []), *stored]}.items():
        _note(books, title, breaches)
    stuck = [Standstill(*astuple(each)) for each in await standing_still(connection)]
    whole = bool(books.full) and books.tree is not None
    await reporting.report(books.reporter, connection, reporting.reports(_broken(books)), whole=whole)
    _begin_full_pass(books)
    now = time.monotonic()
    return Report([_invariant(books, title, now) for title in TITLES], stuck)


def _note(books: Books, title: Title, breaches: Sequence[Breach]) -> None:
    """What was known before is not new when a round comes by again."""
    full = books.full.get(title)
    known = {*books.since.get(title, ()), *(full.breaches if full else ())}
    new = [breach for breach in breaches if breach not in known]
    if new:
        books.since.setdefault(title, {}).update(dict.fromkeys(new))
        _log.error("invariant.breached", invariant=title[0], title=title[1], detail=[one.detail for one in new[:3]])


def _finding(books: Books, title: Title) -> Finding | None:
    """As all of it was last looked at."""
    if title == ROWS:
        return Finding(*ROWS, len(books.rounds.broken), tuple(books.rounds.broken.values()))
    return books.tree if title == TREE else books.full.get(title)


def _broken(books: Books) -> dict[Title, list[Breach]]:
    """All that is known to be broken, by title."""
    found: dict[Title, list[Breach]] = {}
    for title in TITLES:
        finding = _finding(books, title)
        breaches = [*(finding.breaches if finding else ()), *books.since.get(title, ())]
        if breaches:
            found[title] = breaches
    return found


def _invariant(books: Books, title: Title, now: float) -> Invariant:
    """A breach found since the last full pass stays until the next one says otherwise."""
    full, since = _finding(books, title), [breach.detail for breach in books.since.get(title, ())]
    known = full is not None or bool(since)
    figure = (full.figure if full else 0) + len(since) if known else None
    detail = "; ".join([*([full.detail] if full and full.detail else []), *since[:3]])
    looked_at = now if title in LOOKED_AT_ALWAYS else books.tree_at if title == TREE else books.full_at
    return Invariant(*title, figure, detail, looked_at)


def _begin_full_pass(books: Books) -> None:
    """At the start, once a day, and every minute while something is breached: it alone can say that it is mended."""
    if books.passing is not None and not books.passing.done():
        return
    breached = bool(_broken(books)) or any(finding.figure for finding in books.full.values())
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
    await _pass_over_tree(books)


async def _pass_over_tree(books: Books) -> None:
    """Once a day, and while it is broken as often as it takes little of a processor's time."""
    broken = books.tree is not None and books.tree.figure
    patience = TREE_PATIENCE * books.tree_seconds if broken else FULL_EVERY_SECONDS
    began = time.monotonic()
    if books.tree is not None and began - books.tree_at < patience:
        return
    found: list[Breach] = []
    try:
        async with verify.snapshot(books.dsn) as connection:
            for tenant in await ledger_log.tenants(connection):
                verdict = await verify_tenant(connection, tenant, None)
                found += [Breach(trouble.words, tenant, trouble.accounts) for trouble in verdict.troubles]
    except Exception as error:  # noqa: BLE001 - whatever it was, the next pass may do better
        _log.warning("tree.not_passed", error=repr(error))
        return
    books.tree_at, books.tree_seconds = time.monotonic(), time.monotonic() - began
    books.tree = Finding(*TREE, len(found), tuple(found))


async def _connected(books: Books) -> asyncpg.Connection:
    connection = books.connection
    if connection is None or connection.is_closed():
        # Plans for any parameters would be made while the tables are small, and kept when they are large.
        settings = {"application_name": "pocketpay monitor", "plan_cache_mode": "force_custom_plan", "jit": "off"}
        connection = books.connection = await asyncpg.connect(books.dsn, timeout=5, server_settings=settings)
    return connection


async def close(books: Books) -> None:
    """Ends what goes on, and the connections."""
    await reporting.close(books.reporter)
    if books.passing is not None:
        books.passing.cancel()
        await asyncio.gather(books.passing, return_exceptions=True)
    if books.connection is not None:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.InterfaceError):
            await books.connection.close(timeout=2)
