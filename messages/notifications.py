"""The notifications actor's whole language: what it is asked for, what it says, and what it hears."""

from pydantic import RootModel

from messages import mails, webhooks
from messages.resource import Versioned
from messages.wire import Json, Wire

ACTOR = "notifications"


class Anything(RootModel[Json]):
    """Whatever an event tells of: it goes on as it came."""


COMMANDS: dict[str, type[Wire]] = {**webhooks.COMMANDS, **mails.COMMANDS}

EVENTS: dict[str, type[Versioned]] = {**webhooks.EVENTS, **mails.EVENTS}

UNDELIVERED = ("webhook.", "mail.")
"""How the types of events begin that are in the log and the stream, and never delivered: each would make the next."""
