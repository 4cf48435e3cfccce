"""The numbers of a process: one registry, one process, one /metrics.

Labels have few values each: types, states and route patterns, never an id or a tenant.
"""

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

BUILD_INFO = Info("pocketpay_build", "Which version of which process this is.", registry=REGISTRY)

# Of an actor

MESSAGES = Counter(
    "pocketpay_messages",
    "Messages decided. Outcome of a command: done, refused, running (it comes later), released (its key is free again),"
    " stuck or replayed; of anything else: heard.",
    ["type", "outcome"],
    registry=REGISTRY,
)
SAID = Counter("pocketpay_said", "Events, commands and answers committed to the journal.", ["type"], registry=REGISTRY)
BATCH_SIZE = Histogram(
    "pocketpay_batch_messages",
    "Messages decided and committed together.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
    registry=REGISTRY,
)
DECIDE_SECONDS = Histogram(
    "pocketpay_decide_seconds", "Reading, loading and deciding one batch.", buckets=_SECONDS, registry=REGISTRY
)
COMMIT_SECONDS = Histogram(
    "pocketpay_commit_seconds", "Saving one batch, as one statement.", buckets=_SECONDS, registry=REGISTRY
)
CURSOR_LAG = Gauge(
    "pocketpay_cursor_lag_messages",
    "Messages of a stream that a partition held here has not dealt with yet.",
    ["stream", "partition"],
    registry=REGISTRY,
)
PARTITIONS = Gauge("pocketpay_partitions_held", "Partitions that this process holds.", registry=REGISTRY)
CALLS = Counter(
    "pocketpay_calls",
    "Calls outside; result is that of the other side, or unknown.",
    ["operation", "result"],
    registry=REGISTRY,
)
CALL_SECONDS = Histogram(
    "pocketpay_call_seconds", "One call outside.", ["operation"], buckets=_SECONDS, registry=REGISTRY
)
CALLS_OPEN = Gauge("pocketpay_calls_open", "Calls outside that are not definite yet.", registry=REGISTRY)
PUBLISHED = Counter("pocketpay_published", "Journal rows that a stream has acknowledged.", registry=REGISTRY)
UNPUBLISHED = Gauge(
    "pocketpay_journal_unpublished", "Journal rows that no stream has acknowledged yet.", registry=REGISTRY
)
PARKED = Counter("pocketpay_parked", "Messages that could not be read or decided.", ["reason"], registry=REGISTRY)
EVENTS_SWEPT = Counter(
    "pocketpay_provider_events_swept",
    "Events of the provider that no webhook brought, found by asking for them.",
    registry=REGISTRY,
)
DIFFERENCES = Counter(
    "pocketpay_reconciliation_differences",
    "Differences between provider, payments and ledger: found, resolved, corrected or dismissed.",
    ["difference", "status"],
    registry=REGISTRY,
)
for _class in (
    *("lost_webhook", "missing_posting", "amount", "fee", "currency", "duplicate"),
    *("unknown_here", "unknown_there", "timing"),
):
    DIFFERENCES.labels(_class, "found")
POOL_CONNECTIONS = Gauge(
    "pocketpay_pool_connections",
    "Connections to the database; pool is turns or queries, state used or idle.",
    ["pool", "state"],
    registry=REGISTRY,
)

# Of the gateway

HTTP_REQUESTS = Counter(
    "pocketpay_http_requests",
    "Requests answered; route is the pattern, not the path.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "pocketpay_http_request_seconds",
    "From a request to its answer; streams are not in here.",
    ["method", "route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
HTTP_WAITING = Gauge(
    "pocketpay_http_waiting", "Requests that wait for what becomes of their command.", registry=REGISTRY
)
CHARGES_REFUSED = Counter(
    "pocketpay_charges_refused",
    "Charges refused after too many declines, the provider unasked; reason is payment, customer, address or"
    " decline_rate.",
    ["reason"],
    registry=REGISTRY,
)
for _reason in ("payment", "customer", "address", "decline_rate"):
    CHARGES_REFUSED.labels(_reason)
SSE_READERS = Gauge("pocketpay_sse_readers", "Open streams of server-sent events, and long polls.", registry=REGISTRY)
SSE_FRAMES = Counter("pocketpay_sse_frames", "Events written to readers, each reader's counted.", registry=REGISTRY)
SSE_CUT = Counter("pocketpay_sse_cut", "Readers that were cut for reading too slowly.", registry=REGISTRY)
RING_EVENTS = Gauge("pocketpay_ring_events", "The last events, in memory for readers.", registry=REGISTRY)
RING_BYTES = Gauge("pocketpay_ring_bytes", "What these events take.", registry=REGISTRY)

# Of the monitor

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

OWNERS: Mapping[str, tuple[Counter | Gauge | Histogram, ...]] = {
    "actor": (
        MESSAGES,
        SAID,
        BATCH_SIZE,
        DECIDE_SECONDS,
        COMMIT_SECONDS,
        CURSOR_LAG,
        PARTITIONS,
        CALLS,
        CALL_SECONDS,
        CALLS_OPEN,
        PUBLISHED,
        UNPUBLISHED,
        PARKED,
        EVENTS_SWEPT,
        DIFFERENCES,
        POOL_CONNECTIONS,
    ),
    "gateway": (
        HTTP_REQUESTS,
        HTTP_SECONDS,
        HTTP_WAITING,
        CHARGES_REFUSED,
        SSE_READERS,
        SSE_FRAMES,
        SSE_CUT,
        RING_EVENTS,
        RING_BYTES,
    ),
    "monitor": (
        SERVICE_READY,
        INVARIANT_BREACHES,
        INVARIANT_AGE_SECONDS,
        STUCK_COUNT,
        STUCK_AMOUNT,
        STUCK_AGE_SECONDS,
        DISK_FREE_RATIO,
    ),
}
"""Who has which. A figure that never moves because it is another process's would mislead."""


def name_process(process: str, version: str) -> None:
    """Call once at the start: shows who this is, and drops what only other processes count."""
    BUILD_INFO.info({"process": process, "version": version})
    own = process if process in OWNERS else "actor"
    for owner, metrics in OWNERS.items():
        if owner != own:
            for metric in metrics:
                REGISTRY.unregister(metric)
