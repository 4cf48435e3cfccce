"""After an outage: once the breaker closes, what rested only because the endpoint was down comes at once."""

from datetime import timedelta
from typing import Any

import pytest

from actors.notifications.states import DeliveryState
from messages.wire import Json
from storage.notifications import WAKE_MAX
from tests.notifications.office import NO, OK, START, Office

MADE: Json = {"url": "https://example.com/hook", "types": ["*"]}
BACK = START + timedelta(seconds=20)


def down_until(back: Any, no: Json = NO, **fields: Any) -> Office:
    """With one endpoint, whose receiver takes nothing before."""
    office = Office()
    office.done("webhook_endpoint.create", "we_a", **MADE, **fields)
    office.receiver = lambda _: no if office.now < back else OK
    return office


def say(office: Office, *resources: int, sequence: int = 1) -> None:
    office.hear(*(office.event("payment.succeeded", f"pay_{each}", sequence) for each in resources))


@pytest.mark.parametrize("payments", [3, 4, 5, 12])
def test_after_a_short_outage_all_comes_at_once_when_the_breaker_closes(payments: int) -> None:
    # Given an endpoint that is down for twenty seconds, in which a few payments succeed
    office = down_until(BACK)
    for number in range(payments):
        say(office, number)
        office.until(office.now + timedelta(seconds=0.5))
    # When it is back, and its breaker lets the next attempt through
    office.until(BACK + timedelta(seconds=41))
    # Then nothing waits for minutes more
    assert len(office.posted) == payments
    assert office.endpoint("we_a").work.waking is False


def test_what_stands_behind_one_that_rested_comes_in_its_order() -> None:
    office = down_until(BACK)
    say(office, 1, 2, 3)
    for sequence in (2, 3, 4):
        say(office, 1, sequence=sequence)
    office.until(BACK + timedelta(seconds=41))
    assert {name: [body["sequence"] for body in bodies] for name, bodies in office.arrived("we_a").items()} == {
        "pay_1": [1, 2, 3, 4],
        "pay_2": [1],
        "pay_3": [1],
    }


def test_a_receiver_that_said_when_is_asked_then_although_others_arrive() -> None:
    # Given one payment whose receiver asks for ten minutes, and an outage that opens the breaker after it
    office = down_until(BACK, {**NO, "retry_after_seconds": 600})
    say(office, 1)
    office.until(START + timedelta(seconds=0.1))
    office.receiver = lambda _: NO if office.now < BACK else OK
    say(office, 2, 3, 4)
    # When the breaker has closed
    office.until(BACK + timedelta(seconds=41))
    # Then all but that one have come, and that one comes when it was asked for
    assert set(office.arrived("we_a")) == {"pay_2", "pay_3", "pay_4"}
    office.until(START + timedelta(seconds=601))
    assert "pay_1" in office.arrived("we_a")


def test_however_many_rest_they_are_woken_page_by_page_within_the_rate_limit() -> None:
    # Given far more that rest than are looked at in one turn, and an open breaker
    office = down_until(START, rate_limit=100)
    count = 2 * WAKE_MAX + 50
    office.receiver = lambda _: NO
    say(office, *range(count))
    state = office.endpoint("we_a")
    for each in office.deliveries:
        shown = each.webhook_delivery.model_copy(update={"next_attempt_at": START + timedelta(hours=9)})
        office.states[each.key] = each.model_copy(update={"standing": "resting", "tries": 3, "webhook_delivery": shown})
    office.open.clear()
    emptied = state.work.model_copy(update={"failures": 5, "retry_at": BACK, "ready": 0, "calling": []})
    office.states[state.key] = state.model_copy(update={"work": emptied})
    office.due.clear()
    # When one more arrives through it
    office.now, office.receiver, office.tables = BACK, lambda _: OK, dict(office.states)
    say(office, count)
    office.until(BACK + timedelta(seconds=30))
    # Then all come, at the rate limit, the oldest first
    times = [at for at, _ in office.posted]
    assert len(times) == count + 1
    assert all(later - first >= timedelta(seconds=0.95) for first, later in zip(times, times[200:], strict=False))
    numbers = [body["delivery"]["sequence"] for _, body in office.posted]
    assert [abs(number - place) > 16 for place, number in enumerate(numbers[1:], 1)].count(True) == 0


def wrong(office: Office) -> list[DeliveryState]:
    """Those whose `next_attempt_at` is neither null nor when their own alarm rings."""
    times = {each.webhook_delivery.id: each.webhook_delivery.next_attempt_at for each in office.deliveries}
    rest = {each.webhook_delivery.id for each in office.deliveries if each.standing == "resting"}
    bad = {name for name, at in times.items() if at is not None and (name not in rest or office.due.get(name) != at)}
    return [each for each in office.deliveries if each.webhook_delivery.id in bad]


def test_the_next_attempt_has_a_time_only_while_its_own_alarm_says_when() -> None:
    # Given an endpoint that is down, with some that rest, some behind them and some behind the open breaker
    office = down_until(BACK)
    say(office, 1, 2)
    say(office, 1, sequence=2)
    for number in range(3, 40):
        office.until(START + timedelta(seconds=number * 0.7))
        assert wrong(office) == [], number
        say(office, number)
        assert wrong(office) == [], number
    office.until(BACK + timedelta(minutes=2))
    assert wrong(office) == []
