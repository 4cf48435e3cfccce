"""The monitor tells the ledger which of its rules are broken, until the ledger has written it down."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import nats
from asyncpg import Connection
from nats.aio.client import Client
from nats.errors import Error as NatsError
from structlog.stdlib import get_logger

from actors.ledger.chart import class_of
from messages.envelope import GATEWAY, Command
from messages.ids import command_id, is_token, new_id
from messages.ledger import ACTOR
from messages.ledger_commands import ReportInvariant
from messages.subjects import COMMANDS, command_subject
from messages.wire import Json, json_of
from pocketpay.embedded.nats_users import MONITOR, inbox
from storage import rounds
from storage.breaches import Breach

PUBLISH_SECONDS = 5.0
REPORTS_PER_LOOK_MAX = 100
AGAIN_SECONDS = 15.0
AGAIN_SECONDS_MAX = 600.0
COMMAND_LIFE = timedelta(days=1)
DETAIL_CHARACTERS_MAX = 500
ACCOUNTS_MAX = 100

_log = get_logger()

Titled = tuple[str, str]
Key = tuple[str, str]
"""Tenant and invariant."""


class Sent(NamedTuple):
    """When a command was last sent, by `time.monotonic`, and after how long it will be again."""

    at: float
    patience_seconds: float


@dataclass
class Reporter:
    """Without a URL it tells nobody."""

    nats_url: str | None
    client: Client | None = None
    sent: dict[str, Sent] = field(default_factory=dict)


def reports(found: Mapping[Titled, Iterable[Breach]]) -> dict[Key, ReportInvariant]:
    """One per tenant and invariant that is broken."""
    grouped: defaultdict[Key, list[tuple[str, Breach]]] = defaultdict(list)
    for (id_, title), breaches in found.items():
        for breach in breaches:
            if breach.tenant is not None and is_token(breach.tenant):
                grouped[breach.tenant, id_].append((title, breach))
    return {key: _report(of_one) for key, of_one in grouped.items()}


def _report(found: list[tuple[str, Breach]]) -> ReportInvariant:
    details = sorted({breach.detail for _, breach in found})
    known = {path: class_of(path) for _, breach in found for path in breach.accounts}
    paths = sorted((not row.freezable, path) for path, row in known.items() if row is not None)
    return ReportInvariant(
        title=found[0][0],
        figure=len(found),
        detail="; ".join(details[:3])[:DETAIL_CHARACTERS_MAX].replace("\0", ""),
        accounts=[path for _, path in paths[:ACCOUNTS_MAX]],
    )


async def report(
    reporter: Reporter, connection: Connection, broken: Mapping[Key, ReportInvariant], *, whole: bool
) -> None:
    """Sends what the ledger has not written down yet; silence is tried again at a later look. Never raises for NATS.

    Only when the `whole` of the books was looked at, what is not broken is said to hold again.
    What the ledger wrote down is the one memory of it, so that nothing is forgotten when the monitor begins anew.
    """
    if reporter.nats_url is None:
        return
    told = await rounds.told(connection)
    waiting = [
        command
        for key in {*broken, *(told if whole else ())}
        if (command := _command(key, broken.get(key), told.get(key)))
    ]
    now = time.monotonic()
    reporter.sent = {command.id: reporter.sent[command.id] for command in waiting if command.id in reporter.sent}
    due = [command for command in waiting if _is_due(reporter.sent.get(command.id), now)]
    if not due:
        return
    try:
        async with asyncio.timeout(PUBLISH_SECONDS):
            client = await _connected(reporter)
            for command in due[:REPORTS_PER_LOOK_MAX]:
                await _publish(client, command)
                before = reporter.sent.get(command.id)
                patience = min(2 * before.patience_seconds, AGAIN_SECONDS_MAX) if before else AGAIN_SECONDS
                reporter.sent[command.id] = Sent(now, patience)
    except (NatsError, OSError, TimeoutError) as error:
        _log.warning("invariants.not_reported", error=repr(error), waiting=len(due))


def _command(key: Key, now: ReportInvariant | None, told: tuple[int, Json] | None) -> Command | None:
    """None where the ledger knows it already. The same change always has the same id, and is decided once."""
    tenant, id_ = key
    version, known = told or (0, None)
    if now is None:
        if known is None or known["status"] == "restored":
            return None
        now = ReportInvariant(title=known["title"], figure=0, detail="It holds again.")
    elif known is not None and all(known[name] == getattr(now, name) for name in ("figure", "detail", "accounts")):
        return None
    what = sha256(now.model_dump_json().encode()).hexdigest()
    moment = datetime.now(UTC)
    return Command(
        id=command_id(tenant, ACTOR, f"invariant {id_} {version} {what}"),
        type="invariant.report",
        actor=ACTOR,
        tenant=tenant,
        subject=id_,
        principal="system:monitor",
        source=GATEWAY,
        correlation_id=f"invariant_{id_}_{version}",
        time=moment,
        expires_at=moment + COMMAND_LIFE,
        data=json_of(now),
    )


def _is_due(sent: Sent | None, now: float) -> bool:
    return sent is None or now - sent.at > sent.patience_seconds


async def _publish(client: Client, command: Command) -> None:
    subject = command_subject(command.tenant, command.type, command.actor, command.subject)
    headers = {"Nats-Msg-Id": f"{command.id}/{new_id('att')}", "Nats-Expected-Stream": COMMANDS}
    body = command.model_dump_json().encode()
    await client.jetstream(timeout=PUBLISH_SECONDS).publish(subject, body, headers=headers)
    _log.warning("invariant.reported", tenant=command.tenant, invariant=command.subject, figure=command.data["figure"])


async def _connected(reporter: Reporter) -> Client:
    if reporter.client is not None and not reporter.client.is_closed:
        return reporter.client
    assert reporter.nats_url is not None
    reporter.client = await nats.connect(
        reporter.nats_url,
        name="pocketpay-monitor",
        inbox_prefix=inbox(MONITOR),
        connect_timeout=2,
        max_reconnect_attempts=-1,
        allow_reconnect=True,
        error_cb=_heard,
    )
    return reporter.client


async def _heard(error: Exception) -> None:
    _log.info("monitor.bus", error=repr(error))


async def close(reporter: Reporter) -> None:
    """Never raises for a server that is away."""
    if reporter.client is not None:
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            await asyncio.wait_for(reporter.client.close(), 2)
