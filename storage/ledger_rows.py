"""What the ledger writes beside its transactions: the log, gates, periods, transfers, and what is pending."""

from collections.abc import Sequence
from typing import Final

from pydantic_core import to_json

from storage.ledger import Row
from storage.resources import Table
from storage.statement import Statement

_TREES = """
insert into tree (tenant, size, frontier, head_due)
select tenant, size, frontier, head_due
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, size bigint, frontier text, head_due boolean)
on conflict (tenant) do update
    set size = excluded.size, frontier = excluded.frontier, head_due = excluded.head_due"""

_NODES = """
insert into tree_node (tenant, height, number, hash)
select tenant, height, number, decode(hash, 'hex')
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, height smallint, number bigint, hash text)"""

_HEADS = """
insert into tree_head (tenant, size, id, root, time, key_id, public_key, signature, livemode)
select tenant, size, id, root, time, key_id, public_key, signature, livemode
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, size bigint, id text, root text, time timestamptz,
    key_id text, public_key text, signature text, livemode boolean)"""

_FLOORS = """
insert into floor_change (tenant, path, currency, from_version, floor)
select tenant, path, currency, from_version, floor
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, path text, currency text, from_version bigint, floor bigint)
on conflict do nothing"""

_GATES = """
insert into gate (tenant, path, status, reason, version, updated_at)
select tenant, path, status, reason, version, updated_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, path text, status text, reason text, version bigint,
    updated_at timestamptz)
on conflict (tenant, path) do update
    set status = excluded.status, reason = excluded.reason, version = excluded.version,
        updated_at = excluded.updated_at"""

_PERIODS = """
insert into period (tenant, month, status, reason, closed_at, version, updated_at)
select tenant, id, status, reason, closed_at, version, updated_at
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, id text, status text, reason text, closed_at timestamptz,
    version bigint, updated_at timestamptz)
on conflict (tenant, month) do update
    set status = excluded.status, reason = excluded.reason, closed_at = excluded.closed_at,
        version = excluded.version, updated_at = excluded.updated_at"""

_INVARIANTS = """
insert into invariant (tenant, id, status, version, updated_at, body)
select tenant, body ->> 'id', body ->> 'status', (body ->> 'version')::bigint, (body ->> 'updated_at')::timestamptz,
    body
from jsonb_to_recordset($1::text::jsonb) as r(tenant text, body jsonb)
on conflict (tenant, id) do update
    set status = excluded.status, version = excluded.version, updated_at = excluded.updated_at, body = excluded.body"""

TRANSFERS: Final = Table(
    "transfer",
    columns="""id text, from_customer text, to_customer text, status text, amount bigint, currency text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
)

PENDING: Final = Table(
    "pending_transaction",
    columns="id text, status text, created_at timestamptz, updated_at timestamptz, version bigint",
)


def save_trees(rows: Sequence[Row]) -> Statement:
    """How far each tenant's log has got, and its right edge in hex."""
    return Statement("trees", _TREES, (to_json(rows).decode(),))


def save_nodes(rows: Sequence[Row]) -> Statement:
    """Perfect subtrees that are complete, hashes in hex."""
    return Statement("nodes", _NODES, (to_json(rows).decode(),))


def save_heads(rows: Sequence[Row]) -> Statement:
    """Signed heads."""
    return Statement("heads", _HEADS, (to_json(rows).decode(),))


def save_floors(rows: Sequence[Row]) -> Statement:
    """From which entry on an account may go how low."""
    return Statement("floors", _FLOORS, (to_json(rows).decode(),))


def save_gates(rows: Sequence[Row]) -> Statement:
    """Frozen paths, and those that were."""
    return Statement("gates", _GATES, (to_json(rows).decode(),))


def save_periods(rows: Sequence[Row]) -> Statement:
    """Closed months, and those that were."""
    return Statement("periods", _PERIODS, (to_json(rows).decode(),))


def save_invariants(rows: Sequence[Row]) -> Statement:
    """As they were last reported."""
    return Statement("invariants", _INVARIANTS, (to_json(rows).decode(),))
