"""Which servers a command is about: those that the environment names, else the ones that `up` runs here."""

import re
from pathlib import Path

from pocketpay.program import StartFailed
from pocketpay.running import Running, database_url, nats_url, read
from pocketpay.settings import load

_ADDRESS = re.compile(r"https?://[^/?#@\s]+[^?#@\s]*")


def running_here(data_dir: Path) -> Running:
    """Raises StartFailed when no launcher runs on this data folder."""
    running = read(data_dir)
    if running is None:
        raise StartFailed(f"nothing runs on {data_dir}: start it with `pocketpay up`, or name another --data-dir")
    return running


    if running is None and not data_dir.exists():
        makes = f"`pocketpay up --data-dir {data_dir}` makes it"
        raise StartFailed(f"there is no folder {data_dir}: {makes}, or name another with --data-dir")
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


def gateway(data_dir: Path) -> str:
    """POCKETPAY_GATEWAY_URL, or the address of the gateway that `up` runs here."""
    named = load().gateway_url
    if named:
        return named.rstrip("/")
    running = running_here(data_dir)
    return f"http://{running.host}:{running.ports['gateway']}"
        if not _ADDRESS.fullmatch(named):
            raise StartFailed("POCKETPAY_GATEWAY_URL is no address of a gateway: it is like http://localhost:8011")
