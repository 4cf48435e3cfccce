"""Which rule a message is for."""

from datetime import datetime

from actors.ledger import closing, holds
from actors.ledger.balances import CannotPost
from actors.ledger.facts import decide_fact, fact_needs
from actors.runtime.decision import Asked, Decision, FellDue, Heard, Key, Message, Refused, View
from messages.wire import in_utc_milliseconds


def needs(message: Message, view: View) -> set[Key]:
    """The states that the message is decided by."""
    match message:
        case Heard():
            return fact_needs(message)
        case FellDue(tenant=tenant, entity=entity):
            return closing.closing_needs(tenant, entity, "expired", view)
        case Asked(command=command):
            match command.type:
                case "hold.create":
                    return holds.create_needs(message)
                case "hold.confirm":
                    return closing.closing_needs(command.tenant, command.subject, "confirmed", view)
                case _:
                    return closing.closing_needs(command.tenant, command.subject, "voided", view)
        case _:
            return set()


def decide(message: Message, view: View, now: datetime) -> Decision:
    """Raises CannotPost or another ValueError for a fact that contradicts the books; requests are refused."""
    now = in_utc_milliseconds(now)
    match message:
        case Heard():
            return decide_fact(message, view, now)
        case FellDue():
            return closing.expire(message, view, now)
        case Asked():
            try:
                return _answer(message, view, now)
            except CannotPost as no:
                return Decision(outcome=Refused(no.code, no.detail))
        case _:
            return Decision()


def _answer(asked: Asked, view: View, now: datetime) -> Decision:
    match asked.command.type:
        case "hold.create":
            return holds.create(asked, view, now)
        case "hold.confirm":
            return closing.confirm(asked, view, now)
        case "hold.void":
            return closing.void(asked, view, now)
        case other:
            raise ValueError(f"the ledger has no command {other}")
