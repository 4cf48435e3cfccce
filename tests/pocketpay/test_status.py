"""How all is, in lines for people: the worst first, in words, each with what to type next."""

from datetime import UTC, datetime
from typing import Any

import pytest

from messages.switches import Switch
from messages.wire import Json
from pocketpay.status.asking import Condition
from pocketpay.status.elsewhere import conditions_in, money_in
from pocketpay.status.judging import Place, in_lines, remarks, verdict
from pocketpay.status.money import Money, Off
from storage.stuck import KINDS, Standstill

HERE = Place("", "http://127.0.0.1:8011", ".pocketpay/logs")
WELL = Condition("gateway", "ready", {"db": "ok"}, 8011)
DOWN = Condition("ledger", "down", {}, 8102)
UNREADY = Condition("payments", "not_ready", {"db": "ok", "bus": "unreachable"}, 8101)
DEGRADED = Condition("access", "ready", {"work": "degraded"}, 8105, {"work": "2 parked"})
STUCK = Standstill("parked", "payments: payment.create", "EUR", 41_250, 3, 560)
BROKEN = {"id": "I1", "title": "debits are credits", "figure": 2, "detail": "of demo"}
OFF = Off(
    "demo",
    Switch(
        name="payouts", on=False, reason="a holiday", changed_by="key_1", changed_at=datetime(2026, 11, 1, tzinfo=UTC)
    ),
)


def lines(*conditions: Condition, place: Place = HERE, **money: Any) -> list[str]:
    return in_lines(remarks(conditions, Money(**money), place))


@pytest.mark.parametrize("name", ["notifications", "reconciliation", "postgres"])
def test_a_name_and_its_state_stand_apart_and_all_states_below_each_other(name: str) -> None:
    one, other = lines(Condition(name, "ready", {}, 8104), Condition("nats", "ready", {}, 1))
    assert one.split() == [name, "ready", "(port", "8104)"]
    assert one.index("ready") == other.index("ready")


def test_the_worst_comes_first_each_with_what_to_type_next() -> None:
    everything = lines(WELL, DEGRADED, UNREADY, DOWN, broken=(BROKEN,), stuck=(STUCK,), off=(OFF,))
    assert everything == [
        "money          I1 is breached 2 times (debits are credits): of demo",
        "               next: pocketpay verify",
        "ledger         does not answer (port 8102)",
        "               next: tail -n 20 .pocketpay/logs/ledger.log",
        "payments       not ready: bus is unreachable (port 8101)",
        "               next: tail -n 20 .pocketpay/logs/payments.log",
        "stuck          3 parked, as nobody could read or decide them, 412.50 EUR, oldest 9 min, "
        "at payments: payment.create",
        "               next: pocketpay parked list",
        "access         ready, but work is degraded (2 parked) (port 8105)",
        "               next: tail -n 20 .pocketpay/logs/access.log",
        "off            payouts of demo since 2026-11-01T00:00:00.000Z by key_1: a holiday",
        "               next: curl -sS http://127.0.0.1:8011/api/v1/switches/payouts "
        "-H 'Content-Type: application/json' -d '{\"on\":true}'",
        "gateway        ready (port 8011)",
    ]


@pytest.mark.parametrize(
    ("conditions", "money", "said", "well"),
    [
        ([WELL], {}, "ok", True),
        ([WELL], {"off": (OFF,)}, "ok", True),
        ([WELL, DEGRADED], {}, "degraded", False),
        ([WELL, UNREADY], {}, "degraded", False),
        ([WELL], {"stuck": (STUCK,)}, "degraded", False),
        ([WELL], {"unasked": "no such table"}, "degraded", False),
        ([WELL, DOWN], {}, "down", False),
        ([WELL], {"broken": (BROKEN,)}, "down", False),
    ],
)
def test_only_what_is_off_on_purpose_is_well(
    conditions: list[Condition], money: dict[str, Any], said: str, well: bool
) -> None:
    found = remarks(conditions, Money(**money), HERE)
    assert (verdict(found), all(each.is_well for each in found)) == (said, well)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_standstill_has_words_and_a_command(kind: str) -> None:
    words, next_ = lines(stuck=(Standstill(kind, "ledger: x", None, 0, 1, 61.0),))
    assert words.startswith("stuck          1 ")
    assert ", oldest 61 s, at ledger: x" in words
    assert "next: " in next_


def test_the_next_command_is_for_this_place() -> None:
    there = Place(" --data-dir /d", "http://127.0.0.1:1", "/d/logs")
    assert lines(stuck=(STUCK,), place=there)[1].endswith("next: pocketpay parked list --data-dir /d")


def test_a_reason_cannot_look_like_a_line() -> None:
    switch = Switch(name="mails", on=False, reason="a\nledger ready\x1b[31m", changed_by="key_1")
    said, _ = lines(off=(Off("demo", switch),))
    assert said.endswith(": a\\nledger ready\\x1b[31m")


AWAY = Place("", "https://pay.example.com", None)
HEALTH: Json = {
    "invariants": [BROKEN, {"id": "I2", "title": "balances", "figure": None}, {"id": "I3", "title": "x", "figure": 0}],
    "stuck": {
        "items": [
            {
                "kind": "parked",
                "step": "payments: payment.create",
                "currency": "EUR",
                "amount": 41_250,
                "count": 3,
                "oldest_age_seconds": 560.0,
            }
        ]
    },
}
SWITCHES: Json = {"data": [OFF.switch.model_dump(mode="json"), {"name": "mails"}]}


def test_what_a_gateway_tells_reads_as_what_is_asked_here() -> None:
    assert money_in(HEALTH, {"tenant": "demo"}, SWITCHES) == Money((BROKEN,), (STUCK,), (OFF,))


def test_elsewhere_there_are_no_logs_to_look_into() -> None:
    told = conditions_in({"services": {"ledger": {"status": "down", "latency_ms": None, "checks": {}}}})
    assert in_lines(remarks(told, Money(), AWAY)) == [
        "ledger         does not answer",
        "               next: curl -sS https://pay.example.com/status",
    ]


def test_a_gateway_whose_monitor_is_away_says_that_the_money_is_not_known() -> None:
    problem: Json = {"code": "unavailable", "detail": "The monitor does not answer."}
    money = money_in(problem, {"tenant": "demo"}, SWITCHES)
    (found,) = remarks([], money, AWAY)
    assert (found.words, found.is_well) == ("what stands still is not known: The monitor does not answer.", False)
