"""A small actor for the runtime's own tests: counters that may be raised, called about, and made to fail."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from asyncpg import Connection

from actors.runtime.actor import Actor, Rest
from actors.runtime.decision import (
    Asked,
    Call,
    Decision,
    Done,
    FellDue,
    Heard,
    Key,
    Message,
    Pending,
    Refused,
    Returned,
    Said,
    State,
    View,
)
from messages.envelope import About, Query, Reply
from messages.resource import Resource
from messages.wire import Json, Wire, json_of
from storage.statement import Statement

TABLE = """
create table payments.tally (
    tenant text, id text, value integer check (value < 1000000), body jsonb, primary key (tenant, id));
grant select, insert, update on payments.tally to pocketpay_payments;
"""


class Tally(Resource):
    """The resource: a value and how often it changed."""

    object: str = "tally"
    value: int = 0


class Add(Wire):
    """`tally.add`: refused beyond 100; 13 makes the rules fail; `later` rings an alarm that adds as much again."""

    amount: int
    ask_outside: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class TallyState:
    """A tally of a tenant, and the command that waits for a call."""

    tenant: str
    tally: Tally
    command_id: str | None = None

    @property
    def key(self) -> Key:
        return Key("tally", self.tenant, self.tally.id)


@dataclass
class Outside:
    """Counts what was done outside, by key; silent for the first `silences` calls."""

    silences: int = 0
    slow_seconds: float = 0
    done: dict[str, int] = field(default_factory=dict)

    async def perform(self, call_id: str, request: Json) -> Json:
        self.done[call_id] = self.done.get(call_id, 0) + 1
        await asyncio.sleep(self.slow_seconds)
        if self.done[call_id] <= self.silences:
            raise TimeoutError("nobody answers")
        return {"result": "taken", "amount": request["amount"]}


def needs(message: Message, view: View) -> set[Key]:
    """The one tally that a message is about."""
    del view
    match message:
        case Asked(data=Add(amount=14)):
            raise RuntimeError("this rule has a bug")
        case Asked(command):
            return {Key("tally", command.tenant, command.subject)}
        case Heard(event):
            return {Key("tally", event.tenant, event.subject)}
        case Returned(tenant, lane=lane):
            return {Key("tally", tenant, lane)}
        case FellDue(tenant, entity):
            return {Key("tally", tenant, entity)}
        case _:
            return set()


def decide(message: Message, view: View, now: datetime) -> Decision:
    """Adds, or says no."""
    match message:
        case Asked(data=Add(amount=77), again=False):
            return Decision(outcome=Refused("provider_unavailable", "nobody is there"))
        case Asked(command, data):
            before: TallyState | None = view[Key("tally", command.tenant, command.subject)]
            return _asked(before, command.tenant, command.subject, command.id, data, now)
        case Returned(tenant, lane=lane, result=result) if result is not None:
            state: TallyState = view[Key("tally", tenant, lane)]
            return _added(state, tenant, lane, result["amount"], now, answers=state.command_id)
        case Heard(event, data):
            return _added(view[Key("tally", event.tenant, event.subject)], event.tenant, event.subject, data.value, now)
        case FellDue(tenant, entity):
            return _added(view[Key("tally", tenant, entity)], tenant, entity, 1, now)
        case _:
            return Decision()


def _asked(before: TallyState | None, tenant: str, name: str, command_id: str, data: Add, now: datetime) -> Decision:
    if data.amount == 13:
        raise RuntimeError("this rule has a bug")
    if data.amount > 100 and data.amount < 1_000_000:
        return Decision(outcome=Refused("amount_too_large", "at most 100"))
    if data.ask_outside:
        tally = before.tally if before else Tally(id=name, created_at=now, updated_at=now, version=0)
        call = Call(f"call_{command_id}", "add", name, {"amount": data.amount})
        return Decision(states=[TallyState(tenant, tally, command_id)], calls=[call], outcome=Pending())
    return _added(
        before, tenant, name, data.amount, now, due={name: now + timedelta(seconds=0.2)} if data.later else {}
    )


def _added(
    before: TallyState | None,
    tenant: str,
    name: str,
    amount: int,
    now: datetime,
    *,
    answers: str | None = None,
    due: Mapping[str, datetime] | None = None,
) -> Decision:
    old = before.tally if before else Tally(id=name, created_at=now, updated_at=now, version=0)
    new = old.model_copy(update={"value": old.value + amount, "version": old.version + 1, "updated_at": now})
    said = Said("tally.added", new, old if old.version else None, About(payment=name))
    return Decision(
        states=[TallyState(tenant, new)],
        events=[said],
        outcome=Done(200, new),
        answers=answers,
        due=dict(due or {}),
    )


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """By tenant and id."""
    rows = await connection.fetch(
        "select tenant, id, body from tally join unnest($1::text[], $2::text[]) as k(tenant, id) using (tenant, id)",
        [key.tenant for key in keys],
        [key.id for key in keys],
    )
    states = [_state(row["tenant"], json.loads(row["body"])) for row in rows]
    return {state.key: state for state in states}


def save(states: Sequence[Any]) -> list[Statement]:
    """All in one statement."""
    rows = [
        {
            "tenant": s.tenant,
            "id": s.tally.id,
            "value": s.tally.value,
            "body": {"tally": json_of(s.tally), "command_id": s.command_id},
        }
        for s in states
    ]
    sql = """insert into tally (tenant, id, value, body) select tenant, id, value, body
        from jsonb_to_recordset($1::text::jsonb) as r(tenant text, id text, value integer, body jsonb)
        on conflict (tenant, id) do update set value = excluded.value, body = excluded.body"""
    return [Statement("tally", sql, (json.dumps(rows),))]


async def one(connection: Connection, query: Query) -> Reply:
    """`tally {"id"}`."""
    body = await connection.fetchval(
        "select body from tally where tenant = $1 and id = $2", query.tenant, query.params["id"]
    )
    return Reply(body=json.loads(body)["tally"]) if body else Reply(status=404, body={"code": "not_found"})


async def scan(connection: Connection, query: Query) -> Reply:
    """`scan {"seconds"}`: reads so long."""
    await connection.execute("select pg_sleep($1)", float(query.params["seconds"]))
    return Reply(body={})


async def long(connection: Connection, query: Query) -> Rest:
    """`long {"seconds"}`: works so long after it has read."""
    await connection.fetchval("select 1")

    async def rest() -> Reply:
        await asyncio.sleep(float(query.params["seconds"]))
        return Reply(body={})

    return rest


async def wide(connection: Connection, query: Query) -> Reply:
    """`wide {"bytes"}`: an answer of this size."""
    await connection.fetchval("select 1")
    return Reply(body={"text": "x" * int(query.params["bytes"])})


def tally_actor(outside: Outside | None = None) -> Actor:
    """It lives in the payments actor's place: its name, its schema, its rights."""
    return Actor(
        name="payments",
        commands={"tally.add": Add},
        hears={"other.said": Tally},
        needs=needs,
        decide=decide,
        load=load,
        save=save,
        perform={"add": (outside or Outside()).perform},
        queries={"tally": one, "scan": scan, "long": long, "wide": wide},
        scans={"scan"},
    )


def _state(tenant: str, body: Json) -> TallyState:
    return TallyState(tenant, Tally.model_validate(body["tally"]), body["command_id"])
