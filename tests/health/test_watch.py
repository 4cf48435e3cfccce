"""What the monitor makes of what it sees."""

from dataclasses import replace

import pytest

from health.money import Invariant, Money, Report, Standstill
from health.watch import Sighting, State, status, verdict
from pocketpay.monitor import targets_of


@pytest.mark.parametrize(
    ("gateway", "payments", "ledger", "expected"),
    [
        ("ready", "ready", "ready", "ok"),
        ("ready", "ready", "down", "degraded"),
        ("not_ready", "ready", "down", "degraded"),
        ("ready", "not_ready", "ready", "degraded"),
        ("down", "ready", "ready", "degraded"),
        ("ready", "not_ready", "down", "down"),  # no actor can do anything
        ("not_ready", "not_ready", "not_ready", "down"),
    ],
)
def test_the_whole_is_down_when_no_actor_is_ready(gateway: State, payments: State, ledger: State, expected: str):
    seen = {"gateway": Sighting(gateway), "payments": Sighting(payments), "ledger": Sighting(ledger)}

    assert verdict(seen) == expected


def test_status_is_as_the_contract_has_it():
    seen = {"payments": Sighting("ready", 3, {"db": "ok"})}

    assert status(seen) == {
        "status": "ok",
        "services": {"payments": {"status": "ready", "latency_ms": 3, "checks": {"db": "ok"}}},
    }


async def _never() -> Report:
    raise AssertionError


def _money(*figures: int | None, stuck: int = 0) -> Money:
    invariants = [Invariant("I1", f"title {number}", figure, "", 90.0) for number, figure in enumerate(figures)]
    standing = [Standstill("call_unknown", "provider: charge", "EUR", 500, 1, 61.26) for _ in range(stuck)]
    return Money(_never, ("call_unknown",), Report(invariants, standing), looked_at=95.0)


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (Money(_never, ()), "unknown"),
        (_money(0, 0), "ok"),
        (_money(0, None), "unknown"),
        (_money(0, 0, stuck=1), "stuck"),
        (_money(0, 2, None, stuck=1), "breach"),
        (replace(_money(0, 0), looked_at=30.0), "unknown"),  # too long ago to say anything of now
    ],
)
def test_a_breach_is_worse_than_stuck_money_and_that_is_worse_than_not_knowing(money: Money, expected: str):
    assert money.verdict(now=100.0) == expected


def test_figures_come_with_their_age_and_stuck_money_with_its_sum():
    shown = _money(0, None, stuck=2).shown(now=100.0)

    assert shown["age_seconds"] == 5.0
    assert [(each["figure"], each["age_seconds"]) for each in shown["invariants"]] == [(0, 10.0), (None, None)]
    assert (shown["stuck"]["count"], shown["stuck"]["amounts"]) == (2, [{"currency": "EUR", "amount": 1000}])
    assert shown["stuck"]["oldest_age_seconds"] == 61.3
    assert shown["stuck"]["items"][0]["step"] == "provider: charge"


def test_targets_are_names_and_urls():
    assert targets_of(("ledger=http://ledger:8102/",)) == {"ledger": "http://ledger:8102"}
    with pytest.raises(SystemExit, match="MONITOR_TARGETS"):
        targets_of(("ledger:8102",))
