"""`fact.post`: an event that was missed is posted after all, by the rules by which it would have been."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from actors.ledger.fact_sources import source_of
from actors.ledger.facts import decide_fact, fact_needs
from actors.ledger.keys import posted_key
from actors.ledger.refusals import not_found
from actors.runtime.decision import Asked, Decision, Done, Heard, Key, Refused, View
from messages import payments
from messages.envelope import Event
from messages.ledger import FACTS
from messages.ledger_commands import PostFact

_READ: Final[Mapping[str, type[BaseModel]]] = {name: payments.EVENTS[name] for name in FACTS if name in payments.EVENTS}


def repost_needs(asked: Asked, view: View) -> set[Key]:
    """As when it is heard."""
    heard = _heard(asked)
    return fact_needs(heard, view) if heard is not None else set()


def repost(asked: Asked, view: View, now: datetime) -> Decision:
    """201 with the transaction, 200 if it was posted meanwhile. Raises CannotPost as for any fact."""
    heard = _heard(asked)
    if heard is None:
        return Decision(outcome=not_found("fact", asked.command.subject))
    known = view[posted_key(asked.tenant, source_of(heard))]
    if known is not None:
        return Decision(outcome=Done(200, known.transaction))
    decision = decide_fact(heard, view, now)
    posted = next((said.resource for said in decision.events if said.type == "ledger.transaction.posted"), None)
    if posted is None:
        return Decision(outcome=Refused("wrong_state", "That event moves no money: there is nothing to post."))
    return Decision(states=decision.states, events=decision.events, due=decision.due, outcome=Done(201, posted))


def _heard(asked: Asked) -> Heard | None:
    """The event as it would have been heard; None for another tenant's, or one that nothing is posted for."""
    wish: PostFact = asked.data
    event = Event.model_validate(wish.event)
    if event.tenant != asked.tenant or event.type not in _READ:
        return None
    return Heard(event, _READ[event.type].model_validate(event.data))
