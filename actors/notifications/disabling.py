"""An endpoint that takes no more: by wish, because it is gone, or because nothing arrived for days."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Literal

from actors.notifications.desk import Desk
from actors.notifications.directory import unlist
from actors.notifications.keys import delivery_key, endpoint_key, lane_key
from actors.notifications.queueing import known, ring, working
from actors.notifications.states import DeliveryState, EndpointState, LaneState
from messages.webhooks import WebhookEndpoint

SOON: Final = timedelta(milliseconds=100)

Reason = Literal["by_user", "gone", "failing"]


def disable(desk: Desk, endpoint: EndpointState, reason: Reason) -> WebhookEndpoint:
    """Nothing is queued or begun from now on, and a replay ends; what waits is discarded, page by page."""
    before = endpoint.webhook_endpoint
    after = before.model_copy(
        update={
            "status": "disabled",
            "disabled_reason": reason,
            "disabled_at": desk.now,
            "updated_at": desk.now,
            "version": before.version + 1,
        }
    )
    desk.put(working(endpoint, replay=None).model_copy(update={"webhook_endpoint": after}))
    unlist(desk, after.id)
    desk.say("webhook.endpoint.disabled", after, before)
    discard_soon(desk, endpoint)
    return after


def discard_soon(desk: Desk, endpoint: EndpointState) -> None:
    """The alarm by which what is open is looked at."""
    if endpoint.work.open:
        ring(desk, endpoint.webhook_endpoint.id, desk.now + SOON)


def discard(desk: Desk, endpoint_id: str, deliveries: Iterable[str]) -> None:
    """Those that are not just being tried; what becomes of the others is told by their attempt."""
    for id_ in deliveries:
        delivery = known(desk, delivery_key(desk.tenant, id_))
        if delivery.standing not in ("calling", "over"):
            _discard(desk, delivery)
    discard_soon(desk, desk.get(endpoint_key(desk.tenant, endpoint_id)))


def _discard(desk: Desk, delivery: DeliveryState) -> None:
    before = delivery.webhook_delivery
    moved = {"status": "discarded", "next_attempt_at": None, "finished_at": desk.now, "updated_at": desk.now}
    after = before.model_copy(update={**moved, "version": before.version + 1})
    endpoint: EndpointState = desk.get(endpoint_key(desk.tenant, before.endpoint))
    work = endpoint.work
    missing = work.missing + (delivery.original is None and before.sequence is not None)
    ready = work.ready - (delivery.standing == "ready")
    desk.put(working(endpoint, open=work.open - 1, ready=ready, missing=missing))
    desk.put(delivery.model_copy(update={"webhook_delivery": after, "standing": "over", "next": None}))
    _empty(desk, delivery)
    desk.say("webhook.delivery.discarded", after, before if before.version else None)


def _empty(desk: Desk, delivery: DeliveryState) -> None:
    """All of the lane is discarded, so it is empty once its last one is."""
    lane: LaneState | None = desk.get(lane_key(desk.tenant, delivery.lane))
    if lane is not None and lane.webhook_lane.tail == delivery.webhook_delivery.id:
        emptied = lane.webhook_lane.model_copy(update={"tail": None})
        desk.put(lane.model_copy(update={"webhook_lane": emptied}))
