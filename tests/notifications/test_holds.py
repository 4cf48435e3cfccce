"""A Retry-After that outlasts what else comes back."""

import pytest

from actors.notifications.pacing import is_open
from actors.runtime.decision import Returned
from messages.wire import Json, rfc3339
from storage.notifications import READY_MAX
from tests.notifications.office import NO, OK, START, TENANT, Office, hours

URL = "https://example.com/hook"
BUSY: Json = {**NO, "response_status": 429, "retry_after_seconds": 3_600}


def two_calls() -> Office:
    """Two attempts under way."""
    office = Office()
    office.done("webhook_endpoint.create", "we_1", url=URL, types=["*"])
    office.hear(office.event("payment.created", "pay_1"), office.event("payment.created", "pay_2"))
    assert len(office.open) == 2
    return office


def come_back(office: Office, *results: Json) -> None:
    """Each in a turn of its own."""
    for result in results:
        call = office.open.pop(0)
        body = {**result, "at": rfc3339(office.now)}
        office.turn([Returned(TENANT, call.id, call.operation, call.lane, None, body)])


def test_a_wish_to_be_left_alone_outlasts_a_failure_that_was_under_way() -> None:
    office = two_calls()
    come_back(office, BUSY, NO)
    assert office.endpoint("we_1").work.retry_at == START + hours(1)


def test_a_wish_to_be_left_alone_outlasts_a_success_that_was_under_way() -> None:
    office = two_calls()
    come_back(office, BUSY, OK)
    assert office.endpoint("we_1").work.retry_at == START + hours(1)


@pytest.mark.parametrize("count", [1, 3 * READY_MAX])
def test_deliveries_that_are_never_taken_do_not_keep_the_breaker_open_for_others(count: int) -> None:
    # Given a quiet endpoint, where some events alone fail until its breaker is open
    office = Office(receiver=lambda request: NO if '"bad_' in office.text(request["delivery"]) else OK)
    office.done("webhook_endpoint.create", "we_1", url=URL, types=["*"])
    office.hear(*(office.event("payment.created", f"bad_{number}") for number in range(count)))
    office.until(START + hours(48))
    assert is_open(office.endpoint("we_1").work.failures)
    # When another one comes
    office.hear(office.event("payment.created", "pay_1"))
    # Then it is what the endpoint is asked about next
    office.until(START + hours(50))
    assert list(office.arrived("we_1")) == ["pay_1"]
