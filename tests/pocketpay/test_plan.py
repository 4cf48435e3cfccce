"""What `pocketpay up` gives each process of its environment."""

from pathlib import Path

import pytest

from pocketpay import plan
from pocketpay.plan import EMBEDDED_SENDER, MAILS, MONITOR, Options, mail_environment, smtp_url
from pocketpay.running import Running
from pocketpay.settings import load

PORTS = {**plan.ACTORS, plan.GATEWAY: 8011, MONITOR: plan.MONITOR_PORT, MAILS: plan.MAILS_PORT}


def running(data_dir: Path) -> Running:
    return Running(
        pid=1,
        host="127.0.0.1",
        ports=PORTS,
        nats_port=4222,
        nats_monitor_port=8222,
        postgres_socket_dir=data_dir,
        smtp_port=8108,
    )


def environments(data_dir: Path) -> dict[str, dict[str, str]]:
    options, here = Options(data_dir), running(data_dir)
    watched = [plan.gateway(options, here), plan.monitor(options, here), plan.mails(options, here)]
    watched += [plan.actor(name, options, here) for name in plan.ACTORS]
    return {each.program.name: dict(each.program.env or {}) for each in watched}


def test_a_secret_for_one_process_reaches_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given secrets in the environment of the launcher
    monkeypatch.setenv("POCKETPAY_STRIPE_KEY", "sk_test_1")
    monkeypatch.setenv("POCKETPAY_SMTP_URL", "smtp://ada:secret@mail.example.com")
    # Then whoever does not need them does not have them
    for name, environment in environments(tmp_path).items():
        assert environment.get("POCKETPAY_STRIPE_KEY") == ("sk_test_1" if name == plan.PAYMENTS else None)
        assert ("secret" in environment.get("POCKETPAY_SMTP_URL", "")) == (name == plan.NOTIFICATIONS)


def test_mails_stay_here_unless_a_server_is_named(tmp_path: Path) -> None:
    here = running(tmp_path)
    assert smtp_url(here) == "smtp://127.0.0.1:8108"
    assert mail_environment(here, {}) == {"SMTP_URL": "smtp://127.0.0.1:8108", "MAIL_FROM": EMBEDDED_SENDER}
    assert mail_environment(here, {"POCKETPAY_MAIL_FROM": "a@b.example"}) == {"SMTP_URL": "smtp://127.0.0.1:8108"}
    for name in ("POCKETPAY_SMTP_URL", "POCKETPAY_SMTP_URL_FILE"):
        assert mail_environment(here, {name: "smtp://mail.example.com"}) == {}


def test_what_takes_mails_in_listens_where_they_are_sent(tmp_path: Path) -> None:
    environment = environments(tmp_path)[MAILS]
    assert environment["POCKETPAY_SMTP_URL"] == "smtp://127.0.0.1:8108"
    assert environment["POCKETPAY_HEALTH_PORT"] == "8107"


@pytest.mark.parametrize(
    ("named", "whose"),
    [
        ({}, "demo"),
        ({"AUTH": "keys"}, "main"),
        ({"AUTH": "keys", "OPERATOR_TENANT": "acme"}, "acme"),
        ({"AUTH": "keys", "PROVIDER_ACCOUNT": "demo"}, "demo"),
    ],
)
def test_what_the_provider_tells_is_of_the_tenant_that_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: dict[str, str], whose: str
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(f"POCKETPAY_{name}", value)
    options, here = Options(tmp_path), running(tmp_path)
    payments, gateway = plan.actor(plan.PAYMENTS, options, here), plan.gateway(options, here)
    assert (payments.program.env or {})["POCKETPAY_SIMULATED_WEBHOOK_URL"].endswith(f"/webhooks/simulated/{whose}")
    assert {load(watched.program.env or {}).account_tenant for watched in (payments, gateway)} == {whose}


@pytest.mark.parametrize(
    ("host", "asked", "auth"),
    [
        ("127.0.0.1", None, "open"),
        ("127.0.0.1", "open", "open"),
        ("127.0.0.1", "keys", "keys"),
        ("0.0.0.0", None, "keys"),
        ("0.0.0.0", "open", "keys"),
    ],
)
def test_nobody_needs_a_key_on_this_machine_unless_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, asked: str | None, auth: str
) -> None:
    if asked:
        monkeypatch.setenv("POCKETPAY_AUTH", asked)
    options, here = Options(tmp_path, host=host), running(tmp_path)
    for watched in (plan.gateway(options, here), plan.actor(plan.ACCESS, options, here)):
        assert (watched.program.env or {})["POCKETPAY_AUTH"] == auth
