"""What the first message of a turn changes, the next one of the same turn goes by."""

from datetime import timedelta

from actors.notifications.keys import directory_key
from messages.wire import Json
from tests.notifications.office import NO, OK, START, TENANT, Office, hours

MADE: Json = {"url": "https://example.com/hook", "types": ["payment.*"]}


def test_an_event_stands_behind_what_waits_also_when_it_came_to_be_wanted_in_the_same_turn() -> None:
    # Given an endpoint that has not taken an event, and then wants no more of its kind
    office = Office(receiver=lambda _: NO)
    office.done("webhook_endpoint.create", "we_a", **MADE)
    office.hear(office.event("payment.created", "pay_1"))
    office.until(START + timedelta(seconds=1))
    office.done("webhook_endpoint.update", "we_a", changes={"types": ["refund.*"]})
    # When it wants them again, and the next one comes in that turn
    office.receiver = lambda _: OK
    again = office.command("webhook_endpoint.update", "we_a", changes={"types": ["payment.*"]})
    office.turn([again, office.event("payment.updated", "pay_1", 2)])
    # Then that one waits for the first
    assert [each.standing for each in office.deliveries] == ["resting", "behind"]
    office.until(START + hours(1))
    assert [body["sequence"] for body in office.arrived("we_a")["pay_1"]] == [1, 2]


def test_an_endpoint_that_is_gone_is_asked_about_no_more() -> None:
    office = Office(receiver=lambda _: {**NO, "response_status": 410})
    office.done("webhook_endpoint.create", "we_a", **MADE)
    office.hear(office.event("payment.created", "pay_1"))
    office.until(START + hours(1))
    assert office.endpoint("we_a").webhook_endpoint.disabled_reason == "gone"
    assert office.states[directory_key(TENANT)].webhook_directory.endpoints == {}
