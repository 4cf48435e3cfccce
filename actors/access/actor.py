"""The access actor as a value, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from actors.access.decide import decide, needs
from actors.access.io import QUERIES, load, save
from actors.access.logging_in import Doorkeeper
from actors.access.tenancies import FIRST
from actors.access.terms import NO_TENANTS, Terms
from actors.runtime.actor import Actor, Performer
from messages.access import ACTOR, COMMANDS, PRIVATE


def access(
    terms: Terms = NO_TENANTS,
    perform: Mapping[str, Performer] | None = None,
    beside: Sequence[Callable[[], Awaitable[None]]] = (),
) -> Actor:
    """Keeps who may ask; `perform` tells gateways of it."""
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        needs=needs,
        decide=partial(decide, terms),
        load=load,
        save=save,
        private=PRIVATE,
        perform=perform or {},
        queries={**QUERIES, "log_in": Doorkeeper().log_in},
        wakes=[(tenant, FIRST) for tenant in terms.tenants],
        beside=beside,
    )
