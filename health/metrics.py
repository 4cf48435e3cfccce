"""The numbers of a process: one registry, one process, one /metrics."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# Labels have few values each: types, states and route patterns, never an id or a tenant.

MESSAGES = Counter(
    "pocketpay_messages",
    "Messages decided; outcome is done, refused, pending, replayed or parked.",
    ["type", "outcome"],
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    "pocketpay_batch_messages",
    "Messages decided and committed together.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
    registry=REGISTRY,
)
DECIDE_SECONDS = Histogram(
    "pocketpay_decide_seconds", "Deciding one batch in memory.", buckets=_SECONDS, registry=REGISTRY
)
COMMIT_SECONDS = Histogram(
    "pocketpay_commit_seconds", "Saving one batch, as one statement.", buckets=_SECONDS, registry=REGISTRY
)
CURSOR_LAG = Gauge(
    "pocketpay_cursor_lag_messages",
    "Messages of a stream that a partition has not read yet.",
    ["stream", "partition"],
    registry=REGISTRY,
)
CALLS = Counter(
    "pocketpay_calls",
    "Calls outside; result is that of the other side, or unknown.",
    ["operation", "result"],
    registry=REGISTRY,
)
CALL_SECONDS = Histogram(
    "pocketpay_call_seconds", "One call outside.", ["operation"], buckets=_SECONDS, registry=REGISTRY
)
PUBLISHED = Counter("pocketpay_published", "Journal rows that a stream has acknowledged.", registry=REGISTRY)
PARKED = Counter("pocketpay_parked", "Messages that could not be read or decided.", ["reason"], registry=REGISTRY)
HTTP_REQUESTS = Counter(
    "pocketpay_http_requests",
    "Requests answered; route is the pattern, not the path.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "pocketpay_http_request_seconds",
    "From a request to its answer; streams are not in here.",
    ["route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
SSE_READERS = Gauge("pocketpay_sse_readers", "Open streams of server-sent events.", registry=REGISTRY)

# The monitor's own.

SERVICE_READY = Gauge(
    "pocketpay_service_ready", "1 when the process says that it is ready.", ["service"], registry=REGISTRY
)
INVARIANT_BREACHES = Gauge(
    "pocketpay_invariant_breaches", "What a money invariant found; must be zero.", ["invariant"], registry=REGISTRY
)
INVARIANT_AGE_SECONDS = Gauge(
    "pocketpay_invariant_age_seconds", "Since an invariant was last looked at.", ["invariant"], registry=REGISTRY
)
STUCK_COUNT = Gauge("pocketpay_stuck_money_count", "What should have moved on long ago.", ["kind"], registry=REGISTRY)
STUCK_AMOUNT = Gauge(
    "pocketpay_stuck_money_amount_minor",
    "Money that stands still, in minor units.",
    ["kind", "currency"],
    registry=REGISTRY,
)
STUCK_AGE_SECONDS = Gauge(
    "pocketpay_stuck_money_age_seconds", "Of the oldest that stands still.", ["kind"], registry=REGISTRY
)
DISK_FREE_RATIO = Gauge("pocketpay_disk_free_ratio", "Of the disk that holds the data, from 0 to 1.", registry=REGISTRY)
