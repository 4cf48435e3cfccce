"""The past once more: what failed, what was never asked for, and one delivery by hand."""

from datetime import timedelta
from typing import Any

from messages.wire import rfc3339
from tests.notifications.office import NO, OK, START, Office, hours


def office_with(**fields: Any) -> Office:
    office = Office()
    made = {"url": "https://example.com/hook", "types": ["payment.*"], **fields}
    office.done("webhook_endpoint.create", "we_a", **made)
    return office


def test_one_delivery_is_replayed_with_its_number_and_says_that_it_is_one() -> None:
    office = office_with()
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + hours(1))
    [first] = office.deliveries
    made = office.done("webhook_delivery.replay", first.webhook_delivery.id)
    assert (made.status, made.replay, made.sequence) == ("pending", True, 1)
    office.until(START + hours(2))
    (_, before), (_, again) = office.posted
    assert again["delivery"] == {**before["delivery"], "replay": True}
    assert {**again, "delivery": 0} == {**before, "delivery": 0}
    assert office.endpoint("we_a").webhook_endpoint.last_sequence == 1


def test_what_failed_is_replayed_and_then_has_arrived() -> None:
    # Given an endpoint to which two of four events never came
    office = office_with()
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1"), office.event("payment.updated", "pay_2"))
    office.until(START + timedelta(days=4))
    office.receiver = lambda _: OK
    office.until(START + timedelta(days=4, hours=1))
    office.hear(office.event("payment.updated", "pay_3"), office.event("payment.updated", "pay_4"))
    office.until(START + timedelta(days=4, hours=2))
    shown = office.endpoint("we_a")
    assert (shown.webhook_endpoint.delivered_through, shown.work.missing) == (0, 2)
    # When all that failed is replayed
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "only": "failed"})
    office.until(START + timedelta(days=5))
    # Then it has arrived, under its numbers, and the originals say so
    shown = office.endpoint("we_a")
    assert (shown.webhook_endpoint.delivered_through, shown.work.missing, shown.work.replay) == (4, 0, None)
    replayed = [body["delivery"]["sequence"] for _, body in office.posted if body["delivery"]["replay"]]
    assert sorted(replayed) == [1, 2]
    assert {each.webhook_delivery.status for each in office.deliveries} == {"succeeded"}


def test_what_was_discarded_counts_as_failed_and_is_replayed_in_the_order_of_its_resource() -> None:
    # Given an endpoint that took one event, was then disabled while two waited, and is enabled again
    office = office_with()
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + hours(1))
    office.receiver = lambda _: NO
    office.hear(*(office.event("payment.updated", "pay_1", number) for number in (2, 3)))
    office.until(START + hours(2))
    office.done("webhook_endpoint.disable", "we_a")
    office.until(START + hours(3))
    office.done("webhook_endpoint.enable", "we_a")
    office.receiver = lambda _: OK
    assert [each.webhook_delivery.status for each in office.deliveries] == ["succeeded", "discarded", "discarded"]
    # When what failed is replayed
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "only": "failed"})
    office.until(START + hours(4))
    # Then those two come, and all has arrived
    assert [body["sequence"] for body in office.arrived("we_a")["pay_1"]] == [1, 2, 3]
    shown = office.endpoint("we_a")
    assert (shown.webhook_endpoint.delivered_through, shown.work.missing) == (3, 0)


def test_what_has_no_number_is_counted_neither_as_missing_nor_as_made_good() -> None:
    # Given an event of the past that was replayed to a new endpoint, which did not take it
    office = Office()
    office.hear(office.event("payment.updated", "pay_1"))
    office.now = START + hours(1)
    office.done("webhook_endpoint.create", "we_a", url="https://example.com/hook", types=["payment.*"])
    office.receiver = lambda _: NO
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START)})
    office.until(START + timedelta(days=4))
    assert [each.webhook_delivery.status for each in office.deliveries] == ["failed"]
    assert office.endpoint("we_a").work.missing == 0
    # When that is replayed and arrives
    office.receiver = lambda _: OK
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "only": "failed"})
    office.until(START + timedelta(days=5))
    # Then it has arrived, and nothing was missing before or after
    assert {each.webhook_delivery.status for each in office.deliveries} == {"succeeded"}
    assert office.endpoint("we_a").work.missing == 0


def test_what_failed_twice_has_arrived_when_its_range_is_replayed() -> None:
    # Given an event that never came, nor did its replay
    office = office_with()
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + timedelta(days=4))
    [failed] = office.deliveries
    office.done("webhook_delivery.replay", failed.webhook_delivery.id)
    office.until(START + timedelta(days=4, hours=90))
    office.receiver = lambda _: OK
    office.until(START + timedelta(days=4, hours=92))
    office.done("webhook_endpoint.enable", "we_a")
    # When all of that time is replayed
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START)})
    office.until(START + timedelta(days=9))
    # Then it has arrived
    shown = office.endpoint("we_a")
    assert (shown.webhook_endpoint.delivered_through, shown.work.missing) == (1, 0)
    assert office.delivery(failed.webhook_delivery.id).webhook_delivery.status == "succeeded"


def test_a_range_of_the_past_goes_to_an_endpoint_that_was_not_there_then() -> None:
    # Given 250 events before there was a second endpoint, and one that it would not want
    office = office_with()
    for number in range(250):
        office.hear(office.event("payment.updated", f"pay_{number % 7}", number // 7 + 1))
    office.hear(office.event("refund.created", "ref_1"))
    office.until(START + hours(1))
    office.done("webhook_endpoint.create", "we_b", url="https://example.com/b", types=["payment.*", "refund.*"])
    # When the past is replayed to it
    office.done("webhook_endpoint.replay", "we_b", **{"from": rfc3339(START), "to": rfc3339(office.now)})
    office.until(START + hours(2))
    # Then it has all of it, in order, without numbers of its own
    arrived = office.arrived("we_b")
    assert sum(map(len, arrived.values())) == 251
    for bodies in arrived.values():
        assert [body["sequence"] for body in bodies] == list(range(1, len(bodies) + 1))
        assert {(body["delivery"]["sequence"], body["delivery"]["replay"]) for body in bodies} == {(None, True)}
    # And the first endpoint, to which it is replayed as well, has each under its number twice
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "to": rfc3339(office.now)})
    office.until(START + hours(3))
    numbers = sorted(body["delivery"]["sequence"] for bodies in office.arrived("we_a").values() for body in bodies)
    assert numbers == sorted([*range(1, 251), *range(1, 251)])
    assert office.endpoint("we_a").work.replay is None


def test_a_range_that_cannot_be_replayed_is_refused() -> None:
    office = office_with()
    day = {"from": rfc3339(START - timedelta(days=1)), "to": rfc3339(START)}
    assert office.refused("webhook_endpoint.replay", "we_x", **day) == "not_found"
    assert office.refused("webhook_endpoint.replay", "we_a", **{**day, "to": day["from"]}) == "validation_failed"
    long_ago = {**day, "from": rfc3339(START - timedelta(days=40))}
    assert office.refused("webhook_endpoint.replay", "we_a", **long_ago) == "range_too_large"
    office.done("webhook_endpoint.replay", "we_a", **day)
    assert office.refused("webhook_endpoint.replay", "we_a", **day) == "outcome_pending"
    office.until(START + hours(1))
    office.done("webhook_endpoint.disable", "we_a")
    assert office.refused("webhook_endpoint.replay", "we_a", **day) == "wrong_state"


def test_a_replay_ends_with_its_endpoint_and_another_can_begin_once_that_is_enabled() -> None:
    # Given a replay of which a page is just being read
    office = office_with()
    day = {"from": rfc3339(START - timedelta(days=1)), "to": rfc3339(START)}
    office.done("webhook_endpoint.replay", "we_a", **day)
    # When the endpoint is disabled and enabled again
    office.done("webhook_endpoint.disable", "we_a")
    office.done("webhook_endpoint.enable", "we_a")
    # Then the next one is not refused
    office.done("webhook_endpoint.replay", "we_a", **day)
    office.until(START + hours(1))
    assert office.endpoint("we_a").work.replay is None


def test_a_late_page_of_a_replay_that_ended_is_not_taken_for_the_next_ones() -> None:
    # Given two hours with an event each, and a replay of the second one that ended before its page came
    office = office_with(types=["*"])
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + hours(1))
    office.hear(office.event("payment.updated", "pay_2"))
    office.until(START + hours(2))
    office.posted.clear()
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START + hours(1)), "to": rfc3339(office.now)})
    late, office.open = office.open, []
    office.done("webhook_endpoint.disable", "we_a")
    office.done("webhook_endpoint.enable", "we_a")
    # When the first hour is replayed, and then the late page comes
    office.done("webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "to": rfc3339(START + hours(1))})
    office.open = [*late, *office.open]
    office.work(1)
    office.until(START + hours(3))
    # Then what is asked for is replayed, and nothing else
    assert list(office.arrived("we_a")) == ["pay_1"]
    assert office.endpoint("we_a").work.replay is None


def test_a_replay_goes_on_also_while_its_endpoint_is_left_alone_and_much_is_said() -> None:
    # Given an endpoint with a failed delivery, that wants to be left alone for an hour
    office = office_with()
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + timedelta(days=4))
    office.receiver = lambda _: {**NO, "response_status": 429, "retry_after_seconds": 3_600}
    office.hear(office.event("payment.updated", "pay_2"))
    office.until(START + timedelta(days=4, seconds=1))
    # When what failed is replayed, and meanwhile there is an event every half second
    office.done(
        "webhook_endpoint.replay", "we_a", **{"from": rfc3339(START), "to": rfc3339(office.now), "only": "failed"}
    )
    for number in range(12):
        office.hear(office.event("payment.updated", f"pay_{number + 3}"))
        office.until(office.now + timedelta(seconds=0.5))
    # Then all that failed is queued by now
    assert [each.webhook_delivery.type for each in office.deliveries if each.webhook_delivery.replay] == [
        "payment.updated"
    ]
    assert office.endpoint("we_a").work.replay is None
