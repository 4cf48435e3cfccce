"""States of the ledger as rows of its tables."""

from collections.abc import Mapping

from actors.ledger.chart import class_of
from actors.ledger.states import AccountState, FloorState, NodeState, PostedState, TreeState, WalletState
from messages.wire import json_of

Row = Mapping[str, object]


def account_row(state: AccountState) -> Row:
    """Side as the chart says it."""
    row = class_of(state.path)
    assert row is not None, f"{state.path} was posted to outside the chart"
    return {
        "tenant": state.tenant,
        "path": state.path,
        "currency": state.currency,
        "normal_side": row.normal_side,
        "floor": state.floor,
        "balance": state.balance,
        "version": state.version,
    }


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


def transaction_row(state: PostedState) -> Row:
    """Without its entries; the hash in hex."""
    posted = state.transaction
    return {
        "id": posted.id,
        "tenant": state.tenant,
        "source_type": posted.source.type,
        "source_id": posted.source.id,
        "source_kind": posted.source.kind,
        "event": posted.event,
        "description": posted.description,
        "metadata": posted.metadata,
        "livemode": posted.livemode,
        "effective_at": posted.effective_at,
        "recorded_at": posted.recorded_at,
        "created_at": posted.created_at,
        "version": posted.version,
        "leaf_index": posted.leaf_index,
        "leaf_hash": state.leaf_hash.hex(),
        "reverses": posted.reverses,
        "command": posted.command,
        "provider_reference": posted.provider_reference,
        "conversion": posted.conversion,
        "flags": posted.flags,
    }


def entry_rows(state: PostedState) -> list[Row]:
    """In their order."""
    posted = state.transaction
    return [
        {
            "tenant": state.tenant,
            "path": line.account,
            "currency": line.currency,
            "account_version": line.account_version,
            "id": line.id,
            "transaction": posted.id,
            "line": number,
            "side": line.side,
            "amount": line.amount,
            "balance_after": line.balance_after,
            "recorded_at": posted.recorded_at,
            "effective_at": posted.effective_at,
        }
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
