"""What the ledger says, and of what."""

from messages.ledger import Account, Invariant, Period, Transaction
from messages.proofs import TreeHead
from messages.resource import Versioned
from messages.wallets import Hold, Transfer, Wallet

EVENTS: dict[str, type[Versioned]] = {
    **dict.fromkeys(
        (
            "ledger.transaction.created",
            "ledger.transaction.posted",
            "ledger.transaction.voided",
            "ledger.transaction.expired",
            "ledger.transaction.reversed",
        ),
        Transaction,
    ),
    **dict.fromkeys(("wallet.updated", "wallet.limits_changed", "wallet.frozen", "wallet.unfrozen"), Wallet),
    **dict.fromkeys(("hold.created", "hold.confirmed", "hold.voided", "hold.expired"), Hold),
    **dict.fromkeys(("transfer.succeeded", "transfer.reversed"), Transfer),
    **dict.fromkeys(("ledger.account.frozen", "ledger.account.unfrozen"), Account),
    **dict.fromkeys(("ledger.period.closed", "ledger.period.reopened"), Period),
    **dict.fromkeys(("ledger.invariant.breached", "ledger.invariant.restored"), Invariant),
    "ledger.head.signed": TreeHead,
}
