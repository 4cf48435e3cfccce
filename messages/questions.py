"""Every question that one actor answers, and the answers that belong to no single actor."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, RootModel

from messages import (
    access,
    api_keys,
    audit,
    balance,
    credit_notes,
    customers,
    disputes,
    documents,
    invoices,
    invoicing,
    ledger,
    ledger_queries,
    mails,
    notifications,
    payment_methods,
    payments,
    payouts,
    previews,
    products,
    proofs,
    provider_events,
    reconciliation,
    revenue,
    statements,
    subscriptions,
    tenants,
    test_clocks,
    usage,
    users,
    wallets,
    webhooks,
)
from messages.envelope import Event, HttpRequest
from messages.queries import ById, Page
from messages.rehearsals import Rehearse, Rehearsed
from messages.resource import ResourceName
from messages.search import FoundPage, Searched
from messages.stuck import PutAside, Stuck, StuckListing
from messages.switches import Switches
from messages.walks import WalkAsked, WalkSteps
from messages.wire import Instant, Json, Wire


class Unasked(Wire):
    """A question without parameters."""


class OfPayment(Wire):
    """`history`: what was said about one payment, behind this position of the actor's journal."""

    payment: str
    after: int = 0


class CommandOutcome(Wire):
    """The answer that the command was given, and will be given again."""

    status: int
    body: Json
    position: str | None = None
    at: Instant


class CommandRecord(Wire):
    """What became of a command. `refused`: the outcome is a problem; `stuck`: it could not be decided."""

    id: str
    object: Literal["command"] = "command"
    status: Literal["running", "done", "refused", "stuck"]
    type: str
    idempotency_key: str | None = None
    first_seen_at: Instant
    expires_at: Instant
    principal: str
    request: HttpRequest | None = None
    resource: ResourceName | None = None
    outcome: CommandOutcome | None = None
    replays: int = 0
    livemode: bool = False


class Said(Wire):
    """An event and its sequence in EVENTS."""

    stream_seq: int
    event: Event


class History(Wire):
    """A page in the order of the journal; `unpublished` counts what is committed and not yet said of it.

    `next` is the position to go on after, or null at the end.
    """

    data: list[Said]
    unpublished: int
    next: int | None = None


class Report(RootModel[dict[str, Literal["ok", "degraded", "unreachable"]]]):
    """Each of the actor's checks, and how it stands."""


@dataclass(frozen=True, slots=True)
class Question:
    """`params` is what `Query.params` holds, `body` what `Reply.body` holds with status 200."""

    params: type[BaseModel]
    body: type[BaseModel]


OF_EVERY_ACTOR = {
    "command": Question(ById, CommandRecord),
    "history": Question(OfPayment, History),
    "rehearse": Question(Rehearse, Rehearsed),
    "health": Question(Unasked, Report),
    "audit": Question(audit.AuditListing, Page),
    "stuck": Question(ById, Stuck),
    "all_stuck": Question(StuckListing, Page),
    "put_aside": Question(ById, PutAside),
    "search": Question(Searched, FoundPage),
    "walk": Question(WalkAsked, WalkSteps),
}

OF_SWITCHES = {"switches": Question(Unasked, Switches)}

QUERIES: dict[str, dict[str, Question]] = {
    payments.ACTOR: {
        "payment": Question(ById, payments.Payment),
        "payments": Question(payments.PaymentListing, Page),
        "refund": Question(ById, payments.Refund),
        "refunds": Question(payments.RefundListing, Page),
        "payout": Question(ById, payouts.Payout),
        "payouts": Question(payouts.PayoutListing, Page),
        "dispute": Question(ById, disputes.Dispute),
        "disputes": Question(disputes.DisputeListing, Page),
        "payment_method": Question(ById, payment_methods.PaymentMethod),
        "payment_methods": Question(payment_methods.MethodListing, Page),
        "difference": Question(ById, reconciliation.Difference),
        "differences": Question(reconciliation.DifferenceListing, Page),
        "units": Question(reconciliation.UnitsAsked, reconciliation.UnitPage),
        "providers": Question(Unasked, provider_events.ProviderStandings),
        "said": Question(reconciliation.EventAsked, reconciliation.EventFound),
        "balance_transactions": Question(balance.BookingListing, Page),
        **OF_SWITCHES,
        **OF_EVERY_ACTOR,
    },
    ledger.ACTOR: {
        "wallet": Question(ledger_queries.ByCustomer, wallets.Wallet),
        "account": Question(ledger_queries.ByPath, ledger.Account),
        "accounts": Question(ledger_queries.Accounts, Page),
        "entries": Question(ledger_queries.EntryListing, Page),
        "source_entries": Question(ledger_queries.SourceEntryListing, Page),
        "lines": Question(ledger_queries.LinesOf, Page),
        "transaction": Question(ById, ledger.Transaction),
        "transactions": Question(ledger_queries.TransactionListing, Page),
        "hold": Question(ById, wallets.Hold),
        "holds": Question(ledger_queries.HoldListing, Page),
        "transfer": Question(ById, wallets.Transfer),
        "transfers": Question(ledger_queries.TransferListing, Page),
        "trial_balance": Question(ledger_queries.At, ledger_queries.TrialBalancePage),
        "period": Question(ledger_queries.ByMonth, ledger.Period),
        "explain": Question(ledger_queries.Explain, ledger_queries.Explanation),
        "proof": Question(ledger_queries.Prove, proofs.BalanceProof),
        "heads": Question(ledger_queries.HeadListing, Page),
        "consistency": Question(ledger_queries.Extends, proofs.ConsistencyProof),
        "export": Question(ledger_queries.ExportPage, ledger_queries.ExportedText),
        "posted": Question(reconciliation.PostedAsked, reconciliation.PostedPage),
        **OF_EVERY_ACTOR,
    },
    invoicing.ACTOR: {
        "customer": Question(ById, customers.Customer),
        "customers": Question(customers.CustomerListing, Page),
        "statement": Question(statements.StatementListing, statements.CustomerStatement),
        "product": Question(ById, products.Product),
        "products": Question(products.ProductListing, Page),
        "price": Question(ById, products.Price),
        "prices": Question(products.PriceListing, Page),
        "coupon": Question(ById, products.Coupon),
        "coupons": Question(products.CouponListing, Page),
        "tax_rate": Question(ById, products.TaxRate),
        "tax_rates": Question(products.TaxRateListing, Page),
        "subscription": Question(ById, subscriptions.Subscription),
        "subscriptions": Question(subscriptions.SubscriptionListing, Page),
        "invoice": Question(ById, invoices.Invoice),
        "invoices": Question(invoices.InvoiceListing, Page),
        "invoice_lines": Question(invoices.InvoiceLineListing, Page),
        "series_audit": Question(invoices.AuditSeries, invoices.SeriesAudit),
        "usage_event": Question(ById, usage.UsageEvent),
        "usage_events": Question(usage.UsageListing, Page),
        "usage_summaries": Question(usage.UsageSummaryListing, Page),
        "invoice_document": Question(ById, documents.InvoicePage),
        "invoice_pdf": Question(documents.PdfPart, documents.Pdf),
        "credit_note": Question(ById, credit_notes.CreditNote),
        "credit_notes": Question(credit_notes.CreditNoteListing, Page),
        "revenue_report": Question(revenue.RevenueAsked, revenue.RevenueFigures),
        "revenue_lines": Question(revenue.RevenueLinesListing, Page),
        "credit_note_pdf": Question(documents.PdfPart, documents.Pdf),
        "test_clock": Question(ById, test_clocks.TestClock),
        "preview": Question(previews.PreviewInvoice, invoices.Invoice),
        "test_clocks": Question(test_clocks.TestClockListing, Page),
        **OF_SWITCHES,
        **OF_EVERY_ACTOR,
    },
    notifications.ACTOR: {
        "webhook_endpoint": Question(ById, webhooks.WebhookEndpoint),
        "webhook_endpoints": Question(webhooks.EndpointListing, Page),
        "webhook_delivery": Question(ById, webhooks.WebhookDelivery),
        "webhook_deliveries": Question(webhooks.DeliveryListing, Page),
        "mail": Question(ById, mails.Mail),
        "mails": Question(mails.MailListing, Page),
        "mail_suppressions": Question(mails.SuppressionListing, Page),
        "suppressed": Question(mails.MaySend, mails.Suppressed),
        **OF_SWITCHES,
        **OF_EVERY_ACTOR,
    },
    access.ACTOR: {
        "tenant": Question(ById, tenants.Tenant),
        "tenants": Question(tenants.TenantListing, Page),
        "api_key": Question(ById, api_keys.ApiKey),
        "api_keys": Question(api_keys.KeyListing, Page),
        "user": Question(ById, users.User),
        "users": Question(users.UserListing, Page),
        "log_in": Question(users.LogIn, users.User),
        "last_word": Question(access.WordAsked, access.LastWord),
        "last_words": Question(access.WordsAsked, access.LastWords),
        **OF_EVERY_ACTOR,
    },
}
"""Actor -> name under `pocketpay.query.<actor>.` -> what is asked and answered."""
