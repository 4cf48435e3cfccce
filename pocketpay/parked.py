"""Parked messages as an operator sees them, and the wish that they be tried again."""

import json
from typing import NamedTuple

import asyncpg
from asyncpg import Record
from pydantic_core import from_json

from messages.wire import Json, rfc3339
from pocketpay.program import StartFailed
from storage.migrate import SCHEMAS
from storage.parked import ask_to_retry, parked_message, parked_rows

SHOWN_BYTES_MAX = 4096


class Name(NamedTuple):
    """`ledger-12`: the actor and the number of the row."""

    actor: str
    row: int


def name_in(text: str) -> Name:
    """Raises StartFailed for anything that is no such name."""
    actor, _, row = text.rpartition("-")
    if actor not in SCHEMAS or not (row.isascii() and row.isdigit() and len(row) < 19):
        raise StartFailed(f"{text!r} is no parked message: they are named like {SCHEMAS[0]}-12")
    return Name(actor, int(row))


async def listed(dsn: str) -> list[Json]:
    """All that is parked, actor by actor, the oldest first."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return [_told(actor, row) for actor in SCHEMAS for row in await parked_rows(connection, actor)]
    finally:
        await connection.close(timeout=10)


async def one(dsn: str, name: Name) -> tuple[Json, bytes]:
    """A parked message and what is known of it. Raises StartFailed when it is not there (any more)."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        found = [row for row in await parked_rows(connection, name.actor) if row["id"] == name.row]
        message = await parked_message(connection, name.actor, name.row)
    finally:
        await connection.close(timeout=10)
    if not found or message is None:
        raise StartFailed(f"{name.actor}-{name.row} is not parked: `pocketpay parked list` says what is")
    return _told(name.actor, found[0]), message


async def retry(dsn: str, name: Name | None, entity: str | None) -> list[str]:
    """Asks for one, for those of an entity, or for all; the names of those that will be tried again."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        asked: list[str] = []
        for actor in [name.actor] if name else SCHEMAS:
            ids = await ask_to_retry(connection, actor, id_=name.row if name else None, entity=entity)
            asked += [f"{actor}-{id_}" for id_ in ids]
        return asked
    finally:
        await connection.close(timeout=10)


def in_lines(rows: list[Json]) -> list[str]:
    """Aligned, a line each. Escaped: no value can look like a line or reach the terminal as more than text."""
    head = ("id", "tenant", "entity", "type", "reason", "age", "tried", "with it")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def in_detail(row: Json, message: bytes) -> list[str]:
    """All that is known, then the message: indented JSON in ASCII, else its bytes."""
    lines = [f"{name:<16} {_plain(value)}" for name, value in row.items() if value is not None]
    try:
        shown = json.dumps(from_json(message), indent=2)
    except ValueError:
        shown = f"{len(message)} bytes that are no JSON: {message[:SHOWN_BYTES_MAX].hex(' ')}"
    return [*lines, "", *shown.splitlines()]


def _told(actor: str, row: Record) -> Json:
    return {
        "id": f"{actor}-{row['id']}",
        "tenant": row["tenant"],
        "entity": row["entity"],
        "type": row["type"],
        "reason": row["reason"],
        "detail": row["detail"],
        "age_seconds": round(row["age_seconds"]),
        "attempts": row["attempts"],
        "with_it": row["beside"] if row["entity"] else 0,
        "from": f"{row['stream']} {row['stream_seq']}" if row["stream"] else "the actor itself",
        "retry_asked_at": rfc3339(row["retry_asked_at"]) if row["retry_asked_at"] else None,
    }


def _cells(row: Json) -> tuple[str, ...]:
    named = (row["id"], row["tenant"] or "-", row["entity"] or "-", row["type"] or "-", row["reason"])
    return (*map(_plain, named), f"{row['age_seconds']} s", str(row["attempts"]), str(row["with_it"]))


def _plain(value: object) -> str:
    return str(value).encode("unicode_escape").decode()
