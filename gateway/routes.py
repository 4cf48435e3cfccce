"""Every route of the gateway but those of health, in one table."""

from gateway import events, lookups, pages
from gateway.bodies import RefundBody, TopUpBody
from gateway.parameters import (
    AccountList,
    AccountRead,
    ByKey,
    EntryList,
    EventLog,
    EventStream,
    PaymentEvents,
    PaymentList,
    Read,
    RefundList,
    TransactionList,
    TrialBalance,
)
from gateway.payment_events import of_payment as of_payment_events
from gateway.reads import (
    after_created,
    after_path,
    after_recorded,
    by_customer,
    by_id,
    by_path,
    nothing,
    one,
    page,
)
from gateway.route import Route
from gateway.writes import create_payment, of_payment, refund, top_up, write
from messages.payments import (
    AuthenticatePayment,
    CancelPayment,
    CapturePayment,
    ConfirmPayment,
    CreatePayment,
)

V1 = "/api/v1"
_PAYMENT = f"{V1}/payments/{{id}}"
_ACCOUNT = f"{V1}/ledger/accounts/{{path}}"
_WALLET = f"{V1}/wallets/{{customer_id}}"

_create = write(create_payment)

PAYMENTS = [
    Route("POST", f"{V1}/payments", _create, "payments:write", body=CreatePayment, status=201),
    Route("POST", f"{V1}/createPayment", _create, "payments:write", body=CreatePayment, status=201),
    Route(
        "GET",
        f"{V1}/payments",
        page("payments", "payments", nothing, after_created),
        "payments:read",
        PaymentList,
    ),
    Route("GET", _PAYMENT, one("payments", "payment", by_id), "payments:read", Read),
    Route(
        "POST",
        f"{_PAYMENT}/confirm",
        write(of_payment("payment.confirm")),
        "payments:write",
        body=ConfirmPayment,
    ),
    Route(
        "POST",
        f"{_PAYMENT}/capture",
        write(of_payment("payment.capture")),
        "payments:write",
        body=CapturePayment,
    ),
    Route(
        "POST",
        f"{_PAYMENT}/cancel",
        write(of_payment("payment.cancel")),
        "payments:write",
        body=CancelPayment,
    ),
    Route("POST", f"{_PAYMENT}/refunds", write(refund), "refunds:write", body=RefundBody, status=201),
    Route("GET", f"{_PAYMENT}/events", of_payment_events, "payments:read", PaymentEvents),
    Route(
        "GET",
        f"{V1}/refunds",
        page("payments", "refunds", nothing, after_created),
        "refunds:read",
        RefundList,
    ),
    Route("GET", f"{V1}/refunds/{{id}}", one("payments", "refund", by_id), "refunds:read", Read),
    Route("GET", f"{V1}/providers", lookups.providers, "payments:read"),
]

LEDGER = [
    Route("GET", _WALLET, one("ledger", "wallet", by_customer), "wallets:read", Read),
    Route(
        "GET",
        f"{_WALLET}/entries",
        page("ledger", "entries", by_customer, after_recorded),
        "wallets:read",
        EntryList,
    ),
    Route("POST", f"{_WALLET}/top-ups", write(top_up), "wallets:write", body=TopUpBody, status=201),
    Route("GET", f"{V1}/holds/{{id}}", one("ledger", "hold", by_id), "wallets:read", Read),
    Route(
        "GET",
        f"{V1}/ledger/accounts",
        page("ledger", "accounts", nothing, after_path),
        "ledger:read",
        AccountList,
    ),
    Route("GET", _ACCOUNT, one("ledger", "account", by_path), "ledger:read", AccountRead),
    Route(
        "GET",
        f"{_ACCOUNT}/entries",
        page("ledger", "entries", by_path, after_recorded),
        "ledger:read",
        EntryList,
    ),
    Route(
        "GET",
        f"{V1}/ledger/transactions",
        page("ledger", "transactions", nothing, after_created),
        "ledger:read",
        TransactionList,
    ),
    Route("GET", f"{V1}/ledger/transactions/{{id}}", one("ledger", "transaction", by_id), "ledger:read", Read),
    Route(
        "GET",
        f"{V1}/ledger/trial-balance",
        one("ledger", "trial_balance", nothing),
        "ledger:read",
        TrialBalance,
    ),
]

EVENTS = [
    Route("GET", f"{V1}/events", events.log, "events:read", EventLog),
    Route("GET", f"{V1}/events/stream", events.stream, "events:read", EventStream),
    Route("GET", f"{V1}/commands/{{id}}", lookups.command, "operations:read"),
    Route("GET", f"{V1}/idempotency", lookups.by_key, "operations:read", ByKey),
    Route("GET", f"{V1}/version", lookups.show_version),
]

_AUTHENTICATE = "/simulated/payments/{id}/authenticate"

PAGES = [
    Route("GET", "/simulated/methods", pages.methods),
    Route("GET", _AUTHENTICATE, pages.bank),
    Route(
        "POST",
        _AUTHENTICATE,
        write(of_payment("payment.authenticate")),
        "payments:write",
        body=AuthenticatePayment,
    ),
    Route("GET", "/problems/{code}", pages.problem),
    Route("GET", "/static/{name}", pages.static),
    Route("GET", "/", pages.live),
]

ROUTES: list[Route] = [*PAYMENTS, *LEDGER, *EVENTS, *PAGES]
