"""How every process feels, asked of each of them."""

import asyncio
import json
from pathlib import Path
from typing import Literal, NamedTuple

import asyncpg

from pocketpay.probe import get
from pocketpay.running import Running, database_url

State = Literal["down", "not_ready", "ready"]
_WORST_FIRST: tuple[State, ...] = ("down", "not_ready", "ready")


class Condition(NamedTuple):
    """One process; `checks` as it tells them, `port` where it was asked."""

    name: str
    state: State
    checks: dict[str, str]
    port: int | None


async def ask_all(data_dir: Path, running: Running) -> list[Condition]:
    """Every process and server, worst first."""
    asked = [_ask(name, port) for name, port in running.ports.items()]
    conditions = await asyncio.gather(*asked, _ask_nats(running), _ask_postgres(data_dir, running))
    return sorted(conditions, key=lambda condition: _WORST_FIRST.index(condition.state))


async def _ask(name: str, port: int) -> Condition:
    status, body = await get(port, "/readyz", timeout_seconds=3)
    if status == 0:
        return Condition(name, "down", {}, port)
    return Condition(name, "ready" if status == 200 else "not_ready", _checks(body), port)


def _checks(body: bytes) -> dict[str, str]:
    try:
        return {str(name): str(state) for name, state in json.loads(body)["checks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


async def _ask_nats(running: Running) -> Condition:
    status = (await get(running.nats_monitor_port, "/healthz?js-enabled-only=true", timeout_seconds=3)).status
    state: State = "ready" if status == 200 else "not_ready" if status else "down"
    return Condition("nats", state, {}, running.nats_port)


async def _ask_postgres(data_dir: Path, running: Running) -> Condition:
    try:
        connection = await asyncpg.connect(database_url(data_dir, running), timeout=3)
        await connection.close(timeout=3)
    except asyncpg.PostgresError as error:
        return Condition("postgres", "not_ready", {"query": str(error)}, None)
    except (OSError, TimeoutError):
        return Condition("postgres", "down", {}, None)
    return Condition("postgres", "ready", {}, None)
