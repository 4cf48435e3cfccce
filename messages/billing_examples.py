"""One example of every message and resource of billing."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel

from messages import (
    credit_notes,
    customers,
    invoices,
    previews,
    products,
    revenue,
    statements,
    subscriptions,
    test_clocks,
    usage,
)
from messages.spans import MaybeSpan, Span

_AT: Final = datetime(2026, 10, 31, tzinfo=UTC)
_END: Final = datetime(2026, 11, 30, tzinfo=UTC)
_TIMES: Final[dict[str, Any]] = {"created_at": _AT, "updated_at": _AT}
_PERIOD: Final = Span(start=_AT, end=_END)
_CLOCK, _CUSTOMER, _SUBSCRIPTION, _INVOICE = "clock_01ja", "abc123", "sub_01ja", "inv_01ja"

CUSTOMER = customers.Customer(
    id=_CUSTOMER,
    name="Ada Lovelace",
    email="ada@example.com",
    address=customers.Address(line1="1 Main St", city="London", postal_code="N1", country="GB"),
    tax_ids=[customers.TaxId(type="gb_vat", value="GB123456789")],
    preferred_locales=["en-GB"],
    time_zone="Europe/London",
    default_payment_method="pm_card_visa",
    **_TIMES,
)
PRODUCT = products.Product(id="prod_01ja", name="Pro", unit_label="seat", default_price="price_01ja", **_TIMES)
PRICE = products.Price(
    id="price_01ja",
    product="prod_01ja",
    type="recurring",
    currency="USD",
    unit_amount=1200,
    lookup_key="pro-monthly",
    recurring=products.Recurring(interval="month"),
    **_TIMES,
)
COUPON = products.Coupon(
    id="cpn_01ja", name="Launch", percent_off="25", duration="repeating", duration_in_months=3, **_TIMES
)
TAX_RATE = products.TaxRate(
    id="txr_01ja", display_name="VAT", percentage="20", country="GB", jurisdiction="GB", tax_type="vat", **_TIMES
)
SUBSCRIPTION = subscriptions.Subscription(
    id=_SUBSCRIPTION,
    status=subscriptions.SubscriptionStatus.ACTIVE,
    customer_id=_CUSTOMER,
    currency="USD",
    items=[subscriptions.SubscriptionItem(id="si_01ja", price="price_01ja", quantity=3)],
    billing_cycle_anchor=_AT,
    start_date=_AT,
    current_period=_PERIOD,
    default_tax_rates=["txr_01ja"],
    latest_invoice=_INVOICE,
    **_TIMES,
)
LINE = invoices.InvoiceLine(
    id="il_01ja",
    invoice=_INVOICE,
    type="subscription",
    description="3 × Pro",
    price="price_01ja",
    product="prod_01ja",
    subscription=_SUBSCRIPTION,
    subscription_item="si_01ja",
    quantity="3",
    unit_amount=1200,
    amount=3600,
    discount=600,
    currency="USD",
    taxes=[invoices.InvoiceTax(tax_rate="txr_01ja", jurisdiction="GB", taxable_amount=3000, amount=600)],
    period=MaybeSpan(start=_AT, end=_END),
)
INVOICE = invoices.Invoice(
    id=_INVOICE,
    number="INV-2026-000001",
    series="INV-2026",
    customer_id=_CUSTOMER,
    subscription=_SUBSCRIPTION,
    billing_reason="subscription_cycle",
    currency="USD",
    subtotal=3600,
    discount=600,
    tax=600,
    total=3600,
    amount_due=3600,
    amount_remaining=3600,
    amount_deferred=3000,
    period=MaybeSpan(start=_AT, end=_END),
    taxes=LINE.taxes,
    lines=[LINE],
    attempt_count=1,
    next_payment_attempt=datetime(2026, 11, 1, tzinfo=UTC),
    payments=["pay_01ja"],
    finalized_at=_AT,
    **_TIMES,
)
STATEMENT = statements.CustomerStatement(
    customer_id=_CUSTOMER, owed=[statements.Owed(currency="USD", amount=3600)], data=[statements.line_of(INVOICE)]
)
CREDIT_NOTE = credit_notes.CreditNote(
    id="cn_01ja",
    number="CN-2026-000001",
    invoice=_INVOICE,
    customer_id=_CUSTOMER,
    currency="USD",
    reason="product_unsatisfactory",
    subtotal=1000,
    tax=200,
    total=1200,
    refund_amount=1200,
    refunds=["ref_01ja"],
    lines=[credit_notes.CreditNoteLine(id="cnl_01ja", invoice_line="il_01ja", quantity="1", amount=1000, tax=200)],
    **_TIMES,
)
USAGE_EVENT = usage.UsageEvent(
    id="call-93817",
    status="recorded",
    subscription=_SUBSCRIPTION,
    subscription_item="si_01jb",
    customer_id=_CUSTOMER,
    quantity="3",
    properties={"region": "eu"},
    occurred_at=_AT,
    recorded_at=_AT,
    period=_PERIOD,
)
USAGE_SUMMARY = usage.UsageSummary(
    subscription=_SUBSCRIPTION,
    subscription_item="si_01jb",
    price="price_01jb",
    period=_PERIOD,
    events=2,
    quantity="4.5",
    amount=450,
    currency="USD",
)
_EARNED: Final = revenue.RevenueMonth(
    month="2026-10", currency="USD", invoiced=3000, recognised=100, deferred_closing=2900
)
_WISH: Final = usage.BulkUsageWish(id="call-93817", subscription=_SUBSCRIPTION, quantity="3")
_COUNTED: Final = usage.UsageResult(id="call-93817", result="recorded")
_ITEM: Final = subscriptions.ItemWish(price="price_01ja", quantity=3)
TEST_CLOCK = test_clocks.TestClock(
    id=_CLOCK,
    name="two years",
    now=_AT,
    customers=[_CUSTOMER],
    last_advance=test_clocks.Advance.model_validate({"from": _AT, "to": _AT, "instants": 31, "events": 57}),
    **_TIMES,
)

BILLING_EXAMPLES: Final[tuple[BaseModel, ...]] = (
    *(CUSTOMER, PRODUCT, PRICE, COUPON, TAX_RATE, SUBSCRIPTION, INVOICE, CREDIT_NOTE, USAGE_EVENT, TEST_CLOCK),
    customers.PutCustomer(name="Ada Lovelace", email="ada@example.com"),
    customers.CustomerFields(name="Ada Lovelace", email="ada@example.com", time_zone="Europe/London"),
    customers.CustomerChanges(time_zone="Europe/London"),
    customers.UpdateCustomer(changes={"time_zone": "Europe/London"}),
    customers.EraseCustomer(reason="She asked for it."),
    STATEMENT,
    statements.StatementListing(id=_CUSTOMER),
    customers.CustomerListing(test_clock=_CLOCK),
    products.CreateProduct(name="Pro"),
    products.CreatePrice(
        product="prod_01ja", currency="USD", unit_amount=1200, recurring=products.Recurring(interval="month")
    ),
    products.CreateCoupon(name="Launch", percent_off="25", duration="repeating", duration_in_months=3),
    products.CreateTaxRate(display_name="VAT", percentage="20", country="GB", tax_type="vat"),
    products.ProductChanges(default_price="price_01ja"),
    products.PriceChanges(active=False),
    products.CouponChanges(valid=False),
    products.TaxRateChanges(display_name="Value added tax"),
    products.UpdateCatalogue(changes={"active": False}),
    products.ProductListing(active=True),
    products.PriceListing(product="prod_01ja"),
    products.CouponListing(),
    products.TaxRateListing(),
    subscriptions.CreateSubscription(customer_id=_CUSTOMER, items=[_ITEM]),
    subscriptions.ChangeSubscription(items=[subscriptions.ItemWish(id="si_01ja", quantity=5)]),
    subscriptions.PauseSubscription(),
    subscriptions.ResumeSubscription(),
    subscriptions.CancelSubscription(at="period_end"),
    subscriptions.UncancelSubscription(),
    subscriptions.SubscriptionListing(customer_id=_CUSTOMER),
    invoices.CreateInvoice(
        customer_id=_CUSTOMER, currency="USD", lines=[invoices.LineWish(amount=5000, description="Set-up")]
    ),
    invoices.UpdateInvoice(description="For October"),
    invoices.DeleteInvoice(),
    invoices.FinalizeInvoice(),
    invoices.PayInvoice(payment_method="pm_card_visa"),
    invoices.VoidInvoice(reason="Sent twice."),
    invoices.MarkUncollectible(),
    invoices.SendInvoice(),
    invoices.InvoiceListing(customer_id=_CUSTOMER),
    invoices.InvoiceLineListing(id=_INVOICE),
    credit_notes.CreateCreditNote(invoice=_INVOICE, reason="product_unsatisfactory"),
    credit_notes.VoidCreditNote(),
    credit_notes.CreditNoteListing(invoice=_INVOICE),
    revenue.RevenueAsked(since="2026-10", until="2026-11"),
    revenue.RevenueFigures(data=[_EARNED], totals=[revenue.RevenueSum(currency="USD", deferred=2900, income=100)]),
    revenue.RevenueReport(
        data=[_EARNED],
        totals=[
            revenue.RevenueTie(
                currency="USD",
                deferred=2900,
                income=100,
                ledger_deferred=2900,
                ledger_income=100,
                deferred_difference=0,
                income_difference=0,
            )
        ],
    ),
    revenue.RevenueLinesListing(day="2026-10-31", currency="USD"),
    revenue.EarnedInvoice(
        id=_INVOICE,
        day="2026-10-31",
        currency="USD",
        amount=100,
        lines=[revenue.EarnedLine(invoice_line="il_01ja", amount=100)],
    ),
    usage.RecordUsage(events=[_WISH]),
    usage.VoidUsage(),
    usage.SetUsageLimit(subscription_item="si_01jb", quantity="1000"),
    usage.UsageCounts(id="call-93817", data=[_COUNTED], recorded=1),
    usage.UsageLimit(
        id="si_01jb", subscription=_SUBSCRIPTION, subscription_item="si_01jb", quantity="1000", reached_at=_AT, **_TIMES
    ),
    usage.UsageListing(subscription=_SUBSCRIPTION),
    usage.UsageSummaryListing(id=_SUBSCRIPTION),
    usage.UsageWish(id="call-93817", quantity="3"),
    USAGE_SUMMARY,
    test_clocks.CreateTestClock(now=_AT, name="two years"),
    test_clocks.AdvanceTestClock(to=_END),
    test_clocks.DeleteTestClock(),
    test_clocks.DeletedTestClock(id=_CLOCK),
    invoices.DeletedInvoice(id=_INVOICE),
    test_clocks.TestClockListing(),
    invoices.AuditSeries(series="INV-2026"),
    invoices.SeriesAudit(series="INV-2026", count=1, first=1, last=1, by_status={"open": 1}, gapless=True),
    previews.PreviewInvoice(subscription=_SUBSCRIPTION),
)
