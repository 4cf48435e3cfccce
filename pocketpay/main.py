"""The `pocketpay` command. Exit codes: 0 done, 1 the answer is no, 2 wrong usage.

Everything is imported where it is needed: some libraries take a second to load, and `--help` should not wait.
"""

import asyncio
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from pocketpay.commands import (
    benching,
    debugging,
    demo,
    importing,
    keys,
    ledger,
    listening,
    parked,
    reconciliation,
    simulating,
    status,
)
from pocketpay.commands.completing import processes
from pocketpay.commands.options import HERE, AsJson, DataDir, say, say_line

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.callback()
def pocketpay() -> None:
    """A self-hosted payment platform. Begin with `pocketpay up`."""


def up(
    port: Annotated[int, typer.Option(help="Of the gateway; 0 takes a free one.", min=0, max=65535)] = 8011,
    host: Annotated[str, typer.Option(help="Where the gateway listens.")] = "127.0.0.1",
    data_dir: DataDir = HERE,
    provider: Annotated[
        str, typer.Option(help="simulated or stripe.", autocompletion=lambda: ["simulated", "stripe"])
    ] = "simulated",
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="More in the logs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run everything on embedded servers, restart what dies, stop cleanly on Ctrl-C."""
    from pocketpay.display import Display
    from pocketpay.display_json import JsonDisplay
    from pocketpay.plan import Options
    from pocketpay.settings import load
    from pocketpay.told import told
    from pocketpay.up import run

    if provider not in ("simulated", "stripe"):
        raise typer.BadParameter("simulated or stripe", param_hint="--provider")
    with told():
        load()  # what cannot be read is told before anything starts
        run(Options(data_dir.resolve(), host, port, provider, verbose), JsonDisplay() if as_json else Display())


def serve(
    name: Annotated[
        str,
        typer.Argument(help="gateway, an actor such as payments, monitor or mails.", autocompletion=processes),
    ],
) -> None:
    """Run one process, set up by POCKETPAY_… variables."""
    from pocketpay.serve import PROCESSES
    from pocketpay.serve import serve as begin
    from pocketpay.settings import load
    from pocketpay.told import told, told_of_ports

    if name not in PROCESSES:
        raise typer.BadParameter(f"one of {', '.join(PROCESSES)}", param_hint="NAME")
    with told():
        settings = load()
    with told_of_ports():
        begin(name, settings)


def migrate(
    data_dir: DataDir = HERE,
    passwords: Annotated[Path | None, typer.Option(help="A folder with a file per role, to set them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the database up to date. POCKETPAY_DATABASE_URL names its owner, who may create roles."""
    from pocketpay import targets
    from pocketpay.embedded.postgres import SUPERUSER
    from pocketpay.told import told
    from storage import migrate as migrations

    with told():
        dsn = targets.database(data_dir, SUPERUSER)
        applied = asyncio.run(migrations.migrate(dsn))
        if passwords is not None:
            roles = {role: (passwords / role).read_text().strip() for role in migrations.ROLES}
            asyncio.run(migrations.set_passwords(dsn, roles))
        say({"applied": applied}, applied or ["nothing to do"], as_json)


def provision(
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and look again every five seconds.")] = False,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Create and update the streams, and make again what they lost. POCKETPAY_DATABASE_URL names the owner."""
    from pocketpay import targets
    from pocketpay.embedded.nats_users import PROVISIONER
    from pocketpay.embedded.postgres import SUPERUSER
    from pocketpay.provision import keep_whole
    from pocketpay.provision import provision as provide
    from pocketpay.told import told

    with told():
        nats_url, owner_url = targets.bus(data_dir, PROVISIONER), targets.database(data_dir, SUPERUSER)
        if watch:
            asyncio.run(keep_whole(nats_url, owner_url, partial(say_line, as_json=as_json)))
            raise typer.Exit
        changed = asyncio.run(provide(nats_url, owner_url))
        say({"changed": changed}, changed or ["nothing to do"], as_json)


def verify(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """All money invariants, each with its figure that must be zero. Exit code 1 on any breach."""
    from pocketpay import targets
    from pocketpay.progress import bar
    from pocketpay.told import told
    from storage.migrate import VERIFIER
    from storage.verify import run

    with told():
        with bar("the invariants") as progress:
            findings = asyncio.run(run(targets.database(data_dir, VERIFIER), progress=progress))
        rows = [{"id": f.id, "title": f.title, "figure": f.figure, "detail": f.detail} for f in findings]
        marks = ["ok    " if f.figure == 0 else "BREACH" for f in findings]
        lines = [f"{mark} {f.id:<4}{f.figure:>6}  {f.title}" for mark, f in zip(marks, findings, strict=True)]
        details = [f"{f.id}: {f.detail}" for f in findings if f.figure != 0]
        say({"findings": rows}, [*lines, *details], as_json)
        raise typer.Exit(1 if details else 0)


def version(as_json: AsJson = False) -> None:
    """The version of this program."""
    number = metadata.version("pocketpay")
    say({"version": number}, [number], as_json)


for name, command in {
    "up": up,
    "demo": demo.demo,
    "status": status.status,
    "verify": verify,
    "tail": debugging.tail,
    "listen": listening.listen,
    "import": importing.import_files,
    "doctor": debugging.doctor,
    "serve": serve,
    "migrate": migrate,
    "provision": provision,
    "nats-context": debugging.nats_context,
    "simulate": simulating.simulate,
    "version": version,
}.items():
    app.command(name)(command)
app.command("bench", context_settings=benching.PASSED_ON)(benching.bench)
for name, group in {
    "keys": keys.app,
    "ledger": ledger.app,
    "parked": parked.app,
    "reconciliation": reconciliation.app,
}.items():
    app.add_typer(group, name=name)
