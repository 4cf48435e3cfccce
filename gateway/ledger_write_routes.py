"""What one may ask of wallets and books, with what OpenAPI says of it."""

from gateway import ledger_writes as writes
from gateway.ledger_bodies import (
    ConversionBody,
    EffectiveBody,
    HoldBody,
    NoBody,
    TransactionBody,
    TransactionsBody,
    WalletBody,
)
from gateway.route import V1, Route
from gateway.writes import write
from messages import ledger, wallets
from messages.bulk import BulkResult
from messages.ledger_commands import ConfirmHold, CreateTransfer, VoidHold

_HOLD = f"{V1}/holds/{{id}}"
_ACCOUNT = f"{V1}/ledger/accounts/{{path}}"
_TRANSACTIONS = f"{V1}/ledger/transactions"
_TRANSACTION = f"{_TRANSACTIONS}/{{id}}"
_PERIOD = f"{V1}/ledger/periods/{{month}}"

_SPEND = ("insufficient_funds", "account_frozen", "balance_overflow", "same_account", "amount_too_large")
_DATED = ("period_closed", "date_out_of_range")
_POST = (
    *_SPEND,
    *_DATED,
    *("unbalanced", "too_few_postings", "too_many_postings", "amount_too_small"),
    *("account_not_allowed", "already_exists", "currency_unknown"),
)

WALLETS = [
    Route(
        *("PATCH", f"{V1}/wallets/{{customer_id}}", write(writes.limits), "wallets:write"),
        *("updateWallet", "Set how far a wallet may be overdrawn", wallets.Wallet),
        body=WalletBody,
        codes=("wrong_state", "currency_unknown", "version_conflict"),
    ),
    Route(
        *("POST", f"{V1}/transfers", write(writes.create("trf", "transfer.create")), "wallets:write"),
        *("createTransfer", "Move money from wallet to wallet", wallets.Transfer),
        body=CreateTransfer,
        status=201,
        codes=(*_SPEND, "already_exists"),
    ),
    Route(
        *("POST", f"{V1}/transfers/{{id}}/reverse", write(writes.reverse_transfer), "wallets:write"),
        *("reverseTransfer", "Move all of it back, the fee too", wallets.Transfer),
        body=NoBody,
        codes=(*_SPEND, "already_reversed"),
        reason="needed",
    ),
    Route(
        *("POST", f"{V1}/holds", write(writes.hold), "wallets:write"),
        *("createHold", "Set wallet money aside", wallets.Hold),
        body=HoldBody,
        status=201,
        codes=(*_SPEND, "account_not_allowed", "date_out_of_range", "already_exists"),
    ),
    Route(
        *("POST", f"{_HOLD}/confirm", write(writes.by_id("hold.confirm")), "wallets:write"),
        *("confirmHold", "Take what is held, or a part", wallets.Hold),
        body=ConfirmHold,
        codes=(*_SPEND, "wrong_state", "in_use", "hold_exceeded", "account_not_allowed"),
    ),
    Route(
        *("POST", f"{_HOLD}/void", write(writes.by_id("hold.void")), "wallets:write"),
        *("voidHold", "Give back what is held", wallets.Hold),
        body=VoidHold,
        codes=("wrong_state", "in_use"),
    ),
]

BOOKS = [
    Route(
        *("POST", _TRANSACTIONS, write(writes.transaction), "ledger:write"),
        *("createTransaction", "Post a transaction by hand, or write it down to be posted later", ledger.Transaction),
        body=TransactionBody,
        status=201,
        codes=_POST,
        reason="taken",
    ),
    Route(
        *("POST", f"{_TRANSACTIONS}/bulk", write(writes.transactions), "ledger:write"),
        *("createTransactions", "Post up to a hundred transactions, each for itself", BulkResult),
        body=TransactionsBody,
        codes=("amount_too_small", "amount_too_large", "currency_unknown"),
        reason="taken",
    ),
    Route(
        *("POST", f"{_TRANSACTION}/post", write(writes.post_transaction), "ledger:write"),
        *("postTransaction", "Post what was pending", ledger.Transaction),
        body=EffectiveBody,
        codes=(*_SPEND, *_DATED, "wrong_state"),
    ),
    Route(
        *("POST", f"{_TRANSACTION}/void", write(writes.by_id("transaction.void")), "ledger:write"),
        *("voidTransaction", "Never post what was pending", ledger.Transaction),
        body=NoBody,
        codes=("wrong_state",),
    ),
    Route(
        *("POST", f"{_TRANSACTION}/reverse", write(writes.reverse_transaction), "ledger:write"),
        *("reverseTransaction", "Undo what was posted by hand, once", ledger.Transaction),
        body=EffectiveBody,
        status=201,
        codes=(*_SPEND, *_DATED, "wrong_state", "already_reversed", "reversal_of_reversal", "account_not_allowed"),
        reason="needed",
    ),
    Route(
        *("POST", f"{V1}/ledger/conversions", write(writes.conversion), "ledger:write"),
        *("createConversion", "Turn money into another currency, at a rate that is kept", ledger.Transaction),
        body=ConversionBody,
        status=201,
        codes=(*_POST, "currency_mismatch"),
        reason="taken",
    ),
    Route(
        *("POST", f"{_PERIOD}/close", write(writes.close_period), "ledger:write"),
        *("closePeriod", "Let nothing more be dated into a month", ledger.Period),
        body=NoBody,
        codes=("wrong_state", "date_out_of_range"),
        reason="taken",
    ),
    Route(
        *("POST", f"{_PERIOD}/reopen", write(writes.reopen_period), "ledger:write"),
        *("reopenPeriod", "Open a closed month again", ledger.Period),
        body=NoBody,
        codes=("wrong_state",),
        reason="needed",
    ),
    Route(
        *("POST", f"{_ACCOUNT}/freeze", write(writes.freeze), "ledger:write"),
        *("freezeAccount", "Let no request use an account", ledger.Account),
        body=NoBody,
        codes=("wrong_state", "account_not_allowed"),
        reason="taken",
    ),
    Route(
        *("POST", f"{_ACCOUNT}/unfreeze", write(writes.unfreeze), "ledger:write"),
        *("unfreezeAccount", "Let requests use it again", ledger.Account),
        body=NoBody,
        codes=("wrong_state", "account_not_allowed"),
        reason="needed",
    ),
]

WRITES: list[Route] = [*WALLETS, *BOOKS]
