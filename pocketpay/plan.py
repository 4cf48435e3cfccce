"""What `up` runs: our processes with their ports and environments, as programs for the supervisor."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pocketpay.probe import get
from pocketpay.program import Program
from pocketpay.running import Running, database_url, link_key, nats_url, signing_key, webhook_key, webhook_secret
from pocketpay.settings import PREFIX, load
from pocketpay.supervisor import Watched
from storage.migrate import VERIFIER

GATEWAY = "gateway"
MONITOR = "monitor"
LEDGER = "ledger"
PAYMENTS = "payments"
NOTIFICATIONS = "notifications"
ACCESS = "access"

ACTORS: Mapping[str, int] = {PAYMENTS: 8101, LEDGER: 8102, "invoicing": 8103, NOTIFICATIONS: 8104, ACCESS: 8105}
"""The actors and where their health is found beside the default gateway port."""

MONITOR_PORT = 8106
MAILS = "mails"
MAILS_PORT = 8107
SMTP = "smtp"
SMTP_PORT = 8108
EMBEDDED_SENDER = "billing@pocketpay.example"
DEFAULT_PORT = 8011
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_PER_PROCESS = (
    *("NATS_URL", "DATABASE_URL", "HOST", "PORT", "HEALTH_PORT", "AUTH", "MONITOR_URL", "MONITOR_TARGETS"),
    *("LEDGER_SIGNING_KEY", "LINK_KEY", "WEBHOOK_KEY", "SIMULATED_WEBHOOK_SECRET", "SIMULATED_WEBHOOK_URL"),
    *("GATEWAY_URL", "KEY"),
)
_OF_ONE: Mapping[str, str] = {"STRIPE_KEY": PAYMENTS, "SMTP_URL": NOTIFICATIONS, "MAIL_FROM": NOTIFICATIONS}
"""Settings that one process alone is given as the environment has them."""


@dataclass(frozen=True, slots=True)
class Options:
    """Of `pocketpay up`. Port 0 is any free one."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    provider: str = "simulated"
    verbose: bool = False


def actor(name: str, options: Options, running: Running) -> Watched:
    """An actor with its own database role and NATS user."""
    own = {
        "NATS_URL": nats_url(options.data_dir, running, name),
        "DATABASE_URL": database_url(options.data_dir, running, f"pocketpay_{name}"),
        "HOST": "127.0.0.1",
        "HEALTH_PORT": str(running.ports[name]),
    }
    if name == LEDGER:
        own["LEDGER_SIGNING_KEY"] = signing_key(options.data_dir)
    if name == NOTIFICATIONS:
        own |= {"LINK_KEY": link_key(options.data_dir), **_webhooks(options)}
        own |= {} if f"{PREFIX}PUBLIC_URL" in os.environ else {"PUBLIC_URL": address(options, running)}
        own |= mail_environment(running, os.environ)
    if name in (ACCESS, PAYMENTS):
        own["AUTH"] = _auth(options)
    if name == PAYMENTS:
        account = load({**os.environ, f"{PREFIX}AUTH": _auth(options)}).account_tenant
        own["SIMULATED_WEBHOOK_URL"] = f"{address(options, running)}/webhooks/simulated/{account}"
        own["SIMULATED_WEBHOOK_SECRET"] = webhook_secret(options.data_dir)
    return _process(name, own, options, running)


def is_open(options: Options) -> bool:
    """Where only this machine can call, nobody needs a key, unless they are asked for all the same."""
    return options.host in LOOPBACK and os.environ.get(f"{PREFIX}AUTH") != "keys"


def _auth(options: Options) -> str:
    return "open" if is_open(options) else "keys"


def address(options: Options, running: Running) -> str:
    """Of the gateway, for who is on this machine."""
    host = options.host if options.host in LOOPBACK else "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{running.ports[GATEWAY]}"


def _webhooks(options: Options) -> dict[str, str]:
    """Where nobody else can call, the developer's own machine is what webhooks are for."""
    own = {"WEBHOOK_KEY": webhook_key(options.data_dir)}
    if options.host in LOOPBACK and f"{PREFIX}WEBHOOK_ALLOW_NETWORKS" not in os.environ:
        own["WEBHOOK_ALLOW_NETWORKS"] = "127.0.0.0/8,::1/128"
    return own


def gateway(options: Options, running: Running) -> Watched:
    """The gateway, which knows no database. Without keys it opens only on loopback."""
    own = {
        "NATS_URL": nats_url(options.data_dir, running, GATEWAY),
        "HOST": options.host,
        "PORT": str(running.ports[GATEWAY]),
        "AUTH": _auth(options),
        "MONITOR_URL": f"http://127.0.0.1:{running.ports[MONITOR]}",
        "SIMULATED_WEBHOOK_SECRET": webhook_secret(options.data_dir),
        "LINK_KEY": link_key(options.data_dir),
        **_webhooks(options),
    }
    return _process(GATEWAY, own, options, running)


def monitor(options: Options, running: Running) -> Watched:
    """The monitor, which looks at all others and may only read the books; it tells the ledger what is broken."""
    targets = {name: f"http://127.0.0.1:{running.ports[name]}" for name in (GATEWAY, *ACTORS)}
    own = {
        "NATS_URL": nats_url(options.data_dir, running, MONITOR),
        "DATABASE_URL": database_url(options.data_dir, running, VERIFIER),
        "HOST": "127.0.0.1",
        "HEALTH_PORT": str(running.ports[MONITOR]),
        "MONITOR_TARGETS": ",".join(f"{name}={url}" for name, url in targets.items()),
    }
    return _process(MONITOR, own, options, running, ready_path="/healthz")


def mails(options: Options, running: Running) -> Watched:
    """Takes in all mails and shows them."""
    own = {"SMTP_URL": smtp_url(running), "HEALTH_PORT": str(running.ports[MAILS])}
    return _process(MAILS, own, options, running)


def smtp_url(running: Running) -> str:
    """Where the process `mails` takes mails in."""
    return f"smtp://127.0.0.1:{running.smtp_port}"


def mail_environment(running: Running, environment: Mapping[str, str]) -> dict[str, str]:
    """For notifications: mails stay on this machine, unless the environment names a server."""
    if any(f"{PREFIX}SMTP_URL{end}" in environment for end in ("", "_FILE")):
        return {}
    named = f"{PREFIX}MAIL_FROM" in environment
    return {"SMTP_URL": smtp_url(running)} | ({} if named else {"MAIL_FROM": EMBEDDED_SENDER})


def _process(
    name: str, own: Mapping[str, str], options: Options, running: Running, ready_path: str = "/readyz"
) -> Watched:
    async def ready() -> bool:
        return (await get(running.ports[name], ready_path)).status == 200

    async def lacks() -> str:
        return unwell((await get(running.ports[name], ready_path)).body)

    inherited = {key: value for key, value in os.environ.items() if not _is_of_another(key, name)}
    shared = {"DATA_DIR": str(options.data_dir), "PROVIDER": options.provider}
    if options.verbose:
        shared["LOG_LEVEL"] = "debug"
    env = inherited | {f"{PREFIX}{key}": value for key, value in {**shared, **own}.items()}
    argv = (sys.executable, "-m", "pocketpay", "serve", name)
    log = options.data_dir / "logs" / f"{name}.log"
    return Watched(Program(name, argv, log, env, stop_seconds=15), ready, lacks=lacks)


def unwell(body: bytes) -> str:
    """`db is unreachable`, of what `/readyz` answers; empty for all else."""
    try:
        checks = json.loads(body)["checks"]
        return ", ".join(f"{name} is {state}" for name, state in checks.items() if state != "ok")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _is_of_another(key: str, process: str) -> bool:
    setting = key.removeprefix(PREFIX).removesuffix("_FILE")
    kept_back = setting in _PER_PROCESS or _OF_ONE.get(setting, process) != process
    return kept_back and key.startswith(PREFIX)
