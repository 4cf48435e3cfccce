"""What an event leads to: a delivery to every endpoint that wants it, and perhaps a mail."""

from collections.abc import Sequence

from actors.notifications import readers
from actors.notifications.bodies import body_of
from actors.notifications.desk import Desk
from actors.notifications.directory import hearers
from actors.notifications.keys import (
    delivery_key,
    directory_key,
    endpoint_key,
    lane_id,
    lane_key,
    looked_up,
    mail_key,
    reader_key,
    ready_key,
)
from actors.notifications.looks import found_by, with_found
from actors.notifications.mail_rules import FORGETTING, SOON, mail_id, queue_mail
from actors.notifications.queueing import enqueue, room, serve
from actors.notifications.readers import OF_CUSTOMERS
from actors.notifications.states import EndpointState
from actors.notifications.wanted import ERASED, LATE, PING, MailWish, wanted
from actors.runtime.decision import Heard, Key, View
from messages.envelope import Event
from messages.ids import derived_id
from messages.notifications import UNDELIVERED
from messages.webhooks import WebhookDelivery


def heard_needs(heard: Heard, view: View) -> set[Key]:
    """The directory, then the queues of those that want it, each with the last of its lane and what is ready there."""
    tenant, event = heard.tenant, heard.event
    keys = {directory_key(tenant)}
    wish = wanted(event)
    if wish is not None:
        keys.add(mail_key(tenant, mail_id(tenant, event, wish)))
    reader = _reader(event, wish)
    if reader is not None:
        keys.add(reader_key(tenant, reader))
    for endpoint in _to(view, tenant, event):
        keys |= {endpoint_key(tenant, endpoint), lane_key(tenant, _lane(endpoint, event))}
        lane = view.get(lane_key(tenant, _lane(endpoint, event)))
        if lane is not None and lane.webhook_lane.tail is not None:
            keys.add(delivery_key(tenant, lane.webhook_lane.tail))
        keys |= ready_needed(tenant, endpoint, event.id, view)
    return keys


def ready_needed(tenant: str, endpoint: str, why: str, view: View) -> set[Key]:
    """What is ready at an endpoint, if anything is; the look is good for this one cause."""
    state: EndpointState | None = view.get(endpoint_key(tenant, endpoint))
    if state is None or state.work.ready == 0:
        return set()
    return with_found(view, ready_key(tenant, looked_up(endpoint, why)), delivery_key)


def ready_at(desk: Desk, endpoint: str, why: str) -> Sequence[str]:
    """What the look found, oldest first."""
    return found_by(desk.view, ready_key(desk.tenant, looked_up(endpoint, why)))


def heard(desk: Desk, message: Heard) -> None:
    """Queues the event wherever it is wanted."""
    event = message.event
    for endpoint in _to(desk.view, desk.tenant, event):
        state: EndpointState | None = desk.get(endpoint_key(desk.tenant, endpoint))
        if state is not None and state.takes:
            _deliver(desk, state, event)
    _mail(desk, event)
    if event.type.startswith(OF_CUSTOMERS):
        readers.keep(desk, event)
    if event.type == ERASED:
        desk.ring(f"{FORGETTING}{event.subject}", desk.now + SOON)


def _mail(desk: Desk, event: Event) -> None:
    wish = wanted(event)
    if wish is None or desk.now - event.time > LATE:
        return
    reader = _reader(event, wish)
    if readers.may_read(desk.get(reader_key(desk.tenant, reader)) if reader else None, event, wish):
        queue_mail(desk, event, wish)


def _reader(event: Event, wish: MailWish | None) -> str | None:
    if event.type.startswith(OF_CUSTOMERS):
        return event.subject
    return event.customer_id if wish is not None and wish.addressee == "customer" else None


def _deliver(desk: Desk, state: EndpointState, event: Event) -> None:
    before = state.webhook_endpoint
    sequence = before.last_sequence + 1
    state = state.model_copy(update={"webhook_endpoint": before.model_copy(update={"last_sequence": sequence})})
    id_ = derived_id("del", desk.now, desk.tenant, before.id, event.id)
    delivery = WebhookDelivery(
        id=id_,
        version=0,
        endpoint=before.id,
        event=event.id,
        type=event.type,
        sequence=sequence,
        created_at=desk.now,
        updated_at=desk.now,
        livemode=event.livemode,
    )
    enqueue(desk, state, event, delivery, body_of(event, before.id, sequence, replay=False))
    if room(state.work, desk.now):
        serve(desk, before.id, [*ready_at(desk, before.id, event.id), id_])


def _to(view: View, tenant: str, event: Event) -> list[str]:
    """A ping goes to the endpoint that is tested alone."""
    if event.type == PING:
        return [str(event.data.get("endpoint"))]
    if event.type.startswith(UNDELIVERED):
        return []
    return hearers(view.get(directory_key(tenant)), event.type)


def _lane(endpoint: str, event: Event) -> str:
    return lane_id(endpoint, str(event.data.get("object")), event.subject)
