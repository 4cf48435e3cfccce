"""The tables of the invoicing actor."""

from typing import Final

from storage.resources import Table

_VERSIONED: Final = "created_at timestamptz, updated_at timestamptz, version bigint"

CUSTOMERS: Final = Table(
    "customer",
    columns=f"id text, implicit boolean, delinquent boolean, test_clock text, {_VERSIONED}",
    beside="overdue text[], live text[], billed boolean",
    references=("test_clock",),
)

PRODUCTS: Final = Table("product", columns=f"id text, active boolean, {_VERSIONED}")

PRICES: Final = Table(
    "price",
    columns=f"id text, active boolean, product text, currency text, lookup_key text, {_VERSIONED}",
    references=("product", "lookup_key"),
)

LOOKUP_KEYS: Final = Table("lookup_key", columns="id text, price text, created_at timestamptz, version bigint")

COUPONS: Final = Table("coupon", columns=f"id text, valid boolean, {_VERSIONED}", beside="archived boolean")

TAX_RATES: Final = Table("tax_rate", columns=f"id text, active boolean, {_VERSIONED}")

SUBSCRIPTIONS: Final = Table(
    "subscription",
    columns=f"id text, customer_id text, status text, currency text, test_clock text, {_VERSIONED}",
    beside="work jsonb",
    references=("customer_id", "test_clock"),
)

SERIES: Final = Table("invoice_series", columns="id text, created_at timestamptz, version bigint")

INVOICES: Final = Table(
    "invoice",
    columns=f"""id text, number text, series text, status text, customer_id text, subscription text, currency text,
    total bigint, amount_due bigint, amount_paid bigint, amount_credited bigint, amount_remaining bigint,
    finalized_at timestamptz, test_clock text, {_VERSIONED}""",
    beside="lines jsonb, step jsonb, work jsonb",
    references=("customer_id", "subscription"),
    told="coalesce(work ->> 'deleted', 'false') = 'false'",
)

PARTIES: Final = Table("invoice_party", columns="id text, created_at timestamptz, version bigint")

CREDIT_NOTES: Final = Table(
    "credit_note",
    columns=f"""id text, number text, status text, invoice text, customer_id text, currency text, total bigint,
    {_VERSIONED}""",
    beside="refunds jsonb, step jsonb, clock text",
    references=("customer_id", "invoice"),
)

EARNINGS: Final = Table(
    "earning",
    columns="id text, currency text, clock text, first_day date, last_day date, created_at timestamptz, version bigint",
)

REVENUE: Final = Table(
    "revenue",
    columns="id text, clock text, created_at timestamptz, version bigint",
    beside="step jsonb, failures int",
)

REVENUE_DAYS: Final = Table(
    "revenue_day",
    columns="""id text, day date, currency text, clock text, amount bigint, transaction text, created_at timestamptz,
    version bigint""",
)

TEST_CLOCKS: Final = Table(
    "test_clock",
    columns=f"id text, status text, {_VERSIONED}",
    beside="agenda jsonb, waiting text[], command_id text, deleted boolean",
    told="not deleted",
)
