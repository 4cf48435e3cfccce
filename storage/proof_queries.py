"""What proves the books: signed heads, the hashes below them, and the entries in question."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from asyncpg import Connection

from messages.ledger_queries import HeadListing
from messages.wire import Instant, Json
from storage.entry_search import last_version
from storage.json_rows import many, one
from storage.ledger import TRANSACTION

_HEAD: Final = """json_build_object('id', h.id, 'tenant', h.tenant, 'size', h.size, 'root', h.root, 'time', h.time,
    'key_id', h.key_id, 'public_key', h.public_key, 'signature', h.signature, 'livemode', h.livemode)::text"""
_HEADS: Final = f"""
select {_HEAD} from tree_head h where h.tenant = $1 and h.size < coalesce($2::bigint, 9223372036854775807)
order by h.size desc limit $3"""
_HEAD_OF: Final = f"select {_HEAD} from tree_head h where h.tenant = $1 and h.size = $2"

_AROUND: Final = f"""
select json_build_object('version', e.account_version - last.version, 'account_version', e.account_version,
    'id', e.id, 'transaction', e.transaction, 'balance', e.balance_after, 'leaf_index', t.leaf_index)::text
from account a
    cross join lateral (select {last_version("m.recorded_at <= $4::timestamptz")} as version offset 0) last
    cross join lateral (
        select e.* from entry e
        where e.tenant = a.tenant and e.path = a.path and e.currency = a.currency
          and e.account_version in (last.version, last.version + 1) offset 0) e
    join transaction t on t.id = e.transaction
where a.tenant = $1 and a.path = $2 and a.currency = $3
order by e.account_version"""

_NEWEST: Final = """
select e.recorded_at from account a join entry e on e.tenant = a.tenant and e.path = a.path
    and e.currency = a.currency and e.account_version = a.version
where a.tenant = $1 and a.path = $2 and a.currency = $3"""

_TRANSACTION: Final = f"select {TRANSACTION}::text from transaction t where t.tenant = $1 and t.id = $2"

_LEAVES: Final = """
select t.leaf_index, t.leaf_hash from unnest($2::bigint[], $3::bigint[]) span(low, high)
    join transaction t on t.tenant || '/' = $1 || '/' and t.leaf_index >= span.low and t.leaf_index < span.high"""

_NODES: Final = """
select n.height, n.number, n.hash from unnest($2::smallint[], $3::bigint[], $4::bigint[]) span(height, low, high)
    join tree_node n on n.tenant = $1 and n.height = span.height and n.number >= span.low and n.number < span.high"""


class Around(NamedTuple):
    """The last entry recorded by a time, and the one after it: `id`, `transaction`, `balance`, `leaf_index` …"""

    entry: Json | None
    following: Json | None


async def find_heads(connection: Connection, tenant: str, asked: HeadListing) -> list[Json]:
    """Newest first, one more than asked for if there are more."""
    return await many(connection, _HEADS, tenant, asked.after, asked.limit + 1)


async def find_head(connection: Connection, tenant: str, size: int) -> Json | None:
    """The head that was signed of a log of this size."""
    return await one(connection, _HEAD_OF, tenant, size)


async def log_size(connection: Connection, tenant: str) -> int:
    """How many leaves there are, signed or not."""
    return await connection.fetchval("select size from tree where tenant = $1", tenant) or 0


async def newest_recorded(connection: Connection, tenant: str, path: str, currency: str) -> Instant | None:
    """When the account's last entry was recorded."""
    return await connection.fetchval(_NEWEST, tenant, path, currency)


async def entries_around(connection: Connection, tenant: str, path: str, currency: str, at: Instant) -> Around:
    """Of an account in one currency."""
    found = {row["version"]: row for row in await many(connection, _AROUND, tenant, path, currency, at)}
    return Around(found.get(0), found.get(1))


async def find_whole_transaction(connection: Connection, tenant: str, transaction: str) -> Json | None:
    """With all of its entries."""
    return await one(connection, _TRANSACTION, tenant, transaction)


async def leaf_hashes(connection: Connection, tenant: str, spans: Sequence[tuple[int, int]]) -> Mapping[int, bytes]:
    """By index, of these spans; the ends are not included."""
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    return {row[0]: row[1] for row in await connection.fetch(_LEAVES, tenant, lows, highs)}


async def node_hashes(
    connection: Connection, tenant: str, spans: Sequence[tuple[int, int, int]]
) -> Mapping[tuple[int, int], bytes]:
    """By height and number, of these (height, from, to)."""
    columns = [list(column) for column in zip(*spans, strict=True)] or [[], [], []]
    return {(row[0], row[1]): row[2] for row in await connection.fetch(_NODES, tenant, *columns)}
