"""How every process feels, asked of each of them."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, Literal, NamedTuple

import asyncpg

from pocketpay.probe import get
from pocketpay.running import Running, database_url

State = Literal["down", "not_ready", "ready"]
ASK_SECONDS = 3
_WORST_FIRST: tuple[State, ...] = ("down", "not_ready", "ready")


class Condition(NamedTuple):
    """One process; `checks` as it tells them, `port` where it was asked, `details` why a check is not ok."""

    name: str
    state: State
    checks: dict[str, str]
    port: int | None
    details: dict[str, str] = {}


async def ask_all(data_dir: Path, running: Running) -> list[Condition]:
    """Every process and server, worst first."""
    asked = [_ask(name, port) for name, port in running.ports.items()]
    conditions = await asyncio.gather(*asked, _ask_nats(running), _ask_postgres(data_dir, running))
    return sorted(conditions, key=lambda condition: _WORST_FIRST.index(condition.state))


async def _ask(name: str, port: int) -> Condition:
    status, body = await get(port, "/readyz", ASK_SECONDS)
    if status == 0:
        return Condition(name, "down", {}, port)
    checks = {check: str(state) for check, state in _checks(body).items()}
    details = await _details(port) if set(checks.values()) - {"ok"} else {}
    return Condition(name, "ready" if status == 200 else "not_ready", checks, port, details)


async def _details(port: int) -> dict[str, str]:
    """Why a check is not ok: `/readyz` keeps that to itself."""
    told = _checks((await get(port, "/health/deps", ASK_SECONDS)).body)
    details = {check: each.get("detail") for check, each in told.items() if isinstance(each, dict)}
    return {check: _plain(detail) for check, detail in details.items() if detail is not None}


def _plain(detail: object) -> str:
    """Without the names of Python's errors, of which a gateway that tells what an actor told has two."""
    return re.sub(r"^(\w+: )+(?=\w+ )", "", str(detail))


def _checks(body: bytes) -> dict[str, Any]:
    try:
        return {str(name): told for name, told in json.loads(body)["checks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


async def _ask_nats(running: Running) -> Condition:
    status = (await get(running.nats_monitor_port, "/healthz?js-enabled-only=true", ASK_SECONDS)).status
    state: State = "ready" if status == 200 else "not_ready" if status else "down"
    return Condition("nats", state, {}, running.nats_port)


async def _ask_postgres(data_dir: Path, running: Running) -> Condition:
    try:
        connection = await asyncpg.connect(database_url(data_dir, running), timeout=ASK_SECONDS)
        await connection.close(timeout=ASK_SECONDS)
    except asyncpg.PostgresError as error:
        return Condition("postgres", "not_ready", {"query": str(error)}, None)
    except (OSError, TimeoutError):
        return Condition("postgres", "down", {}, None)
    return Condition("postgres", "ready", {}, None)
