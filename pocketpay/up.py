"""Everything with one command: embedded servers, migrations, streams and our processes, until Ctrl-C."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import asyncpg
from nats.errors import Error as NatsError

from pocketpay import first_key, plan
from pocketpay.display import Display
from pocketpay.display_json import JsonDisplay
from pocketpay.embedded import nats, postgres
from pocketpay.embedded.lock import held
from pocketpay.embedded.nats import Nats
from pocketpay.embedded.nats_users import PROVISIONER, VIEWER
from pocketpay.embedded.postgres import Postgres, superuser_dsn
from pocketpay.payment_lines import tell_payments
from pocketpay.plan import ACTORS, GATEWAY, MAILS, SMTP, Options
from pocketpay.ports import choose_ports
from pocketpay.provision import provision
from pocketpay.running import DATABASE, Running, nats_url, role_password, write
from pocketpay.settings import load
from pocketpay.status.asking import ask_all
from pocketpay.status.judging import Place, remarks
from pocketpay.status.money import Money
from pocketpay.supervisor import Watched, kept
from storage.migrate import ROLES, migrate, set_passwords

PROVISION_AGAIN_SECONDS = 0.2
NATS_SECONDS = 60

Provisioning = Callable[[], Awaitable[list[str]]]
Telling = Display | JsonDisplay


def run(options: Options, display: Telling) -> None:
    """Blocks until SIGINT, SIGTERM or SIGHUP. Raises InUse, PortTaken or a group with what did not start."""
    with held(options.data_dir):
        try:
            asyncio.run(_until_asked_to_stop(options, display))
        finally:
            display.close()


async def _until_asked_to_stop(options: Options, display: Telling) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    work = asyncio.create_task(_run_all(options, display))
    asking = asyncio.create_task(asked.wait())
    await asyncio.wait({work, asking}, return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    if work.done():
        return work.result()
    display.line("stopping")
    work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        display.line("stopped, all data is kept")


async def _run_all(options: Options, display: Telling) -> None:
    ports = choose_ports(options.host, options.port)
    with display.step("prepare"):
        prepared = postgres.prepare(options.data_dir), nats.prepare(options.data_dir)
        database, bus = await asyncio.gather(*prepared)
    running = _running(options, ports, database, bus)
    pids: dict[str, int] = {}

    def noted(name: str, pid: int) -> None:
        pids[name] = pid
        write(options.data_dir, running.model_copy(update={"pids": pids}))

    url = nats_url(options.data_dir, running, PROVISIONER)
    provisioning = partial(provision, url, superuser_dsn(database, DATABASE))

    async with AsyncExitStack() as stack:  # what was started last is stopped first

        async def keep(*group: Watched) -> None:
            await stack.enter_async_context(kept(*group, report=display.line, noted=noted))

        with display.step("postgres"):
            await keep(_watched_postgres(database))
        with display.step("nats"):
            await keep(_watched_nats(bus, provisioning))
        with display.step("migrate"):
            await _migrate(options, database)
        with display.step("provision"):
            await provisioning()
        with display.step("actors"):
            await keep(plan.mails(options, running), *(plan.actor(name, options, running) for name in ACTORS))
        with display.step("gateway"):
            await keep(plan.gateway(options, running), plan.monitor(options, running))
        if not plan.is_open(options):
            await _first_key(options, running, display)
        display.ready(f"http://localhost:{ports[GATEWAY]}", f"http://127.0.0.1:{ports[MAILS]}", str(options.data_dir))
        await _tell_troubles(options, running, display)
        await tell_payments(nats_url(options.data_dir, running, VIEWER), display.payment, display.line)


async def _tell_troubles(options: Options, running: Running, display: Telling) -> None:
    """A provider that is away keeps nothing from starting, so it must be said."""
    here = Place("", plan.address(options, running), str(options.data_dir / "logs"))
    for remark in remarks(await ask_all(options.data_dir, running), Money(), here):
        if not remark.is_well:
            display.line(f"{remark.about}: {remark.words}; next: {remark.next}")


async def _first_key(options: Options, running: Running, display: Telling) -> None:
    """Where keys are asked for, somebody must have the first one."""
    settings = load()
    url, mode = nats_url(options.data_dir, running, plan.ACCESS), first_key.mode_of(settings, options.provider)
    file = await first_key.ensure(options.data_dir, url, settings.operator_tenant, mode)
    if file is not None:
        display.line(f"the first admin key of {settings.operator_tenant} lies in {file}")


def _watched_postgres(database: Postgres) -> Watched:
    # After kill -9 it reads its log again from the last checkpoint before it answers.
    clear = partial(postgres.clear, database.data)
    return Watched(database.program, partial(postgres.answers, database), ready_seconds=120, clear=clear)


def _watched_nats(bus: Nats, provisioning: Provisioning) -> Watched:
    """Whatever it lost when it died is made again before it counts as ready: the actors that live on wait for that."""

    async def ready_again() -> bool:
        if not await nats.answers(bus):
            return False
        try:
            await provisioning()
        except (NatsError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(PROVISION_AGAIN_SECONDS)
            return False
        return True

    return Watched(bus.program, partial(nats.answers, bus), ready_seconds=NATS_SECONDS, ready_again=ready_again)


async def _migrate(options: Options, database: Postgres) -> None:
    await postgres.ensure_database(database, DATABASE)
    await migrate(superuser_dsn(database, DATABASE))
    passwords = {role: role_password(options.data_dir, role) for role in ROLES}
    await set_passwords(superuser_dsn(database, DATABASE), passwords)


def _running(options: Options, ports: dict[str, int], database: Postgres, bus: Nats) -> Running:
    return Running(
        pid=os.getpid(),
        host=options.host,
        ports={name: port for name, port in ports.items() if name != SMTP},
        nats_port=bus.port,
        smtp_port=ports[SMTP],
        nats_monitor_port=bus.monitor_port,
        postgres_socket_dir=database.socket_dir,
    )
