"""Which servers a command is about: those that the environment names, else the ones that `up` runs here."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pocketpay.program import StartFailed
from pocketpay.running import Running, database_url, nats_url, read
from pocketpay.settings import load

_KEY = re.compile(r"ppk_(test|live)_[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"https?://[^/?#@\s]+[^?#@\s]*")


def running_here(data_dir: Path) -> Running:
    """Raises StartFailed when no launcher runs on this data folder."""
    running = read(data_dir)
    if running is None and not data_dir.exists():
        makes = f"`pocketpay up --data-dir {data_dir}` makes it"
        raise StartFailed(f"there is no folder {data_dir}: {makes}, or name another with --data-dir")
    if running is None:
        raise StartFailed(f"nothing runs on {data_dir}: start it with `pocketpay up`, or name another --data-dir")
    return running


def database(data_dir: Path, role: str) -> str:
    """POCKETPAY_DATABASE_URL, or the embedded database for this role."""
    named = load().database_url
    return named.get_secret_value() if named else database_url(data_dir, running_here(data_dir), role)


def bus(data_dir: Path, user: str) -> str:
    """POCKETPAY_NATS_URL, or the embedded NATS server for this user."""
    settings = load()
    if "nats_url" in settings.model_fields_set:
        return settings.nats_url.get_secret_value()
    return nats_url(data_dir, running_here(data_dir), user)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a gateway is, and the key with which it is asked; None asks without one."""

    url: str
    key: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """Of every request."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def door(data_dir: Path, key: str | None) -> Door:
    """Of the gateway that is asked, with this key or that of POCKETPAY_KEY_FILE. Raises StartFailed for no key."""
    named = load().key
    given = (key or (named.get_secret_value() if named else "")).strip()
    if given and not is_key(given):
        raise StartFailed("POCKETPAY_KEY_FILE holds no API key: one begins with ppk_test_ or ppk_live_")
    return Door(gateway(data_dir), given or None)


def is_key(given: str) -> bool:
    """Whether it looks like one, with white space around it or not."""
    return _KEY.fullmatch(given.strip()) is not None


def gateway(data_dir: Path) -> str:
    """POCKETPAY_GATEWAY_URL, or the address of the gateway that `up` runs here."""
    named = load().gateway_url
    if named:
        if not _ADDRESS.fullmatch(named):
            raise StartFailed("POCKETPAY_GATEWAY_URL is no address of a gateway: it is like http://localhost:8011")
        return named.rstrip("/")
    return gateway_of(running_here(data_dir))


def gateway_of(running: Running) -> str:
    """The address of the gateway that `up` runs; one that listens everywhere listens on this machine too."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(running.host, running.host)  # noqa: S104 - nothing is bound
    return f"http://{f'[{host}]' if ':' in host else host}:{running.ports['gateway']}"
