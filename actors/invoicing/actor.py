"""The invoicing actor as a value, for the runtime to drive."""

from functools import partial

from actors.invoicing.decide import HEARD, decide, needs
from actors.invoicing.io import QUERIES, load, save
from actors.invoicing.terms import Terms
from actors.runtime.actor import Actor
from messages import payments
from messages.invoicing import ACTOR, COMMANDS


def invoicing(terms: Terms | None = None) -> Actor:
    """Bills by these terms."""
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        hears={name: payments.EVENTS[name] for name in sorted(HEARD)},
        needs=needs,
        decide=partial(decide, terms or Terms()),
        load=load,
        save=save,
        queries=QUERIES,
    )
