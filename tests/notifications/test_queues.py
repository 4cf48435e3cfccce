"""Whatever fails, and in whatever batches it is decided: all arrives, in order for each resource, once."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.notifications.pacing import CALLS_MAX
from messages.webhooks import ATTEMPTS_SHOWN
from messages.wire import Json
from tests.notifications.office import NO, OK, START, Office

RESOURCES = 4


def office_with(*endpoints: str, **fields: Any) -> Office:
    office = Office()
    for endpoint in endpoints:
        office.done("webhook_endpoint.create", endpoint, url="https://example.com/hook", types=["*"], **fields)
    return office


def recounted(office: Office, endpoint: str) -> dict[str, Any]:
    mine = [each for each in office.deliveries if each.webhook_delivery.endpoint == endpoint]
    gone = ("failed", "discarded")
    return {
        "queued": len(mine),
        "open": sum(each.standing != "over" for each in mine),
        "ready": sum(each.standing == "ready" for each in mine),
        "calling": sorted(each.webhook_delivery.id for each in mine if each.standing == "calling"),
        "missing": sum(each.webhook_delivery.status in gone and not each.webhook_delivery.replay for each in mine),
    }


def counted(office: Office, endpoint: str) -> dict[str, Any]:
    work = office.endpoint(endpoint).work.model_dump()
    kept = {name: work[name] for name in ("queued", "open", "ready", "calling", "missing")}
    return {**kept, "calling": sorted(kept["calling"])}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.lists(st.integers(0, RESOURCES - 1), min_size=1, max_size=12)),
        st.tuples(st.just("return"), st.integers(1, 10)),
        st.tuples(st.just("wait"), st.sampled_from([0.05, 1, 7, 400, 3_600])),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps, st.lists(st.booleans(), max_size=60))
def test_all_arrives_once_and_in_the_order_of_each_resource_whatever_fails_meanwhile(
    moves: list[tuple[str, Any]], failures: list[bool]
) -> None:
    # Given an endpoint that fails for a while
    left = list(failures)
    office = office_with("we_a", "we_b")
    office.receiver = lambda request: NO if request["endpoint"] == "we_a" and left and left.pop() else OK
    versions: dict[int, int] = defaultdict(int)

    def event(resource: int) -> Any:
        versions[resource] += 1
        return office.event("payment.updated", f"pay_{resource}", versions[resource])

    # When events are heard in turns of several, calls come back in turns of several, and time goes on
    for move, given_ in moves:
        if move == "say":
            office.hear(*map(event, given_))
        elif move == "return":
            office.work(given_)
        else:
            office.until(office.now + timedelta(seconds=given_))
        for endpoint in ("we_a", "we_b"):
            assert counted(office, endpoint) == recounted(office, endpoint)
            assert len(office.endpoint(endpoint).work.calling) <= CALLS_MAX
    # Then in the end both have all of it, each resource's in order, each number once
    office.until(office.now + timedelta(days=2))
    for endpoint in ("we_a", "we_b"):
        arrived = office.arrived(endpoint)
        assert {name: [body["sequence"] for body in bodies] for name, bodies in arrived.items()} == {
            f"pay_{resource}": list(range(1, count + 1)) for resource, count in versions.items()
        }
        numbers = sorted(body["delivery"]["sequence"] for bodies in arrived.values() for body in bodies)
        assert numbers == list(range(1, sum(versions.values()) + 1))
        shown = office.endpoint(endpoint).webhook_endpoint
        assert (shown.last_sequence, shown.delivered_through) == (len(numbers), len(numbers))
        assert counted(office, endpoint) == recounted(office, endpoint)


def test_a_failing_resource_does_not_hold_up_others() -> None:
    office = office_with("we_a")
    office.receiver = lambda request: NO if '"pay_0"' in office.text(request["delivery"]) else OK
    for number in range(3):
        office.hear(*(office.event("payment.updated", f"pay_{each}", number + 1) for each in range(3)))
    office.until(office.now + timedelta(seconds=4))
    assert {name: len(bodies) for name, bodies in office.arrived("we_a").items()} == {"pay_1": 3, "pay_2": 3}


def test_an_endpoint_that_was_down_catches_up_at_its_rate_limit() -> None:
    # Given an endpoint that is down for ten minutes, in which 600 events come
    office = office_with("we_a", rate_limit=20)
    back = START + timedelta(minutes=10)
    office.receiver = lambda _: NO if office.now < back else OK
    for second in range(60):
        office.hear(*(office.event("payment.updated", f"pay_{second}_{each}") for each in range(10)))
        office.until(START + timedelta(seconds=10 * (second + 1)))
    tries = sum(len(each.webhook_delivery.attempts) for each in office.deliveries)
    assert tries < 40, "an endpoint that is down is asked now and then"
    # When it is back
    office.until(back + timedelta(minutes=10))
    # Then all comes within its limit, in the order in which it was said
    times = [at for at, _ in office.posted]
    assert len(times) == 600
    assert all(later - first >= timedelta(seconds=1.95) for first, later in zip(times, times[60:], strict=False))
    numbers = [body["delivery"]["sequence"] for _, body in office.posted]
    late = [
        number for number, place in zip(numbers, sorted(numbers), strict=True) if abs(number - place) > CALLS_MAX * 2
    ]
    assert len(late) <= CALLS_MAX


def test_what_never_arrives_is_given_up_after_three_days_and_the_endpoint_disabled_after_five() -> None:
    office = office_with("we_a")
    office.receiver = lambda _: NO
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + timedelta(days=4))
    [delivery] = office.deliveries
    assert delivery.webhook_delivery.status == "failed"
    assert 50 < delivery.tries < 120, "asked now and then"
    assert len(delivery.webhook_delivery.attempts) == ATTEMPTS_SHOWN
    assert delivery.webhook_delivery.attempts_has_more
    assert office.endpoint("we_a").webhook_endpoint.delivered_through == 0
    office.hear(office.event("payment.updated", "pay_2"))
    office.until(START + timedelta(days=6))
    shown = office.endpoint("we_a").webhook_endpoint
    assert (shown.status, shown.disabled_reason) == ("disabled", "failing")
    assert [said.type for said in office.said if said.type.startswith("webhook.endpoint")] == [
        "webhook.endpoint.created",
        "webhook.endpoint.disabled",
    ]
    assert {each.webhook_delivery.status for each in office.deliveries} == {"failed", "discarded"}


def test_gone_disables_at_once_and_discards_what_waits() -> None:
    office = office_with("we_a", rate_limit=1)
    office.receiver = lambda _: {**NO, "response_status": 410}
    office.hear(*(office.event("payment.updated", f"pay_{each}") for each in range(400)))
    office.until(START + timedelta(minutes=1))
    shown = office.endpoint("we_a").webhook_endpoint
    assert (shown.status, shown.disabled_reason) == ("disabled", "gone")
    assert {each.webhook_delivery.status for each in office.deliveries} == {"discarded"}
    assert counted(office, "we_a") == recounted(office, "we_a")


def test_a_throttled_endpoint_is_left_alone_for_as_long_as_it_asks() -> None:
    office = office_with("we_a")
    seen: list[Any] = []

    def receiver(_: Json) -> Json:
        seen.append(office.now)
        return {**NO, "response_status": 429, "retry_after_seconds": 120} if len(seen) == 1 else OK

    office.receiver = receiver
    office.hear(office.event("payment.updated", "pay_1"))
    office.until(START + timedelta(seconds=1))
    office.hear(office.event("payment.updated", "pay_2"))
    office.until(START + timedelta(minutes=10))
    assert seen[1] - START >= timedelta(seconds=120)
    assert len(office.posted) == 2


def test_attempts_that_fail_together_count_as_one_probe() -> None:
    office = office_with("we_a")
    office.receiver = lambda _: NO
    office.hear(*(office.event("payment.updated", f"pay_{each}") for each in range(CALLS_MAX)))
    office.work()
    retry_at = office.endpoint("we_a").work.retry_at
    assert retry_at is not None
    assert retry_at - START == timedelta(seconds=5)
