"""What one may read of wallets and the books."""

from gateway.ledger_parameters import (
    AccountList,
    AccountRead,
    ConsistencyRead,
    EntryList,
    ExplainRead,
    HeadList,
    HoldList,
    LineList,
    ProofRead,
    TransactionList,
    TransferList,
    TrialBalanceRead,
)
from gateway.parameters import Read
from gateway.reads import (
    after_created,
    after_id,
    after_path,
    after_recorded,
    after_size,
    by_customer,
    by_id,
    by_month,
    by_path,
    nothing,
    one,
    page,
    patient,
)
from gateway.route import V1, Route
from gateway.shapes import ListOf
from gateway.trial_balance import trial_balance
from messages import ledger, ledger_queries, proofs, wallets

_ACCOUNT = f"{V1}/ledger/accounts/{{path}}"
_TRANSACTION = f"{V1}/ledger/transactions/{{id}}"
_WALLET = f"{V1}/wallets/{{customer_id}}"

_WALLETS = [
    Route(
        *("GET", _WALLET, one("ledger", "wallet", by_customer), "wallets:read"),
        *("getWallet", "Read a customer's wallet", wallets.Wallet, Read),
    ),
    Route(
        *("GET", f"{_WALLET}/entries", page("ledger", "entries", by_customer, after_recorded), "wallets:read"),
        *("listWalletEntries", "List a wallet's entries, the newest first", ListOf[ledger.Entry], EntryList),
    ),
    Route(
        *("GET", f"{V1}/holds", page("ledger", "holds", nothing, after_created), "wallets:read"),
        *("listHolds", "List holds, the newest first", ListOf[wallets.Hold], HoldList),
    ),
    Route(
        *("GET", f"{V1}/holds/{{id}}", one("ledger", "hold", by_id), "wallets:read"),
        *("getHold", "Read a hold", wallets.Hold, Read),
    ),
    Route(
        *("GET", f"{V1}/transfers", page("ledger", "transfers", nothing, after_created), "wallets:read"),
        *("listTransfers", "List transfers, the newest first", ListOf[wallets.Transfer], TransferList),
    ),
    Route(
        *("GET", f"{V1}/transfers/{{id}}", one("ledger", "transfer", by_id), "wallets:read"),
        *("getTransfer", "Read a transfer", wallets.Transfer, Read),
    ),
]

_ACCOUNTS = [
    Route(
        *("GET", f"{V1}/ledger/accounts", page("ledger", "accounts", nothing, after_path), "ledger:read"),
        *("listAccounts", "List accounts by their path", ListOf[ledger.Account], AccountList),
        codes=("balance_overflow",),
    ),
    Route(
        *("GET", _ACCOUNT, one("ledger", "account", by_path), "ledger:read"),
        *("getAccount", "Read an account with its balances, now or at a time", ledger.Account, AccountRead),
        codes=("balance_overflow",),
    ),
    Route(
        *("GET", f"{_ACCOUNT}/entries", page("ledger", "entries", by_path, after_recorded), "ledger:read"),
        *("listAccountEntries", "List an account's entries, the newest first", ListOf[ledger.Entry], EntryList),
    ),
    Route(
        *("GET", f"{_ACCOUNT}/explain", one("ledger", "explain", by_path), "ledger:read"),
        *("explainAccount", "What moved a balance, by cause", ledger_queries.Explanation, ExplainRead),
    ),
    Route(
        *("GET", f"{_ACCOUNT}/proof", patient(one("ledger", "proof", by_path)), "ledger:read"),
        *("proveAccount", "Prove a balance to somebody who has our public key", proofs.BalanceProof, ProofRead),
    ),
]

_JOURNAL = [
    Route(
        *("GET", f"{V1}/ledger/transactions", page("ledger", "transactions", nothing, after_recorded), "ledger:read"),
        *("listTransactions", "List transactions, the newest first", ListOf[ledger.Transaction], TransactionList),
    ),
    Route(
        *("GET", _TRANSACTION, one("ledger", "transaction", by_id), "ledger:read"),
        *("getTransaction", "Read a transaction with its first 100 entries", ledger.Transaction, Read),
    ),
    Route(
        *("GET", f"{_TRANSACTION}/entries", page("ledger", "lines", by_id, after_id), "ledger:read"),
        *("listTransactionEntries", "List all entries of a transaction", ListOf[ledger.EntryLine], LineList),
    ),
    Route(
        *("GET", f"{V1}/ledger/trial-balance", trial_balance, "ledger:read"),
        *("getTrialBalance", "All accounts, debits equal to credits", ledger.TrialBalance, TrialBalanceRead),
    ),
    Route(
        *("GET", f"{V1}/ledger/periods/{{month}}", one("ledger", "period", by_month), "ledger:read"),
        *("getPeriod", "Whether a month of the books is closed", ledger.Period, Read),
    ),
    Route(
        *("GET", f"{V1}/ledger/heads", page("ledger", "heads", nothing, after_size), "ledger:read"),
        *("listHeads", "List signed heads of the log, the newest first", ListOf[proofs.TreeHead], HeadList),
    ),
    Route(
        *("GET", f"{V1}/ledger/heads/consistency", one("ledger", "consistency", nothing), "ledger:read"),
        *("proveConsistency", "Prove that a head extends another", proofs.ConsistencyProof, ConsistencyRead),
        codes=("not_found",),
    ),
]

LEDGER_READS: list[Route] = [*_WALLETS, *_ACCOUNTS, *_JOURNAL]
