"""The table of postings in docs/ledger.md: each rule with what it makes of an example."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from actors.ledger import chart
from actors.ledger.closing import closing_lines
from actors.ledger.conversions import converted_lines
from actors.ledger.dispute_postings import lost, reinstated, withdrawn
from actors.ledger.holds import payout_lines, set_aside
from actors.ledger.invoice_postings import (
    credited,
    finalized,
    paid_outside,
    recognized,
    uncollectible,
    uncredited,
    voided,
)
from actors.ledger.payment_postings import (
    accepted,
    booked,
    captured,
    fee_known,
    made_available,
    paid_from_wallet,
    undoing,
)
from actors.ledger.payout_postings import (
    settlement_created,
    settlement_failed,
    settlement_paid,
    withdrawal_failed,
    withdrawal_paid,
    withdrawal_sent,
)
from actors.ledger.postings import Posting
from actors.ledger.transfers import given_back, sent
from messages.destinations import Destined, Sale, TaxShare, ToInvoice, ToWallet
from messages.disputes import Dispute, DisputeStatus
from messages.invoicing import CreditNote, Invoice, InvoiceTax
from messages.ledger_commands import CreateConversion, CreateTransfer
from messages.money import in_major_units
from messages.payments import Payment, PaymentStatus, Refund, RefundStatus
from messages.payouts import Payout, PayoutPurpose, PayoutStatus
from messages.wallets import Hold, Transfer

PAGE: Final = Path(__file__).parents[1] / "docs" / "ledger.md"
BEGIN, END = "<!-- postings: made by `make generated` -->", "<!-- end of postings -->"

_AT: Final = datetime(2026, 11, 22, 10, tzinfo=UTC)
_TAX: Final = [TaxShare(jurisdiction="DE", amount=1597)]


class Example(NamedTuple):
    """A row: what happened, what it is posted for (`source` and kind), and what the rule makes of it."""

    what: str
    source: str
    postings: list[Posting]


def _payment(destination: Destined, **fields: object) -> Payment:
    known = Payment(
        id="pay_1",
        status=PaymentStatus.SUCCEEDED,
        amount=10_000,
        amount_captured=10_000,
        currency="EUR",
        customer_id="ada",
        destination=destination,
        provider="stripe",
        created_at=_AT,
        updated_at=_AT,
    )
    return known.model_copy(update=fields)


def _refund(destination: Destined, **fields: object) -> Refund:
    known = Refund(
        id="ref_1",
        status=RefundStatus.PENDING,
        amount=4000,
        currency="EUR",
        payment="pay_1",
        customer_id="ada",
        destination=destination,
        provider="stripe",
        created_at=_AT,
        updated_at=_AT,
    )
    return known.model_copy(update=fields)


def _dispute(destination: Destined) -> Dispute:
    return Dispute(
        id="dsp_1",
        status=DisputeStatus.NEEDS_RESPONSE,
        amount=10_000,
        currency="EUR",
        payment="pay_1",
        customer_id="ada",
        reason="fraudulent",
        amount_withdrawn=10_000,
        fee=1500,
        destination=destination,
        provider="stripe",
        created_at=_AT,
        updated_at=_AT,
    )


def _payout(purpose: PayoutPurpose) -> Payout:
    return Payout(
        id="po_1",
        status=PayoutStatus.PENDING,
        purpose=purpose,
        amount=9000,
        currency="EUR",
        customer_id="ada" if purpose == "withdrawal" else None,
        provider="stripe",
        created_at=_AT,
        updated_at=_AT,
    )


_TRANSFER: Final = CreateTransfer(from_customer="ada", to_customer="bob", amount=2500, currency="EUR", fee=25)
_HOLD: Final = Hold(
    id="hold_1",
    customer_id="ada",
    amount=5000,
    currency="EUR",
    transaction="txn_1",
    destination={"type": "sale"},
    created_at=_AT,
    updated_at=_AT,
)
_INVOICE: Final = Invoice(
    id="inv_1",
    customer_id="ada",
    currency="EUR",
    total=12_000,
    taxes=[InvoiceTax(jurisdiction="DE", amount=2000)],
    amount_deferred=10_000,
    amount_remaining=12_000,
    created_at=_AT,
    updated_at=_AT,
)
_NOTE: Final = CreditNote(
    id="cn_1",
    invoice="inv_1",
    customer_id="ada",
    currency="EUR",
    total=6000,
    taxes=[InvoiceTax(jurisdiction="DE", amount=1000)],
    amount_deferred=2000,
    refund_amount=3000,
    wallet_amount=1000,
    invoice_amount=2000,
    created_at=_AT,
    updated_at=_AT,
)
_CONVERSION: Final = CreateConversion(
    from_account=chart.wallet("ada"), from_amount=1000, from_currency="EUR", to_currency="JPY", rate="163.5"
)
_WALLET: Final = ToWallet(customer_id="ada")


def examples() -> list[Example]:
    """In the order of the page."""
    return [*_payments(), *_refunds(), *_wallets(), *_disputes_and_payouts(), *_invoices()]


def _payments() -> list[Example]:
    free = _payment(Sale(), amount_available=9680)
    with_fee = _payment(Sale(), fee=320, balance_transaction="txn_9")
    return [
        Example("card sale captured", "payment `captured`", captured(_payment(Sale()))),
        Example("card sale with tax inside", "payment `captured`", captured(_payment(Sale(tax=_TAX)))),
        Example("an invoice paid by card", "payment `captured`", captured(_payment(ToInvoice(invoice="inv_1")))),
        Example("wallet top-up", "payment `captured`", captured(_payment(_WALLET))),
        Example("fee known", "payment `fee:<balance transaction>`", fee_known(with_fee, 0)),
        Example("funds available", "payment `available:<n>`", made_available(free, 0)),
        Example("sale paid from the wallet", "payment `captured`", paid_from_wallet("ada", Sale(), 3000, "EUR")),
        Example(
            "an invoice paid from the wallet",
            "payment `captured`",
            paid_from_wallet("ada", ToInvoice(invoice="inv_1"), 3000, "EUR"),
        ),
    ]


def _refunds() -> list[Example]:
    of_note = _refund(Sale(), credit_note="cn_1")
    sale = _refund(Sale(tax=[TaxShare(jurisdiction="DE", amount=639)]))
    return [
        Example("refund accepted, of a sale", "refund `accepted`", accepted(sale)),
        Example("refund accepted, of a top-up; its hold is closed", "refund `accepted`", accepted(_refund(_WALLET))),
        Example("refund accepted, of a credit note", "refund `accepted`", accepted(of_note)),
        Example("refund booked by the provider", "refund `booked`", booked(sale)),
        Example("refund of what a wallet paid, booked", "refund `booked`", booked(_refund(Sale(), provider="wallet"))),
        Example("refund failed later", "refund `failed`", undoing([*accepted(sale), *booked(sale)])),
    ]


def _wallets() -> list[Example]:
    reversed_one = Transfer(id="trf_1", transaction="txn_1", created_at=_AT, updated_at=_AT, **_TRANSFER.model_dump())
    confirmed = [*closing_lines(_HOLD, 3000), *(payout_lines(_HOLD.destination, 3000, 5000, "EUR") or [])]
    return [
        Example("transfer with a fee", "transfer `succeeded`", sent(_TRANSFER)),
        Example("transfer reversed", "transfer `reversed`", given_back(reversed_one)),
        Example("hold", "hold `created`", set_aside("ada", 5000, "EUR")),
        Example("hold void or expired", "hold `voided`, `expired`", closing_lines(_HOLD, 0)),
        Example("hold confirmed in part", "hold `confirmed`", confirmed),
        Example("conversion at 163.5", "conversion `converted`", converted_lines(_CONVERSION, 1635)),
    ]


def _disputes_and_payouts() -> list[Example]:
    settled, withdrawal = _payout("settlement"), _payout("withdrawal")
    return [
        Example("dispute, funds withdrawn", "dispute `withdrawn`", withdrawn(_dispute(Sale()))),
        Example("dispute won, funds back", "dispute `reinstated`", reinstated(_dispute(Sale()))),
        Example("dispute lost, of a sale", "dispute `lost`", lost(_dispute(Sale()), 0)),
        Example("dispute lost, of a top-up; 70.00 are left", "dispute `lost`", lost(_dispute(_WALLET), 7000)),
        Example("payout created", "payout `created`", settlement_created(settled)),
        Example("payout paid", "payout `paid`", settlement_paid(settled)),
        Example("payout failed on its way", "payout `failed`", settlement_failed(settled, was_paid=False)),
        Example("payout failed after it was paid", "payout `failed`", settlement_failed(settled, was_paid=True)),
        Example("withdrawal sent; its hold is closed", "payout `sent`", withdrawal_sent(withdrawal)),
        Example("withdrawal paid", "payout `paid`", withdrawal_paid(withdrawal)),
        Example("withdrawal failed", "payout `failed`", withdrawal_failed(withdrawal, was_paid=False)),
    ]


def _invoices() -> list[Example]:
    open_note = _NOTE.model_copy(update={"refund_amount": 0, "wallet_amount": 0, "invoice_amount": 6000})
    outside = _INVOICE.model_copy(update={"amount_paid_outside": 5000})
    half_earned = _INVOICE.model_copy(update={"amount_deferred": 6000})
    return [
        Example("invoice finalised", "invoice `finalized`", finalized(_INVOICE)),
        Example("invoice void, 40.00 of it earned", "invoice `voided`", voided(half_earned)),
        Example("invoice uncollectible", "invoice `uncollectible`", uncollectible(_INVOICE)),
        Example("invoice paid after it was given up", "invoice `recovered`", undoing(uncollectible(_INVOICE))),
        Example("invoice paid outside, 50.00", "invoice `outside:<n>`", paid_outside(outside, 0)),
        Example("service rendered on a day", "revenue `recognition:<day>`", recognized(333, "EUR")),
        Example("more taken back than rendered on a day", "revenue `recognition:<day>`", recognized(-20, "EUR")),
        Example("credit note", "credit_note `issued`", credited(_NOTE)),
        Example("credit note void", "credit_note `voided`", uncredited(open_note)),
    ]


def table() -> str:
    """One row per rule."""
    head = "| what | posted for | debit | credit |\n|---|---|---|---|"
    rows = [f"| {one.what} | {one.source} | {_side(one, 'debit')} | {_side(one, 'credit')} |" for one in examples()]
    return "\n".join([head, *rows])


def page() -> str:
    """docs/ledger.md with the table as it must be. Raises ValueError when its place is missing."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{PAGE.name} has no place for the postings")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _side(example: Example, side: str) -> str:
    lines = [
        f"`{one.account}` {in_major_units(one.amount, one.currency)} {one.currency}"
        for one in example.postings
        if one.side == side
    ]
    return "<br>".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
