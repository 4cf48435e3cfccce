"""What fills each table: the documented example of its resource again and again, made another one by SQL of `n`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel

from messages.api_keys import ApiKey
from messages.balance import BalanceTransaction, Moved
from messages.credit_notes import CreditNote
from messages.customers import Customer
from messages.disputes import Dispute
from messages.examples import EXAMPLES
from messages.invoices import Invoice
from messages.mails import Mail, Suppression
from messages.payment_methods import PaymentMethod
from messages.payments import Payment, Refund
from messages.payouts import Payout
from messages.products import Coupon, Price, Product, TaxRate
from messages.reconciliation import Difference
from messages.subscriptions import Subscription
from messages.tenants import Tenant
from messages.test_clocks import TestClock
from messages.usage import UsageEvent
from messages.users import User
from messages.wallets import Transfer
from messages.webhooks import WebhookDelivery, WebhookEndpoint
from storage import access, invoicing, ledger_rows, notifications, payments, usage
from storage.resources import Table

HOT: Final = "hot"
"""Whom a tenth of all rows is about; the others share the rest in ten thousands."""

FEW: Final = 10_000
"""Rows of what gateways know by heart, or what nobody has a million of: keys, tenants."""

_CUSTOMER: Final = f"case when n % 10 = 0 then '{HOT}' else 'c' || n % 10000 end"


def id_of(prefix: str, number: str = "n") -> str:
    """SQL of an id."""
    return f"'{prefix}_' || lpad(({number})::text, 9, '0')"


def _one_in_many(rare: str, usual: str) -> str:
    return f"case when n % 50000 = 25000 then '{rare}' else '{usual}' end"


@dataclass(frozen=True)
class Grown:
    """`fields` of the resource and what is `around` it, as SQL; `rare` is the status of one row in fifty thousand."""

    schema: str
    table: Table
    prefix: str
    example: BaseModel
    rare: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    around: Mapping[str, str] = field(default_factory=dict[str, str])
    rows_max: int | None = None
    tenant: str = "'demo'"


def _billed(table: Table, prefix: str, model: type[BaseModel], rare: str | None = None, **fields: str) -> Grown:
    around = {"lines": "$3::jsonb -> 'lines'"} if table is invoicing.INVOICES else {}
    return Grown("invoicing", table, prefix, EXAMPLES[model], rare, fields, around)


def _paid(table: Table, prefix: str, model: type[BaseModel], rare: str, **fields: str) -> Grown:
    known = {"customer_id": _CUSTOMER, "provider_reference": id_of("sim")}
    return Grown("payments", table, prefix, EXAMPLES[model], rare, {**known, **fields})


_INVOICED: Final = f"case when n % 1000 = 500 then 'open' else {_one_in_many('uncollectible', 'paid')} end"
_CLOCK: Final = f"case when n % 1000 = 0 then {id_of('clock', 'n % 10')} end"
_OF_SUBSCRIPTION: Final = {"customer_id": _CUSTOMER, "subscription": id_of("sub", "n % 10000")}
_BOOKED_AT: Final = datetime(2026, 11, 22, 10, tzinfo=UTC)
_BOOKING: Final = BalanceTransaction(
    id="bt_01ja",
    created_at=_BOOKED_AT,
    updated_at=_BOOKED_AT,
    status="available",
    category="charge",
    amount=1000,
    fee=59,
    net=941,
    currency="USD",
    available_on=_BOOKED_AT,
    source=Moved(object="payment", id="pay_01ja"),
    provider="simulated",
    provider_reference="sim_txn_1",
    heard_at=_BOOKED_AT,
)

GROWN: Final = (
    _paid(payments.PAYMENTS, "pay", Payment, "canceled"),
    _paid(payments.REFUNDS, "ref", Refund, "failed", payment=id_of("pay")),
    _paid(payments.PAYOUTS, "po", Payout, "failed"),
    _paid(payments.DISPUTES, "dsp", Dispute, "won", payment=id_of("pay")),
    _paid(payments.PAYMENT_METHODS, "pm", PaymentMethod, "detached", default="false"),
    Grown(
        *("payments", payments.BALANCE_TRANSACTIONS, "bt", _BOOKING, "pending"),
        {"provider_reference": id_of("sim"), "payout": id_of("po", "n % 10000")},
        {"source_id": id_of("pay")},
    ),
    Grown(
        "payments",
        payments.DIFFERENCES,
        "diff",
        EXAMPLES[Difference],
        None,
        {"status": _one_in_many("open", "resolved")},
    ),
    _billed(
        invoicing.CUSTOMERS, "cus", Customer, test_clock=f"case when n % 1000 = 0 then {id_of('clock', 'n % 10')} end"
    ),
    _billed(invoicing.PRODUCTS, "prod", Product, active="n % 50000 <> 25000"),
    _billed(
        *(invoicing.PRICES, "price", Price),
        product=id_of("prod", "n % 10000"),
        lookup_key="'key-' || n",
        active="n % 50000 <> 25000",
    ),
    _billed(invoicing.COUPONS, "cpn", Coupon),
    _billed(invoicing.TAX_RATES, "txr", TaxRate, active="n % 50000 <> 25000"),
    _billed(invoicing.SUBSCRIPTIONS, "sub", Subscription, "unpaid", customer_id=_CUSTOMER),
    _billed(
        invoicing.INVOICES,
        "inv",
        Invoice,
        "uncollectible",
        **_OF_SUBSCRIPTION,
        number="'INV-2026-' || n",
        status=_INVOICED,
    ),
    _billed(
        *(invoicing.CREDIT_NOTES, "cn", CreditNote, "void"),
        customer_id=_CUSTOMER,
        invoice=id_of("inv"),
        number="'CN-2026-' || n",
    ),
    _billed(invoicing.TEST_CLOCKS, "clock", TestClock, "internal_failure"),
    Grown("invoicing", usage.EVENTS, "use", EXAMPLES[UsageEvent], "voided", _OF_SUBSCRIPTION, {"meter": "'meter'"}),
    Grown("ledger", ledger_rows.TRANSFERS, "trf", EXAMPLES[Transfer], "reversed", {"from_customer": _CUSTOMER}),
    Grown("notifications", notifications.ENDPOINTS, "we", EXAMPLES[WebhookEndpoint], "disabled", rows_max=FEW),
    Grown(
        *("notifications", notifications.DELIVERIES, "del", EXAMPLES[WebhookDelivery], "failed"),
        fields={"endpoint": id_of("we", "n % 100"), "event": id_of("evt", "n / 3"), "sequence": "n"},
        around={"position": "n", "standing": "'over'"},
    ),
    Grown(
        *("notifications", notifications.MAILS, "mail", EXAMPLES[Mail], "bounced"),
        fields={"customer_id": _CUSTOMER, "event": id_of("evt")},
    ),
    Grown("notifications", notifications.SUPPRESSIONS, "sup", EXAMPLES[Suppression], None, {"customer_id": _CUSTOMER}),
    Grown("access", access.USERS, "usr", EXAMPLES[User], "disabled", around={"address_hash": "n::text"}),
    Grown(
        *("access", access.KEYS, "key", EXAMPLES[ApiKey], "revoked"),
        around={"hash": "encode(sha256(convert_to(n::text, 'UTF8')), 'hex')"},
        rows_max=FEW,
    ),
    Grown("access", access.TENANCIES, "ten", EXAMPLES[Tenant], rows_max=FEW, tenant=id_of("ten")),
)
