"""The queue of an endpoint: deliveries about one resource stay in order, those about others overtake.

A delivery stands in a lane of its endpoint and resource. Only the first of a lane is tried; it lets the next one on
when it is over. What is tried counts against the endpoint's window, its rate limit and its breaker.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from actors.notifications.desk import Desk
from actors.notifications.keys import delivery_key, endpoint_key, lane_id, lane_key
from actors.notifications.pacing import CALLS_MAX, is_open, paced
from actors.notifications.states import (
    Body,
    BodyState,
    DeliveryState,
    EndpointState,
    EndpointWork,
    Lane,
    LaneState,
    Standing,
)
from actors.runtime.decision import Call, Key
from actors.runtime.switches import off
from messages.envelope import Event
from messages.ids import derived_id
from messages.switches import WEBHOOKS
from messages.webhooks import WebhookDelivery

DELIVER: Final = "deliver"
LOOK_AGAIN: Final = timedelta(milliseconds=200)
WHILE_OFF: Final = timedelta(seconds=15)
"""How often it is looked whether webhooks are on again."""


def known(desk: Desk, key: Key) -> DeliveryState:
    """A delivery that another one names. Raises KeyError when there is none: nothing is decided then."""
    state = desk.get(key)
    if state is None:
        raise KeyError(key)
    return state


def working(endpoint: EndpointState, **fields: object) -> EndpointState:
    """With these fields of its queue changed."""
    return endpoint.model_copy(update={"work": endpoint.work.model_copy(update=fields)})


def room(work: EndpointWork, now: datetime) -> int:
    """How many attempts may begin now, but for the rate limit."""
    if work.retry_at is not None and now < work.retry_at:
        return 0
    return max(0, (1 if is_open(work.failures) else CALLS_MAX) - len(work.calling))


def enqueue(desk: Desk, endpoint: EndpointState, event: Event, delivery: WebhookDelivery, text: str) -> DeliveryState:
    """At the end of its lane. The endpoint must be served thereafter."""
    key = lane_key(desk.tenant, lane_id(delivery.endpoint, str(event.data.get("object")), event.subject))
    state = DeliveryState(
        tenant=desk.tenant,
        webhook_delivery=delivery,
        standing="ready",
        lane=key.id,
        position=endpoint.work.queued + 1,
        event_at=event.time,
    )
    return stand_in_line(desk, endpoint, state, text)


def stand_in_line(desk: Desk, endpoint: EndpointState, state: DeliveryState, text: str) -> DeliveryState:
    """Behind the last of its lane, or ready if there is none. Its body is kept beside it."""
    body = Body(id=state.webhook_delivery.id, created_at=desk.now)
    desk.put(BodyState(tenant=desk.tenant, webhook_body=body, text=text))
    key, work = lane_key(desk.tenant, state.lane), endpoint.work
    lane: LaneState | None = desk.get(key)
    tail = lane.webhook_lane.tail if lane else None
    if tail is not None:
        last = known(desk, delivery_key(desk.tenant, tail))
        desk.put(last.model_copy(update={"next": state.webhook_delivery.id}))
        state = state.model_copy(update={"standing": "behind"})
    desk.put(state)
    _put_lane(desk, key, lane, state.webhook_delivery.id)
    ready = work.ready + (state.standing == "ready")
    desk.put(working(endpoint, queued=work.queued + 1, open=work.open + 1, ready=ready))
    return state


def serve(desk: Desk, endpoint_id: str, candidates: Iterable[str]) -> None:
    """Begins as many of the candidates as may begin, in their order, and sees to it that the rest is looked at."""
    key, held = endpoint_key(desk.tenant, endpoint_id), off(desk.view, desk.tenant, WEBHOOKS)
    for candidate in _in_turn(desk, key, candidates):
        endpoint: EndpointState = desk.get(key)
        delivery = known(desk, delivery_key(desk.tenant, candidate))
        if held or not endpoint.takes or room(endpoint.work, desk.now) == 0:
            break
        if delivery.standing != "ready":
            continue
        may, until = paced(endpoint.work.paced_until, endpoint.webhook_endpoint.rate_limit, desk.now)
        if not may:
            break
        _begin(desk, working(endpoint, paced_until=until), delivery)
    _look_again(desk, desk.get(key))


def _in_turn(desk: Desk, key: Key, candidates: Iterable[str]) -> Iterable[str]:
    """As they come; through an open breaker whoever was tried least, for the oldest may be what is never taken."""
    endpoint: EndpointState = desk.get(key)
    if not is_open(endpoint.work.failures):
        return candidates
    return sorted(candidates, key=lambda each: known(desk, delivery_key(desk.tenant, each)).tries)


def ring(desk: Desk, endpoint_id: str, at: datetime) -> None:
    """The endpoint is looked at then, or before: its one alarm is never put off, whatever else is waited for."""
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, endpoint_id))
    before = endpoint.work.rings_at
    if before is None or not desk.now < before <= at:
        desk.put(working(endpoint, rings_at=at))
        desk.ring(endpoint_id, at)


def leave(desk: Desk, delivery: DeliveryState, **fields: object) -> None:
    """It is over, whatever became of it: the next of its lane is ready. Its endpoint must be served thereafter."""
    over: dict[str, object] = {"standing": "over", "next": None}
    desk.put(delivery.model_copy(update={**over, **fields}))
    key = lane_key(desk.tenant, delivery.lane)
    lane: LaneState = desk.get(key)
    if delivery.next is None:
        if lane.webhook_lane.tail == delivery.webhook_delivery.id:
            _put_lane(desk, key, lane, None)
        return
    behind = known(desk, delivery_key(desk.tenant, delivery.next))
    if behind.standing == "behind":
        stand(desk, behind, "ready")


def stand(desk: Desk, delivery: DeliveryState, standing: Standing, **fields: object) -> None:
    """Moves a delivery that is open, and counts it. It has a time of its own as long as it rests, and no longer."""
    key = endpoint_key(desk.tenant, delivery.webhook_delivery.endpoint)
    endpoint: EndpointState = desk.get(key)
    moved = (standing == "ready") - (delivery.standing == "ready")
    if moved:
        desk.put(working(endpoint, ready=endpoint.work.ready + moved))
    moved_on = delivery.model_copy(update={"standing": standing, **fields})
    if standing != "resting":
        shown = moved_on.webhook_delivery.model_copy(update={"next_attempt_at": None})
        moved_on = moved_on.model_copy(update={"webhook_delivery": shown})
    desk.put(moved_on)


def _begin(desk: Desk, endpoint: EndpointState, delivery: DeliveryState) -> None:
    resource, shown = delivery.webhook_delivery, endpoint.webhook_endpoint
    desk.put(working(endpoint, calling=[*endpoint.work.calling, resource.id]))
    stand(desk, delivery, "calling")
    request = {
        "tenant": desk.tenant,
        "delivery": resource.id,
        "event": resource.event,
        "endpoint": shown.id,
        "url": shown.url,
        "secret_versions": _signing(endpoint, desk.now),
    }
    call_id = derived_id("call", desk.now, desk.tenant, resource.id, str(delivery.tries))
    desk.call(Call(call_id, DELIVER, resource.id, request))


def _signing(endpoint: EndpointState, now: datetime) -> list[int]:
    """The newest secret first; the one before signs too until it expires."""
    shown = endpoint.webhook_endpoint
    both = shown.secret_expires_at is not None and now < shown.secret_expires_at
    return [shown.secret_version, *([shown.secret_version - 1] if both else [])]


def _look_again(desk: Desk, endpoint: EndpointState) -> None:
    """Something is ready and nothing that is being tried will come back for it: the endpoint's alarm does."""
    work = endpoint.work
    if not endpoint.takes or work.ready == 0:
        return
    if off(desk.view, desk.tenant, WEBHOOKS):
        ring(desk, endpoint.webhook_endpoint.id, desk.now + WHILE_OFF)
    elif work.retry_at is not None and desk.now < work.retry_at:
        ring(desk, endpoint.webhook_endpoint.id, work.retry_at)
    elif room(work, desk.now) > 0:
        may, at = paced(work.paced_until, endpoint.webhook_endpoint.rate_limit, desk.now)
        ring(desk, endpoint.webhook_endpoint.id, desk.now + LOOK_AGAIN if may else at)


def _put_lane(desk: Desk, key: Key, lane: LaneState | None, tail: str | None) -> None:
    state = lane or LaneState(tenant=desk.tenant, webhook_lane=Lane(id=key.id, created_at=desk.now))
    desk.put(state.model_copy(update={"webhook_lane": state.webhook_lane.model_copy(update={"tail": tail})}))
