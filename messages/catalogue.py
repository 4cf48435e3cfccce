"""Every message there is: its subject, who sends it, who hears it, and what it holds. AsyncAPI is made from this."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from messages import access, invoicing, ledger, notifications, payments, switches
from messages.envelope import GATEWAY, Accepted, Command, Done, Event, Outcome, Query, Reply
from messages.ledger_commands import COMMANDS as LEDGER_COMMANDS
from messages.ledger_events import EVENTS as LEDGER_EVENTS
from messages.questions import QUERIES
from messages.stuck import COMMANDS as OF_EVERY_ACTOR
from messages.subjects import COMMANDS, EVENTS, heard_as, noun_and_fact

ACTORS = (payments.ACTOR, ledger.ACTOR, invoicing.ACTOR, notifications.ACTOR, access.ACTOR)

HEARS: dict[str, tuple[str, ...]] = {
    payments.ACTOR: (),
    ledger.ACTOR: tuple(sorted(ledger.FACTS)),
    invoicing.ACTOR: tuple(sorted(invoicing.HEARD)),
    notifications.ACTOR: notifications.HEARD,
    access.ACTOR: (),
}
"""Event types that an actor acts on. A gateway hears them all, for its streams."""

ASKS: dict[str, tuple[str, ...]] = {
    payments.ACTOR: ("hold.create", "hold.confirm", "hold.void", "wallet.pay", "transaction.create", "fact.post"),
    ledger.ACTOR: (),
    invoicing.ACTOR: ("payment.create", "payment.cancel", "refund.create", "revenue.recognize"),
    notifications.ACTOR: (),
    access.ACTOR: (),
}
"""Commands that an actor sends to another; their outcome comes back to it as `answer`."""

LANGUAGES = (
    (payments.ACTOR, payments.COMMANDS),
    (ledger.ACTOR, LEDGER_COMMANDS),
    (invoicing.ACTOR, invoicing.COMMANDS),
    (notifications.ACTOR, notifications.COMMANDS),
    (access.ACTOR, access.COMMANDS),
)
"""Which commands each actor takes."""

SAID = (
    (payments.ACTOR, payments.EVENTS),
    (ledger.ACTOR, LEDGER_EVENTS),
    (invoicing.ACTOR, invoicing.EVENTS),
    (notifications.ACTOR, notifications.EVENTS),
    (access.ACTOR, access.EVENTS),
)
"""Which events each actor says."""

OF_ACTORS = ("fact.post", "wallet.pay", "revenue.recognize", "invariant.report")
"""Commands that no gateway sends."""

ANSWER = "answer"

Kind = Literal["command", "event", "query", "reply"]


@dataclass(frozen=True, slots=True)
class Message:
    """`subject` has its parameters in braces; `stream` keeps it, or None for what is gone once it is heard.

    `data` is what the envelope's member for it holds, `answer` the body that answers a query.
    """

    kind: Kind
    name: str
    subject: str
    stream: str | None
    senders: tuple[str, ...]
    hearers: tuple[str, ...]
    envelope: type[BaseModel]
    data: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None

    @property
    def member(self) -> str:
        """Where the envelope holds `data`."""
        return "params" if self.kind == "query" else "data"


def _askers(command: str) -> tuple[str, ...]:
    """By whom a command is sent today; one that nobody sends yet has none."""
    senders = [asker for asker in ACTORS if command in ASKS[asker]]
    if command not in OF_ACTORS:
        senders.insert(0, GATEWAY)
    return tuple(senders)


def _asked_by(asker: str) -> tuple[str, ...]:
    """Whose answers it hears."""
    return tuple(actor for actor, known in LANGUAGES if any(name in known for name in ASKS[asker]))


def commands() -> Iterator[Message]:
    """What may be asked of an actor, and the answers to what an actor asked."""
    for actor, language in LANGUAGES:
        of_switches = switches.COMMANDS if actor in switches.OWNERS else {}
        for name, model in {**language, **of_switches, **OF_EVERY_ACTOR}.items():
            subject = f"pocketpay.command.{{tenant}}.{actor}.{name.replace('.', '-')}.{{entity}}"
            yield Message("command", name, subject, COMMANDS, _askers(name), (actor,), Command, model)
    for asker in ACTORS:
        if asked := _asked_by(asker):
            subject = f"pocketpay.command.{{tenant}}.{asker}.{ANSWER}.{{entity}}"
            yield Message("command", ANSWER, subject, COMMANDS, asked, (asker,), Command, Outcome)


def events() -> Iterator[Message]:
    """What is said once it is committed; the gateway hears all of it."""
    for actor, language in SAID:
        for name, model in language.items():
            noun, fact = noun_and_fact(name)
            subject = f"pocketpay.event.{{tenant}}.{noun}.{fact}.{{entity}}"
            hearers = (GATEWAY, *(other for other in ACTORS if heard_as(name, HEARS[other])))
            senders = (actor,) if actor in ACTORS else ()
            yield Message("event", name, subject, EVENTS, senders, hearers, Event, model)


def queries() -> Iterator[Message]:
    """What the gateway asks and no journal keeps."""
    for actor, questions in QUERIES.items():
        for name, question in questions.items():
            subject = f"pocketpay.query.{actor}.{name}"
            yield Message(
                "query",
                f"{actor}.{name}",
                subject,
                None,
                (GATEWAY,),
                (actor,),
                Query,
                question.params,
                question.body,
            )


def replies() -> Iterator[Message]:
    """What the gateway that waits for a command's outcome is told."""
    for name, envelope in (("accepted", Accepted), ("done", Done)):
        yield Message("reply", name, "pocketpay.reply.{gateway}.{attempt}", None, ACTORS, (GATEWAY,), envelope)


MESSAGES: tuple[Message, ...] = (*commands(), *events(), *queries(), *replies())

ENVELOPES: tuple[type[BaseModel], ...] = (Command, Event, Query, Reply, Accepted, Done, Outcome)
