"""Between the ledger's states and its tables."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Connection
from pydantic_core import to_json

from actors.ledger import rows
from actors.ledger.merkle import Frontier
from actors.ledger.states import (
    AccountState,
    FloorState,
    GateState,
    HeadState,
    HoldState,
    InvariantState,
    JournalState,
    NodeState,
    PathState,
    PendingState,
    PeriodState,
    PostedState,
    TransferState,
    TreeState,
    WalletState,
)
from actors.runtime.decision import Key, State
from messages.ledger import Account, Invariant, Period, Transaction
from messages.wallets import Hold, Transfer, Wallet
from messages.wire import json_of
from storage import ledger, ledger_rows, resources
from storage.ledger import Found
from storage.statement import Statement

HASH_BYTES: Final = 32


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """Those that exist, by one statement."""
    found = await ledger.load(connection, keys) if keys else []
    return {Key(one.kind, one.tenant, one.id): _READ[one.kind](one) for one in found}


def save(states: Sequence[State]) -> list[Statement]:
    """At most one statement per table, each row at most once."""
    latest: dict[type, list[Any]] = {}
    for state in {state.key: state for state in states}.values():
        latest.setdefault(type(state), []).append(state)
    posted: list[PostedState] = latest.get(PostedState, [])
    statements = [write([row(state) for state in latest[kind]]) for kind, row, write in _WRITTEN if kind in latest]
    entries = [row for state in posted for row in rows.entry_rows(state)]
    if entries:
        statements.append(ledger.save_entries(entries))
    for kind, table, whole in _WHOLE:
        if kind in latest:
            statements.append(resources.save(table, [whole(state) for state in latest[kind]]))
    return statements


def _account(found: Found) -> State:
    path, _, currency = found.id.partition("/")
    body = found.body
    return AccountState(found.tenant, path, currency, body["balance"], body["version"], body["floor"])


def _tree(found: Found) -> State:
    edge = bytes.fromhex(found.body["frontier"])
    hashes = tuple(edge[at : at + HASH_BYTES] for at in range(0, len(edge), HASH_BYTES))
    return TreeState(found.tenant, Frontier(found.body["size"], hashes), found.body["head_due"])


def _gate(found: Found) -> State:
    body = found.body
    when = datetime.fromisoformat(body["updated_at"])
    return GateState(found.tenant, found.id, body["status"], body["reason"], body["version"], when)


def _wallet(found: Found) -> State:
    return WalletState(found.tenant, Wallet.model_validate(found.body), found.body["limits"])


_READ: Final[Mapping[str, Callable[[Found], State]]] = {
    "account": _account,
    "transaction": lambda found: PostedState(found.tenant, Transaction.model_validate(found.body)),
    "journal": lambda found: JournalState(found.tenant, Transaction.model_validate(found.body)),
    "pending": lambda found: PendingState(found.tenant, Transaction.model_validate(found.body)),
    "tree": _tree,
    "gate": _gate,
    "path": lambda found: PathState(found.tenant, Account.model_validate(found.body)),
    "period": lambda found: PeriodState(found.tenant, Period.model_validate(found.body)),
    "hold": lambda found: HoldState(found.tenant, Hold.model_validate(found.body)),
    "transfer": lambda found: TransferState(found.tenant, Transfer.model_validate(found.body)),
    "wallet": _wallet,
    "invariant": lambda found: InvariantState(found.tenant, Invariant.model_validate(found.body)),
}


_WRITTEN: Final[tuple[tuple[type, Callable[[Any], Any], Callable[[Sequence[Any]], Statement]], ...]] = (
    (AccountState, rows.account_row, ledger.save_accounts),
    (FloorState, rows.floor_row, ledger_rows.save_floors),
    (PostedState, rows.transaction_row, ledger.save_transactions),
    (TreeState, rows.tree_row, ledger_rows.save_trees),
    (NodeState, rows.node_row, ledger_rows.save_nodes),
    (HeadState, lambda state: {**json_of(state.head), "tenant": state.tenant}, ledger_rows.save_heads),
    (GateState, lambda state: {name: getattr(state, name) for name in GateState.__slots__}, ledger_rows.save_gates),
    (PeriodState, lambda state: {"tenant": state.tenant, **json_of(state.period)}, ledger_rows.save_periods),
    (HoldState, lambda state: {"tenant": state.tenant, **json_of(state.hold)}, ledger.save_holds),
    (WalletState, rows.wallet_row, ledger.save_wallets),
    (
        InvariantState,
        lambda state: {"tenant": state.tenant, "body": json_of(state.invariant)},
        ledger_rows.save_invariants,
    ),
)


def _whole(name: str, part: str) -> Callable[[Any], str]:
    return lambda state: to_json({"tenant": state.tenant, name: json_of(getattr(state, part))}).decode()


_WHOLE: Final = (
    (TransferState, ledger_rows.TRANSFERS, _whole("transfer", "transfer")),
    (PendingState, ledger_rows.PENDING, _whole("pending_transaction", "transaction")),
)
