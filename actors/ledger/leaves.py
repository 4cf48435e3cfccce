"""What the log says of a transaction: its canonical leaf, without free text, fixed for ever."""

from typing import Final

from pydantic_core import to_json

from messages.ledger import EntryLine, Transaction
from messages.wire import Json, rfc3339

LEAF_VERSION: Final = 1


def leaf_bytes(tenant: str, transaction: Transaction) -> bytes:
    """The leaf as it is hashed: canonical JSON (RFC 8785) in UTF-8. Raises ValueError as `leaf_json`."""
    return to_json(leaf_json(tenant, transaction))


def leaf_json(tenant: str, transaction: Transaction) -> Json:
    """The leaf as plain values, the members of all objects in canonical order.

    Raises ValueError for a transaction that is not in the log or does not show all its entries.
    """
    if transaction.leaf_index is None or transaction.entries_has_more:
        raise ValueError(f"{transaction.id} has no leaf, or not all its entries are there")
    source = transaction.source
    return {
        "effective_at": rfc3339(transaction.effective_at),
        "entries": [_entry(line) for line in transaction.entries],
        "event": transaction.event,
        "id": transaction.id,
        "leaf_index": transaction.leaf_index,
        "recorded_at": rfc3339(transaction.recorded_at),
        "reverses": transaction.reverses,
        "source": {"id": source.id, "kind": source.kind, "type": source.type},
        "tenant": tenant,
        "v": LEAF_VERSION,
    }


def _entry(line: EntryLine) -> Json:
    return {
        "account": line.account,
        "account_version": line.account_version,
        "amount": line.amount,
        "balance_after": line.balance_after,
        "currency": line.currency,
        "id": line.id,
        "side": line.side,
    }
