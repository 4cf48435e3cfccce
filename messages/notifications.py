"""The notifications actor's whole language: what it is asked for, what it says, and what it hears."""

from pydantic import RootModel

from messages import access, invoicing, mails, payments, webhooks
from messages.ledger_events import EVENTS as LEDGER_EVENTS
from messages.resource import Versioned
from messages.wire import Json, Wire

ACTOR = "notifications"


class Anything(RootModel[Json]):
    """Whatever an event tells of: it goes on as it came."""


COMMANDS: dict[str, type[Wire]] = {**webhooks.COMMANDS, **mails.COMMANDS}

EVENTS: dict[str, type[Versioned]] = {**webhooks.EVENTS, **mails.EVENTS}

_OTHERS = (payments.EVENTS, LEDGER_EVENTS, invoicing.EVENTS, access.EVENTS)

_OWN = {"ping.*", "webhook.endpoint.*"}

HEARD = tuple(sorted({f"{name.rpartition('.')[0]}.*" for events in _OTHERS for name in events} | _OWN))
"""All that others say, who is tested, and which endpoint is disabled: its owner gets a mail."""

UNDELIVERED = ("webhook.", "mail.")
"""How types begin that are in the log and the stream and never delivered: each would make the next."""
