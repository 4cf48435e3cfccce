"""The answer to `walk`: what this actor did about a request, and when."""

import asyncpg

from actors.runtime.actor import Answer
from messages.envelope import Query, Reply
from messages.walks import ENTITIES_MAX, WalkAsked, WalkStep, WalkSteps
from messages.wire import json_of
from storage.walks import calls_of, commands_of, said_of

OUTSIDE = {"payments": "provider", "notifications": "receiver"}
"""Whom an actor calls; what others call outside is a part of their own work."""


def answer(actor: str) -> Answer:
    """`WalkAsked` -> `WalkSteps`."""

    async def walk(connection: asyncpg.Connection, query: Query) -> Reply:
        asked = WalkAsked.model_validate(query.params)
        commands = await commands_of(connection, query.tenant, asked.request)
        calls = await calls_of(connection, query.tenant, asked.request)
        entities = [*dict.fromkeys([*(row["subject"] for row in commands), *asked.entities])][:ENTITIES_MAX]
        said = await said_of(connection, query.tenant, asked.request, entities) if entities else []
        steps = [
            *(_command(actor, row) for row in commands),
            *(_call(OUTSIDE.get(actor, actor), row) for row in calls),
            *(_said(actor, row) for row in said),
        ]
        known = [*dict.fromkeys([*entities, *(row["entity"] for row in said)])][:ENTITIES_MAX]
        return Reply(body=json_of(WalkSteps(data=steps, entities=known)))

    return walk


def _command(actor: str, row: asyncpg.Record) -> WalkStep:
    status = row["outcome_status"]
    return WalkStep(
        station=actor,
        message=row["type"],
        id=row["id"],
        received_at=row["received_at"],
        started_at=row["received_at"],
        finished_at=row["finished_at"],
        outcome=row["status"] if status is None else f"{row['status']} {status}",
    )


def _call(station: str, row: asyncpg.Record) -> WalkStep:
    return WalkStep(
        station=station,
        message=row["operation"],
        id=row["id"],
        received_at=row["opened_at"],
        started_at=row["opened_at"],
        finished_at=row["closed_at"],
        outcome="answered" if row["closed_at"] else "waiting",
    )


def _said(actor: str, row: asyncpg.Record) -> WalkStep:
    return WalkStep(
        station=actor,
        message=row["type"],
        id=row["id"],
        finished_at=row["recorded_at"],
        batch_size=row["batch_size"],
        outcome="said",
    )
