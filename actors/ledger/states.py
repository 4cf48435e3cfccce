"""What the ledger keeps: account balances, posted transactions, holds and wallets, each under its key."""

from dataclasses import dataclass

from actors.runtime.decision import Key
from messages.ledger import Hold, Source, Transaction, Wallet


@dataclass(frozen=True, slots=True)
class AccountState:
    """One path in one currency. The balance is positive on the normal side; `version` counts its entries."""

    tenant: str
    path: str
    currency: str
    balance: int = 0
    version: int = 0

    @property
    def key(self) -> Key:
        return account_key(self.tenant, self.path, self.currency)


@dataclass(frozen=True, slots=True)
class PostedState:
    """A transaction, under what it was posted for: it cannot be posted a second time."""

    tenant: str
    transaction: Transaction

    @property
    def key(self) -> Key:
        return posted_key(self.tenant, self.transaction.source)


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold of a tenant."""

    tenant: str
    hold: Hold

    @property
    def key(self) -> Key:
        return hold_key(self.tenant, self.hold.id)


@dataclass(frozen=True, slots=True)
class WalletState:
    """A wallet as it was last said; its balances are those of its two accounts per currency."""

    tenant: str
    wallet: Wallet

    @property
    def key(self) -> Key:
        return wallet_key(self.tenant, self.wallet.customer_id)


def account_key(tenant: str, path: str, currency: str) -> Key:
    """Neither a path nor a currency has a slash."""
    return Key("account", tenant, f"{path}/{currency}")


def posted_key(tenant: str, source: Source) -> Key:
    """`<type>/<id>/<kind>`."""
    return Key("transaction", tenant, f"{source.type}/{source.id}/{source.kind}")


def hold_key(tenant: str, hold_id: str) -> Key:
    """By the hold's id."""
    return Key("hold", tenant, hold_id)


def wallet_key(tenant: str, customer_id: str) -> Key:
    """By the customer's id."""
    return Key("wallet", tenant, customer_id)
