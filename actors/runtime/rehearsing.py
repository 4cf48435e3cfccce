"""`rehearse`: the turns that would be taken, on what the tables say and what the earlier ones would have changed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

import asyncpg
from pydantic_core import from_json, to_json

from actors.runtime.actor import Actor, Rest
from actors.runtime.batch import Item, Turn, memory_after
from actors.runtime.decision import FellDue, Key, Returned, State, Stored
from actors.runtime.memory import Memory, States
from actors.runtime.reading import Cause, Letter, from_alarm, from_call
from actors.runtime.turn import decide_turn
from messages import rehearsals
from messages.envelope import Query, Reply
from messages.rehearsals import Called, CallOver, Concluded, Rehearse, Rehearsed, Rung
from messages.subjects import partition_of
from messages.wire import Json, in_utc_milliseconds, json_of, rfc3339
from storage.partition import Holding, database_time
from storage.work import OpenCall


async def rehearse(actor: Actor, pool: asyncpg.Pool, _: asyncpg.Connection, query: Query) -> Rest:
    """As an answer to a query; the turns borrow connections of their own, one after the other."""
    return partial(_answered, actor, pool, query)


async def _answered(actor: Actor, pool: asyncpg.Pool, query: Query) -> Reply:
    asked = Rehearse.model_validate(query.params)
    now = asked.now or in_utc_milliseconds(await database_time(pool))
    turns = await _turns(actor, pool, query.tenant, asked, now)
    return Reply(body=json_of(_shown(actor, turns[-asked.fresh :], now)))


async def _turns(actor: Actor, pool: asyncpg.Pool, tenant: str, asked: Rehearse, now: datetime) -> list[Turn]:
    """One message a turn, as they would come: what the one changed, the next one's needs can see."""
    memory = Memory(Holding(partition_of(tenant), 0, 0, {}, {}, 0, now), States())
    changed: dict[Key, State | None] = {}
    turns: list[Turn] = []
    for item in asked.items:
        turn = await decide_turn(actor, memory, pool, [_incoming(tenant, item)], now, look_up=False)
        changed |= turn.states
        memory = replace(memory_after(memory, turn), ahead=dict(changed))
        turns.append(turn)
    return turns


def _incoming(tenant: str, item: rehearsals.Item) -> Item:
    match item:
        case rehearsals.Letter(stream=stream, message=message):
            return Letter(stream, 0, to_json(message))
        case CallOver():
            returned = Returned(tenant, item.call_id, item.operation, item.lane, item.command_id, item.result)
            return from_call(returned, Cause(item.correlation_id, item.command_id, item.principal))
        case Rung(entity=entity, at=at):
            return from_alarm(FellDue(tenant, entity, at))


def _shown(actor: Actor, turns: Iterable[Turn], now: datetime) -> Rehearsed:
    shown = Rehearsed(now=now)
    for turn in turns:
        effects = turn.effects
        shown.said.extend(
            rehearsals.Letter.model_validate({"stream": row.stream, "message": from_json(row.message)})
            for row in effects.journal
        )
        shown.calls.extend(_called(actor, call) for call in effects.calls)
        shown.concluded.extend(
            Concluded(command_id=told.command_id, status=told.status, body=from_json(told.body or "{}"))
            for told in (result.told for result in effects.results)
            if told.status is not None
        )
        shown.stuck.extend(
            rehearsals.Undecided(actor=actor.name, step=row.type or row.reason, reason=row.detail)
            for row in turn.parked
        )
        shown.rung.extend(Rung(entity=alarm.entity, at=alarm.due_at) for alarm in effects.alarms_due())
        for kind, resource in _made(actor, turn.states.values(), now):
            shown.kept.setdefault(kind, []).append(resource)
    return shown


def _made(actor: Actor, states: Iterable[State], now: datetime) -> Iterator[tuple[str, Json]]:
    """What there was not before this rehearsal."""
    for state in states:
        kind = state.key.kind
        if kind in actor.shows and isinstance(state, Stored):
            resource = json_of(state)[kind]
            if resource["created_at"] == rfc3339(now):
                yield kind, resource


def _called(actor: Actor, call: OpenCall) -> Called:
    request, foreseen = from_json(call.request), actor.foresees.get(call.operation)
    over = None
    if foreseen is not None:
        over = CallOver(
            call_id=call.id,
            operation=call.operation,
            lane=call.lane,
            command_id=call.command_id,
            principal=call.principal,
            correlation_id=call.correlation_id,
            result=foreseen(call.id, request),
        )
    return Called(operation=call.operation, request=request, over=over)
