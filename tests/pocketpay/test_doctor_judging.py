"""What the doctor finds in what was told, and in which order."""

import copy
from typing import Any

import pytest

from pocketpay.doctor.judging import GIB, judged

ACTOR = {"partitions": [{"partition": 0, "lease_ms": 900}], "parked": [], "open_calls": [], "migrations": []}
WELL: dict[str, Any] = {
    "run": {"pid": 1},
    "machine": {
        "cpus": 2,
        "load_1m_5m_15m": [1.0, 1.0, 1.0],
        "memory_bytes": {"total": 8 * GIB, "available": 4 * GIB},
        "disks": {"/data": {"total": 100 * GIB, "free": 50 * GIB}},
    },
    "status": [{"name": "payments", "state": "ready", "checks": {"db": "ok"}, "port": 1}],
    "health": {},
    "settings": {},
    "verify": [{"id": "I1", "title": "balances", "figure": 0, "detail": ""}],
    "nats": {
        "streams": [{"config": {"name": name}} for name in ("COMMANDS", "EVENTS", "LATEST", "PARKED")],
        "consumers": {"EVENTS": [{"name": "ledger-0", "num_pending": 3}]},
    },
    "postgres": {
        "clock_ahead_ms": -3,
        "settings": [{"name": "fsync", "setting": "on"}, {"name": "shared_buffers", "setting": "1"}],
        "connections": [{"used": 10, "most": 100}],
        "actors": {"payments": ACTOR},
    },
}


def ill(*path: Any, told: Any) -> dict[str, Any]:
    """All is well but for what is told at this place."""
    facts = copy.deepcopy(WELL)
    place: Any = facts
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = told
    return facts


PAYMENTS = ("postgres", "actors", "payments")
ILLNESSES = [
    (ill("verify", 0, "figure", told=2), "money", "I1 balances: 2 breaches"),
    (ill("machine", "disks", "/data", "free", told=GIB // 2), "broken", "the disk is full: 0.5 of 100 GiB"),
    (ill("machine", "disks", "/data", "free", told=2 * GIB), "broken", "the disk is full"),
    (ill("machine", "disks", "/data", "free", told=9 * GIB), "endangered", "the disk fills up"),
    (ill("postgres", "settings", 0, "setting", told="off"), "broken", "fsync = off"),
    (ill("status", 0, "state", told="down"), "broken", "payments does not answer"),
    (
        ill("status", told=[{"name": "ledger", "state": "not_ready", "checks": {"bus": "unreachable"}}]),
        "broken",
        "ledger is not ready: bus is unreachable",
    ),
    (ill("run", told={"error": "nothing runs on x"}), "broken", "nothing runs on x"),
    (ill("nats", told={"error": "TimeoutError"}), "broken", "nats could not be asked: TimeoutError"),
    (ill("nats", "streams", told=[]), "broken", "there is no stream COMMANDS"),
    (ill(*PAYMENTS, "partitions", 0, "lease_ms", told=-1), "broken", "payments: nobody works on partition 0"),
    (ill(*PAYMENTS, "partitions", 0, "lease_ms", told=None), "broken", "payments: nobody works on partition 0"),
    (
        ill(*PAYMENTS, "parked", told=[{"reason": "undecidable", "count": 2, "oldest_seconds": 7200}]),
        "broken",
        "payments: 2 messages are parked as undecidable, since 2 hours",
    ),
    (
        ill(*PAYMENTS, "open_calls", told=[{"operation": "charge", "count": 1, "oldest_seconds": 601}]),
        "broken",
        "1 calls (charge) are without an end since 10 minutes",
    ),
    (ill("postgres", "clock_ahead_ms", told=-1500), "endangered", "differ by 1.5 s"),
    (
        ill("nats", "consumers", "EVENTS", 0, "num_pending", told=1001),
        "endangered",
        "ledger-0 has 1001 messages of EVENTS still to read",
    ),
    (ill("machine", "memory_bytes", "available", told=GIB // 10), "endangered", "GiB memory are left"),
    (ill("machine", "load_1m_5m_15m", told=[9.0]), "endangered", "9 tasks want 2 CPUs"),
    (ill("postgres", "connections", 0, "used", told=81), "endangered", "81 of 100 connections"),
]


def test_nothing_is_found_where_all_is_well():
    assert judged(WELL) == []


@pytest.mark.parametrize(("facts", "severity", "words"), ILLNESSES, ids=[words for _, _, words in ILLNESSES])
def test_what_is_wrong_is_found_and_named(facts, severity, words):
    found = judged(facts)
    assert {each.severity for each in found} == {severity}
    assert words in found[0].words


def test_the_worst_comes_first():
    facts = ill("verify", 0, "figure", told=2)
    facts["machine"]["load_1m_5m_15m"] = [99.0]
    facts["status"][0]["state"] = "down"
    assert [each.severity for each in judged(facts)] == ["money", "broken", "endangered"]


@pytest.mark.parametrize("section", [name for name in WELL if name != "run"])
def test_a_section_that_could_not_be_asked_hides_nothing_else(section):
    facts = ill(section, told={"error": "OSError: away"})
    assert [each.words for each in judged(facts)] == [f"{section} could not be asked: OSError: away"]


def test_a_row_that_could_not_be_asked_is_no_reason_to_fail():
    denied = [{"error": "permission denied"}]
    told = dict.fromkeys(("partitions", "parked", "open_calls", "migrations"), denied)
    assert "permission denied" in str(judged(ill(*PAYMENTS, told=told)))
