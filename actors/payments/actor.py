"""The payments actor as a value, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from actors.payments.decide import decide
from actors.payments.io import QUERIES, load, performers, save
from actors.payments.needs import needs
from actors.payments.provider import Provider
from actors.payments.states import Terms
from actors.runtime.actor import Actor
from actors.runtime.decision import Decision, Message, View
from health.metrics import EVENTS_SWEPT
from messages.payments import ACTOR, COMMANDS
from messages.provider_events import ProviderAccount, account_entity

Beside = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Of whose account (a tenant's) all events are asked for, how often, and how old they must be by then.

    Balance transactions need only be `book_after_seconds` old: no webhook tells of them.
    """

    account: str
    seconds: int = 30
    after_seconds: int = 60
    book_after_seconds: int = 10


def payments(provider: Provider, sweep: Sweep | None = None, beside: Sequence[Beside] = ()) -> Actor:
    """Payments, refunds, payouts and disputes through this provider."""
    terms = Terms(provider=provider.name, default_method=provider.default_method, keeps_open=provider.keeps_open)
    if sweep is not None:
        ages = {"sweep_after_seconds": sweep.after_seconds, "book_after_seconds": sweep.book_after_seconds}
        terms = terms.model_copy(update={"sweep_seconds": sweep.seconds, **ages})
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        needs=needs,
        decide=partial(_decide, terms),
        load=load,
        save=save,
        perform=performers(provider),
        queries=QUERIES,
        checks={"provider": provider.ping},
        wakes=[(sweep.account, account_entity(provider.name))] if sweep else (),
        beside=beside,
    )


def _decide(terms: Terms, message: Message, view: View, now: datetime) -> Decision:
    """Counts what a sweep found; a turn that the database refuses is decided, and so counted, once more."""
    decision = decide(terms, message, view, now)
    for said in decision.events:
        if isinstance(said.resource, ProviderAccount) and isinstance(said.before, ProviderAccount):
            EVENTS_SWEPT.inc(said.resource.events_swept - said.before.events_swept)
    return decision
