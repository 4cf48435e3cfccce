"""What the parts make of what they saw, and that a peer that cheats would be seen."""

from collections import defaultdict

import pytest

from bench import cost, soak
from bench.growth import rounds as growth
from bench.http.measured import Load
from bench.ledger import rounds as ledger
from bench.ledger.facts import ACCOUNTS, Kind, fact
from bench.line import Line, is_met
from bench.sse import rounds as sse
from bench.sse.readers import Ears, Heard
from bench.whole_run import Measured, books
from messages.envelope import Event
from messages.payments import Payment


def met(lines: list[Line]) -> dict[str, bool | None]:
    return {line.figure: is_met(line) for line in lines}


def test_the_ledger_must_be_faster_than_its_peer_and_not_suffer_from_a_hot_account() -> None:
    seen = {"spread": [100.0], "hot": [99.0], "sales": [10.0]}
    seen |= {f"{ledger.ASYNCPG} {kind}": [33.0] for kind in ("spread", "hot")}
    seen |= {f"{ledger.HUNDREDS} {kind}": [170.0] for kind in ("spread", "hot")}
    said = ledger.lines(defaultdict(list, seen))
    bars = [(line.kind, is_met(line)) for line in said if line.bar is not None]
    assert bars == [("peer", True), ("limit", False), ("peer", False)]
    assert "django-hordak" not in {line.against for line in said}  # it was not there


def test_a_soak_that_keeps_a_file_open_per_payment_is_seen() -> None:
    before = {"ledger, RSS MB": 100.0, "ledger, open files": 20.0, "nats, PSS MB": 10.0}
    after = {"ledger, RSS MB": 104.0, "ledger, open files": 900.0, "nats, PSS MB": 99.0}
    verdict = met(soak.lines(before, after, 60, 1000))
    assert verdict["ledger, RSS MB"] is True
    assert verdict["ledger, open files"] is False
    assert verdict["nats, PSS MB"] is None
    assert verdict["largest of our processes, RSS MB"] is True


@pytest.mark.parametrize(("watched", "fine"), [(97, True), (96, False)])
def test_watching_may_cost_three_in_a_hundred(watched: int, fine: bool) -> None:
    def loaded(ok: int) -> list[Load]:
        times = {"seconds": 1.0, "answered_seconds": 1.0, "p50_ms": 1.0, "p99_ms": 1.0}
        return [Load.model_validate({"ok": ok, "failed": {}, "cpu_seconds": {"a": 1.0}, **times})]

    said = cost.lines({cost.UNWATCHED: loaded(100), "scraped": loaded(watched)})
    assert [is_met(line) for line in said] == [fine, None]


def test_growth_is_measured_against_empty_books() -> None:
    said = growth.lines(([80.0], [100.0]), ([79.0], [100.0]), 10_000_000, 256)
    assert [is_met(line) for line in said] == [True, False]
    assert "1,000,000 accounts and 10,000,000 entries" in said[0].figure


def test_an_event_that_one_reader_missed_is_seen() -> None:
    # Given two readers, of whom only one gets the second event
    ears = Ears(2)
    for name in (b"id: 1-7", b"id: 1-7", b"id: 1-8"):
        ears.hear(name + b'\nevent: payment.succeeded\ndata: {"time":"2026-11-24T00:00:00.000Z"}')
    ears.hear(b"id: 1-9")  # a quiet stream keeps its place
    # When they are asked
    heard = ears.take()
    # Then the gap is there, and the next round begins without it
    assert (heard.events, heard.missing) == (2, 1)
    assert heard.late_ms_p99 > 0
    assert ears.take() == Heard(events=0, late_ms_p50=0, late_ms_p99=0, all_ms_max=0, missing=0)
    assert met(sse.lines([heard], 10, 60))["events that a reader did not get"] is False


def test_of_books_that_nobody_looked_at_nothing_is_said() -> None:
    assert books([Measured([])]) == []
    assert [is_met(line) for line in books([Measured([]), Measured([], [])])] == [True]
    assert [is_met(line) for line in books([Measured([], []), Measured([], ["I1"])])] == [False]


@pytest.mark.parametrize(
    ("kind", "origins", "wallets"), [("spread", ACCOUNTS, ACCOUNTS), ("hot", 1, ACCOUNTS), ("sales", 1, 0)]
)
def test_facts_are_spread_as_they_say(kind: Kind, origins: int, wallets: int) -> None:
    events = [Event.model_validate_json(fact(kind, number).message) for number in range(ACCOUNTS)]
    payments = [Payment.model_validate(event.data) for event in events]
    assert len({payment.provider for payment in payments}) == origins
    assert len({payment.customer_id for payment in payments if payment.destination.type == "wallet"}) == wallets
    assert len({event.id for event in events} | {payment.id for payment in payments}) == 2 * ACCOUNTS
