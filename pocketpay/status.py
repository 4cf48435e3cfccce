"""How every process feels, asked of each of them, worst first."""

import asyncio
import json
from pathlib import Path
from typing import Literal, NamedTuple

import asyncpg

from pocketpay.plan import MONITOR
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
    """Worst first; a breach of the money invariants is a line of its own."""
    asked = [_ask(name, port) for name, port in running.ports.items()]
    conditions = await asyncio.gather(*asked, _ask_nats(running), _ask_postgres(data_dir, running))
    conditions += await _ask_of_money(running.ports.get(MONITOR))
    return sorted(conditions, key=lambda condition: _WORST_FIRST.index(condition.state))


def in_words(condition: Condition) -> str:
    """`payments      not ready: bus is unreachable (port 8101)`."""
    troubles = [f"{name} is {state}" for name, state in condition.checks.items() if state != "ok"]
    words = {"down": "does not answer", "not_ready": "not ready", "ready": "ready"}[condition.state]
    told = f"{words}: {', '.join(troubles)}" if troubles else words
    where = f" (port {condition.port})" if condition.port else ""
    return f"{condition.name:<14}{told}{where}"


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


async def _ask_of_money(port: int | None) -> list[Condition]:
    """A line only when the monitor tells of a breach."""
    body = (await get(port, "/health/money", timeout_seconds=3)).body if port else b""
    try:
        broken = [one for one in json.loads(body)["invariants"] if one["figure"]]
        breached = {one["id"]: f"breached {one['figure']} times ({one['title']})" for one in broken}
    except (ValueError, KeyError, TypeError):
        return []
    return [Condition("money", "not_ready", breached, None)] if breached else []


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
