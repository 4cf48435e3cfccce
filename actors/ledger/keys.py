"""Under which key the ledger keeps each of its states."""

from actors.runtime.decision import Key
from messages.ledger import Source


def account_key(tenant: str, path: str, currency: str) -> Key:
    """Neither a path nor a currency has a slash."""
    return Key("account", tenant, f"{path}/{currency}")


def posted_key(tenant: str, source: Source) -> Key:
    """`<type>/<id>/<kind>`."""
    return Key("transaction", tenant, f"{source.type}/{source.id}/{source.kind}")


def journal_key(tenant: str, transaction: str) -> Key:
    """By the id of what was posted."""
    return Key("journal", tenant, transaction)


def pending_key(tenant: str, transaction: str) -> Key:
    """By the id of what waits to be posted."""
    return Key("pending", tenant, transaction)


def tree_key(tenant: str) -> Key:
    """One per tenant."""
    return Key("tree", tenant, "tree")


def gate_key(tenant: str, path: str) -> Key:
    """By path: all its currencies are frozen together."""
    return Key("gate", tenant, path)


def path_key(tenant: str, path: str) -> Key:
    """By path."""
    return Key("path", tenant, path)


def period_key(tenant: str, month: str) -> Key:
    """By its name, `2026-10`."""
    return Key("period", tenant, month)


def hold_key(tenant: str, hold_id: str) -> Key:
    """By the hold's id."""
    return Key("hold", tenant, hold_id)


def transfer_key(tenant: str, transfer_id: str) -> Key:
    """By the transfer's id."""
    return Key("transfer", tenant, transfer_id)


def wallet_key(tenant: str, customer_id: str) -> Key:
    """By the customer's id."""
    return Key("wallet", tenant, customer_id)


def invariant_key(tenant: str, invariant: str) -> Key:
    """By its name, `I2`."""
    return Key("invariant", tenant, invariant)
