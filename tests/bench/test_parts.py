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
from bench.storm import rounds as storm
from bench.storm.deliveries import Delivery, body, shuffled, signature
from bench.storm.payer import Paid
from bench.storm.sender import Told
from bench.whole_run import Measured, books
from gateway.signatures import is_signed
from messages.envelope import Event
from messages.payments import Payment

TOLD = Told(taken=270, refused=30, put_off=5, odd={}, seconds=2.0, sending_seconds=1.0)


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


def test_a_storm_is_each_event_three_times_with_a_tenth_that_is_signed_badly() -> None:
    deliveries = shuffled(300, "a")
    assert sorted(deliveries) == sorted([Delivery(number, number % 10 == 0) for number in range(300)] * 3)
    assert deliveries != shuffled(300, "b")
    for delivery in deliveries:
        told = body("a", delivery, ["pay_1", "pay_2"], 1000)
        assert is_signed(signature(told, delivery, "secret", 1000), told, ["secret"], 1001) is not delivery.forged


@pytest.mark.parametrize(
    ("figure", "fault"),
    [
        ("p99 ms of a payment meanwhile", {"stormy": Paid(latencies_ms=[10.0, 12.1], failed=0)}),
        ("payments that failed", {"stormy": Paid(latencies_ms=[10.0], failed=1)}),
        ("good events that are not recorded", {"recorded_good": 89}),
        ("forged events that are", {"recorded_forged": 1}),
        ("answers that should not be", {"told": TOLD.model_copy(update={"odd": {"good 500": 1}})}),
    ],
)
def test_a_storm_that_does_harm_is_seen(figure: str, fault: dict[str, object]) -> None:
    calm = Paid(latencies_ms=[10.0, 10.0], failed=0)
    seen = {"events": 90, "asked_per_second": 300.0, "quiet": calm, "stormy": calm, "told": TOLD}
    seen |= {"recorded_good": 90, "recorded_forged": 0, "cpu_seconds": {"gateway": 0.3}}
    good = storm.Round.model_validate(seen)
    assert False not in met(storm.lines([good])).values()
    verdict = met(storm.lines([good.model_copy(update=fault)]))
    assert [name for name, fine in verdict.items() if fine is False] == [figure]


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
