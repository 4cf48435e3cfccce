"""The past once more: one delivery, all that failed, or whatever was said between two times."""

from datetime import timedelta
from typing import Any, Final

from actors.notifications.bodies import body_of, replayed
from actors.notifications.desk import Desk
from actors.notifications.keys import (
    body_key,
    delivery_key,
    earlier_key,
    endpoint_key,
    failed_key,
    lane_id,
    lane_key,
    looked_up,
)
from actors.notifications.looks import found_by, with_found
from actors.notifications.queueing import enqueue, known, ring, stand_in_line, working
from actors.notifications.states import BodyState, DeliveryState, EndpointState, Found, ReplayWork
from actors.runtime.decision import Call, Key, View
from messages.envelope import Event
from messages.ids import derived_id
from messages.webhooks import WebhookDelivery
from messages.wire import Json, rfc3339

READ_EVENTS: Final = "read_events"
OPEN_MAX: Final = 1_000
"""Deliveries that wait at one endpoint before more of a replay is queued."""

PAGE: Final = 100
NOT_ARRIVED: Final = ("failed", "discarded")
"""Given up, or not tried to the end: `only` `failed` means both."""

PAUSE: Final = timedelta(seconds=1)


def again_needs(tenant: str, delivery: DeliveryState, view: View) -> set[Key]:
    """What it takes to queue a delivery once more: its body, its endpoint, and the last of its lane."""
    shown = delivery.webhook_delivery
    keys = {endpoint_key(tenant, shown.endpoint), body_key(tenant, shown.id)}
    return keys | lane_needs(tenant, delivery.lane, view)


def lane_needs(tenant: str, lane: str, view: View) -> set[Key]:
    """A lane, and the last delivery in it."""
    keys = {lane_key(tenant, lane)}
    state = view.get(lane_key(tenant, lane))
    if state is not None and state.webhook_lane.tail is not None:
        keys.add(delivery_key(tenant, state.webhook_lane.tail))
    return keys


def again(desk: Desk, original: DeliveryState, seed: str) -> WebhookDelivery:
    """The same event with the number that it had, marked as a replay. Its endpoint must be served thereafter."""
    before = original.webhook_delivery
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, before.endpoint))
    delivery = _replay(desk, before.endpoint, before.event, before.type, before.sequence, f"{before.id}/{seed}")
    state = original.model_copy(
        update={
            "webhook_delivery": delivery,
            "standing": "ready",
            "next": None,
            "position": endpoint.work.queued + 1,
            "first_attempt_at": None,
            "tries": 0,
            "asked": False,
            "original": before.id if before.status in NOT_ARRIVED else None,
        }
    )
    body: BodyState = desk.view[body_key(desk.tenant, before.id)]
    stand_in_line(desk, endpoint, state, replayed(body.text))
    return delivery


def go_on(desk: Desk, endpoint: EndpointState) -> None:
    """The next page of a replay, unless too much of it waits already."""
    work = endpoint.work.replay
    if work is None or work.page or not endpoint.takes:
        return
    if endpoint.work.open >= OPEN_MAX:
        ring(desk, endpoint.webhook_endpoint.id, desk.now + PAUSE)
    elif work.only == "failed":
        _failed_again(desk, endpoint, work)
    else:
        _read_on(desk, endpoint, work)


def failed_needs(tenant: str, endpoint: EndpointState | None, view: View) -> set[Key]:
    """The next page of what did not arrive, each with its lane."""
    work = endpoint.work.replay if endpoint else None
    if endpoint is None or work is None or work.only != "failed":
        return set()
    look = _failed_look(tenant, endpoint.webhook_endpoint.id, work)
    keys = with_found(view, look, delivery_key)
    for each in found_by(view, look):
        state: DeliveryState | None = view.get(delivery_key(tenant, each))
        keys |= again_needs(tenant, state, view) if state else set()
    return keys


def events_needs(tenant: str, endpoint: str, result: Json, view: View) -> set[Key]:
    """For each event that was read: whether it was delivered here before, and the last of its lane."""
    keys = {endpoint_key(tenant, endpoint)}
    for event in result["events"]:
        keys |= with_found(view, earlier_key(tenant, looked_up(endpoint, event["id"])), delivery_key, body_key)
        keys |= lane_needs(tenant, lane_id(endpoint, str(event["data"].get("object")), event["subject"]), view)
    return keys


def read(desk: Desk, endpoint_id: str, call_id: str, result: Json) -> None:
    """Queues a page of what was said, unless its replay has ended. Its endpoint must be served thereafter."""
    key = endpoint_key(desk.tenant, endpoint_id)
    before: EndpointState = desk.get(key)
    work = before.work.replay
    if work is None or work.page != call_id:
        return
    for body in result["events"]:
        _event_again(desk, endpoint_id, work.id, Event.model_validate(body))
    after = None if result["done"] else work.model_copy(update={"position": result["position"], "page": None})
    endpoint = working(desk.get(key), replay=after)
    desk.put(endpoint)
    go_on(desk, endpoint)


def _event_again(desk: Desk, endpoint_id: str, replay: str, event: Event) -> None:
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, endpoint_id))
    earlier = _earlier(desk, endpoint_id, event)
    if earlier is not None:
        if earlier.webhook_delivery.status != "pending":
            again(desk, earlier, replay)
        return
    delivery = _replay(desk, endpoint_id, event.id, event.type, None, replay)
    enqueue(desk, endpoint, event, delivery, body_of(event, endpoint_id, None, replay=True))


def _earlier(desk: Desk, endpoint_id: str, event: Event) -> DeliveryState | None:
    """None also where it was deleted, being old, while it was looked up."""
    found = found_by(desk.view, earlier_key(desk.tenant, looked_up(endpoint_id, event.id)))
    if not found or desk.get(body_key(desk.tenant, found[0])) is None:
        return None
    return desk.get(delivery_key(desk.tenant, found[0]))


def _failed_again(desk: Desk, endpoint: EndpointState, work: ReplayWork) -> None:
    look: Found | None = desk.view.get(_failed_look(desk.tenant, endpoint.webhook_endpoint.id, work))
    if look is None:
        ring(desk, endpoint.webhook_endpoint.id, desk.now + PAUSE)
        return
    position = work.position
    for id_ in look.found:
        state = known(desk, delivery_key(desk.tenant, id_))
        position = state.position
        if state.webhook_delivery.status in NOT_ARRIVED and work.from_ <= state.event_at < work.to:
            again(desk, state, work.id)
    after = work.model_copy(update={"position": position}) if look.found else None
    desk.put(working(desk.get(endpoint.key), replay=after))
    if after is not None:
        ring(desk, endpoint.webhook_endpoint.id, desk.now + PAUSE)


def _read_on(desk: Desk, endpoint: EndpointState, work: ReplayWork) -> None:
    call_id = derived_id("call", desk.now, desk.tenant, work.id, str(work.position))
    desk.put(working(endpoint, replay=work.model_copy(update={"page": call_id})))
    request: dict[str, Any] = {
        "tenant": desk.tenant,
        "types": endpoint.webhook_endpoint.types,
        "from": rfc3339(work.from_),
        "to": rfc3339(work.to),
        "after": work.position,
        "limit": PAGE,
    }
    desk.call(Call(call_id, READ_EVENTS, endpoint.webhook_endpoint.id, request))


def _failed_look(tenant: str, endpoint: str, work: ReplayWork) -> Key:
    return failed_key(tenant, looked_up(endpoint, str(work.position)))


def _replay(desk: Desk, endpoint: str, event: str, event_type: str, sequence: int | None, seed: str) -> WebhookDelivery:
    return WebhookDelivery(
        id=derived_id("del", desk.now, desk.tenant, endpoint, event, seed),
        version=0,
        endpoint=endpoint,
        event=event,
        type=event_type,
        sequence=sequence,
        replay=True,
        created_at=desk.now,
        updated_at=desk.now,
    )
