"""What runs on a data folder: `up` writes it to run.json, without secrets, and the other commands read it."""

from base64 import b64decode
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pocketpay.embedded.lock import is_held
from pocketpay.embedded.nats_users import USERS
from pocketpay.embedded.passwords import key, password
from pocketpay.embedded.postgres import SUPERUSER, dsn
from pocketpay.settings import load

DATABASE = "pocketpay"
SIGNING_KEY = "ledger-signing-key"


class Running(BaseModel):
    """`ports` are where each of our processes answers for its health; the gateway's is the API's too, and where
    `mails` shows what it took in at `smtp_port`."""

    model_config = ConfigDict(frozen=True)

    pid: int
    host: str
    ports: dict[str, int]
    nats_port: int
    nats_monitor_port: int
    postgres_socket_dir: Path
    pids: dict[str, int] = {}
    smtp_port: int = 0


def write(data_dir: Path, running: Running) -> None:
    """Replaces the file at once, so that no reader sees half of it."""
    fresh = data_dir / "run.json.new"
    fresh.write_text(running.model_dump_json(indent=2) + "\n")
    fresh.rename(data_dir / "run.json")


def read(data_dir: Path) -> Running | None:
    """None when no launcher runs here."""
    try:
        running = Running.model_validate_json((data_dir / "run.json").read_text())
    except (FileNotFoundError, ValidationError):
        return None
    return running if is_held(data_dir) else None


def database_url(data_dir: Path, running: Running, role: str = SUPERUSER) -> str:
    """Of the embedded database, for a role."""
    return dsn(running.postgres_socket_dir, DATABASE, role, role_password(data_dir, role))


def nats_url(data_dir: Path, running: Running, user: str) -> str:
    """Of the embedded NATS server, for a user."""
    if user not in USERS:
        raise KeyError(user)
    return f"nats://{user}:{password(data_dir / 'secrets', f'nats-{user}')}@127.0.0.1:{running.nats_port}"


def role_password(data_dir: Path, role: str) -> str:
    """The password of a database role, made at its first use."""
    return password(data_dir / "secrets", role)


def signing_key(data_dir: Path) -> str:
    """The ledger's private key, made at its first use: whoever has it can sign other books."""
    return key(data_dir / "secrets", SIGNING_KEY)


def link_key(data_dir: Path) -> str:
    """Seals the addresses of invoices' own pages, made at its first use; another one makes all of them invalid."""
    return key(data_dir / "secrets", "invoice-links")


def webhook_key(data_dir: Path) -> str:
    """From which the secrets of webhook endpoints follow, made at its first use; another one changes all of them."""
    return key(data_dir / "secrets", "webhooks")


def webhook_secret(data_dir: Path) -> str:
    """With which the simulated provider signs what it tells the gateway, made at its first use."""
    return password(data_dir / "secrets", "simulated-webhook")


def known_public_key(data_dir: Path) -> bytes | None:
    """Of the key that signs here: that of the settings, else of the data folder. None where neither is."""
    from actors.ledger.signing import signer_of

    named, file = load().ledger_signing_key, data_dir / "secrets" / SIGNING_KEY
    if named is None and not file.exists():
        return None
    return b64decode(signer_of(named.get_secret_value() if named else file.read_text()).public_key)
