"""Questions that every actor answers: what became of a command, and what was said about a payment."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
from pydantic_core import from_json

from actors.runtime.actor import Answer
from actors.runtime.resources import page
from messages.audit import AuditEntry, AuditListing
from messages.envelope import Command, Query, Reply
from messages.questions import OfPayment
from messages.wire import Json, rfc3339
from storage.inbox import audited, one_command
from storage.journal import history_of_payment
from storage.resources import PAGE_MAX

TOLD_WHOLE = ("payment", "payout", "refund", "hold", "transfer")
"""Members of an outcome's body that are a resource, not its id."""
HISTORY_BYTES = 256 * 1024
"""Of one page of a history: far below what one message may hold."""
KEPT_FOR = timedelta(days=30)


async def command(connection: asyncpg.Connection, query: Query) -> Reply:
    """`{"id"}` -> the contract's command resource, or 404."""
    row = await one_command(connection, query.tenant, str(query.params.get("id")))
    if row is None:
        return Reply(status=404, body={"code": "not_found", "detail": "There is no such command."})
    return Reply(body=_command_resource(row))


async def history(connection: asyncpg.Connection, query: Query) -> Reply:
    """A page of what was said about a payment, in order, and how much of that is not on the stream yet."""
    asked = OfPayment.model_validate(query.params)
    found = await history_of_payment(connection, query.tenant, asked.payment, asked.after, HISTORY_BYTES)
    data = [{"stream_seq": seq, "event": event} for seq, event in found.said]
    return Reply(body={"data": data, "unpublished": found.unpublished, "next": found.next})


def audit(actor: str) -> Answer:
    """What this actor was asked to do, by whom, from where, and what became of it."""

    async def answer(connection: asyncpg.Connection, query: Query) -> Reply:
        asked = AuditListing.model_validate(query.params)
        if asked.after is not None:
            at, entry = asked.after
            asked = asked.model_copy(update={"after": (at, _renamed(entry, "aud", "cmd"))})
        rows = await audited(connection, query.tenant, asked)
        limit = max(1, min(asked.limit, PAGE_MAX))
        return page((_entry(actor, row) for row in rows[:limit]), has_more=len(rows) > limit)

    return answer


def _entry(actor: str, row: asyncpg.Record) -> AuditEntry:
    return AuditEntry(
        id=_renamed(row["id"], "cmd", "aud"),
        status=row["status"],
        actor=actor,
        command=row["id"],
        type=row["type"],
        subject=row["subject"],
        principal=row["principal"],
        address=row["address"],
        correlation_id=row["correlation_id"],
        outcome_status=row["outcome_status"],
        outcome_code=row["outcome_code"],
        created_at=row["received_at"],
        finished_at=row["finished_at"],
    )


def _renamed(id_: str, before: str, after: str) -> str:
    return f"{after}_{id_.removeprefix(f'{before}_')}"


def _command_resource(row: asyncpg.Record) -> Json:
    asked = Command.model_validate_json(row["message"])
    received: datetime = row["received_at"]
    outcome = _outcome(row)
    return {
        "id": row["id"],
        "object": "command",
        "status": "refused" if row["status"] == "released" else row["status"],
        "type": row["type"],
        "idempotency_key": row["idempotency_key"],
        "first_seen_at": rfc3339(received),
        "expires_at": rfc3339(received + KEPT_FOR),
        "principal": row["principal"],
        "request": asked.request.model_dump(mode="json") if asked.request else None,
        "resource": named(outcome["body"]) if outcome else None,
        "outcome": outcome,
        "replays": row["replays"],
        "livemode": asked.livemode,
    }


def _outcome(row: asyncpg.Record) -> Json | None:
    if row["outcome_status"] is None:
        return None
    return {
        "status": row["outcome_status"],
        "body": from_json(row["outcome_body"]),
        "position": str(row["position"]) if row["position"] is not None else None,
        "at": rfc3339(row["finished_at"]),
    }


def named(body: dict[str, Any]) -> Json | None:
    """The resource that an outcome speaks of; what exists although it was refused stands whole inside the problem."""
    body = next((body[name] for name in TOLD_WHOLE if isinstance(body.get(name), dict)), body)
    return {"object": body["object"], "id": body["id"]} if "object" in body and "id" in body else None
