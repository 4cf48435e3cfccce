"""Looking for what is wrong on a running system: tail, doctor, scripts, and what the viewer may ask of NATS."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tarfile
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import nats
import pytest

from pocketpay.embedded.nats import free_ports
from pocketpay.running import nats_url
from tests.walks.system import ROOT, System, up
from tests.walks.test_lasting import SALE, alive, frozen

CANARY = "canary-that-must-not-leave"


async def run(system: System, *arguments: str, **environment: str) -> tuple[int | None, str]:
    """A program of the project, with further variables."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("POCKETPAY_")}
    mine = {**inherited, "POCKETPAY_DATA_DIR": str(system.data_dir), **environment}
    process = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, env=mine, stdout=PIPE, stderr=STDOUT)
    said, _ = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode, said.decode()


def unpacked(bundle: Path) -> dict[str, str]:
    with tarfile.open(bundle) as tar:
        return {name: file.read().decode() for name in tar.getnames() if (file := tar.extractfile(name)) is not None}


def _hear_ctrl_c() -> None:
    """Who starts the tests in the background makes all below deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def line_with(output: asyncio.StreamReader, words: str) -> None:
    """Reads on until a line has them; columns apart count as one space."""
    while words not in " ".join((line := await output.readline()).decode().split()):
        assert line, f"it ended before {words!r}"


async def test_tail_shows_what_was_said_and_goes_on(system: System):
    # Given a payment that was made
    before = await system.post("/api/v1/payments", SALE)
    # When somebody looks at the last events
    arguments = ("tail", "--last", "50", "--type", "payment.*", "--data-dir", str(system.data_dir))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pocketpay", *arguments),
        cwd=ROOT,
        stdout=PIPE,
        stderr=STDOUT,
        preexec_fn=_hear_ctrl_c,
    )
    assert process.stdout is not None
    try:
        # Then that payment is there, in words
        async with asyncio.timeout(30):
            while (
                before.body["id"] not in (line := (await process.stdout.readline()).decode()) or "succeeded" not in line
            ):
                assert line
            assert "10.00 USD" in line
            # And so is the next one as soon as it is made
            after = await system.post("/api/v1/payments", SALE)
            while after.body["id"] not in (line := (await process.stdout.readline()).decode()):
                assert line
    finally:
        # And Ctrl-C is no error
        process.send_signal(signal.SIGINT)
        rest, _ = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, rest.decode()


async def test_a_bundle_of_the_doctor_has_all_but_the_secrets(system: System, tmp_path: Path):
    # Given secrets of every kind: kept, in the environment, and an old one in a log
    secrets = {path.read_text().strip() for path in (system.data_dir / "secrets").rglob("*") if path.is_file()}
    assert len(secrets) > 5
    url = nats_url(system.data_dir, system.running, "viewer")
    with (system.data_dir / "logs" / "gateway.log").open("a") as log:
        log.write(json.dumps({"event": f"cannot reach nats://viewer:{CANARY}-old@127.0.0.1"}) + "\n")
        log.write(json.dumps({"event": f"said {min(secrets)}"}) + "\n")
    with (system.data_dir / "logs" / "postgres.log").open("a") as log:
        log.write(f"2026-11-24 UTC ERROR:  no\n2026-11-24 UTC DETAIL:  Failing row contains ({CANARY}-row).\n")
        log.write(f"2026-11-24 UTC STATEMENT:  select\n\t'{CANARY}-statement'\n")
    # When the doctor looks
    bundle = tmp_path / "bundle.tar.gz"
    command = (sys.executable, "-m", "pocketpay", "doctor", "--output", str(bundle))
    code, said = await run(system, *command, POCKETPAY_NATS_URL=url, STRIPE_API_KEY=f"{CANARY}-key")
    # Then the bundle has what one needs
    assert code == 0, said
    files = {name.removeprefix("pocketpay-doctor/"): text for name, text in unpacked(bundle).items()}
    for name in ("versions", "settings", "run", "status", "health", "verify", "nats", "postgres", "machine"):
        told = json.loads(files[f"{name}.json"])
        assert told
        assert "error" not in told, (name, told)
    assert json.loads(files["nats.json"])["consumers"]["COMMANDS"]
    assert len(json.loads(files["verify.json"])) > 10
    assert "pocketpay_" in files["metrics/payments.txt"]
    assert "cannot reach" in files["logs/gateway.log"]
    # And none of the secrets, in no file and no name, nor in what was printed
    for secret in (*secrets, CANARY):
        assert secret not in said
        for name, text in files.items():
            assert secret not in text, name
            assert secret not in name
    # And only its owner may read it, and it is not written over
    assert bundle.stat().st_mode & 0o777 == 0o600
    assert (await run(system, *command))[0] == 1


async def test_the_doctor_names_the_process_that_does_not_answer_first(data_dir: Path):
    async with up(data_dir) as system:
        command = (sys.executable, "-m", "pocketpay", "doctor", "--json", "--output")
        with frozen(system.running.pids["payments"]):
            code, said = await run(system, *command, str(data_dir / "ill.tar.gz"))
        findings = json.loads(said)["findings"]
        assert (code, findings[0]["severity"], findings[0]["words"]) == (0, "broken", "payments does not answer")
        # And when nothing runs at all there is still a bundle, with the logs
    code, said = await run(system, *command, str(data_dir / "gone.tar.gz"))
    assert (code, "nothing runs on" in json.loads(said)["findings"][0]["words"]) == (0, True)
    assert "pocketpay-doctor/logs/payments.log" in unpacked(data_dir / "gone.tar.gz")


async def until_said(system: System, words: str, *arguments: str) -> str:
    """Runs a program again and again until its output has the words: the monitor looks around every few seconds."""
    async with asyncio.timeout(60):
        while words not in (said := (await run(system, *arguments))[1]):
            await asyncio.sleep(0.5)
    return said


async def test_health_sh_says_how_everything_feels(data_dir: Path):
    async with up(data_dir) as system:
        gateway = f"http://localhost:{system.running.ports['gateway']}"
        # Given a system that is well, and a monitor that has looked at all of it
        await until_said(system, f"ok         gateway    {gateway}/status", "scripts/health.sh", gateway)
        # Then every endpoint of every process is ok
        code, said = await run(system, "scripts/health.sh", "--all")
        assert code == 0, said
        assert [line.split()[0] for line in said.splitlines()] == ["ok"] * (2 * len(system.running.ports) + 1)
        # And when a process stops, its line says so, and so does the exit code
        with frozen(system.running.pids["ledger"]):
            code, said = await run(system, "scripts/health.sh", "--all")
            assert code == 1
            assert {line.split()[2] for line in said.splitlines() if line.startswith("NO ANSWER")} == {"ledger"}
            # The gateway alone knows it too, once the monitor has seen it
            said = await until_said(system, "UNHEALTHY  gateway", "scripts/health.sh", gateway)
    # And when nothing runs any more, nothing answers
    code, said = await run(system, "scripts/health.sh", "--all")
    assert (code, "ok " in said, "NO ANSWER  gateway" in said) == (1, False, True)


async def test_health_sh_refuses_what_it_does_not_understand(system: System):
    assert (await run(system, "scripts/health.sh", "--everything"))[0] == 2
    code, said = await run(system, "scripts/health.sh", "--all", POCKETPAY_DATA_DIR="/nowhere")
    assert (code, "no run.json in /nowhere" in said) == (1, True)


async def test_quickstart_sh_makes_a_payment_on_what_runs(system: System):
    gateway = f"http://localhost:{system.running.ports['gateway']}"
    code, said = await run(system, "scripts/quickstart.sh", gateway)
    assert code == 0, said
    for words in ("runs already", "payment.succeeded", '"income:sales"', f"{gateway}/swagger/index.html"):
        assert words in said
    assert "Stop " not in said


async def test_quickstart_sh_starts_everything_where_nothing_runs(system: System, data_dir: Path):
    (port,) = free_ports(1)
    code, said = await run(
        system, "scripts/quickstart.sh", f"http://localhost:{port}", POCKETPAY_DATA_DIR=str(data_dir)
    )
    try:
        assert code == 0, said
        assert '"status":"succeeded"' in said
        assert "payment.succeeded" in said
    finally:
        pid = int(said.rpartition("Stop         kill ")[2])
        os.kill(pid, signal.SIGTERM)
        async with asyncio.timeout(40):
            while alive(pid):
                await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "missing"), [((), "python3 is missing: install"), (("--docker",), "docker is missing: install")]
)
async def test_quickstart_sh_says_what_is_missing(system: System, tmp_path: Path, arguments, missing):
    for name in ("bash", "curl", "dirname", "env"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    (port,) = free_ports(1)
    command = ("scripts/quickstart.sh", *arguments, f"http://localhost:{port}")
    code, said = await run(system, *command, PATH=str(tmp_path))
    assert (code, missing in said) == (1, True), said


async def test_nats_context_is_what_the_cli_connects_with(system: System):
    await system.post("/api/v1/payments", {"amount": 1000, "currency": "USD", "customer_id": "abc123"})
    code, said = await run(system, "bash", "-c", f'eval "$({sys.executable} -m pocketpay nats-context)"; env')
    told = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("NATS_"))
    client = await nats.connect(told["NATS_URL"], user=told["NATS_USER"], password=told["NATS_PASSWORD"])
    try:
        assert (code, told["NATS_USER"]) == (0, "viewer")
        assert (await client.jetstream().stream_info("EVENTS")).state.messages > 0
    finally:
        await client.close()
