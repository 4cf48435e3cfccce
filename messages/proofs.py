"""What proves the books to somebody who has nothing but a public key. How it is checked: docs/proof/check.py."""

from typing import Literal

from messages.ledger import AccountPath, Side
from messages.money import Balance, Currency
from messages.resource import Versioned
from messages.wire import Instant, Json, Wire


class TreeHead(Versioned):
    """The signed root of a tenant's log of transactions (RFC 6962) when it had `size` leaves."""

    object: Literal["ledger_head"] = "ledger_head"
    tenant: str
    size: int
    root: str
    time: Instant
    key_id: str
    public_key: str
    signature: str
    livemode: bool = False


class ProofStep(Wire):
    """An entry with its transaction's canonical leaf and the way from that leaf to the root, in base64."""

    entry: str
    leaf: Json
    leaf_index: int
    path: list[str]


class BalanceProof(Wire):
    """`entry` is the account's last one recorded by `at`, `next` the one after it: between them nothing is left out."""

    object: Literal["balance_proof"] = "balance_proof"
    tenant: str
    account: AccountPath
    currency: Currency
    normal_side: Side
    at: Instant
    balance: Balance
    version: int
    entry: ProofStep | None
    next: ProofStep | None
    head: TreeHead


class ConsistencyProof(Wire):
    """That the second head's log begins with all of the first's."""

    object: Literal["consistency_proof"] = "consistency_proof"
    first: TreeHead
    second: TreeHead
    path: list[str]
