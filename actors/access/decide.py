"""The access actor's pure half: which rule a message goes to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from actors.access import api_keys, sessions, tenancies, users
from actors.access.desk import Desk
from actors.access.keys import api_key, tenancy_key
from actors.access.rules import Rule
from actors.access.terms import Terms
from actors.runtime.decision import Asked, Decision, FellDue, Key, Message, Refused, View
from actors.runtime.refusals import Refusal
from messages.wire import in_utc_milliseconds

RULES: Final[Mapping[str, Rule]] = {**tenancies.RULES, **api_keys.RULES, **users.RULES, **sessions.RULES}


def needs(message: Message, view: View) -> set[Key]:
    """The states that the message is decided by."""
    match message:
        case Asked(command=command):
            return RULES[command.type].needs(message, view)
        case FellDue(entity=tenancies.FIRST):
            return {tenancy_key(message.tenant)}
        case FellDue(entity=entity) if entity.startswith("ses_"):
            return sessions.needs_session(message, view)
        case FellDue(entity=entity):
            return {api_key(message.tenant, entity), tenancy_key(message.tenant)}
        case _:
            return set()


def decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """All effects of one message. That LATEST was told changes nothing here."""
    desk = Desk(message.tenant, terms, view, in_utc_milliseconds(now))
    match message:
        case Asked():
            return _asked(desk, message)
        case FellDue(entity=tenancies.FIRST):
            tenancies.begin(desk)
        case FellDue(entity=entity) if entity.startswith("ses_"):
            sessions.leave(desk, entity)
        case FellDue(entity=entity):
            api_keys.rung(desk, entity)
        case _:
            pass
    return desk.decision()


def _asked(desk: Desk, message: Asked) -> Decision:
    try:
        RULES[message.command.type].decide(desk, message.command, message.data)
    except Refusal as no:
        return Decision(outcome=Refused(no.code, no.detail, no.extra))
    return desk.decision()
