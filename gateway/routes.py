"""Every route of the gateway in one table; what OpenAPI says of each stands beside it."""

from dataclasses import replace

from gateway import customer_pages, documents, events, lookups, pages, problem_pages
from gateway.api_keys import API_KEYS
from gateway.audit_log import AUDIT_LOG
from gateway.bank_pages import BANK_PAGES
from gateway.billing import BILLING
from gateway.bodies import ConfirmBody, RefundBody, TopUpBody
from gateway.dashboard import DASHBOARD
from gateway.disputes import DISPUTES
from gateway.flow import FLOW
from gateway.hosted import HOSTED
from gateway.invoice_pdfs import INVOICE_PDFS
from gateway.ledger_export import EXPORT
from gateway.ledger_routes import LEDGER_READS
from gateway.ledger_write_routes import WRITES as LEDGER_WRITES
from gateway.mails import MAILS
from gateway.parameters import ByKey, EventLog, EventStream, PaymentEvents, PaymentList, PaymentRead, Read, RefundList
from gateway.payment_events import of_payment as of_payment_events
from gateway.payment_methods import PAYMENT_METHODS
from gateway.payouts import PAYOUTS
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.reconciliation import RECONCILIATION
from gateway.rehearsable import with_dry_run
from gateway.route import EVENTS as SSE
from gateway.route import HTML, JSON, V1, Route
from gateway.search import SEARCH
from gateway.sessions import SESSION_ROUTES
from gateway.shapes import (
    Alive,
    AsyncApiDocument,
    Dependencies,
    EventPage,
    ListOf,
    MoneyHealth,
    OpenApiDocument,
    Provider,
    Readiness,
    SimulatedMethod,
    SystemStatus,
    Version,
)
from gateway.stream_tickets import STREAM_TICKETS
from gateway.stuck import STUCK
from gateway.switches import SWITCHES
from gateway.tenants import TENANTS
from gateway.users import USERS
from gateway.walks import WALKS
from gateway.webhook_deliveries import WEBHOOK_DELIVERIES
from gateway.webhook_endpoints import WEBHOOK_ENDPOINTS
from gateway.webhooks import WEBHOOKS
from gateway.writes import confirm_payment, create_payment, for_its_creator, of_payment, refund, top_up, write
from messages.envelope import Event
from messages.payments import (
    CancelPayment,
    CapturePayment,
    CreatePayment,
    Payment,
    Refund,
)
from messages.questions import CommandRecord

_PAYMENT = f"{V1}/payments/{{id}}"
_WALLET = f"{V1}/wallets/{{customer_id}}"

_STATE = ("wrong_state", "outcome_pending")
_CHARGE = (
    *("card_declined", "authentication_required", "payment_method_unusable", "provider_unavailable"),
    *("switched_off", "test_mode_only"),
)
_LIMITS = ("too_many_attempts", "declines_paused")
_WALLET_NO = ("insufficient_funds", "account_frozen", "balance_overflow")
_REFUND = (*_WALLET_NO, "account_not_allowed")

_CREATE = Route(
    *("POST", f"{V1}/payments", write(create_payment, for_its_creator), "payments:write"),
    *("createPayment", "Make a payment and, unless told otherwise, charge it", Payment),
    body=CreatePayment,
    status=201,
    codes=(*_CHARGE, *_LIMITS, *_WALLET_NO, "already_exists"),
)

PAYMENTS = [
    _CREATE,
    replace(
        _CREATE,
        path=f"{V1}/createPayment",
        operation="createPaymentByName",
        summary="The same as POST /api/v1/payments",
    ),
    Route(
        *("GET", f"{V1}/payments", page("payments", "payments", nothing, after_created), "payments:read"),
        *("listPayments", "List payments, the newest first", ListOf[Payment], PaymentList),
    ),
    Route(
        *("GET", _PAYMENT, one("payments", "payment", by_id), "payments:read"),
        *("getPayment", "Read a payment", Payment, PaymentRead),
        for_pages=customer_pages.show,
    ),
    Route(
        *("POST", f"{_PAYMENT}/confirm", write(confirm_payment), "payments:write"),
        *("confirmPayment", "Charge a payment that was only made, or declined", Payment),
        body=ConfirmBody,
        codes=(*_CHARGE, *_LIMITS, *_WALLET_NO, *_STATE, "not_acceptable"),
        for_pages=customer_pages.confirm,
    ),
    Route(
        *("POST", f"{_PAYMENT}/capture", write(of_payment("payment.capture")), "payments:write"),
        *("capturePayment", "Take what was authorised, or a part", Payment),
        body=CapturePayment,
        codes=(*_STATE, *_WALLET_NO, "capture_exceeds_authorized", "card_declined", "provider_unavailable"),
    ),
    Route(
        *("POST", f"{_PAYMENT}/cancel", write(of_payment("payment.cancel")), "payments:write"),
        *("cancelPayment", "Call a payment off and let held money go", Payment),
        body=CancelPayment,
        codes=(*_STATE, "provider_unavailable", "account_frozen"),
    ),
    Route(
        *("POST", f"{_PAYMENT}/refunds", write(refund), "refunds:write"),
        *("createRefund", "Give all or a part of a payment back", Refund),
        body=RefundBody,
        status=201,
        codes=(*_STATE, *_REFUND, "already_exists", "not_refundable", "refund_exceeds_captured"),
    ),
    Route(
        *("GET", f"{_PAYMENT}/events", of_payment_events, "payments:read"),
        *("getPaymentEvents", "A payment's history; as server-sent events it goes on live", ListOf[Event]),
        parameters=PaymentEvents,
        media=(JSON, SSE),
        codes=("unavailable",),
        for_pages=customer_pages.follow,
    ),
    Route(
        *("GET", f"{V1}/refunds", page("payments", "refunds", nothing, after_created), "refunds:read"),
        *("listRefunds", "List refunds, the newest first", ListOf[Refund], RefundList),
    ),
    Route(
        *("GET", f"{V1}/refunds/{{id}}", one("payments", "refund", by_id), "refunds:read"),
        *("getRefund", "Read a refund", Refund, Read),
    ),
    Route(
        *("GET", f"{V1}/providers", lookups.providers, "payments:read"),
        *("listProviders", "The accounts with providers in use, and how they are", ListOf[Provider]),
    ),
]

LEDGER = [
    *LEDGER_READS,
    Route(
        *("POST", f"{_WALLET}/top-ups", write(top_up, for_its_creator), "wallets:write"),
        *("createTopUp", "Take a payment into the customer's own wallet", Payment),
        body=TopUpBody,
        status=201,
        codes=(*_CHARGE, *_LIMITS, "already_exists"),
    ),
]

EVENTS = [
    Route(
        *("GET", f"{V1}/events", events.log, "events:read"),
        *("listEvents", "Pull the log of events, in order", EventPage, EventLog),
        codes=("cursor_expired",),
    ),
    Route(
        *("GET", f"{V1}/events/stream", events.stream, "events:read"),
        *("streamEvents", "Events as they happen, without a gap", None, EventStream),
        media=(SSE,),
    ),
    Route(
        *("GET", f"{V1}/commands/{{id}}", lookups.command, "operations:read"),
        *("getCommand", "What became of a command", CommandRecord),
    ),
    Route(
        *("GET", f"{V1}/idempotency", lookups.by_key, "operations:read"),
        *("getCommandByKey", "What became of the command behind an idempotency key", CommandRecord, ByKey),
        codes=("not_found",),
    ),
    Route("GET", f"{V1}/version", lookups.show_version, None, "getVersion", "The gateway's version", Version),
]

PAGES = [
    Route(
        *("GET", "/simulated/methods", pages.methods, None),
        *("listSimulatedMethods", "Payment methods for tests", ListOf[SimulatedMethod]),
    ),
    *BANK_PAGES,
    Route(
        *("GET", "/problems/{code}", problem_pages.show, None, "showProblem", "What an error code means"),
        media=(HTML,),
    ),
    Route(
        *("GET", "/static/{name}", pages.static, None, "getStaticFile", "A file of these pages"),
        media=(HTML, "text/css", "text/javascript", "image/svg+xml"),
        codes=("route_not_found",),
    ),
]

DOCUMENTS = [
    Route("GET", "/openapi.json", documents.openapi, None, "getOpenApi", "This document", OpenApiDocument),
    Route("GET", "/asyncapi.json", documents.asyncapi, None, "getAsyncApi", "The messages inside", AsyncApiDocument),
    Route("GET", "/swagger/", documents.to_swagger, None, "openSwagger", "To the page", media=(HTML,), status=302),
    Route(
        *("GET", "/swagger/{name}", documents.swagger, None, "getSwaggerFile", "This document, to read and to try"),
        media=(HTML, "text/css", "text/javascript", "image/png"),
        codes=("route_not_found",),
    ),
]

HEALTH = [
    Route("GET", "/healthz", None, None, "getHealth", "Whether the gateway runs", Alive),
    Route("GET", "/readyz", None, None, "getReadiness", "Whether it can do its work", Readiness, also=(503,)),
    Route(
        *("GET", "/health/deps", None, "operations:read", "getDependencies", "What it depends on", Dependencies),
        codes=("scope_missing", "role_missing"),
    ),
    Route(
        *("GET", "/metrics", None, "operations:read", "getMetrics", "Prometheus"),
        media=("text/plain",),
        codes=("scope_missing", "role_missing"),
    ),
    Route(
        *("GET", "/status", None, "operations:read", "getStatus", "How every process feels", SystemStatus),
        codes=("scope_missing", "role_missing"),
        also=(503,),
    ),
    Route(
        *("GET", "/health/money", None, "operations:read", "getMoneyHealth", "Whether the money adds up", MoneyHealth),
        codes=("scope_missing", "role_missing", "unavailable"),
    ),
]

_MONEY = [*PAYMENTS, *PAYMENT_METHODS, *PAYOUTS, *DISPUTES, *RECONCILIATION, *LEDGER, *EXPORT, *LEDGER_WRITES]
NOTIFICATIONS = [*WEBHOOK_ENDPOINTS, *WEBHOOK_DELIVERIES, *MAILS]

ACCESS = [*API_KEYS, *TENANTS, *USERS, *SESSION_ROUTES, *STREAM_TICKETS, *AUDIT_LOG]

ROUTES: list[Route] = [
    *map(with_dry_run, (*_MONEY, *INVOICE_PDFS, *BILLING)),
    *(
        *NOTIFICATIONS,
        *ACCESS,
        *SEARCH,
        *STUCK,
        *SWITCHES,
        *WEBHOOKS,
        *EVENTS,
        *FLOW,
        *WALKS,
        *HOSTED,
        *PAGES,
        *DASHBOARD,
        *DOCUMENTS,
        *HEALTH,
    ),
]
"""Those of `HEALTH` are served by `health` and by the monitor; here they are described."""
