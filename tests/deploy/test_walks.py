"""Both compose files without Docker: each service's own command, environment, secrets and health check, in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import nats
import nats.errors
import pytest

from pocketpay.embedded.nats_users import USERS, inbox
from pocketpay.nats_accounts import configuration, variable
from pocketpay.program import StartFailed, run
from storage.migrate import ROLES
from tests.deploy.composed import LOCAL, PRODUCTION, ROOT, Composed, read
from tests.deploy.secrets_made import make_secrets
from tests.deploy.site import PORTS, Site, laid_out
from tests.deploy.started import AN_IMAGE_ALONE, ours, startable, started
from tests.walks.system import short_directory

PAYMENT = {"amount": 1000, "currency": "USD", "customer_id": "abc123"}
SECONDS = aiohttp.ClientTimeout(total=20)

pytestmark = pytest.mark.timeout(180)  # the first test of each file starts nine programs


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with short_directory() as directory:
        yield directory


@pytest.fixture(scope="module")
async def local(root: Path) -> AsyncIterator[Site]:
    site = laid_out(read(LOCAL), root / "local")
    async with started(site):
        yield site


@pytest.fixture(scope="module")
async def production(root: Path) -> AsyncIterator[Site]:
    site = laid_out(with_secrets(read(PRODUCTION), make_secrets(root / "secrets")), root / "production")
    async with started(site):
        yield site


def with_secrets(composed: Composed, folder: Path) -> Composed:
    """The same file with the secrets of another folder."""
    files = {name: {"file": str(folder / Path(part["file"]).name)} for name, part in composed.part("secrets").items()}
    return Composed(composed.path, {**composed.document, "secrets": files})


async def ask(
    site: Site, method: str, path: str, body: object = None, host: str = "localhost:8011"
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer of the gateway, called by the name that a client outside uses."""
    url = f"http://127.0.0.1:{site.ports['gateway', 8000]}{path}"
    async with (
        aiohttp.ClientSession(timeout=SECONDS) as http,
        http.request(method, url, json=body, headers={"Host": host}) as response,
    ):
        return response.status, await response.json(content_type=None)


@pytest.mark.parametrize("path", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_all_services_are_walked_but_those_that_come_as_an_image_alone(path: Path) -> None:
    composed = read(path)
    left_out = set(composed.services) - set(startable(laid_out_nowhere(composed))) - {"nats-box"}
    assert left_out == set(AN_IMAGE_ALONE)


def laid_out_nowhere(composed: Composed) -> Site:
    return Site(composed, Path("/nonexistent"), {})


async def test_the_first_steps_of_the_readme_work_on_the_local_file(local: Site) -> None:
    # Given all services of compose.yaml, started in its order
    # When the health endpoints are asked on the published port's name
    status, alive = await ask(local, "GET", "/healthz")
    assert (status, alive["status"]) == (200, "ok")
    ready = {"status": "ready", "checks": {"db": "ok", "bus": "ok", "provider": "ok"}}
    assert await ask(local, "GET", "/readyz") == (200, ready)
    # And a payment is made without any key
    status, payment = await ask(local, "POST", "/api/v1/createPayment", PAYMENT)
    # Then it succeeded, can be read again, and reaches the books
    assert status == 201
    assert (payment["status"], payment["amount"], payment["customer_id"]) == ("succeeded", 1000, "abc123")
    assert (await ask(local, "GET", f"/api/v1/payments/{payment['id']}"))[1]["id"] == payment["id"]
    async with asyncio.timeout(20):
        while not (books := await ask(local, "GET", "/api/v1/ledger/accounts/income:sales"))[1].get("balances"):
            await asyncio.sleep(0.1)
    assert books[1]["balances"][0]["posted"] == 1000


async def test_status_tells_of_every_process(local: Site) -> None:
    async with asyncio.timeout(20):
        while (answer := await ask(local, "GET", "/status"))[1]["status"] != "ok":
            await asyncio.sleep(0.1)
    status, told = answer
    assert status == 200
    assert {"gateway", "payments", "ledger", "invoicing", "notifications", "access"} <= set(told["services"])


async def test_the_gateway_answers_to_its_service_name_and_to_no_strange_one(local: Site) -> None:
    assert (await ask(local, "GET", "/health/deps", host="gateway:8000"))[0] == 200
    assert (await ask(local, "GET", "/health/deps", host="evil.example.com"))[1]["code"] == "invalid_host"


async def test_the_figures_of_every_process_can_be_scraped(local: Site) -> None:
    for name in ("payments", "ledger", "invoicing", "notifications", "access", "gateway", "monitor"):
        [port] = PORTS[name]
        url = f"http://127.0.0.1:{local.ports[name, port]}/metrics"
        async with aiohttp.ClientSession(timeout=SECONDS) as http, http.get(url) as response:
            assert "process_cpu_seconds_total" in await response.text(), name


async def test_production_is_ready_over_tls_and_takes_no_payment_without_a_key(production: Site) -> None:
    # Given all services of compose.production.yaml with the secrets that deploy/secrets.sh made
    assert (await ask(production, "GET", "/readyz", host="pay.example.com"))[1]["status"] == "ready"
    # When somebody without a key pays
    status, problem = await ask(production, "POST", "/api/v1/createPayment", PAYMENT, host="pay.example.com")
    # Then nothing is taken
    assert (status, problem["status"]) == (401, 401)


async def test_nobody_reaches_the_database_of_production_without_tls(production: Site) -> None:
    url = (production.root / "payments/run/secrets/payments_database_url").read_text()
    plain = url.partition("?")[0] + "?sslmode=disable"
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await asyncpg.connect(plain, timeout=10)


async def test_the_bus_of_production_asks_for_tls(production: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", production.ports["nats", 4222])
    greeting = json.loads((await asyncio.wait_for(reader.readline(), 5)).removeprefix(b"INFO "))
    writer.close()
    assert greeting["tls_required"]
    assert greeting["auth_required"]


async def test_nobody_reaches_the_bus_of_production_without_the_right_password(production: Site) -> None:
    port = production.ports["nats", 4222]
    with pytest.raises((nats.errors.Error, OSError)):
        await nats.connect(f"nats://payments:local@127.0.0.1:{port}", allow_reconnect=False, connect_timeout=5)


@pytest.mark.parametrize("job", ["migrate", "provision"])
async def test_a_server_that_our_authority_does_not_vouch_for_is_not_spoken_to(
    production: Site, root: Path, job: str
) -> None:
    # Given a job whose ca.crt is of another authority
    other = make_secrets(root / "other")
    composed = with_secrets(read(PRODUCTION), root / "secrets")
    deceived = Site(composed, root / "deceived", production.ports)
    secrets = {name: Path(part["file"]) for name, part in composed.part("secrets").items()}
    for secret in composed.services[job]["secrets"]:
        deceived.put(job, other / "ca.crt" if secret == "ca.crt" else secrets[secret], f"/run/secrets/{secret}")
    # When it begins, then it ends with the reason
    with pytest.raises(StartFailed, match=r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"):
        await run(ours(deceived, job), 30)


async def test_every_user_of_the_bus_can_log_in(local: Site) -> None:
    for user in USERS:
        url = f"nats://{user}:local@127.0.0.1:{local.ports['nats', 4222]}"
        client = await nats.connect(url, inbox_prefix=inbox(user), allow_reconnect=False)
        await client.close()


def test_the_users_of_the_bus_are_those_of_the_embedded_server() -> None:
    made = (ROOT / "deploy/nats/accounts.conf").read_text()
    assert made == configuration(), "run `python -m pocketpay.nats_accounts > deploy/nats/accounts.conf`"
    assert all(f": ${variable(user)}," in made for user in USERS)


async def test_every_role_of_the_local_database_can_log_in(local: Site) -> None:
    for role in ROLES:
        url = f"postgresql://{role}:local@127.0.0.1:{local.ports['postgres', 5432]}/pocketpay"
        connection = await asyncpg.connect(url, timeout=10)
        await connection.close(timeout=10)
