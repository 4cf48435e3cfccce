"""`parked.retry`: an operator's wish, which every actor takes, that what was put aside be decided again.

It is a command like others, so that it is in the inbox with who asked; the runtime decides it, not the actor's rules.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from asyncpg import Connection

from actors.runtime.actor import Actor
from actors.runtime.decision import Asked, Decision, Done, Key, Message, Refused, State, View
from actors.runtime.standing import told
from messages.stuck import COMMANDS, RetryStuck, Stuck
from messages.subjects import partition_of
from storage.standing import one_standing

STUCK: Final = "stuck"


@dataclass(frozen=True, slots=True)
class StandingStill:
    """What stands still, and its row if it was put aside. Only looked up: that row is written when it is tried."""

    tenant: str
    row: int | None
    stuck: Stuck

    @property
    def key(self) -> Key:
        return Key(STUCK, self.tenant, self.stuck.id)


def taking_retries(actor: Actor) -> Actor:
    """The actor, which takes `parked.retry` as well."""
    return replace(
        actor,
        commands={**actor.commands, **COMMANDS},
        needs=partial(_needs, actor),
        decide=partial(_decide, actor),
        load=partial(_load, actor),
    )


def _needs(actor: Actor, message: Message, view: View) -> set[Key]:
    if isinstance(message, Asked) and isinstance(message.data, RetryStuck):
        return {Key(STUCK, message.tenant, message.command.subject)}
    return actor.needs(message, view)


def _decide(actor: Actor, message: Message, view: View, now: datetime) -> Decision:
    if isinstance(message, Asked) and isinstance(message.data, RetryStuck):
        return _retried(view[Key(STUCK, message.tenant, message.command.subject)])
    return actor.decide(message, view, now)


def _retried(found: StandingStill | None) -> Decision:
    """200 with the item, which is tried in a moment; that it is asked for already changes nothing."""
    if found is None:
        return Decision(outcome=Refused("not_found", "There is no such stuck item."))
    if found.row is None:
        return Decision(outcome=Refused("wrong_state", "It goes on by itself once its cause is gone."))
    if found.stuck.status == "resolved":
        return Decision(outcome=Refused("wrong_state", "It has been decided: nothing is left to be tried again."))
    retrying = found.stuck.model_copy(update={"status": "retrying"})
    return Decision(outcome=Done(200, retrying), retries=(found.row,))


async def _load(actor: Actor, connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    ours = [key for key in keys if key.kind == STUCK]
    if not ours:
        return await actor.load(connection, keys)
    states: dict[Key, State] = {}
    for key in ours:
        found = await one_standing(connection, key.tenant, partition_of(key.tenant), key.id)
        if found is not None:
            state = StandingStill(key.tenant, found.row, (await told(actor.name, connection, key.tenant, [found]))[0])
            states[state.key] = state
    others = [key for key in keys if key.kind != STUCK]
    return {**states, **(await actor.load(connection, others) if others else {})}
