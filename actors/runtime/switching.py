"""An actor with switches: it takes `switch.set`, answers `switches`, and its rules see what is off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from asyncpg import Connection

from actors.runtime.actor import Actor
from actors.runtime.decision import Asked, Decision, Key, Message, State, View
from actors.runtime.resources import whole
from actors.runtime.switches import KIND, SwitchesState, switches_key, turned
from messages.envelope import Query, Reply
from messages.switches import COMMANDS, SetSwitch, Switch, Switches
from storage.statement import Statement
from storage.switches import load_switches, save_switches


def with_switches(actor: Actor, names: Sequence[str]) -> Actor:
    """The actor, with these switches of each tenant."""
    return replace(
        actor,
        commands={**actor.commands, **COMMANDS},
        needs=partial(_needs, actor),
        decide=partial(_decide, actor, names),
        load=partial(_load, actor),
        save=partial(_save, actor),
        queries={**actor.queries, "switches": partial(_answer, names)},
    )


def _needs(actor: Actor, message: Message, view: View) -> set[Key]:
    ours = {switches_key(message.tenant)}
    if isinstance(message, Asked) and isinstance(message.data, SetSwitch):
        return ours
    return actor.needs(message, view) | ours


def _decide(actor: Actor, names: Sequence[str], message: Message, view: View, now: datetime) -> Decision:
    if isinstance(message, Asked) and isinstance(message.data, SetSwitch):
        return turned(names, message.command, message.data, view, now)
    return actor.decide(message, view, now)


async def _load(actor: Actor, connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    tenants = {key.tenant for key in keys if key.kind == KIND}
    if not tenants:
        return await actor.load(connection, keys)
    rows = await load_switches(connection, tenants)
    states = [
        SwitchesState.model_validate_json(rows[tenant]) if tenant in rows else SwitchesState(tenant=tenant)
        for tenant in tenants
    ]
    others = [key for key in keys if key.kind != KIND]
    found = await actor.load(connection, others) if others else {}
    return {**found, **{state.key: state for state in states}}


def _save(actor: Actor, states: Sequence[State]) -> list[Statement]:
    ours = [state for state in states if isinstance(state, SwitchesState)]
    others = [state for state in states if not isinstance(state, SwitchesState)]
    saved = [save_switches([(state.tenant, state.model_dump_json()) for state in ours])] if ours else []
    return [*saved, *(actor.save(others) if others else [])]


async def _answer(names: Sequence[str], connection: Connection, query: Query) -> Reply:
    rows = await load_switches(connection, [query.tenant])
    known = SwitchesState.model_validate_json(rows[query.tenant]).switches if rows else {}
    return whole(Switches(data=[known.get(name) or Switch(name=name) for name in names]))
