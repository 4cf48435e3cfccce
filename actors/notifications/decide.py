"""The notifications actor's pure half: which rule a message goes to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from actors.notifications import endpoints, mail_rules, suppressing
from actors.notifications.desk import Desk
from actors.notifications.disabling import discard
from actors.notifications.hearing import heard, heard_needs, ready_at, ready_needed
from actors.notifications.keys import (
    delivery_key,
    directory_key,
    endpoint_key,
    lane_key,
    looked_up,
    mail_key,
    mails_key,
    open_key,
    suppression_key,
)
from actors.notifications.looks import found_by, with_found
from actors.notifications.mail_rules import FORGETTING, SEND, forget
from actors.notifications.outcomes import came_back
from actors.notifications.queueing import DELIVER, serve, stand, working
from actors.notifications.replaying import READ_EVENTS, events_needs, failed_needs, go_on, read
from actors.notifications.rules import Rule
from actors.notifications.states import DeliveryState, EndpointState
from actors.notifications.suppressing import bounced, suppress, suppression_id
from actors.notifications.terms import Terms
from actors.notifications.waking import wake, waking_needs
from actors.runtime.decision import Asked, Decision, FellDue, Heard, Key, Message, Refused, Returned, View
from actors.runtime.refusals import Refusal
from messages.wire import in_utc_milliseconds

RULES: Final[Mapping[str, Rule]] = {**endpoints.RULES, **suppressing.RULES}


def needs(message: Message, view: View) -> set[Key]:
    """The states that the message is decided by."""
    match message:
        case Asked(command=command):
            return RULES[command.type].needs(message, view)
        case Heard():
            return heard_needs(message, view)
        case FellDue():
            return _due_needs(message, view)
        case Returned():
            return _returned_needs(message, view)
        case _:
            return set()


def decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message."""
    desk = Desk(message.tenant, terms, view, in_utc_milliseconds(now))
    match message:
        case Asked():
            return _asked(desk, message)
        case Heard():
            heard(desk, message)
        case FellDue():
            _rung(desk, message)
        case Returned(result=result) if result is not None:
            _returned(desk, message)
        case _:
            pass
    return desk.decision()


def _asked(desk: Desk, message: Asked) -> Decision:
    try:
        RULES[message.command.type].decide(desk, message.command, message.data)
    except Refusal as no:
        return Decision(outcome=Refused(no.code, no.detail, no.extra))
    return desk.decision()


def _due_needs(message: FellDue, view: View) -> set[Key]:
    tenant, entity, why = message.tenant, message.entity, message.at.isoformat()
    if entity.startswith(FORGETTING):
        return with_found(view, mails_key(tenant, _forget_look(message)), mail_key)
    if entity.startswith("mail_"):
        return {mail_key(tenant, entity)}
    if entity.startswith("del_"):
        delivery: DeliveryState | None = view.get(delivery_key(tenant, entity))
        more = _served_needs(tenant, delivery.webhook_delivery.endpoint, why, view) if delivery else set[Key]()
        return {delivery_key(tenant, entity)} | more
    state: EndpointState | None = view.get(endpoint_key(tenant, entity))
    keys = _served_needs(tenant, entity, why, view) | failed_needs(tenant, state, view)
    keys |= waking_needs(tenant, state, why, view)
    if state is not None and not state.takes:
        keys |= _open_needs(tenant, entity, why, view)
    return keys


def _open_needs(tenant: str, endpoint: str, why: str, view: View) -> set[Key]:
    look = open_key(tenant, looked_up(endpoint, why))
    keys = with_found(view, look, delivery_key)
    for each in found_by(view, look):
        state: DeliveryState | None = view.get(delivery_key(tenant, each))
        keys |= {lane_key(tenant, state.lane)} if state else set()
    return keys


def _served_needs(tenant: str, endpoint: str, why: str, view: View) -> set[Key]:
    return {endpoint_key(tenant, endpoint)} | ready_needed(tenant, endpoint, why, view)


def _rung(desk: Desk, message: FellDue) -> None:
    entity, why = message.entity, message.at.isoformat()
    if entity.startswith(FORGETTING):
        found = found_by(desk.view, mails_key(desk.tenant, _forget_look(message)))
        forget(desk, entity.removeprefix(FORGETTING), found)
    elif entity.startswith("mail_"):
        mail = desk.get(mail_key(desk.tenant, entity))
        if mail is not None:
            mail_rules.rung(desk, mail)
    elif entity.startswith("del_"):
        _rested(desk, entity, why)
    else:
        _endpoint_rung(desk, entity, why)


def _rested(desk: Desk, delivery_id: str, why: str) -> None:
    delivery: DeliveryState | None = desk.get(delivery_key(desk.tenant, delivery_id))
    if delivery is not None and delivery.standing == "resting":
        stand(desk, delivery, "ready")
        endpoint = delivery.webhook_delivery.endpoint
        serve(desk, endpoint, [*ready_at(desk, endpoint, why), delivery_id])


def _endpoint_rung(desk: Desk, endpoint_id: str, why: str) -> None:
    state: EndpointState | None = desk.get(endpoint_key(desk.tenant, endpoint_id))
    if state is None:
        return
    state = working(state, rings_at=None)
    desk.put(state)
    if not state.takes:
        discard(desk, endpoint_id, found_by(desk.view, open_key(desk.tenant, looked_up(endpoint_id, why))))
        return
    go_on(desk, state)
    woken = wake(desk, endpoint_id, why)
    serve(desk, endpoint_id, [*ready_at(desk, endpoint_id, why), *woken])


def _returned_needs(message: Returned, view: View) -> set[Key]:
    tenant = message.tenant
    if message.result is None:
        return set()
    if message.operation == SEND:
        hashed = message.result.get("address_hash")
        more = {suppression_key(tenant, suppression_id(None, hashed))} if hashed else set[Key]()
        return {mail_key(tenant, message.lane)} | more
    if message.operation == READ_EVENTS:
        more = ready_needed(tenant, message.lane, message.call_id, view)
        return events_needs(tenant, message.lane, message.result, view) | more
    return _delivery_needs(message, view)


def _delivery_needs(message: Returned, view: View) -> set[Key]:
    """It, its lane and what stands behind it, what it made good, its endpoint, what is ready there, the directory."""
    tenant, key = message.tenant, delivery_key(message.tenant, message.lane)
    delivery: DeliveryState | None = view.get(key)
    if delivery is None:
        return {key}
    others = [each for each in (delivery.next, delivery.original) if each is not None]
    keys = {key, lane_key(tenant, delivery.lane), *(delivery_key(tenant, each) for each in others)}
    keys.add(directory_key(tenant))  # an endpoint that is gone leaves it
    return keys | _served_needs(tenant, delivery.webhook_delivery.endpoint, message.call_id, view)


def _returned(desk: Desk, message: Returned) -> None:
    result = message.result or {}
    if message.operation == SEND:
        _mailed(desk, message)
    elif message.operation == READ_EVENTS:
        read(desk, message.lane, message.call_id, result)
        serve(desk, message.lane, ready_at(desk, message.lane, message.call_id))
    elif message.operation == DELIVER:
        delivery: DeliveryState | None = desk.get(delivery_key(desk.tenant, message.lane))
        if delivery is not None and delivery.standing == "calling":
            behind, endpoint = delivery.next, delivery.webhook_delivery.endpoint
            came_back(desk, delivery, result)
            serve(desk, endpoint, [*ready_at(desk, endpoint, message.call_id), *([behind] if behind else [])])


def _mailed(desk: Desk, message: Returned) -> None:
    state = desk.get(mail_key(desk.tenant, message.lane))
    result = message.result or {}
    if state is None or not state.sending:
        return
    mail_rules.came_back(desk, state, result)
    if result["result"] == "bounced" and result.get("address_hash"):
        suppress(desk, bounced(result["address_hash"]))


def _forget_look(message: FellDue) -> str:
    return looked_up(message.entity.removeprefix(FORGETTING), message.at.isoformat())
