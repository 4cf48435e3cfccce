"""A measurement as it is kept in `bench/results/`. Times in seconds and milliseconds, memory in MB."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

RESULTS = Path(__file__).with_name("results")

Rival = Literal["pocketpay", "direct"]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Machine(_Kept):
    """The load average is that of the last minute before the start."""

    cpu: str
    cores: int
    memory_gb: int
    kernel: str
    python: str
    packages: dict[str, str]
    load_average: float


class Said(_Kept):
    """What the client says. Began and ended by `time.monotonic`, which all processes share on Linux."""

    ok: int
    failed: dict[str, int]
    began: float
    ended: float
    p50_ms: float
    p99_ms: float


class Load(_Kept):
    """One run of the client. `seconds` end when the last payment is in the ledger, `answered_seconds` with its answer.

    `cpu_seconds` are those of each process; `bystander_cpu_seconds` is what the rival, which was not asked anything,
    used meanwhile.
    """

    ok: int
    failed: dict[str, int]
    seconds: float
    answered_seconds: float
    p50_ms: float
    p99_ms: float
    cpu_seconds: dict[str, float]
    bystander_cpu_seconds: float


class Round(_Kept):
    """Everything once, one after the other."""

    busy: dict[Rival, Load]
    single: dict[Rival, Load]
    pgbench_per_second: float
    fdatasync_per_second: float
    load_average: float


class Memory(_Kept):
    """Of each process after so many payments; our own by RSS, the servers by PSS of all their processes."""

    payments: int
    own_mb: dict[str, float]
    servers_mb: dict[str, float]


class Result(_Kept):
    """A whole run. `breaches` are money invariants that did not hold afterwards, `postgres` the settings of both."""

    at: datetime
    seconds: float
    open_requests: int
    direct_pool: int
    machine: Machine
    postgres: dict[str, str]
    rounds: list[Round]
    memory: list[Memory]
    breaches: list[str]


def write(result: Result) -> Path:
    """Into a file with the date and time."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result.at:%Y-%m-%dT%H%M%S}.json"
    path.write_text(result.model_dump_json(indent=1) + "\n")
    return path


def read_last() -> Result:
    """Raises FileNotFoundError when nothing was measured yet."""
    paths = sorted(RESULTS.glob("*.json"))
    if not paths:
        raise FileNotFoundError(f"no results in {RESULTS}: run `make bench` first")
    return Result.model_validate_json(paths[-1].read_text())
