"""One example of every message and resource of the books."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from messages import bulk, invoicing, ledger, proofs, wallets
from messages import ledger_commands as commands
from messages import ledger_queries as queries
from messages.destinations import Sale
from messages.ids import account_id
from messages.ledger import EntryLine, Source
from messages.wallets import WalletBalance

AT: Final = datetime(2026, 11, 22, 10, 0, 0, 120_000, UTC)
_BEGAN: Final = datetime(2026, 11, 22, 10, 0, 0, 1_000, UTC)
_SOURCE: Final = Source(type="payment", id="pay_01ja", kind="captured")

_DEBIT: Final = EntryLine(
    id="ent_01ja",
    account="assets:psp:simulated:pending",
    side="debit",
    amount=1000,
    currency="USD",
    balance_after=1000,
    account_version=1,
)
_CREDIT: Final = _DEBIT.model_copy(update={"id": "ent_01jb", "account": "income:sales", "side": "credit"})

TRANSACTION: Final = ledger.Transaction(
    id="txn_01ja",
    source=_SOURCE,
    event="evt_01jb",
    command="cmd_01ja",
    provider_reference="sim_ch_8",
    leaf_index=4711,
    effective_at=AT,
    recorded_at=AT,
    created_at=AT,
    updated_at=AT,
    entries=[_DEBIT, _CREDIT],
)

ENTRY: Final = ledger.Entry(
    **_DEBIT.model_dump(), transaction="txn_01ja", source=_SOURCE, effective_at=AT, recorded_at=AT
)

WALLET: Final = wallets.Wallet(
    id="abc123",
    customer_id="abc123",
    version=12,
    balances=[WalletBalance(currency="USD", posted=7500, held=2500, available=5000)],
    created_at=_BEGAN,
    updated_at=AT,
    position="1-18231",
)

HOLD: Final = wallets.Hold(
    id="hold_01ja",
    customer_id="abc123",
    amount=2500,
    currency="USD",
    transaction="txn_01ja",
    created_at=AT,
    updated_at=AT,
)

TRANSFER: Final = wallets.Transfer(
    id="trf_01ja",
    from_customer="abc123",
    to_customer="bob",
    amount=2500,
    fee=25,
    currency="USD",
    transaction="txn_01jb",
    created_at=AT,
    updated_at=AT,
)

ACCOUNT: Final = ledger.Account(
    id=account_id("income:sales"),
    path="income:sales",
    normal_side="credit",
    balances=[ledger.AccountBalance(currency="USD", posted=1000, version=1)],
    position="1-18231",
)

_LINES: Final = [
    ledger.TrialBalanceLine(account="assets:psp:simulated:pending", currency="USD", debit=1000, credit=0),
    ledger.TrialBalanceLine(account="income:sales", currency="USD", debit=0, credit=1000),
]
TRIAL_BALANCE: Final = ledger.TrialBalance(data=_LINES)

HEAD: Final = proofs.TreeHead(
    id="head_01ja",
    tenant="demo",
    size=4712,
    root="m4zQ0q7Xn8cT8z0m1k1n2yq3b7l0s9q8b2u5c6d7e8k=",
    time=AT,
    key_id="9c1d2b3a4f5e6d7c",
    public_key="Ej3J1r6q0K0sW4m1x9Qm3v2u1t0s9r8q7p6o5n4m3l0=",
    signature="c2lnbmVk",
)

_STEP: Final = proofs.ProofStep(entry="ent_01jb", leaf={"id": "txn_01ja", "v": 1}, leaf_index=4711, path=[HEAD.root])

PROOF: Final = proofs.BalanceProof(
    tenant="demo",
    account="income:sales",
    currency="USD",
    normal_side="credit",
    at=AT,
    balance=1000,
    version=1,
    entry=_STEP,
    next=None,
    head=HEAD,
)

EXPLANATION: Final = queries.Explanation.model_validate(
    {
        "account": "income:sales",
        "currency": "USD",
        "opening_at": None,
        "closing_at": AT,
        "opening": 0,
        "lines": [
            {
                "cause": "payment",
                "count": 1,
                "amount": 1000,
                "transactions": ["txn_01ja"],
                "events": ["evt_01jb"],
                "commands": ["cmd_01ja"],
                "provider_references": ["sim_ch_8"],
                "has_more": False,
            }
        ],
        "closing": 1000,
    }
)

_POSTINGS: Final = [
    commands.PostingWish(account="user:cash", side="debit", amount=1000, currency="USD"),
    commands.PostingWish(account="equity:opening", side="credit", amount=1000, currency="USD"),
]
_BY_HAND: Final = commands.CreateTransaction(postings=_POSTINGS, description="Opening balance")

LEDGER_EXAMPLES: Final[tuple[BaseModel, ...]] = (
    TRANSACTION,
    ENTRY,
    WALLET,
    HOLD,
    TRANSFER,
    ACCOUNT,
    TRIAL_BALANCE,
    HEAD,
    PROOF,
    EXPLANATION,
    proofs.ConsistencyProof(first=HEAD, second=HEAD.model_copy(update={"size": 5000}), path=[HEAD.root]),
    ledger.Period(id="2026-10", status="closed", closed_at=AT, updated_at=AT),
    ledger.Invariant(
        id="I2", status="breached", title="the running balances of the entries chain", figure=1, detail="ent_01ja"
    ),
    bulk.BulkResult(data=[bulk.BulkItem(status=201, transaction=TRANSACTION)]),
    invoicing.Invoice(
        id="inv_01ja",
        customer_id="abc123",
        currency="USD",
        total=12000,
        taxes=[invoicing.InvoiceTax(jurisdiction="DE", amount=2000)],
        amount_deferred=10000,
        amount_remaining=12000,
        created_at=AT,
        updated_at=AT,
    ),
    invoicing.CreditNote(
        id="cn_01ja",
        invoice="inv_01ja",
        customer_id="abc123",
        currency="USD",
        total=1200,
        taxes=[invoicing.InvoiceTax(jurisdiction="DE", amount=200)],
        invoice_amount=1200,
        created_at=AT,
        updated_at=AT,
    ),
    commands.CreateHold(customer_id="abc123", amount=2500, currency="USD"),
    commands.ConfirmHold(amount=1000),
    commands.VoidHold(),
    commands.PayFromWallet(customer_id="abc123", amount=1000, currency="USD", destination=Sale()),
    commands.SetOverdraftLimits(overdraft_limits={"USD": 5000}),
    commands.CreateTransfer(from_customer="abc123", to_customer="bob", amount=2500, currency="USD", fee=25),
    commands.ReverseTransfer(reason="sent to the wrong customer"),
    _BY_HAND,
    commands.CreateTransactions(transactions=[_BY_HAND]),
    commands.PostTransaction(),
    commands.VoidTransaction(),
    commands.ReverseTransaction(reason="posted twice by hand"),
    commands.CreateConversion(
        from_account="liabilities:wallets:abc123", from_amount=1000, from_currency="USD", to_currency="EUR", rate="0.92"
    ),
    commands.ClosePeriod(month="2026-10"),
    commands.ReopenPeriod(month="2026-10", reason="an invoice came late"),
    commands.FreezeAccount(path="liabilities:wallets:abc123", reason="a dispute is looked into"),
    commands.UnfreezeAccount(path="liabilities:wallets:abc123", reason="looked into"),
    commands.RecognizeRevenue(day="2026-11-22", amount=333, currency="USD"),
    commands.ReportInvariant(title="the running balances of the entries chain", figure=1, detail="ent_01ja"),
    queries.ByCustomer(customer_id="abc123"),
    queries.ByPath(path="income:sales"),
    queries.Accounts(prefix="income:"),
    queries.EntryListing(path="income:sales"),
    queries.SourceEntryListing(source_type="payout", id="po_01ja"),
    queries.LinesOf(id="txn_01ja"),
    queries.TransactionListing(source_id="pay_01ja"),
    queries.HoldListing(customer_id="abc123"),
    queries.TransferListing(customer_id="abc123"),
    queries.At(),
    queries.TrialBalancePage(as_of=4712, data=_LINES),
    queries.ByMonth(month="2026-10"),
    queries.Explain(path="income:sales", currency="USD", since=AT - timedelta(days=1)),
    queries.Prove(path="income:sales", currency="USD", at=AT),
    queries.HeadListing(),
    queries.Extends(first=4712, second=5000),
    queries.ExportPage(format="hledger"),
    queries.ExportedText(as_of=4712, text="2026-11-22 payment pay_01ja captured\n"),
)
