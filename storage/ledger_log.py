"""The log as it lies in the tables: transactions with their entries in leaf order, the tree, and its signed heads.

`schema` is that of the books or of a copy of them.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from asyncpg import Connection, Record

BOOKS: Final = "ledger"
STATEMENT_SECONDS: Final = 300
ENTRIES_AT_ONCE: Final = 20_000

_TENANTS: Final = """
select tenant from ledger.tree union select tenant from ledger.tree_head union select tenant from ledger.transaction
order by 1"""

_COLUMNS: Final = """t.id, t.leaf_index, t.leaf_hash, t.event, t.reverses, t.source_type, t.source_id, t.source_kind,
    t.effective_at, t.recorded_at"""

_IN_WINDOW: Final = "t.tenant || '/' = $1 || '/' and t.leaf_index >= $2 and t.leaf_index < $3"

_LINES: Final = """t.leaf_index, e.line, e.transaction, e.id, e.path, e.side, e.amount, e.currency, e.balance_after,
    e.account_version"""

_TREE: Final = "select size, frontier from ledger.tree where tenant = $1"

_HEADS: Final = """
select size, root, time, key_id, public_key, signature from ledger.tree_head
where tenant = $1 and size > $2 and size <= $3 order by size"""

_NEWEST_HEAD: Final = """
select size, root, time, key_id, public_key, signature from ledger.tree_head
where tenant = $1 order by size desc limit 1"""

_NODES: Final = """
select height, number, hash from ledger.tree_node n
where n.tenant = $1 and (n.height, n.number) in (select * from unnest($2::smallint[], $3::bigint[]))"""

_NODE_COUNT: Final = "select count(*) from ledger.tree_node where tenant = $1"

_BEYOND: Final = """
select count(*) as figure, min(id) as first from ledger.transaction
where tenant = $1 and (leaf_index is null or leaf_index < 0 or leaf_index >= $2)"""

_STRAY: Final = """
select count(*) as figure, min(format('entry %s (%s) of transaction %s', e.id, e.path, e.transaction)) as first
from ledger.entry e left join ledger.transaction t on t.id = e.transaction
where (e.tenant = $1 or t.tenant = $1) and (t.tenant, t.recorded_at, t.effective_at)
    is distinct from (e.tenant, e.recorded_at, e.effective_at)"""

_SAID: Final = """
select j.entity, (j.message::jsonb -> 'data')::text as data from ledger.journal j
where j.tenant = $1 and j.entity = any($2) and j.entity_seq is not null and j.type = 'ledger.transaction.posted'"""

_SAID_AS_LEAF: Final = """
select j.entity from ledger.journal j
where j.tenant = $1 and j.type = 'ledger.transaction.posted'
  and (j.message::jsonb -> 'data' ->> 'leaf_index')::bigint = $2 limit 1"""

_ROUND: Final = """
select t.tenant, t.leaf_index from ledger.transaction t
where (t.tenant || '/', t.leaf_index) > ($1 || '/', $2::bigint) order by t.tenant || '/', t.leaf_index limit $3"""


async def tenants(connection: Connection) -> list[str]:
    """All that have a log, or should have one."""
    return [row["tenant"] for row in await connection.fetch(_TENANTS, timeout=STATEMENT_SECONDS)]


async def in_leaf_order(
    connection: Connection, tenant: str, first: int, end: int, schema: str = BOOKS
) -> AsyncIterator[tuple[Record, list[Record]]]:
    """Transactions of the leaves from `first` to before `end`, each with its entries in their order.

    Needs a transaction, whose snapshot is that of all. A few thousand entries are in memory at once.
    """
    wanted = f"select {_COLUMNS} from {schema}.transaction t where {_IN_WINDOW} order by t.leaf_index"
    transactions = await connection.fetch(wanted, tenant, first, end, timeout=STATEMENT_SECONDS)
    page, at, after = list[Record](), 0, (first, -1)
    for transaction in transactions:
        entries: list[Record] = []
        while True:
            if at == len(page):
                page, at = await _lines(connection, tenant, (first, end), after, schema), 0
                after = (page[-1]["leaf_index"], page[-1]["line"]) if page else after
            if not page or page[at]["transaction"] != transaction["id"]:
                break
            entries.append(page[at])
            at += 1
        yield transaction, entries


async def _lines(
    connection: Connection, tenant: str, window: tuple[int, int], after: tuple[int, int], schema: str
) -> list[Record]:
    # `offset 0`: looked up transaction by transaction, however small the window seems beside the tables.
    sql = f"""
        select {_LINES} from {schema}.transaction t
        cross join lateral (select * from {schema}.entry e where e.transaction = t.id offset 0) e
        where {_IN_WINDOW} and (t.leaf_index, e.line) > ($4::bigint, $5::smallint)
        order by t.leaf_index, e.line limit {ENTRIES_AT_ONCE}"""
    return await connection.fetch(sql, tenant, *window, *after, timeout=STATEMENT_SECONDS)


async def tree(connection: Connection, tenant: str) -> tuple[int, bytes]:
    """How many leaves the log says it has, and the hashes at its right edge; none for a tenant without one."""
    row = await connection.fetchrow(_TREE, tenant, timeout=STATEMENT_SECONDS)
    return (row["size"], bytes.fromhex(row["frontier"])) if row else (0, b"")


async def heads(connection: Connection, tenant: str, after: int, until: int) -> list[Record]:
    """Signed heads of these sizes, the smallest first."""
    return await connection.fetch(_HEADS, tenant, after, until, timeout=STATEMENT_SECONDS)


async def newest_head(connection: Connection, tenant: str) -> Record | None:
    """The head of the largest size."""
    return await connection.fetchrow(_NEWEST_HEAD, tenant, timeout=STATEMENT_SECONDS)


async def nodes(connection: Connection, tenant: str, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The kept nodes among these (height, number), with their hashes."""
    columns = [[one[0] for one in wanted], [one[1] for one in wanted]]
    rows = await connection.fetch(_NODES, tenant, *columns, timeout=STATEMENT_SECONDS)
    return {(row["height"], row["number"]): row["hash"] for row in rows}


async def node_count(connection: Connection, tenant: str) -> int:
    """How many nodes are kept."""
    return int(await connection.fetchval(_NODE_COUNT, tenant, timeout=STATEMENT_SECONDS) or 0)


async def beyond(connection: Connection, tenant: str, size: int) -> tuple[int, str | None]:
    """How many transactions are no leaf of a log of that size, and one of them."""
    return await _counted(connection, _BEYOND, tenant, size)


async def stray(connection: Connection, tenant: str) -> tuple[int, str | None]:
    """How many entries have no transaction, or say another time than theirs, and one of them in words."""
    return await _counted(connection, _STRAY, tenant)


async def said(connection: Connection, tenant: str, transactions: Sequence[str]) -> dict[str, str]:
    """Each of these transactions as it was said when it was posted, in JSON."""
    rows = await connection.fetch(_SAID, tenant, list(transactions), timeout=STATEMENT_SECONDS)
    return {row["entity"]: row["data"] for row in rows}


async def said_as_leaf(connection: Connection, tenant: str, leaf_index: int) -> str | None:
    """Which transaction was said to be that leaf. Reads the whole journal."""
    return await connection.fetchval(_SAID_AS_LEAF, tenant, leaf_index, timeout=STATEMENT_SECONDS)


async def next_window(connection: Connection, after: tuple[str, int], limit: int) -> list[tuple[str, int]]:
    """The (tenant, leaf index) of the next so many transactions, tenant by tenant; ("", -1) is before all."""
    return [tuple(row) for row in await connection.fetch(_ROUND, *after, limit, timeout=STATEMENT_SECONDS)]


async def _counted(connection: Connection, sql: str, *arguments: object) -> tuple[int, str | None]:
    row = await connection.fetchrow(sql, *arguments, timeout=STATEMENT_SECONDS)
    return (row["figure"], row["first"]) if row else (0, None)
