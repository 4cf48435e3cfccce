"""The inbox: every command once, what became of it, and thereby the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

import asyncpg

from messages.audit import AuditListing
from messages.catalogue import MESSAGES
from storage.narrowing import newer
from storage.paging import Keys, Listed, page_of
from storage.resources import PAGE_MAX
from storage.statement import Statement, by_column, names_of, unnested

Status = Literal["running", "stuck", "done", "refused", "released"]


class InboxRow(NamedTuple):
    """A command as it came and, once there is one, its outcome. `outcome_seq` is a position in our journal."""

    id: str
    partition: int
    tenant: str
    type: str
    subject: str
    source: str
    principal: str
    correlation_id: str
    idempotency_key: str | None
    fingerprint: str | None
    message: str
    status: Status
    received_at: datetime
    outcome_status: int | None = None
    outcome_body: str | None = None
    outcome_seq: int | None = None
    finished_at: datetime | None = None


class SettledCommand(NamedTuple):
    """A new outcome for a row that is there. The last three are given when a released key is used again."""

    id: str
    status: Status
    outcome_status: int | None = None
    outcome_body: str | None = None
    outcome_seq: int | None = None
    finished_at: datetime | None = None
    fingerprint: str | None = None
    message: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class SeenCommand:
    """What the inbox knows of a command that comes again."""

    id: str
    fingerprint: str | None
    status: Status
    subject: str
    message: str
    outcome_status: int | None
    outcome_body: str | None
    position: int | None


_SEEN = """
select i.id, i.fingerprint, i.status, i.subject, i.message, i.outcome_status, i.outcome_body, p.stream_seq as position
from inbox i left join published p on p.partition = i.partition and p.journal_seq = i.outcome_seq
where i.id = any($1::text[])"""

_COLUMNS = """id text, partition smallint, tenant text, type text, subject text, source text, principal text,
correlation_id text, idempotency_key text, fingerprint text, message text, status text, received_at timestamptz,
outcome_status smallint, outcome_body text, outcome_seq bigint, finished_at timestamptz"""

_NAMES = names_of(_COLUMNS)

_INSERT = f"insert into inbox ({_NAMES}) select * from {unnested(_COLUMNS)}"

_SETTLED = """id text, status text, outcome_status smallint, outcome_body text, outcome_seq bigint,
finished_at timestamptz, fingerprint text, message text, subject text"""

_SETTLE = f"""
update inbox i set status = r.status, outcome_status = r.outcome_status, outcome_body = r.outcome_body,
    outcome_seq = r.outcome_seq, finished_at = r.finished_at, fingerprint = coalesce(r.fingerprint, i.fingerprint),
    message = coalesce(r.message, i.message), subject = coalesce(r.subject, i.subject)
from {unnested(_SETTLED)} as r({names_of(_SETTLED)})
where i.id = r.id"""

_COUNT_REPLAYS = """
update inbox i set replays = i.replays + r.times
from (select id, count(*) as times from unnest($1::text[]) as u(id) group by id) r where i.id = r.id"""

_ONE = """
select i.*, p.stream_seq as position
from inbox i left join published p on p.partition = i.partition and p.journal_seq = i.outcome_seq
where i.tenant = $1 and i.id = $2"""

LISTED: Final = Listed("inbox", at="received_at", told="type <> 'api_key.used'")
"""But for notes, which are no act of anybody."""

_COMMANDS: Final = tuple(message.name for message in MESSAGES if message.kind == "command")


async def seen_commands(pool: asyncpg.Pool, ids: Collection[str]) -> dict[str, SeenCommand]:
    """Those of the commands that have been here before."""
    rows = await pool.fetch(_SEEN, list(ids))
    return {row["id"]: SeenCommand(**dict(row)) for row in rows}


async def running_commands(pool: asyncpg.Pool, partition: int) -> dict[str, str]:
    """The commands of a partition that still wait for their outcome, as they came."""
    sql = "select id, message from inbox where partition = $1 and status = 'running'"
    return {row["id"]: row["message"] for row in await pool.fetch(sql, partition)}


async def one_command(connection: asyncpg.Connection, tenant: str, command_id: str) -> asyncpg.Record | None:
    """A command's whole row with the `position` of its outcome."""
    return await connection.fetchrow(_ONE, tenant, command_id)


async def audited(connection: asyncpg.Connection, tenant: str, asked: AuditListing) -> list[asyncpg.Record]:
    """The tenant's commands, newest first: one more than the limit if there are more.

    The page is chosen first, so that only its few messages are read. They are read as text: the address stands before
    the data, and what is quoted inside another text is escaped.
    """
    conditions = [*newer(asked, "received_at", "id")]
    limit = max(1, min(asked.limit, PAGE_MAX))
    page, args = page_of(LISTED, tenant, _keys(asked), conditions, limit + 1)
    sql = f"""
select id, status, type, subject, principal, correlation_id, outcome_status, received_at, finished_at,
       substring(split_part(message, '"data":', 1) from '"address":"([^"]+)"') as address,
       substring(outcome_body from '^\\{{"code":"([a-z_]+)"') as outcome_code
from ({page}) as page order by received_at desc, id desc"""
    return await connection.fetch(sql, *args)


def _keys(asked: AuditListing) -> Keys:
    keys = {
        "status": asked.status,
        "principal": [asked.principal] if asked.principal else [],
        "subject": [asked.subject] if asked.subject else [],
        "type": _types(asked.type) if asked.type else [],
    }
    return {column: values for column, values in keys.items() if values}


def _types(asked: str) -> list[str]:
    """Those that `payment.*` stands for; one that stands for none is one that nothing has."""
    if not asked.endswith(".*"):
        return [asked]
    return [name for name in _COMMANDS if name.startswith(asked.removesuffix("*"))] or [asked]


def insert_commands(rows: Sequence[InboxRow]) -> Statement:
    """New commands, running or with their outcome."""
    return Statement("inbox", _INSERT, by_column(rows))


def settle_commands(rows: Sequence[SettledCommand]) -> Statement:
    """Outcomes of commands that were left running, and released keys that are used again."""
    return Statement("settled", _SETTLE, by_column(rows))


def count_replays(ids: Sequence[str]) -> Statement:
    """One more answer from memory for each of these finished commands."""
    return Statement("replay", _COUNT_REPLAYS, (list(ids),))
