"""The ledger, put together for the runtime."""

from functools import partial

from actors.ledger.decide import decide, needs
from actors.ledger.io import load, save
from actors.ledger.log import Signer
from actors.ledger.queries import ANSWERS, SCANS
from actors.runtime.actor import Actor
from messages import invoicing, payments
from messages.ledger import ACTOR, FACTS
from messages.ledger_commands import COMMANDS

REMEMBERED = frozenset({"account", "gate", "hold", "period", "transfer", "tree", "wallet"})
"""Kinds found only under the key by which they are saved. A posted transaction is saved under what it was posted for,
and found under its id as well; the currencies of a path follow from its accounts."""


def ledger(signer: Signer) -> Actor:
    """Hears what must be posted, and only that."""
    said = {**payments.EVENTS, **invoicing.EVENTS}
    return Actor(
        name=ACTOR,
        commands=COMMANDS,
        hears={name: said[name] for name in sorted(FACTS)},
        needs=needs,
        decide=partial(decide, signer),
        load=load,
        save=save,
        queries=ANSWERS,
        scans=SCANS,
        remembers=REMEMBERED,
    )
