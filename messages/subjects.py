"""Subjects and streams. Six tokens each, the tenant third, so that permissions and filters go by prefix.

    pocketpay.command.<tenant>.<actor>.<verb>.<entity>
    pocketpay.event.<tenant>.<noun>.<fact>.<entity>
    pocketpay.latest.<tenant>.<noun>.<id>
    pocketpay.parked.<tenant>.<actor>.<reason>
    pocketpay.query.<actor>.<name>
    pocketpay.reply.<gateway>.<attempt>

The streams store the tenant's partition in place of the entity (a subject transform at ingest): a million distinct
stored subjects would cost the server hundreds of megabytes. Live subscribers still see the entity.
"""

from collections.abc import Container
from typing import Final

from messages.ids import is_token

PARTITIONS: Final = 8
COMMANDS: Final = "COMMANDS"
EVENTS: Final = "EVENTS"
LATEST: Final = "LATEST"
PARKED: Final = "PARKED"


def _join(*tokens: str) -> str:
    for token in tokens:
        if not is_token(token):
            raise ValueError(f"{token!r} cannot stand in a subject")
    return ".".join(("pocketpay", *tokens))


def noun_and_fact(event_type: str) -> tuple[str, str]:
    """`ledger.transaction.posted` is said of the noun `ledger-transaction`."""
    *noun, fact = event_type.split(".")
    return "-".join(noun), fact


def type_of(noun: str, fact: str) -> str:
    """The event type behind the noun and fact of a subject."""
    return f"{noun.replace('-', '.')}.{fact}"


def command_subject(tenant: str, command_type: str, actor: str, entity: str) -> str:
    """`payment.create` to the payments actor: the verb is the type's last word with its noun before it."""
    return _join("command", tenant, actor, command_type.replace(".", "-"), entity)


def event_subject(tenant: str, event_type: str, entity: str) -> str:
    """Where an event of this tenant is said."""
    return _join("event", tenant, *noun_and_fact(event_type), entity)


def latest_subject(tenant: str, noun: str, id_: str) -> str:
    """Where the last word on something is kept."""
    return _join("latest", tenant, noun, id_)


def parked_subject(tenant: str, actor: str, reason: str) -> str:
    """Where a copy of a message that could not be read or decided is said."""
    return _join("parked", tenant, actor, reason)


def query_subject(actor: str, name: str) -> str:
    """Request and reply, shared by all processes of the actor."""
    return _join("query", actor, name)


def reply_subject(gateway: str, attempt: str) -> str:
    """Where the gateway that waits hears of one attempt."""
    return _join("reply", gateway, attempt)


def commands_of(actor: str, partition: int) -> str:
    """The filter, on stored subjects, of one partition's commands."""
    return f"pocketpay.command.*.{actor}.*.{partition}"


def events_of(pattern: str, partition: int) -> str:
    """The filter, on stored subjects, of one partition's events; the pattern is a type or ends in `.*`."""
    noun, fact = noun_and_fact(pattern)
    return f"pocketpay.event.*.{noun}.{fact}.{partition}"


def heard_as(event_type: str, patterns: Container[str]) -> str | None:
    """The pattern by which an event is heard: its type, or its noun with `.*`; None: it is not."""
    if event_type in patterns:
        return event_type
    every = f"{event_type.rpartition('.')[0]}.*"
    return every if every in patterns else None


def tenant_events(tenant: str) -> str:
    """The filter of everything that one tenant may see; no other tenant's subject can match it."""
    return _join("event", tenant) + ".>"


def partition_of(tenant: str) -> int:
    """The tenant's partition, as nats-server's `partition(8, …)` computes it: FNV-1a over the token, modulo."""
    digest = 0x811C9DC5
    for byte in tenant.encode():
        digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
    return digest % PARTITIONS
