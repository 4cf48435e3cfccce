"""Recomputes a tenant's log: every leaf from its rows, the tree over them, and every head that was signed of it."""

import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass, field

from asyncpg import Connection, Record
from pydantic_core import from_json

from actors.ledger.heads import is_signed, key_id, signed_text
from actors.ledger.merkle import TILE_HEIGHT, Frontier, TileNode, append, root
from messages.ledger import Transaction
from messages.wire import rfc3339
from pocketpay.ledger.differences import difference, hash_of, is_as_said, transaction_of
from storage import ledger_log
from storage.progress import Progress, unseen
from storage.verify import snapshot

WINDOW = 2_000
TOLD_MAX = 20
"""So many troubles of a tenant are told in words; the others are counted."""

SEARCHED_MAX = 100_000
"""So many transactions are compared with what was said when the tree is wrong and no leaf is."""

SEARCHES_MAX = 5


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was logged, and the accounts whose money it concerns."""

    words: str
    accounts: tuple[str, ...] = ()


@dataclass
class Verdict:
    """A tenant's log as far as it was recomputed. `good` is the size of the last signed head that agreed."""

    tenant: str
    frontier: Frontier = field(default_factory=Frontier)
    size: int = 0
    heads: int = 0
    newest: Record | None = None
    seconds: float = 0.0
    figure: int = 0
    troubles: list[Trouble] = field(default_factory=list)
    touched: int | None = None
    good: int = 0
    searches: int = 0
    off: dict[str, int] = field(default_factory=dict)

    def trouble(self, words: str, accounts: tuple[str, ...] = ()) -> None:
        """One more."""
        self.figure += 1
        if len(self.troubles) < TOLD_MAX:
            self.troubles.append(Trouble(words, accounts))


async def verify(dsn: str, tenant: str | None, key: bytes | None, progress: Progress = unseen) -> list[Verdict]:
    """All tenants, or one, each on a snapshot of its own. `key` is the public key that must have signed all heads.

    Progress begins anew with each tenant.
    """
    async with snapshot(dsn) as connection:
        names = [tenant] if tenant else await ledger_log.tenants(connection)
    verdicts: list[Verdict] = []
    for name in names:
        async with snapshot(dsn) as connection:
            verdicts.append(await verify_tenant(connection, name, key, progress))
    return verdicts


async def verify_tenant(connection: Connection, tenant: str, key: bytes | None, progress: Progress = unseen) -> Verdict:
    """In a transaction, whose snapshot it is about. Without a key all heads must be signed by the newest's."""
    began, verdict = time.perf_counter(), Verdict(tenant)
    verdict.size, edge = await ledger_log.tree(connection, tenant)
    verdict.newest = await ledger_log.newest_head(connection, tenant)
    if key is None and verdict.newest is not None:
        key = _decoded(verdict.newest["public_key"])
    for first in range(0, verdict.size, WINDOW):
        await _verify_window(connection, verdict, first, min(first + WINDOW, verdict.size), key)
        progress(min(first + WINDOW, verdict.size), verdict.size)
    if verdict.frontier.size == verdict.size and b"".join(verdict.frontier.hashes) != edge:
        verdict.trouble(f"the kept edge of the tree at {verdict.size} leaves is not theirs")
        await _search(connection, verdict, verdict.good, verdict.size)
    await _verify_rest(connection, verdict)
    verdict.seconds = time.perf_counter() - began
    return verdict


async def _verify_window(connection: Connection, verdict: Verdict, first: int, end: int, key: bytes | None) -> None:
    heads = {head["size"]: head for head in await ledger_log.heads(connection, verdict.tenant, first, end)}
    roots, completed, touched = dict[int, bytes](), list[TileNode](), dict[str, Transaction]()
    async for row, lines in ledger_log.in_leaf_order(connection, verdict.tenant, first, end):
        transaction = transaction_of(row, lines)
        _balance(verdict, transaction)
        if hash_of(verdict.tenant, transaction) != row["leaf_hash"]:
            touched[transaction.id] = transaction
        if row["leaf_index"] != verdict.frontier.size:  # after a gap there is no tree any more to compare
            continue
        verdict.frontier, nodes = append(verdict.frontier, row["leaf_hash"] or b"")
        completed += nodes
        if verdict.frontier.size in heads:
            roots[verdict.frontier.size] = root(verdict.frontier)
    await _tell_touched(connection, verdict, touched)
    if first <= verdict.frontier.size < end:
        await _tell_gap(connection, verdict)
    await _compare_nodes(connection, verdict, completed)
    for size, head in heads.items():
        await _verify_head(connection, verdict, head, roots.get(size), key)


def _balance(verdict: Verdict, transaction: Transaction) -> None:
    off: dict[str, int] = {}
    for line in transaction.entries:
        signed = line.amount if line.side == "debit" else -line.amount
        off[line.currency] = off.get(line.currency, 0) + signed
    for currency, amount in off.items():
        verdict.off[currency] = verdict.off.get(currency, 0) + amount
        if amount:
            accounts = tuple(dict.fromkeys(line.account for line in transaction.entries))
            verdict.trouble(f"transaction {transaction.id}: debits less credits are {amount} {currency}", accounts)


async def _tell_touched(connection: Connection, verdict: Verdict, touched: dict[str, Transaction]) -> None:
    if not touched:
        return
    said = await ledger_log.said(connection, verdict.tenant, list(touched)[:TOLD_MAX])
    for id_, transaction in touched.items():
        verdict.touched = transaction.leaf_index
        data = said.get(id_)
        found = difference(transaction, from_json(data) if data else None)
        verdict.trouble(f"transaction {id_}: {found.words}", found.accounts)


async def _tell_gap(connection: Connection, verdict: Verdict) -> None:
    """Only once: the tree does not go on behind it."""
    missing = verdict.frontier.size
    gone = await ledger_log.said_as_leaf(connection, verdict.tenant, missing)
    which = f"transaction {gone} is gone" if gone else "nobody said which transaction that was"
    verdict.trouble(f"leaf {missing} of {verdict.size} is missing: {which}; nothing behind it can be compared")


async def _compare_nodes(connection: Connection, verdict: Verdict, completed: Sequence[TileNode]) -> None:
    if not completed:
        return
    wanted = [(node.height, node.number) for node in completed]
    kept = await ledger_log.nodes(connection, verdict.tenant, wanted)
    for node in completed:
        if kept.get((node.height, node.number)) != node.hash:
            first, end = node.number << node.height, (node.number + 1) << node.height
            verdict.trouble(f"the kept node over leaves {first} to {end - 1} is not theirs")
            await _search(connection, verdict, first, end)


async def _verify_head(
    connection: Connection, verdict: Verdict, head: Record, found: bytes | None, key: bytes | None
) -> None:
    verdict.heads += 1
    size, named = head["size"], f"the head at {head['size']} leaves"
    public, signed_root = _decoded(head["public_key"]), _decoded(head["root"])
    if key is not None and public != key:
        verdict.trouble(f"{named} has the key {head['key_id']} in it, which is not {key_id(key)}")
    if head["key_id"] != key_id(public):
        verdict.trouble(f"{named} names another key than the one in it")
    text = signed_text(verdict.tenant, size, signed_root, head["time"])
    if len(public) != 32 or not is_signed(public, text, _decoded(head["signature"])):
        verdict.trouble(f"{named} is not signed by the key in it")
    if found is None:
        return
    if found == signed_root:
        verdict.good = max(verdict.good, size)
        return
    verdict.trouble(f"{named} has another root than the leaves")
    await _search(connection, verdict, verdict.good, size)


async def _search(connection: Connection, verdict: Verdict, first: int, end: int) -> None:
    """The tree is wrong where leaves seemed right: their hashes were changed with them. What was said tells which."""
    if verdict.searches == SEARCHES_MAX or (verdict.touched is not None and first <= verdict.touched < end):
        return
    verdict.searches += 1
    for begin in range(max(first, end - SEARCHED_MAX), end, WINDOW):
        page: dict[str, Transaction] = {}
        async for row, lines in ledger_log.in_leaf_order(connection, verdict.tenant, begin, min(begin + WINDOW, end)):
            page[row["id"]] = transaction_of(row, lines)
        said = await ledger_log.said(connection, verdict.tenant, list(page))
        for id_, transaction in page.items():
            data = from_json(said[id_]) if id_ in said else None
            if not is_as_said(transaction, data):
                found = difference(transaction, data)
                verdict.troubles.insert(0, Trouble(f"transaction {id_}: {found.words}", found.accounts))
                verdict.figure += 1
                verdict.touched = transaction.leaf_index
                return


async def _verify_rest(connection: Connection, verdict: Verdict) -> None:
    tenant, size = verdict.tenant, verdict.size
    for currency, amount in verdict.off.items():
        if amount:
            verdict.trouble(f"all debits less all credits are {amount} {currency}")
    figure, first = await ledger_log.beyond(connection, tenant, size)
    if figure:
        verdict.trouble(f"{figure} transactions are no leaf of the {size} of the log, such as {first}")
    figure, first = await ledger_log.stray(connection, tenant)
    if figure:
        verdict.trouble(f"{figure} entries have no transaction or not the times of theirs, such as {first}")
    kept, wanted = await ledger_log.node_count(connection, tenant), _nodes_of(size)
    if kept != wanted:
        verdict.trouble(f"the tree has {kept} kept nodes, and {wanted} for its {size} leaves")
    if verdict.newest is not None and verdict.newest["size"] > size:
        verdict.trouble(f"a head was signed at {verdict.newest['size']} leaves, and there are {size}: some are gone")


def _nodes_of(size: int) -> int:
    """Of a log of that size."""
    return sum(size >> height for height in range(TILE_HEIGHT, 64, TILE_HEIGHT))


def _decoded(text: str) -> bytes:
    """Empty for what is no base64."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""


def shown(verdict: Verdict) -> dict[str, object]:
    """For programs."""
    head = verdict.newest
    return {
        "tenant": verdict.tenant,
        "transactions": verdict.size,
        "root": b64encode(root(verdict.frontier)).decode(),
        "heads": verdict.heads,
        "head": {"size": head["size"], "time": rfc3339(head["time"]), "key_id": head["key_id"]} if head else None,
        "transactions_per_second": round(verdict.size / verdict.seconds) if verdict.seconds else 0,
        "figure": verdict.figure,
        "differences": [trouble.words for trouble in verdict.troubles],
    }


def in_words(verdict: Verdict) -> list[str]:
    """A line for what was seen, and one for each of the first troubles."""
    mine = shown(verdict)
    head = verdict.newest
    signed = f"head of {rfc3339(head['time'])} at {head['size']} by key {head['key_id']}" if head else "no signed head"
    line = (
        f"{'WRONG' if verdict.figure else 'ok   '} {verdict.tenant}: {verdict.size} transactions, "
        f"root {mine['root']}, {verdict.heads} heads, {signed}, {mine['transactions_per_second']} transactions/s"
    )
    untold = verdict.figure - len(verdict.troubles)
    return [
        line,
        *(f"  {trouble.words}" for trouble in verdict.troubles),
        *([f"  and {untold} more"] if untold > 0 else []),
    ]
