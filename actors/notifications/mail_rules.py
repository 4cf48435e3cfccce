"""A mail's life: queued with the event, sent, tried again, bounced or suppressed; forgotten when a person is."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from actors.notifications.desk import Desk
from actors.notifications.keys import mail_key
from actors.notifications.states import MailState
from actors.notifications.wanted import MailWish
from actors.runtime.decision import Call
from actors.runtime.switches import off
from messages.envelope import Event
from messages.ids import derived_id, named_id
from messages.mails import Mail
from messages.switches import MAILS
from messages.wire import Json

SEND: Final = "send_mail"
FORGETTING: Final = "forget:"
"""Begins the entity that rings until all mails to an erased customer are forgotten."""

SOON: Final = timedelta(milliseconds=100)

RESTS_SECONDS: Final = (10, 60, 300, 900, 3_600, 3_600, 14_400, 14_400, 43_200, 86_400)
"""After each temporary failure; after two days it is given up (RFC 5321, 4.5.4.1, would wait four or five)."""

WHILE_OFF: Final = timedelta(seconds=60)
"""How often it is looked whether mails are on again."""

ERASED: Final = "The customer was erased."

ATTEMPTS_MAX: Final = len(RESTS_SECONDS) + 1


def mail_id(tenant: str, event: Event, wish: MailWish) -> str:
    """One mail per event, however often it is heard. An invoice that is opened by being sent is told of once."""
    cause = event.causation_id if wish.template == "invoice" and event.causation_id else event.id
    return named_id("mail", tenant, cause, wish.resource, wish.template)


def queue_mail(desk: Desk, event: Event, wish: MailWish) -> None:
    """Unless nobody wants such mails, or it is there."""
    key = mail_key(desk.tenant, mail_id(desk.tenant, event, wish))
    unwanted = wish.template not in desk.terms.mails
    nobody = wish.addressee == "seller" and not desk.terms.seller_has_mail
    if unwanted or nobody or desk.get(key) is not None:
        return
    mail = Mail(
        id=key.id,
        template=wish.template,
        addressee=wish.addressee,
        customer_id=event.customer_id if wish.addressee == "customer" else None,
        event=event.id,
        event_type=event.type,
        resource=wish.resource,
        created_at=desk.now,
        updated_at=desk.now,
        livemode=event.livemode,
    )
    state = MailState(tenant=desk.tenant, mail=mail, about=event.data, said_at=event.time)
    desk.say("mail.queued", mail)
    desk.put(_sending(desk, state))


def rung(desk: Desk, state: MailState) -> None:
    """It has rested long enough."""
    if state.mail.status == "queued" and not state.sending:
        desk.put(_sending(desk, state))


def came_back(desk: Desk, state: MailState, result: Json) -> None:
    """What became of an attempt."""
    state = state.model_copy(update={"sending": False})
    if result["result"] != "later":
        _over(desk, state, result["result"], result)
    elif state.attempts < ATTEMPTS_MAX and not state.forgotten:
        desk.ring(state.mail.id, desk.now + timedelta(seconds=RESTS_SECONDS[state.attempts - 1]))
        desk.put(state)
    else:
        _over(desk, state, "failed", result)


def forget(desk: Desk, customer_id: str, mails: Sequence[str]) -> None:
    """Who was mailed, under which subject and of what is forgotten, page by page; that there was a mail is not.

    What was still to go out has nobody to go to.
    """
    for id_ in mails:
        state: MailState = desk.view[mail_key(desk.tenant, id_)]
        state = state.model_copy(update={"recipient": None, "headline": None, "about": {}, "forgotten": True})
        if state.mail.status == "queued" and not state.sending:
            desk.ring(id_, None)
            _over(desk, state, "failed", {"detail": ERASED})
        else:
            desk.put(state)
    if mails:
        desk.ring(f"{FORGETTING}{customer_id}", desk.now + SOON)


def _over(desk: Desk, state: MailState, status: str, result: Json) -> None:
    before = state.mail
    moved: dict[str, Any] = {"status": status, "error": result.get("detail"), "updated_at": desk.now}
    if status == "sent":
        moved["sent_at"] = desk.now
    after = before.model_copy(update={**moved, "version": before.version + 1})
    desk.say(f"mail.{status}", after, before)
    desk.put(state.model_copy(update={"mail": after, "about": {}, **_addressed(state, result)}))


def _addressed(state: MailState, result: Mapping[str, Any]) -> dict[str, object]:
    if state.forgotten:
        return {}
    return {"recipient": result.get("to"), "headline": result.get("subject")}


def _sending(desk: Desk, state: MailState) -> MailState:
    """On its way; or it waits, while an operator has mails off, and no attempt counts."""
    mail = state.mail
    if off(desk.view, desk.tenant, MAILS):
        desk.ring(mail.id, desk.now + WHILE_OFF)
        return state
    request = {
        "tenant": desk.tenant,
        "mail": mail.id,
        "template": mail.template,
        "addressee": mail.addressee,
        "customer_id": mail.customer_id,
        "said_at": state.said_at.isoformat(),
        "about": state.about,
    }
    call_id = derived_id("call", desk.now, desk.tenant, mail.id, str(state.attempts))
    desk.call(Call(call_id, SEND, mail.id, request))
    return state.model_copy(update={"sending": True, "attempts": state.attempts + 1})
