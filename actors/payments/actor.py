"""The payments actor as a value, for the runtime to drive."""

from functools import partial

from actors.payments.decide import decide, needs
from actors.payments.io import QUERIES, load, performers, save
from actors.payments.provider import Provider
from actors.payments.states import Terms
from actors.runtime.actor import Actor
from messages.payments import ACTOR, COMMANDS


def payments(provider: Provider) -> Actor:
    """Payments and refunds through this provider."""
    terms = Terms(provider=provider.name, default_method=provider.default_method, keeps_open=provider.keeps_open)
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        needs=needs,
        decide=partial(decide, terms),
        load=load,
        save=save,
        perform=performers(provider),
        queries=QUERIES,
        checks={"provider": provider.ping},
    )
