"""The invoicing actor as a value, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from actors.invoicing.decide import HEARD, decide, needs
from actors.invoicing.documents import queries as documents
from actors.invoicing.io import QUERIES, load, save
from actors.invoicing.preview_queries import preview
from actors.invoicing.terms import USUAL, Terms
from actors.runtime.actor import Actor, Performer
from actors.runtime.switching import with_switches
from messages import payments
from messages.customers import PRIVATE
from messages.invoicing import ACTOR, COMMANDS
from messages.switches import DUNNING


def invoicing(
    terms: Terms = USUAL,
    perform: Mapping[str, Performer] | None = None,
    beside: Sequence[Callable[[], Awaitable[None]]] = (),
    fonts: Path | None = None,
) -> Actor:
    """Bills by these terms; `perform` is its work outside, `fonts` a folder with further fonts for documents."""
    actor = Actor(
        name=ACTOR,
        commands=COMMANDS,
        hears={name: payments.EVENTS[name] for name in sorted(HEARD)},
        needs=needs,
        decide=partial(decide, terms),
        load=load,
        save=save,
        private=PRIVATE,
        perform=perform or {},
        queries={**QUERIES, **documents.answers(fonts), "preview": partial(preview, terms)},
        scans=frozenset({"revenue_report"}),
        beside=beside,
    )
    return with_switches(actor, (DUNNING,))
