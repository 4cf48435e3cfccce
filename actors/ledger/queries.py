"""What one may ask the ledger. Unknown ids and paths outside the chart are 404 `not_found`."""

from collections.abc import Mapping
from typing import Final

from actors.ledger.account_queries import account, accounts, trial_balance
from actors.ledger.entry_queries import entries, lines, source_entries, transaction, transactions
from actors.ledger.explain_queries import explain
from actors.ledger.export_query import export
from actors.ledger.posted_query import posted
from actors.ledger.proof_queries import consistency, heads, proof
from actors.ledger.wallet_queries import hold, holds, period, transfer, transfers, wallet
from actors.runtime.actor import Answer

ANSWERS: Final[Mapping[str, Answer]] = {
    "wallet": wallet,
    "account": account,
    "accounts": accounts,
    "entries": entries,
    "source_entries": source_entries,
    "lines": lines,
    "transaction": transaction,
    "transactions": transactions,
    "hold": hold,
    "holds": holds,
    "transfer": transfer,
    "transfers": transfers,
    "trial_balance": trial_balance,
    "period": period,
    "explain": explain,
    "proof": proof,
    "heads": heads,
    "consistency": consistency,
    "export": export,
    "posted": posted,
}

SCANS: Final = frozenset({"explain", "export", "trial_balance"})
"""What reads in proportion to the books, or to what an account has seen."""
