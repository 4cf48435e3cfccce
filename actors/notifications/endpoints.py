"""What a tenant may wish of its webhook endpoints. Where they may lie is checked at the door and at every attempt."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from actors.notifications.desk import Desk
from actors.notifications.directory import enlist, is_full, unlist
from actors.notifications.disabling import disable, discard_soon
from actors.notifications.keys import body_key, delivery_key, directory_key, endpoint_key
from actors.notifications.queueing import serve, working
from actors.notifications.replaying import again, again_needs, go_on
from actors.notifications.rules import Rule
from actors.notifications.states import DeliveryState, EndpointState, ReplayWork
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.labels import merged_metadata
from actors.runtime.refusals import Refusal, found, invalid, must_match, wrong_state
from messages.envelope import Command
from messages.ids import derived_id
from messages.webhooks import (
    ENDPOINTS_MAX,
    CreateEndpoint,
    DeletedEndpoint,
    DeleteEndpoint,
    DisableEndpoint,
    EnableEndpoint,
    EndpointChanges,
    Ping,
    Replay,
    ReplayDelivery,
    ReplayRange,
    RotateSecret,
    TestEndpoint,
    UpdateEndpoint,
    WebhookEndpoint,
)

REPLAY_MAX: Final = timedelta(days=31)


def needs_endpoint(asked: Asked, view: View) -> set[Key]:
    """It, and the directory."""
    _ = view
    return {endpoint_key(asked.tenant, asked.command.subject), directory_key(asked.tenant)}


def needs_delivery(asked: Asked, view: View) -> set[Key]:
    """It, and what it takes to queue it once more."""
    key = delivery_key(asked.tenant, asked.command.subject)
    state: DeliveryState | None = view.get(key)
    return {key} | (again_needs(asked.tenant, state, view) if state else set())


def create(desk: Desk, command: Command, wish: CreateEndpoint) -> None:
    """201."""
    if desk.get(endpoint_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"There is a webhook endpoint {command.subject} already.")
    if is_full(desk):
        raise Refusal("quota_exceeded", f"At most {ENDPOINTS_MAX} webhook endpoints can be enabled.")
    endpoint = WebhookEndpoint(
        id=command.subject,
        url=wish.url,
        types=wish.types,
        description=wish.description,
        rate_limit=wish.rate_limit,
        metadata=dict(wish.metadata),
        created_at=desk.now,
        updated_at=desk.now,
        livemode=command.livemode,
    )
    desk.put(EndpointState(tenant=desk.tenant, webhook_endpoint=endpoint))
    enlist(desk, endpoint.id, endpoint.types)
    desk.say("webhook.endpoint.created", endpoint)
    desk.answer(Done(201, endpoint))


def update(desk: Desk, command: Command, wish: UpdateEndpoint) -> None:
    """200. A new address is called from the next attempt on, also for what waits."""
    state = endpoint_of(desk, command)
    before = state.webhook_endpoint
    must_match(before.version, wish.if_match)
    changes = EndpointChanges.model_validate(wish.changes)
    sent: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    for name in ("url", "types", "rate_limit"):
        if name in sent and sent[name] is None:
            raise invalid(f"/{name}", "wrong_type", f"{name} cannot be removed.")
    if "metadata" in sent:
        sent["metadata"] = merged_metadata(before.metadata, sent["metadata"])
    moved = {name: value for name, value in sent.items() if getattr(before, name) != value}
    if moved:
        before = _told(desk, state, "webhook.endpoint.updated", moved)
        if "types" in moved and state.takes:
            enlist(desk, before.id, before.types)
    desk.answer(Done(200, before))


def rotate(desk: Desk, command: Command, wish: RotateSecret) -> None:
    """200. Until `secret_expires_at` the secret before signs too."""
    state = endpoint_of(desk, command)
    version = state.webhook_endpoint.secret_version + 1
    expires_at = desk.now + timedelta(seconds=wish.overlap_seconds)
    fields = {"secret_version": version, "secret_expires_at": expires_at}
    desk.answer(Done(200, _told(desk, state, "webhook.endpoint.secret_rotated", fields)))


def enable(desk: Desk, command: Command, wish: EnableEndpoint) -> None:
    """200. It begins with what is said from now on, and no failure is held against it."""
    _ = wish
    state = endpoint_of(desk, command)
    if state.takes:
        desk.answer(Done(200, state.webhook_endpoint))
        return
    if state.work.open:
        detail = "What waited for it is just being discarded. Ask again in a moment."
        raise Refusal("outcome_pending", detail)
    if is_full(desk):
        raise Refusal("quota_exceeded", f"At most {ENDPOINTS_MAX} webhook endpoints can be enabled.")
    state = working(state, failures=0, retry_at=None, paced_until=None)
    fields = {"status": "enabled", "disabled_reason": None, "disabled_at": None, "failing_since": None}
    after = _told(desk, state, "webhook.endpoint.enabled", fields)
    enlist(desk, after.id, after.types)
    desk.answer(Done(200, after))


def disable_it(desk: Desk, command: Command, wish: DisableEndpoint) -> None:
    """200."""
    _ = wish
    state = endpoint_of(desk, command)
    shown = disable(desk, state, "by_user") if state.takes else state.webhook_endpoint
    desk.answer(Done(200, shown))


def delete(desk: Desk, command: Command, wish: DeleteEndpoint) -> None:
    """200."""
    _ = wish
    state = endpoint_of(desk, command)
    state = working(state, replay=None).model_copy(update={"deleted": True})
    _told(desk, state, "webhook.endpoint.deleted", {})
    unlist(desk, command.subject)
    discard_soon(desk, state)
    desk.answer(Done(200, DeletedEndpoint(id=command.subject)))


def test(desk: Desk, command: Command, wish: TestEndpoint) -> None:
    """202 with the ping, which is said to all and delivered to this endpoint alone."""
    _ = wish
    state = endpoint_of(desk, command)
    _must_take(state, "tested")
    ping = Ping(id=derived_id("ping", desk.now, desk.tenant, command.id), endpoint=command.subject)
    desk.say("ping.sent", ping)
    desk.answer(Done(202, ping))


def replay(desk: Desk, command: Command, wish: ReplayRange) -> None:
    """202 with the replay that has begun."""
    state = endpoint_of(desk, command)
    _must_take(state, "replayed to")
    to = wish.to or desk.now
    if to <= wish.from_:
        raise invalid("/to", "too_small", "`to` must lie after `from`.")
    if to - wish.from_ > REPLAY_MAX:
        raise Refusal("range_too_large", f"At most {REPLAY_MAX.days} days can be replayed at a time.")
    if state.work.replay is not None:
        raise Refusal("outcome_pending", "A replay to this endpoint is under way.")
    id_ = derived_id("rpl", desk.now, desk.tenant, command.id)
    work = ReplayWork(id=id_, from_=wish.from_, to=to, only=wish.only)
    state = working(state, replay=work)
    desk.put(state)
    go_on(desk, state)
    begun = {"id": id_, "endpoint": command.subject, "from": work.from_, "to": to, "only": work.only}
    desk.answer(Done(202, Replay.model_validate({**begun, "created_at": desk.now})))


def replay_one(desk: Desk, command: Command, wish: ReplayDelivery) -> None:
    """201 with the new delivery. One that is deleted may still be remembered: its text is not."""
    _ = wish
    original: DeliveryState = found(desk, delivery_key(desk.tenant, command.subject))
    if desk.get(body_key(desk.tenant, command.subject)) is None:
        raise Refusal("not_found", f"There is no webhook delivery {command.subject}.")
    endpoint = found(desk, endpoint_key(desk.tenant, original.webhook_delivery.endpoint))
    _must_take(endpoint, "replayed to")
    delivery = again(desk, original, command.id)
    serve(desk, delivery.endpoint, [delivery.id])
    desk.answer(Done(201, delivery))


def endpoint_of(desk: Desk, command: Command) -> EndpointState:
    """Raises Refusal for one that is not there, or no more."""
    state: EndpointState = found(desk, endpoint_key(desk.tenant, command.subject))
    if state.deleted:
        raise Refusal("not_found", f"There is no webhook endpoint {command.subject}.")
    return state


def _must_take(state: EndpointState, verb: str) -> None:
    if not state.takes:
        raise wrong_state("webhook_endpoint", state.webhook_endpoint.id, "disabled", verb, ["enabled"])


def _told(desk: Desk, state: EndpointState, event: str, fields: Mapping[str, object]) -> WebhookEndpoint:
    before = state.webhook_endpoint
    moved = {**fields, "updated_at": desk.now, "version": before.version + 1}
    after = before.model_copy(update=moved)
    desk.put(state.model_copy(update={"webhook_endpoint": after}))
    desk.say(event, after, before)
    return after


RULES: Final[Mapping[str, Rule]] = {
    "webhook_endpoint.create": Rule(needs_endpoint, create),
    "webhook_endpoint.update": Rule(needs_endpoint, update),
    "webhook_endpoint.delete": Rule(needs_endpoint, delete),
    "webhook_endpoint.rotate_secret": Rule(needs_endpoint, rotate),
    "webhook_endpoint.test": Rule(needs_endpoint, test),
    "webhook_endpoint.enable": Rule(needs_endpoint, enable),
    "webhook_endpoint.disable": Rule(needs_endpoint, disable_it),
    "webhook_endpoint.replay": Rule(needs_endpoint, replay),
    "webhook_delivery.replay": Rule(needs_delivery, replay_one),
}
