"""What goes wrong is told in a sentence that says what to do, and ends with 1; nothing shows a trace."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pocketpay.embedded.nats import free_ports
from pocketpay.main import app

NOWHERE = "postgresql://u:hush@127.0.0.1:1/x"


def told(*arguments: str, **settings: str) -> str:
    """What is said on standard error, by a command whose answer is no."""
    environment = {f"POCKETPAY_{name}": value for name, value in settings.items()}
    ended = CliRunner().invoke(app, arguments, env=environment)
    assert (ended.exit_code, ended.stdout) == (1, ""), ended.output
    assert isinstance(ended.exception, SystemExit)
    return ended.stderr.strip()


@pytest.mark.parametrize("command", ["status", "verify", "demo", "provision", "tail", "ledger export"])
def test_where_nothing_is_and_where_nothing_runs_two_things_are_told(command: str, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert told(*command.split(), "--data-dir", str(absent)) == (
        f"there is no folder {absent}: `pocketpay up --data-dir {absent}` makes it, or name another with --data-dir"
    )
    assert told(*command.split(), "--data-dir", str(tmp_path)) == (
        f"nothing runs on {tmp_path}: start it with `pocketpay up`, or name another --data-dir"
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORT": "hush"}, "POCKETPAY_PORT is not as it should be: Input should be a valid integer"),
        ({"AUTH": "hush"}, "POCKETPAY_AUTH is not as it should be: Input should be 'open' or 'keys'"),
        ({"OPS_NETWORKS": "10.0.0.1/8"}, "POCKETPAY_OPS_NETWORKS is not as it should be: "),
        ({"ACCOUNTS": '[{"name":"a"}]'}, "POCKETPAY_ACCOUNTS is not as it should be: 0.kind: Field required"),
        ({"LINK_KEY_FILE": "/dev/null"}, "POCKETPAY_LINK_KEY_FILE is not as it should be: "),
        ({"LINK_KEY_FILE": "/none"}, "POCKETPAY_LINK_KEY_FILE names /none, which cannot be read: No such file or dir"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "serve gateway"])
def test_a_setting_that_cannot_be_read_is_named_in_one_line(command: str, settings: dict[str, str], named: str) -> None:
    said = told(*command.split(), **settings)
    assert said.startswith(named)
    assert "\n" not in said
    assert "hush" not in said


@pytest.mark.parametrize(
    ("command", "settings", "words"),
    [
        ("verify", {"DATABASE_URL": "hush"}, "POCKETPAY_DATABASE_URL cannot be used: it is like postgresql://"),
        ("verify", {"DATABASE_URL": NOWHERE}, "a server does not answer "),
        ("tail", {"NATS_URL": "nats://u:hush@127.0.0.1:1"}, "NATS on 127.0.0.1:1 does not answer within 5 s"),
        ("demo", {"GATEWAY_URL": "localhost:8011"}, "POCKETPAY_GATEWAY_URL is no address of a gateway"),
        ("demo", {"GATEWAY_URL": "http://u:hush@h"}, "POCKETPAY_GATEWAY_URL is no address of a gateway"),
    ],
)
def test_an_address_that_is_wrong_is_told(command: str, settings: dict[str, str], words: str) -> None:
    said = told(command, **settings)
    assert said.startswith(words)
    assert "hush" not in said


def test_provision_says_that_nats_is_away() -> None:
    away = {"NATS_URL": "nats://u:hush@127.0.0.1:1", "DATABASE_URL": NOWHERE}
    assert told("provision", **away).startswith("NATS does not answer within 10 s: `pocketpay status`")


def test_a_process_whose_port_is_taken_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"POCKETPAY_HEALTH_PORT": port, "POCKETPAY_SMTP_URL": f"smtp://127.0.0.1:{free_ports(1)[0]}"}
        command = (sys.executable, "-m", "pocketpay", "serve", "mails")
        ended = subprocess.run(
            command, env=os.environ | settings, capture_output=True, text=True, timeout=30, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith("POCKETPAY_PORT and POCKETPAY_HEALTH_PORT name others")
    assert "Traceback" not in ended.stderr


def test_a_reader_that_has_gone_is_no_error_of_a_server() -> None:
    program = (
        "import sys, typer\nfrom pocketpay.told import told\nsys.stdin.read()\nwith told(): typer.echo('x' * 100_000)"
    )
    command = (sys.executable, "-c", program)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as printing:
        assert printing.stdin and printing.stdout and printing.stderr  # noqa: PT018 - all three are pipes
        printing.stdout.close()
        printing.stdin.close()
        said = printing.stderr.read().decode()
    assert "a server does not answer" not in said
    assert printing.returncode == 1
