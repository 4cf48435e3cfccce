"""The ledger, put together for the runtime."""

from actors.ledger.decide import decide, needs
from actors.ledger.io import load, save
from actors.ledger.queries import ANSWERS
from actors.runtime.actor import Actor
from messages import payments
from messages.ledger import ACTOR, COMMANDS, POSTED_EVENTS


def ledger() -> Actor:
    """Hears what must be posted, and only that."""
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        hears={name: payments.EVENTS[name] for name in sorted(POSTED_EVENTS)},
        needs=needs,
        decide=decide,
        load=load,
        save=save,
        queries=ANSWERS,
    )
