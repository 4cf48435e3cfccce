"""States of the ledger as rows of its tables."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from actors.ledger.chart import class_of
from actors.ledger.states import AccountState, FloorState, NodeState, PostedState, TreeState, WalletState
from messages.wire import json_of

Row = Mapping[str, object]
Columns = tuple[Any, ...]
"""A row in the order of its columns in `storage.ledger`."""


def account_row(state: AccountState) -> Columns:
    """Side as the chart says it."""
    row = class_of(state.path)
    assert row is not None, f"{state.path} was posted to outside the chart"
    return (
        state.tenant,
        state.path,
        state.currency,
        row.normal_side,
        state.floor,
        state.balance,
        state.version,
    )


def floor_row(state: FloorState) -> Row:
    """From the next entry on."""
    account = state.account
    return {
        "tenant": account.tenant,
        "path": account.path,
        "currency": account.currency,
        "from_version": account.version + 1,
        "floor": account.floor,
    }


def transaction_row(state: PostedState) -> Columns:
    """Without its entries."""
    posted = state.transaction
    return (
        posted.id,
        state.tenant,
        posted.source.type,
        posted.source.id,
        posted.source.kind,
        posted.event,
        posted.description,
        to_json(posted.metadata).decode(),
        posted.livemode,
        posted.effective_at,
        posted.recorded_at,
        posted.created_at,
        posted.version,
        posted.leaf_index,
        state.leaf_hash,
        posted.reverses,
        posted.command,
        posted.provider_reference,
        posted.conversion.model_dump_json() if posted.conversion else None,
        ",".join(posted.flags),
    )


def entry_rows(state: PostedState) -> list[Columns]:
    """In their order."""
    posted = state.transaction
    return [
        (
            state.tenant,
            line.account,
            line.currency,
            line.account_version,
            line.id,
            posted.id,
            number,
            line.side,
            line.amount,
            line.balance_after,
            posted.recorded_at,
            posted.effective_at,
        )
        for number, line in enumerate(posted.entries)
    ]


def tree_row(state: TreeState) -> Row:
    """The right edge in hex."""
    edge = b"".join(state.frontier.hashes).hex()
    return {"tenant": state.tenant, "size": state.frontier.size, "frontier": edge, "head_due": state.head_due}


def node_row(state: NodeState) -> Row:
    """The hash in hex."""
    node = state.node
    return {"tenant": state.tenant, "height": node.height, "number": node.number, "hash": node.hash.hex()}


def wallet_row(state: WalletState) -> Row:
    """Balances are the accounts', and not kept twice."""
    return {"tenant": state.tenant, **json_of(state.wallet), "limits": state.limits}
