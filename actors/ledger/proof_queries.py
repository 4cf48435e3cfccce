"""Proofs: of an account's balance, and that one signed head extends another."""

from datetime import UTC, datetime

from asyncpg import Connection

from actors.ledger import chart
from actors.ledger.explain_queries import only_currency
from actors.ledger.merkle_paths import Kept, Needed, consistency_path, needed_for_consistency, needed_for_inclusion
from actors.ledger.proving import in_base64, step_of
from actors.runtime.resources import first_of, not_found, refused, unreadable, whole
from messages.envelope import Query, Reply
from messages.ledger_queries import Extends, HeadListing, Prove
from messages.proofs import BalanceProof, ConsistencyProof, ProofStep, TreeHead
from messages.wire import Instant, Json, in_utc_milliseconds
from storage import proof_queries as books

_HOLES = "The log cannot be read whole: `pocketpay ledger verify` says where."


async def proof(connection: Connection, query: Query) -> Reply:
    """503 `behind` until a head is signed that covers the entry, which takes about a second."""
    asked = Prove.model_validate(query.params)
    if chart.class_of(asked.path) is None:
        return not_found(f"The chart has no account {asked.path}.")
    currency = await only_currency(connection, query.tenant, asked.path, asked.currency)
    if isinstance(currency, Reply):
        return currency
    newest = await books.find_heads(connection, query.tenant, HeadListing(limit=1))
    if not newest:
        return await _nothing_signed(connection, query.tenant)
    head = TreeHead.model_validate(newest[0])
    at = await _moment(connection, query.tenant, asked, currency)
    around = await books.entries_around(connection, query.tenant, asked.path, currency, at)
    if around.entry is not None and around.entry["leaf_index"] >= head.size:
        lag = around.entry["leaf_index"] + 1 - head.size
        return Reply(status=503, body={"code": "behind", "detail": "The next head is not signed yet.", "lag": lag})
    try:
        return whole(await _proof(connection, (asked.path, currency), at, around, head))
    except KeyError:
        return refused(503, "unavailable", _HOLES)


async def heads(connection: Connection, query: Query) -> Reply:
    """Newest first."""
    asked = HeadListing.model_validate(query.params)
    return first_of(await books.find_heads(connection, query.tenant, asked), asked.limit, TreeHead)


async def consistency(connection: Connection, query: Query) -> Reply:
    """Of two sizes of which each has a signed head."""
    asked = Extends.model_validate(query.params)
    if asked.first > asked.second:
        return unreadable(
            "second is the later head: it cannot be smaller than first.", "second", fault="conflicts_with"
        )
    found = [await books.find_head(connection, query.tenant, size) for size in (asked.first, asked.second)]
    if found[0] is None or found[1] is None:
        missing = asked.first if found[0] is None else asked.second
        return not_found(f"No head was signed of a log of {missing} leaves.")
    try:
        kept = await _kept(connection, query.tenant, needed_for_consistency(asked.first, asked.second))
        path = in_base64(consistency_path(asked.first, asked.second, kept))
    except KeyError:
        return refused(503, "unavailable", _HOLES)
    first, second = map(TreeHead.model_validate, found)
    return whole(ConsistencyProof(first=first, second=second, path=path))


async def _proof(
    connection: Connection, account: tuple[str, str], at: Instant, around: books.Around, head: TreeHead
) -> BalanceProof:
    path, currency = account
    row, entry, following = chart.class_of(path), around.entry, around.following
    assert row is not None, f"{path} is in no chart"
    if following is not None and following["leaf_index"] >= head.size:
        following = None
    return BalanceProof(
        tenant=head.tenant,
        account=path,
        currency=currency,
        normal_side=row.normal_side,
        at=at,
        balance=entry["balance"] if entry else 0,
        version=entry["account_version"] if entry else 0,
        entry=await _step(connection, head, entry),
        next=await _step(connection, head, following),
        head=head,
    )


async def _step(connection: Connection, head: TreeHead, entry: Json | None) -> ProofStep | None:
    """From the rows as they are now. Raises KeyError when there are not all of them."""
    if entry is None:
        return None
    found = await books.find_whole_transaction(connection, head.tenant, entry["transaction"])
    if found is None:
        raise KeyError(entry["transaction"])
    kept = await _kept(connection, head.tenant, needed_for_inclusion(found["leaf_index"], head.size))
    return step_of(head.tenant, entry["id"], found, head.size, kept)


async def _kept(connection: Connection, tenant: str, needed: Needed) -> Kept:
    leaves = await books.leaf_hashes(connection, tenant, needed.leaves)
    return Kept(leaves, await books.node_hashes(connection, tenant, needed.nodes))


async def _moment(connection: Connection, tenant: str, asked: Prove, currency: str) -> Instant:
    """Without a time, or for one that is yet to come: now, and never before what is there already."""
    newest = await books.newest_recorded(connection, tenant, asked.path, currency)
    now = in_utc_milliseconds(datetime.now(UTC))
    latest = now if newest is None else max(now, newest)
    return latest if asked.at is None else min(asked.at, latest)


async def _nothing_signed(connection: Connection, tenant: str) -> Reply:
    size = await books.log_size(connection, tenant)
    if size == 0:
        return not_found("Nothing was posted yet, so there is no signed head to prove anything by.")
    return Reply(status=503, body={"code": "behind", "detail": "The first head is not signed yet.", "lag": size})
