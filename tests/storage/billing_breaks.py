"""What breaks each rule of billing, as SQL of somebody whom no trigger stops."""

from typing import Final

INVOICE: Final = """insert into invoicing.invoice (tenant, id, number, series, status, customer_id, currency, total,
    amount_due, amount_paid, amount_credited, amount_remaining, finalized_at, lines, work, created_at, updated_at,
    version, body)
    values ('demo', 'inv_{number}', 'INV-2026-{number:06}', 'INV-2026', '{status}', 'ada', 'USD', 1000, 1000, {paid}, 0,
        {left}, now() - interval '{age}', '[]', '{{}}', now(), now(), 1, '{{}}')"""

COUNTED: Final = """insert into invoicing.invoice_series (tenant, id, created_at, version, body)
    values ('demo', 'invoices', now(), 1, '{{"last": {{"INV-2026": {last}}}}}')"""

JOURNAL: Final = """insert into {actor}.journal
    (partition, seq, id, stream, subject, tenant, type, entity, entity_seq, message, recorded_at)
    values (0, 90, 'evt_i', 'EVENTS', 's', 'demo', '{type}', 'inv_1', 1, '{{"data": {{"total": {total}}}}}',
        now() - interval '1 hour')"""


def invoice(number: int, age: str = "1 hour", status: str = "open", paid: int = 0, left: int = 1000) -> str:
    """An issued one of this number; `age` is how long ago."""
    return INVOICE.format(number=number, age=age, status=status, paid=paid, left=left)


TRIED: Final = """update invoicing.invoice set amount_paid = 400, amount_remaining = 600,
    work = '{"attempts": [{"payment": "pay_lost", "status": "succeeded", "amount": 400}]}'"""
"""By a payment that nobody knows."""

UNCHECKED: Final = "alter table invoicing.invoice {}".format(
    ", ".join(f"drop constraint invoice_{name}" for name in ("remaining", "never_overpaid", "paid_in_full"))
)

BILLING_BREAKS: Final[dict[str, list[list[str]]]] = {
    "the numbers of every series are 1..n, each once": [
        [invoice(1), invoice(3), COUNTED.format(last=3)],
        [invoice(2), COUNTED.format(last=2)],
        [invoice(1), COUNTED.format(last=2)],
        [invoice(1)],
    ],
    "they are in the order of time, but under test clocks": [
        [invoice(1, age="1 hour"), invoice(2, age="2 hours"), COUNTED.format(last=2)],
    ],
    "an invoice is paid by what it was paid with, and never twice": [
        [UNCHECKED, invoice(1, status="paid", paid=900, left=0), COUNTED.format(last=1)],
        [UNCHECKED, invoice(1, status="open", paid=1100, left=-100), COUNTED.format(last=1)],
    ],
    "what an invoice counts came by payments that succeeded, from the wallet, or from outside": [
        [invoice(1, paid=400, left=600), COUNTED.format(last=1)],
        [invoice(1), COUNTED.format(last=1), TRIED],
    ],
    "every invoice and credit note is posted once": [
        [JOURNAL.format(actor="invoicing", type="invoice.finalized", total=1000)]
    ],
    "all that invoicing says is on the stream": [[JOURNAL.format(actor="invoicing", type="customer.created", total=0)]],
    "all that notifications says is on the stream": [
        [JOURNAL.format(actor="notifications", type="ping.sent", total=0)]
    ],
    "all that access says is on the stream": [[JOURNAL.format(actor="access", type="tenant.created", total=0)]],
}
