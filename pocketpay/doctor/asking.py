"""Asks everything how it is. What cannot be asked is told with its error, and keeps nobody from the rest."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from messages.wire import Json
from pocketpay import targets
from pocketpay.bus import connected
from pocketpay.doctor.database import database
from pocketpay.doctor.machine import machine, versions
from pocketpay.embedded.nats_users import VIEWER
from pocketpay.plan import GATEWAY
from pocketpay.probe import get
from pocketpay.running import Running, read
from pocketpay.settings import PREFIX, load
from pocketpay.status.asking import ask_all
from storage.migrate import VERIFIER
from storage.verify import run as verify

SECTION_SECONDS: Final = 20
VERIFY_SECONDS: Final = 60
ASK_SECONDS: Final = 3
LOG_LINES: Final = 500
LOG_BYTES_MAX: Final = 2_000_000

Facts = Mapping[str, Any]
"""By section; one that could not be asked is `{"error": "…"}`."""

_HEALTH_PATHS: Final = ("/healthz", "/readyz", "/health/deps")


async def ask_everything(data_dir: Path, environment: Mapping[str, str]) -> Facts:
    """Takes a minute at most."""
    running = _running(data_dir)
    sections: dict[str, Awaitable[Any]] = {
        "machine": _section(asyncio.to_thread(machine, data_dir)),
        "versions": _section(asyncio.to_thread(versions)),
        "settings": _section(asyncio.to_thread(_settings, environment)),
        "status": _section(_status(data_dir, running)),
        "health": _section(_health(running)),
        "verify": _section(_verify(data_dir), VERIFY_SECONDS),
        "nats": _section(_nats(data_dir, running)),
        "postgres": _section(_postgres(data_dir)),
    }
    answers = await asyncio.gather(*sections.values())
    return {"run": _run(data_dir, running, environment), **dict(zip(sections, answers, strict=True))}


async def metrics(data_dir: Path) -> dict[str, str]:
    """The metrics of every process that runs, as it tells them."""
    running = _running(data_dir)
    ports = running.ports if running else {}
    answers = await asyncio.gather(*(get(port, "/metrics", ASK_SECONDS) for port in ports.values()))
    return {name: each.body.decode(errors="replace") for name, each in zip(ports, answers, strict=True)}


def logs(data_dir: Path) -> dict[str, str]:
    """The last lines of each log, by its file name."""
    return {path.name: _last_lines(path) for path in sorted((data_dir / "logs").glob("*.log"))}


def _last_lines(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_BYTES_MAX))
        lines = file.read().decode(errors="replace").splitlines()[-LOG_LINES:]
    if path.name == "postgres.log":
        lines = [line for line in lines if not _may_quote_a_row(line)]
    return "\n".join(lines) + "\n"


def _may_quote_a_row(line: str) -> bool:
    """Postgres tells what it failed on: values of rows and statements, also on the lines that follow."""
    return line.startswith("\t") or any(f"{word}:  " in line for word in ("DETAIL", "STATEMENT", "CONTEXT", "QUERY"))


def _running(data_dir: Path) -> Running | None:
    try:
        return read(data_dir)
    except OSError:
        return None


def _run(data_dir: Path, running: Running | None, environment: Mapping[str, str]) -> Json:
    if running is not None:
        return running.model_dump(mode="json")
    if f"{PREFIX}NATS_URL" in environment or f"{PREFIX}NATS_URL_FILE" in environment:
        return {"elsewhere": "the environment names the servers"}
    return {"error": f"nothing runs on {data_dir}"}


async def _section(asked: Awaitable[Any], timeout_seconds: float = SECTION_SECONDS) -> Any:
    try:
        return await asyncio.wait_for(asked, timeout_seconds)
    except Exception as error:  # noqa: BLE001 - a doctor who falls ill helps nobody: whatever it is, it is told
        return {"error": f"{type(error).__name__}: {error}".removesuffix(": ")}


def _settings(environment: Mapping[str, str]) -> Json:
    given = {name: value for name, value in sorted(environment.items()) if name.startswith(PREFIX)}
    effective = load(environment)
    urls = {"nats_url": effective.nats_url.get_secret_value()}
    if effective.database_url:
        urls["database_url"] = effective.database_url.get_secret_value()
    return {"environment": given, "effective": {**effective.model_dump(mode="json"), **urls}}


async def _status(data_dir: Path, running: Running | None) -> list[Json]:
    return [each._asdict() for each in await ask_all(data_dir, running)] if running else []


async def _health(running: Running | None) -> Json:
    ports = running.ports if running else {}
    paths = {name: (*_HEALTH_PATHS, *(("/status", "/health/money") if name == GATEWAY else ())) for name in ports}
    return {name: {path: await _answer(port, path) for path in paths[name]} for name, port in ports.items()}


async def _answer(port: int, path: str) -> Json:
    answer = await get(port, path, ASK_SECONDS)
    try:
        return {"status": answer.status, "body": json.loads(answer.body)}
    except ValueError:
        return {"status": answer.status, "body": answer.body.decode(errors="replace")}


async def _verify(data_dir: Path) -> list[Json]:
    return [asdict(finding) for finding in await verify(targets.database(data_dir, VERIFIER))]


async def _postgres(data_dir: Path) -> Json:
    return await database(targets.database(data_dir, VERIFIER))


async def _nats(data_dir: Path, running: Running | None) -> Json:
    async with connected(targets.bus(data_dir, VIEWER)) as client:

        async def api(subject: str) -> Json:
            return json.loads((await client.request(f"$JS.API.{subject}", b"", timeout=ASK_SECONDS)).data)

        streams = (await api("STREAM.LIST"))["streams"] or []
        names = [stream["config"]["name"] for stream in streams]
        consumers = {name: (await api(f"CONSUMER.LIST.{name}"))["consumers"] or [] for name in names}
        account = await api("INFO")
    server = (await _answer(running.nats_monitor_port, "/varz"))["body"] if running else None
    return {"account": account, "streams": streams, "consumers": consumers, "server": server}
