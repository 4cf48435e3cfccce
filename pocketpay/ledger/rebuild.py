"""Posts the whole journal again, aside, and compares every row, balance and root with the books as they are."""

import itertools
import time
from base64 import b64encode
from dataclasses import dataclass, field

import asyncpg
from asyncpg import Connection, Record

from actors.ledger.chart import class_of
from actors.ledger.merkle import Frontier, append, root
from messages.wire import rfc3339
from pocketpay.ledger.differences import hash_of, transaction_of
from storage import ledger_log, ledger_shadow
from storage.ledger_shadow import COMPARED, SHADOW, TOLD_MAX, Unlike
from storage.progress import Progress, unseen

WINDOW = 2_000


@dataclass
class Log:
    """A tenant's newest signed head, and the roots of what was posted again: at that head, and of all of it."""

    tenant: str
    size: int = 0
    head: Record | None = None
    root_at_head: str | None = None
    root: str = ""


@dataclass
class Rebuilt:
    """What was posted again and where it differs; `figures` are by what is compared."""

    transactions: int
    figures: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def figure(self) -> int:
        """All differences."""
        return sum(self.figures.values())


async def rebuild(dsn: str, progress: Progress = unseen) -> Rebuilt:
    """As the owner of all tables. Both sides are of one moment; what is posted meanwhile is not seen, nor delayed."""
    began = time.perf_counter()
    connection: Connection = await asyncpg.connect(dsn, timeout=10)
    try:
        aside = connection.transaction(isolation="repeatable_read")
        await aside.start()
        try:
            rebuilt = await _rebuilt(connection, progress)
        finally:
            await aside.rollback()
    finally:
        await connection.close(timeout=10)
    rebuilt.seconds = time.perf_counter() - began
    return rebuilt


async def _rebuilt(connection: Connection, progress: Progress) -> Rebuilt:
    """Its steps are not of one length: making and posting, each comparison, each tenant's log."""
    tenants = await ledger_log.tenants(connection)
    steps = itertools.count(1)

    def step() -> None:
        progress(next(steps), 2 + len(COMPARED) + len(tenants))

    rebuilt = Rebuilt(await ledger_shadow.make(connection))
    step()
    paths = await ledger_shadow.paths(connection)
    rows = [class_of(path) for path in paths]
    await ledger_shadow.post(connection, paths, [row.normal_side if row else "debit" for row in rows])
    step()
    for compared in COMPARED:
        figure, found = await ledger_shadow.unlike(connection, compared)
        rebuilt.figures[compared.what] = figure
        rebuilt.words += [f"{compared.what} {_in_words(one)}" for one in found]
        step()
    for tenant in tenants:
        log = await _log(connection, tenant)
        rebuilt.logs.append(log)
        if log.head is not None and log.root_at_head != log.head["root"]:
            rebuilt.figures["head"] = rebuilt.figures.get("head", 0) + 1
            rebuilt.words.append(f"head of {tenant} at {log.head['size']} leaves has another root than the journal")
        step()
    return rebuilt


async def _log(connection: Connection, tenant: str) -> Log:
    log, frontier = Log(tenant, head=await ledger_log.newest_head(connection, tenant)), Frontier()
    log.size = await ledger_shadow.size(connection, tenant)
    for first in range(0, log.size, WINDOW):
        async for row, lines in ledger_log.in_leaf_order(connection, tenant, first, first + WINDOW, SHADOW):
            frontier, _ = append(frontier, hash_of(tenant, transaction_of(row, lines)))
            if log.head is not None and frontier.size == log.head["size"]:
                log.root_at_head = b64encode(root(frontier)).decode()
    log.root = b64encode(root(frontier)).decode()
    return log


def _in_words(one: Unlike) -> str:
    if one.kept is None:
        return f"{one.key} is in the journal and not in the books"
    if one.said is None:
        return f"{one.key} is in the books and not in the journal"
    changed = [name for name in one.said if one.said[name] != one.kept[name]]
    return f"{one.key}: " + ", ".join(
        f"{name} is {one.kept[name]}, by the journal {one.said[name]}" for name in changed
    )


def shown(rebuilt: Rebuilt) -> dict[str, object]:
    """For programs."""
    return {
        "transactions": rebuilt.transactions,
        "seconds": round(rebuilt.seconds, 1),
        "figure": rebuilt.figure,
        "figures": rebuilt.figures,
        "differences": rebuilt.words[:TOLD_MAX],
        "ledgers": [
            {
                "tenant": log.tenant,
                "transactions": log.size,
                "root": log.root,
                "head": _head(log.head) if log.head else None,
                "root_at_head": log.root_at_head,
            }
            for log in rebuilt.logs
        ],
    }


def in_words(rebuilt: Rebuilt) -> list[str]:
    """What was posted again, the heads that it was compared with, and the first differences."""
    first = f"{rebuilt.transactions} transactions posted again from the journal in {rebuilt.seconds:.1f} s"
    lines = [f"{first}: {rebuilt.figure or 'no'} differences"]
    for log in rebuilt.logs:
        head = f"head of {rfc3339(log.head['time'])} at {log.head['size']}" if log.head else "no signed head"
        agrees = (
            "its root is that of the journal" if log.head and log.root_at_head == log.head["root"] else "not compared"
        )
        if log.head and log.root_at_head != log.head["root"]:
            agrees = "its root is NOT that of the journal"
        lines.append(f"  {log.tenant}: {log.size} transactions, {head}, {agrees}")
    shown_words = rebuilt.words[:TOLD_MAX]
    untold = rebuilt.figure - len(shown_words)
    return [*lines, *(f"  {words}" for words in shown_words), *([f"  and {untold} more"] if untold > 0 else [])]


def _head(head: Record) -> dict[str, object]:
    return {"size": head["size"], "time": rfc3339(head["time"]), "root": head["root"], "key_id": head["key_id"]}
