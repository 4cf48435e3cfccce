"""What the ledger keeps: accounts, transactions and all around them, each under its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from actors.ledger.keys import (
    account_key,
    gate_key,
    hold_key,
    invariant_key,
    journal_key,
    path_key,
    pending_key,
    period_key,
    posted_key,
    transfer_key,
    tree_key,
    wallet_key,
)
from actors.ledger.merkle import Frontier, TileNode
from actors.runtime.decision import Key
from messages.ledger import Account, Invariant, Period, Transaction
from messages.proofs import TreeHead
from messages.wallets import Hold, Transfer, Wallet


@dataclass(frozen=True, slots=True)
class AccountState:
    """One path in one currency. The balance is positive on the normal side; `version` counts its entries."""

    tenant: str
    path: str
    currency: str
    balance: int = 0
    version: int = 0
    floor: int | None = None

    @property
    def key(self) -> Key:
        return account_key(self.tenant, self.path, self.currency)


@dataclass(frozen=True, slots=True)
class FloorState:
    """A wallet's floor moved: entries from this version on may go so low."""

    account: AccountState

    @property
    def key(self) -> Key:
        return Key("floor", self.account.tenant, f"{self.account.path}/{self.account.currency}/{self.account.version}")


@dataclass(frozen=True, slots=True)
class PostedState:
    """A transaction, under what it was posted for: it cannot be posted a second time."""

    tenant: str
    transaction: Transaction
    leaf_hash: bytes = field(default=b"", compare=False)

    @property
    def key(self) -> Key:
        return posted_key(self.tenant, self.transaction.source)


@dataclass(frozen=True, slots=True)
class JournalState:
    """A posted transaction, under its id: it may be reversed, which is written down with the reversal alone."""

    tenant: str
    transaction: Transaction

    @property
    def key(self) -> Key:
        return journal_key(self.tenant, self.transaction.id)


@dataclass(frozen=True, slots=True)
class PendingState:
    """A transaction that waits, or waited, to be posted."""

    tenant: str
    transaction: Transaction

    @property
    def key(self) -> Key:
        return pending_key(self.tenant, self.transaction.id)


@dataclass(frozen=True, slots=True)
class TreeState:
    """A tenant's log. With `head_due` its head will be signed within a second."""

    tenant: str
    frontier: Frontier = field(default_factory=Frontier)
    head_due: bool = False

    @property
    def key(self) -> Key:
        return tree_key(self.tenant)


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node of the log's tree that is complete."""

    tenant: str
    node: TileNode

    @property
    def key(self) -> Key:
        return Key("node", self.tenant, f"{self.node.height}/{self.node.number}")


@dataclass(frozen=True, slots=True)
class HeadState:
    """A signed head."""

    tenant: str
    head: TreeHead

    @property
    def key(self) -> Key:
        return Key("head", self.tenant, self.head.id)


@dataclass(frozen=True, slots=True)
class GateState:
    """Whether requests may use a path. A path without one is open."""

    tenant: str
    path: str
    status: Literal["open", "frozen"]
    reason: str | None
    version: int
    updated_at: datetime

    @property
    def key(self) -> Key:
        return gate_key(self.tenant, self.path)


@dataclass(frozen=True, slots=True)
class PathState:
    """In which currencies a path has an account; read with its balances when it is frozen or not frozen any more."""

    tenant: str
    account: Account

    @property
    def key(self) -> Key:
        return path_key(self.tenant, self.account.path)


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A month that was closed once. One without is open."""

    tenant: str
    period: Period

    @property
    def key(self) -> Key:
        return period_key(self.tenant, self.period.id)


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold of a tenant."""

    tenant: str
    hold: Hold

    @property
    def key(self) -> Key:
        return hold_key(self.tenant, self.hold.id)


@dataclass(frozen=True, slots=True)
class TransferState:
    """A transfer of a tenant."""

    tenant: str
    transfer: Transfer

    @property
    def key(self) -> Key:
        return transfer_key(self.tenant, self.transfer.id)


@dataclass(frozen=True, slots=True)
class WalletState:
    """A wallet as it was last said; its balances are those of its two accounts per currency.

    `limits` says by currency how far it may go below nothing.
    """

    tenant: str
    wallet: Wallet
    limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return wallet_key(self.tenant, self.wallet.customer_id)


@dataclass(frozen=True, slots=True)
class InvariantState:
    """A rule of the books that was found broken, or whole again."""

    tenant: str
    invariant: Invariant

    @property
    def key(self) -> Key:
        return invariant_key(self.tenant, self.invariant.id)
