"""Commands for whoever looks for what is wrong: `tail`, `doctor`, `nats-context`."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say

if TYPE_CHECKING:
    from pocketpay.tail.hearing import Show


def tail(
    subject: Annotated[
        str, typer.Argument(help="A NATS subject, * for a token, > for the rest.")
    ] = "pocketpay.event.>",
    *,
    since: Annotated[str | None, typer.Option(help="Begin so long ago: 30s, 10m, 2h, 1d.")] = None,
    last: Annotated[int | None, typer.Option(help="Begin with the last N.", min=1, max=10_000)] = None,
    tenant: Annotated[str | None, typer.Option(help="Of this tenant alone.")] = None,
    message_type: Annotated[
        str, typer.Option("--type", help="payment.succeeded, or payment.* for all of those.")
    ] = "*",
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Show messages as they are said, until Ctrl-C; with --since or --last first what was said before."""
    from pocketpay import targets
    from pocketpay.embedded.nats_users import VIEWER
    from pocketpay.tail.hearing import Start, follow
    from pocketpay.tail.wanted import ago, stream_of, wanted
    from pocketpay.told import told

    if since and last:
        raise typer.BadParameter("--since or --last, not both")
    try:
        wish, start = wanted(subject, tenant, message_type), Start(ago(since) if since else None, last)
        if since or last:
            stream_of(wish)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with told(), until_nobody_looks():
        asyncio.run(follow(targets.bus(data_dir, VIEWER), wish, start, _show(as_json=as_json)))


def _show(*, as_json: bool) -> "Show":
    from rich.console import Console

    from pocketpay.tail.lines import line_of, raw
    from pocketpay.tail.look import Screen

    screen = Screen(Console(highlight=False))

    def show(subject: str, payload: bytes, at: datetime) -> None:
        if as_json:
            typer.echo(raw(subject, payload))
        else:
            screen.show(line_of(subject, payload, at))

    return show


@contextlib.contextmanager
def until_nobody_looks() -> Generator[None]:
    """Ctrl-C and the end of `… | head` are how one stops looking, no errors."""
    try:
        yield
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python flushes into the broken pipe


def nats_context(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Print what the NATS CLI needs to look around: eval "$(pocketpay nats-context)" && nats stream report."""
    from shlex import quote
    from urllib.parse import unquote, urlsplit

    from pocketpay import targets
    from pocketpay.embedded.nats_users import VIEWER
    from pocketpay.told import told

    with told():
        parts = urlsplit(targets.bus(data_dir, VIEWER))
        values = {
            "NATS_URL": f"nats://{parts.hostname}:{parts.port or 4222}",
            "NATS_USER": unquote(parts.username or ""),
            "NATS_PASSWORD": unquote(parts.password or ""),
        }
        lines = [f"export {name}={quote(value)}" for name, value in values.items()]
        say({**values}, lines, as_json)


def doctor(
    output: Annotated[Path | None, typer.Option(help="The bundle; else pocketpay-doctor-<time>.tar.gz here.")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong, worst first, and pack what support needs to know into a file without secrets."""
    from datetime import UTC

    from pocketpay.doctor import asking
    from pocketpay.doctor.bundle import default_name, pack
    from pocketpay.doctor.judging import judged
    from pocketpay.doctor.masking import mask_for
    from pocketpay.told import told

    with told():
        mask = mask_for(data_dir, os.environ)
        facts = asyncio.run(asking.ask_everything(data_dir, os.environ))
        texts = {f"metrics/{name}.txt": text for name, text in asyncio.run(asking.metrics(data_dir)).items()}
        texts |= {f"logs/{name}": text for name, text in asking.logs(data_dir).items()}
        troubles, path = judged(facts), output or default_name(datetime.now(UTC))
        pack(path, facts, troubles, texts, mask)
        found = [{"severity": each.severity, "words": mask(each.words)} for each in troubles]
        lines = [f"{each['severity']:<11}{each['words']}" for each in found] or ["nothing is wrong"]
        say({"findings": found, "bundle": str(path)}, [*lines, f"all of it, without secrets, is in {path}"], as_json)
