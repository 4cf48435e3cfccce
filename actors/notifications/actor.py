"""The notifications actor as a value, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final

from actors.notifications.decide import decide, needs
from actors.notifications.io import QUERIES, load, save
from actors.notifications.terms import NO_MAILS, Terms
from actors.runtime.actor import Actor, Performer
from actors.runtime.switching import with_switches
from messages.notifications import ACTOR, COMMANDS, HEARD, Anything
from messages.switches import MAILS, WEBHOOKS

REMEMBERED: Final = frozenset(
    {"webhook_directory", "webhook_endpoint", "webhook_lane", "webhook_delivery", "mail_reader"}
)
"""What an event leads to is looked up again and again; what the tables are asked anew each time is not among them."""


def notifications(
    terms: Terms = NO_MAILS,
    perform: Mapping[str, Performer] | None = None,
    beside: Sequence[Callable[[], Awaitable[None]]] = (),
) -> Actor:
    """Tells endpoints and people by these terms; `perform` is its work outside."""
    actor = Actor(
        name=ACTOR,
        commands=COMMANDS,
        hears=dict.fromkeys(HEARD, Anything),
        needs=needs,
        decide=partial(decide, terms),
        load=load,
        save=save,
        remembers=REMEMBERED,
        perform=perform or {},
        queries=QUERIES,
        beside=beside,
        shows=frozenset({"webhook_delivery", "mail"}),
    )
    return with_switches(actor, (WEBHOOKS, MAILS))
