"""What is wrong, in words, worst first. Pure: the facts are JSON, and any part of them may be missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from messages.subjects import COMMANDS, EVENTS, LATEST, PARKED
from pocketpay.doctor.asking import Facts

Severity = Literal["money", "broken", "endangered"]
_WORST_FIRST: Final[tuple[Severity, ...]] = ("money", "broken", "endangered")

GIB: Final = 1024**3
DISK_FULL_PERCENT, DISK_FULL_BYTES = 3, GIB
DISK_FILLING_PERCENT = 10
MEMORY_LOW_PERCENT = 5
CLOCK_OFF_MS = 1000
LAG_MESSAGES = 1000
CALL_OLD_SECONDS = 600
CONNECTIONS_PERCENT = 80
LOAD_PER_CPU = 4

_DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """`money`: the books are wrong. `broken`: something does not work now. `endangered`: it may not for long."""

    severity: Severity
    words: str


def judged(facts: Facts) -> list[Trouble]:
    """Worst first; empty when all is well."""
    found = [trouble for rule in _RULES for trouble in rule(facts)]
    return sorted(found, key=lambda trouble: _WORST_FIRST.index(trouble.severity))


def _books(facts: Facts) -> Iterator[Trouble]:
    for finding in _rows(facts, "verify"):
        if finding.get("figure"):
            detail = finding.get("detail") or "see `pocketpay verify`"
            yield Trouble("money", f"{finding['id']} {finding['title']}: {finding['figure']} breaches, {detail}")


def _disks(facts: Facts) -> Iterator[Trouble]:
    for path, disk in _object(facts, "machine", "disks").items():
        free, total = disk["free"], disk["total"] or 1
        words = f"{free / GIB:.1f} of {total / GIB:.0f} GiB are free under {path}"
        if free * 100 < total * DISK_FULL_PERCENT or free < DISK_FULL_BYTES:
            yield Trouble("broken", f"the disk is full: {words}; make room before anything else")
        elif free * 100 < total * DISK_FILLING_PERCENT:
            yield Trouble("endangered", f"the disk fills up: {words}")


def _processes(facts: Facts) -> Iterator[Trouble]:
    if error := _object(facts, "run").get("error"):
        yield Trouble("broken", f"{error}: `pocketpay up` starts it, --data-dir names another")
    for condition in _rows(facts, "status"):
        if condition["state"] != "ready":
            troubles = ", ".join(f"{name} is {state}" for name, state in condition["checks"].items() if state != "ok")
            words = {"down": "does not answer", "not_ready": "is not ready"}[condition["state"]]
            yield Trouble("broken", f"{condition['name']} {words}{': ' if troubles else ''}{troubles}")


def _unasked(facts: Facts) -> Iterator[Trouble]:
    if "error" not in _object(facts, "run"):
        for name in ("status", "health", "verify", "nats", "postgres", "settings", "machine"):
            if error := _object(facts, name).get("error"):
                yield Trouble("broken", f"{name} could not be asked: {error}")


def _denied(facts: Facts) -> Iterator[Trouble]:
    postgres = _object(facts, "postgres")
    for told in (postgres, *_object(facts, "postgres", "actors").values()):
        for name, rows in told.items():
            if isinstance(rows, list) and rows and (error := rows[0].get("error")):
                yield Trouble("broken", f"Postgres would not tell its {name}: {error}")


def _durability(facts: Facts) -> Iterator[Trouble]:
    for setting in _rows(facts, "postgres", "settings"):
        name, value = setting.get("name", ""), setting.get("setting")
        if name in _DURABLE and value != _DURABLE[name]:
            yield Trouble("broken", f"Postgres runs with {name} = {value}: what is acknowledged may be lost")


def _clock(facts: Facts) -> Iterator[Trouble]:
    ahead_ms = _object(facts, "postgres").get("clock_ahead_ms") or 0
    if abs(ahead_ms) > CLOCK_OFF_MS:
        yield Trouble(
            "endangered", f"the clocks of Postgres and of this machine differ by {abs(ahead_ms) / 1000:.1f} s"
        )


def _partitions(facts: Facts) -> Iterator[Trouble]:
    for actor, told in _object(facts, "postgres", "actors").items():
        free = [
            str(row["partition"]) for row in told["partitions"] if "partition" in row and (row["lease_ms"] or 0) <= 0
        ]
        if free:
            yield Trouble("broken", f"{actor}: nobody works on partition {', '.join(free)}")


def _parked(facts: Facts) -> Iterator[Trouble]:
    for actor, told in _object(facts, "postgres", "actors").items():
        for row in told["parked"]:
            if row.get("count"):
                since = _age(row["oldest_seconds"])
                yield Trouble(
                    "broken", f"{actor}: {row['count']} messages are parked as {row['reason']}, since {since}"
                )


def _calls(facts: Facts) -> Iterator[Trouble]:
    for actor, told in _object(facts, "postgres", "actors").items():
        for row in told["open_calls"]:
            if row.get("oldest_seconds", 0) > CALL_OLD_SECONDS:
                since = _age(row["oldest_seconds"])
                yield Trouble(
                    "broken", f"{actor}: {row['count']} calls ({row['operation']}) are without an end since {since}"
                )


def _lag(facts: Facts) -> Iterator[Trouble]:
    for stream, consumers in _object(facts, "nats", "consumers").items():
        for consumer in consumers:
            if consumer["num_pending"] > LAG_MESSAGES:
                words = f"{consumer['name']} has {consumer['num_pending']} messages of {stream} still to read"
                yield Trouble("endangered", words)


def _streams(facts: Facts) -> Iterator[Trouble]:
    if "streams" in _object(facts, "nats"):
        there = {stream["config"]["name"] for stream in _rows(facts, "nats", "streams")}
        for name in (COMMANDS, EVENTS, LATEST, PARKED):
            if name not in there:
                yield Trouble("broken", f"there is no stream {name}: `pocketpay provision` makes it")


def _room(facts: Facts) -> Iterator[Trouble]:
    memory, cpus = _object(facts, "machine", "memory_bytes"), _object(facts, "machine").get("cpus") or 1
    if memory.get("available", 1) * 100 < memory.get("total", 1) * MEMORY_LOW_PERCENT:
        yield Trouble(
            "endangered", f"{memory['available'] / GIB:.2f} of {memory['total'] / GIB:.1f} GiB memory are left"
        )
    load = (_object(facts, "machine").get("load_1m_5m_15m") or (0,))[0]
    if load > cpus * LOAD_PER_CPU:
        yield Trouble("endangered", f"{load:.0f} tasks want {cpus} CPUs")
    for row in _rows(facts, "postgres", "connections"):
        if row.get("used", 0) * 100 > row.get("most", 1) * CONNECTIONS_PERCENT:
            yield Trouble("endangered", f"{row['used']} of {row['most']} connections of Postgres are in use")


_RULES: Final[tuple[Callable[[Facts], Iterator[Trouble]], ...]] = (
    _books,
    _disks,
    _durability,
    _processes,
    _unasked,
    _denied,
    _streams,
    _partitions,
    _parked,
    _calls,
    _clock,
    _lag,
    _room,
)


def _object(facts: Facts, *path: str) -> dict[str, Any]:
    found = _at(facts, path)
    return found if isinstance(found, dict) else {}


def _rows(facts: Facts, *path: str) -> list[dict[str, Any]]:
    found = _at(facts, path)
    return found if isinstance(found, list) else []


def _at(facts: Facts, path: tuple[str, ...]) -> object:
    found: Any = facts
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _age(seconds: int) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
