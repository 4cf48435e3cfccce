"""What of the money is broken or stands still, and what is switched off: asked of the monitor and of the tables."""

import json
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from pydantic import BaseModel, ValidationError

from messages.switches import OWNERS, Switch
from messages.wire import Json
from pocketpay.plan import MONITOR
from pocketpay.probe import get
from pocketpay.running import Running, database_url
from pocketpay.status.asking import ASK_SECONDS
from storage.migrate import VERIFIER
from storage.stuck import Standstill, standing_still
from storage.switches import all_switches


@dataclass(frozen=True, slots=True)
class Off:
    """A switch that is off, and whose it is."""

    tenant: str
    switch: Switch


@dataclass(frozen=True, slots=True)
class Money:
    """`broken` are invariants as `/health/money` has them; `unasked` is why the tables could not be asked."""

    broken: tuple[Json, ...] = ()
    stuck: tuple[Standstill, ...] = ()
    off: tuple[Off, ...] = ()
    unasked: str | None = None


class _Touched(BaseModel):
    """What an actor keeps of a tenant's switches."""

    switches: dict[str, Switch] = {}


async def ask_of_money(data_dir: Path, running: Running) -> Money:
    """Takes a few seconds at most, and raises nothing: a database that is away is told by its own line."""
    broken = await _broken(running.ports.get(MONITOR))
    try:
        connection = await asyncpg.connect(database_url(data_dir, running, VERIFIER), timeout=ASK_SECONDS)
        try:
            stuck = tuple(await standing_still(connection))
            off = [each for actor in OWNERS for each in await _off(connection, actor)]
        finally:
            await connection.close(timeout=ASK_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, ValidationError) as error:
        return Money(broken, unasked=str(error) or type(error).__name__)
    return Money(broken, stuck, tuple(off))


async def _broken(port: int | None) -> tuple[Json, ...]:
    body = (await get(port, "/health/money", ASK_SECONDS)).body if port else b""
    try:
        return tuple(each for each in json.loads(body)["invariants"] if each["figure"])
    except (ValueError, KeyError, TypeError):
        return ()


async def _off(connection: asyncpg.Connection, actor: str) -> list[Off]:
    rows = await all_switches(connection, actor)
    touched = {tenant: _Touched.model_validate_json(body).switches for tenant, body in rows.items()}
    return [Off(tenant, each) for tenant, known in touched.items() for each in known.values() if not each.on]
