"""What the three dashboards show: figures of health/metrics.py. `job` is what Prometheus calls a process."""

from dataclasses import dataclass
from typing import Literal

RATE = "[$__rate_interval]"
"""Grafana puts in a span that holds at least four scrapes."""

HEIGHT = 8


@dataclass(frozen=True, slots=True)
class Panel:
    """A legend and a PromQL expression per line. `width` is of 24; `unit` is one of Grafana's."""

    title: str
    says: str
    queries: dict[str, str]
    unit: str = "short"
    kind: Literal["timeseries", "stat"] = "timeseries"
    width: int = 8
    red_from: float | None = None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One file; `uid` is its name and stays when the title changes."""

    uid: str
    title: str
    panels: list[Panel]


def rate(metric: str, by: str, where: str = "") -> str:
    """Per second, summed over everything but `by`."""
    return f"sum by ({by}) (rate({metric}{{{where}}}{RATE}))"


def quantile(which: float, metric: str, by: str = "", where: str = "") -> str:
    """Of a histogram, in its own unit."""
    kept = f"le, {by}" if by else "le"
    return f"histogram_quantile({which}, sum by ({kept}) (rate({metric}_bucket{{{where}}}{RATE})))"


def quantiles(metric: str, by: str = "", where: str = "") -> dict[str, str]:
    """The median and the slowest of a hundred."""
    legend = f" {{{{{by}}}}}" if by else ""
    return {f"p50{legend}": quantile(0.5, metric, by, where), f"p99{legend}": quantile(0.99, metric, by, where)}


_OUTCOMES = "succeeded|failed|canceled|authorized|action_required"
_POSTS = 'method="POST", route=~"/api/.*"'

OVERVIEW = Dashboard(
    "pocketpay-overview",
    "PocketPay: money",
    [
        Panel(
            "Money invariants broken",
            "Rows that break an invariant of the books. Anything but 0 is an incident.",
            {"{{invariant}}": "pocketpay_invariant_breaches"},
            kind="stat",
            width=12,
            red_from=1,
        ),
        Panel(
            "Stuck money",
            "What should have moved on long ago, by where it stands.",
            {"{{kind}}": "sum by (kind) (pocketpay_stuck_money_count)"},
            kind="stat",
            width=12,
            red_from=1,
        ),
        Panel(
            "Payments and refunds by outcome",
            "What became of them, as committed and told.",
            {"{{type}}": rate("pocketpay_said_total", "type", f'type=~"(payment|refund)[.]({_OUTCOMES})"')},
            "ops",
            width=12,
        ),
        Panel(
            "Commands refused",
            "Answers that are no, by what was asked.",
            {"{{type}}": rate("pocketpay_messages_total", "type", 'outcome="refused"')},
            "ops",
            width=12,
        ),
        Panel(
            "Time to the outcome, over HTTP",
            "From a POST to its answer, which is the outcome for whoever waits.",
            quantiles("pocketpay_http_request_seconds", where=_POSTS),
            "s",
        ),
        Panel(
            "Answers to POST by status",
            "2xx is committed; 402 declined; 5xx is ours.",
            {"{{status}}": rate("pocketpay_http_requests_total", "status", _POSTS)},
            "ops",
        ),
        Panel(
            "Amount that is stuck",
            "In minor units of each currency.",
            {"{{currency}} {{kind}}": "sum by (currency, kind) (pocketpay_stuck_money_amount_minor)"},
        ),
        Panel(
            "Ready",
            "1 is ready, 0 is not.",
            {"{{service}}": "pocketpay_service_ready"},
        ),
        Panel(
            "Age of the invariants' figures",
            "How long ago each was last counted.",
            {"{{invariant}}": "pocketpay_invariant_age_seconds"},
            "s",
        ),
        Panel(
            "Age of what is stuck",
            "Of the oldest of each kind.",
            {"{{kind}}": "max by (kind) (pocketpay_stuck_money_age_seconds)"},
            "s",
        ),
        Panel(
            "Free disk",
            "Of the disk that holds the data.",
            {"{{job}}": "min by (job) (pocketpay_disk_free_ratio)"},
            "percentunit",
        ),
        Panel(
            "Put aside",
            "Messages that nobody could read or decide. Whatever is here needs a person.",
            {"{{job}} {{reason}}": "sum by (job, reason) (increase(pocketpay_parked_total[1h]))"},
        ),
    ],
)

ACTORS = Dashboard(
    "pocketpay-actors",
    "PocketPay: actors",
    [
        Panel(
            "Messages",
            "Commands by how they ended, everything else as heard.",
            {"{{job}} {{type}} {{outcome}}": rate("pocketpay_messages_total", "job, type, outcome")},
            "ops",
            width=12,
        ),
        Panel(
            "Said",
            "Events, commands and answers committed.",
            {"{{job}} {{type}}": rate("pocketpay_said_total", "job, type")},
            "ops",
            width=12,
        ),
        Panel(
            "Messages in a batch",
            "Larger under load: one commit for all.",
            quantiles("pocketpay_batch_messages", "job"),
        ),
        Panel("Deciding a batch", "Reading, loading, deciding.", quantiles("pocketpay_decide_seconds", "job"), "s"),
        Panel("Committing a batch", "One statement.", quantiles("pocketpay_commit_seconds", "job"), "s"),
        Panel(
            "Lag",
            "Messages that wait for their partition, by stream.",
            {"{{job}} {{stream}}": "sum by (job, stream) (pocketpay_cursor_lag_messages)"},
        ),
        Panel(
            "Committed and not yet on a stream",
            "Journal rows that are still to be said.",
            {"{{job}}": "sum by (job) (pocketpay_journal_unpublished)"},
        ),
        Panel(
            "Published",
            "Journal rows that a stream has acknowledged.",
            {"{{job}}": rate("pocketpay_published_total", "job")},
            "ops",
        ),
        Panel(
            "Calls outside",
            "By what the other side said; unknown is asked again.",
            {"{{operation}} {{result}}": rate("pocketpay_calls_total", "operation, result")},
            "ops",
        ),
        Panel("Time of a call", "Each attempt.", quantiles("pocketpay_call_seconds", "operation"), "s"),
        Panel(
            "Events found by asking",
            "A minute; no webhook brought them. Many: the provider's webhooks do not reach us.",
            {"{{instance}}": "rate(pocketpay_provider_events_swept_total[5m]) * 60"},
        ),
        Panel(
            "Differences",
            "A minute, between provider, payments and ledger, by class and what became of them.",
            {"{{difference}} {{status}}": "rate(pocketpay_reconciliation_differences_total[5m]) * 60"},
        ),
        Panel(
            "Open calls",
            "Not definite yet.",
            {"{{job}}": "sum by (job) (pocketpay_calls_open)"},
        ),
        Panel(
            "Put aside",
            "Messages that could not be read or decided.",
            {"{{job}} {{reason}}": rate("pocketpay_parked_total", "job, reason")},
            "ops",
        ),
        Panel(
            "Partitions held",
            "Eight of each actor, shared among its processes.",
            {"{{job}} {{instance}}": "pocketpay_partitions_held"},
        ),
        Panel(
            "Database connections",
            "Of the pools for turns and for questions.",
            {"{{job}} {{pool}} {{state}}": "sum by (job, pool, state) (pocketpay_pool_connections)"},
        ),
        Panel(
            "CPU",
            "1 is a whole core.",
            {"{{job}} {{instance}}": f"rate(process_cpu_seconds_total{RATE})"},
            width=12,
        ),
        Panel("Memory", "Resident.", {"{{job}} {{instance}}": "process_resident_memory_bytes"}, unit="bytes", width=12),
    ],
)

GATEWAY = Dashboard(
    "pocketpay-gateway",
    "PocketPay: gateway",
    [
        Panel(
            "Requests by route",
            "Routes are patterns.",
            {"{{method}} {{route}}": rate("pocketpay_http_requests_total", "method, route")},
            "ops",
            width=12,
        ),
        Panel(
            "Answers by status",
            "429 and 503 ask to come again later.",
            {"{{status}}": rate("pocketpay_http_requests_total", "status")},
            "ops",
            width=12,
        ),
        Panel("Time to the answer", "All routes.", quantiles("pocketpay_http_request_seconds"), "s"),
        Panel(
            "Slowest of a hundred, by route",
            "Streams are not in here.",
            {"{{method}} {{route}}": quantile(0.99, "pocketpay_http_request_seconds", "method, route")},
            "s",
        ),
        Panel(
            "Requests that wait",
            "For what becomes of their command; at 2,000 new ones are turned away.",
            {"{{instance}}": "pocketpay_http_waiting"},
            red_from=2000,
        ),
        Panel(
            "Charges refused",
            "Too many declines of a payment, a customer, an address, or of all: cards are being tested.",
            {"{{reason}}": rate("pocketpay_charges_refused_total", "reason")},
            "ops",
        ),
        Panel(
            "Readers of events",
            "Open streams; at 1,000 new ones are turned away.",
            {"{{instance}}": "pocketpay_sse_readers"},
            red_from=1000,
        ),
        Panel(
            "Events written to readers",
            "Each reader's.",
            {"{{instance}}": rate("pocketpay_sse_frames_total", "instance")},
        ),
        Panel(
            "Readers cut",
            "They took nothing for ten seconds, and come back with their cursor.",
            {"{{instance}}": "sum by (instance) (increase(pocketpay_sse_cut_total[5m]))"},
        ),
        Panel("Events in memory", "For readers that were away shortly.", {"{{instance}}": "pocketpay_ring_events"}),
        Panel("Bytes of these events", "64 MiB at most.", {"{{instance}}": "pocketpay_ring_bytes"}, "bytes"),
        Panel(
            "Version", "Which runs where.", {"{{process}} {{version}}": "pocketpay_build_info"}, kind="stat", width=8
        ),
    ],
)

DASHBOARDS = [OVERVIEW, ACTORS, GATEWAY]
