"""deploy/secrets.sh: what it makes is strong, private, and stays what it was."""

import re
import subprocess
from pathlib import Path

import pytest

from pocketpay.embedded.nats_users import USERS
from storage.migrate import ROLES
from tests.deploy.composed import PRODUCTION, read
from tests.deploy.secrets_made import make_secrets


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_secrets(tmp_path_factory.mktemp("deployed") / "secrets")


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_it_makes_every_secret_of_the_production_file(folder: Path) -> None:
    named = {Path(part["file"]).name for part in read(PRODUCTION).part("secrets").values()}
    assert named <= set(contents(folder))
    assert all(Path(part["file"]).parent == Path("secrets") for part in read(PRODUCTION).part("secrets").values())


def test_every_role_and_user_has_a_random_password_of_its_own(folder: Path) -> None:
    names = [*ROLES, *(f"nats_{user}" for user in USERS), "postgres_password", "grafana_password"]
    passwords = [contents(folder)[name] for name in names]
    assert all(re.fullmatch("[0-9a-f]{48}", password) for password in passwords)
    assert len(set(passwords)) == len(passwords)


def test_only_its_owner_enters_and_the_authority_stays_private(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "ca.key").stat().st_mode & 0o077 == 0
    assert not any(part["file"].endswith("ca.key") for part in read(PRODUCTION).part("secrets").values())
    readable = {Path(part["file"]).name for part in read(PRODUCTION).part("secrets").values()}
    assert all((folder / name).stat().st_mode & 0o777 == 0o444 for name in readable)


def test_a_second_run_changes_nothing_and_fills_gaps(tmp_path: Path) -> None:
    # Given secrets of which one was lost
    before = contents(make_secrets(tmp_path / "secrets"))
    (tmp_path / "secrets" / "pocketpay_ledger").unlink()
    # When it runs again
    after = contents(make_secrets(tmp_path / "secrets"))
    # Then that one is new, with the URL that has it, and all others are as they were
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"pocketpay_ledger", "ledger_database_url"}
    assert after["pocketpay_ledger"] in after["ledger_database_url"]


@pytest.mark.parametrize("server", ["nats", "postgres"])
def test_the_certificate_is_for_its_server_alone(folder: Path, server: str) -> None:
    check = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(folder / "ca.crt")]
    certificate = str(folder / f"{server}.crt")
    subprocess.run([*check, "-verify_hostname", server, certificate], check=True, capture_output=True, timeout=10)
    other = [*check, "-verify_hostname", "gateway", certificate]
    assert subprocess.run(other, check=False, capture_output=True, timeout=10).returncode != 0
