"""The tables of the payments actor."""

from typing import Final

from storage.resources import Table

PAYMENTS: Final = Table(
    "payment",
    columns="""id text, customer_id text, status text, amount bigint, amount_capturable bigint,
    amount_captured bigint, amount_refunded bigint, currency text, provider text, provider_reference text,
    created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="operation jsonb, tax_refunded bigint[]",
    references=("customer_id",),
)

REFUNDS: Final = Table(
    "refund",
    columns="""id text, payment text, customer_id text, status text, amount bigint, currency text,
    provider text, provider_reference text, created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="look_up text",
    references=("customer_id", "payment"),
)

PAYOUTS: Final = Table(
    "payout",
    columns="""id text, purpose text, customer_id text, status text, amount bigint, currency text,
    provider text, provider_reference text, created_at timestamptz, updated_at timestamptz, version bigint""",
    beside="step jsonb, look_up text",
    references=("customer_id", "purpose"),
    told="version > 0",
)
