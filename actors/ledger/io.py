"""Between the ledger's states and its tables."""

from collections.abc import Collection, Mapping, Sequence

from asyncpg import Connection

from actors.ledger.chart import class_of
from actors.ledger.states import AccountState, HoldState, PostedState, WalletState
from actors.runtime.decision import Key, State
from messages.ledger import Hold, Transaction, Wallet
from messages.wire import json_of
from storage import ledger
from storage.ledger import Found, Row
from storage.statement import Statement


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """Those that exist, by one statement."""
    found = await ledger.load(connection, keys) if keys else []
    return {Key(one.kind, one.tenant, one.id): _state(one) for one in found}


def save(states: Sequence[State]) -> list[Statement]:
    """At most one statement per table, each row at most once."""
    latest = {state.key: state for state in states}.values()
    posted = [state for state in latest if isinstance(state, PostedState)]
    parts = (
        (ledger.save_accounts, [_account_row(state) for state in latest if isinstance(state, AccountState)]),
        (ledger.save_transactions, [_transaction_row(state) for state in posted]),
        (ledger.save_entries, [row for state in posted for row in _entry_rows(state)]),
        (ledger.save_holds, [_hold_row(state) for state in latest if isinstance(state, HoldState)]),
        (ledger.save_wallets, [_wallet_row(state) for state in latest if isinstance(state, WalletState)]),
    )
    return [statement(rows) for statement, rows in parts if rows]


def _state(found: Found) -> State:
    match found.kind:
        case "account":
            path, _, currency = found.id.partition("/")
            return AccountState(found.tenant, path, currency, found.body["balance"], found.body["version"])
        case "transaction":
            return PostedState(found.tenant, Transaction.model_validate(found.body))
        case "hold":
            return HoldState(found.tenant, Hold.model_validate(found.body))
        case "wallet":
            return WalletState(found.tenant, Wallet.model_validate(found.body))
        case other:
            raise ValueError(f"the ledger keeps no {other}")


def _account_row(state: AccountState) -> Row:
    row = class_of(state.path)
    assert row is not None, f"{state.path} was posted to outside the chart"
    return {
        "tenant": state.tenant,
        "path": state.path,
        "currency": state.currency,
        "normal_side": row.normal_side,
        "floor": row.floor,
        "balance": state.balance,
        "version": state.version,
    }


def _transaction_row(state: PostedState) -> Row:
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
    }


def _entry_rows(state: PostedState) -> list[Row]:
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
        }
        for number, line in enumerate(posted.entries)
    ]


def _hold_row(state: HoldState) -> Row:
    return {"tenant": state.tenant, **json_of(state.hold)}


def _wallet_row(state: WalletState) -> Row:
    return {"tenant": state.tenant, **json_of(state.wallet)}
