"""What a run of the client tells. Times in seconds and milliseconds."""

from bench.line import Kept


class Said(Kept):
    """What the client says. Began and ended by `time.monotonic`, which all processes share on Linux."""

    ok: int
    failed: dict[str, int]
    began: float
    ended: float
    p50_ms: float
    p99_ms: float


class Load(Kept):
    """One run of the client. `seconds` end when the last payment is in the ledger, `answered_seconds` with its answer.

    `cpu_seconds` are those of each server process; the client's are nobody's.
    """

    ok: int
    failed: dict[str, int]
    seconds: float
    answered_seconds: float
    p50_ms: float
    p99_ms: float
    cpu_seconds: dict[str, float]


def rate(load: Load) -> float:
    """Payments/s, from the first request until the last payment is in the ledger."""
    return load.ok / load.seconds


def cpu_ms(load: Load) -> float:
    """Of all server processes, per payment."""
    return 1000 * sum(load.cpu_seconds.values()) / max(1, load.ok)
