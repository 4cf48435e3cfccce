"""`pocketpay listen`."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin

import typer

from pocketpay.commands.debugging import until_nobody_looks
from pocketpay.commands.options import HERE, AsJson, DataDir, Key

if TYPE_CHECKING:
    from pocketpay.targets import Door

_TYPE = re.compile(r"\*|[a-z_.]{1,64}(\.\*)?")


def listen(
    forward_to: Annotated[str, typer.Option(help="Where events are sent: localhost:3000/hook, or a whole URL.")],
    *,
    types: Annotated[str, typer.Option(help="payment.*,invoice.paid: with commas; * is everything.")] = "*",
    path: Annotated[str | None, typer.Option(help="Under that address, such as /webhooks/pocketpay.")] = None,
    secret: Annotated[
        str | None, typer.Option(help="Signs, whsec_…; else a new one per run.", envvar="POCKETPAY_LISTEN_SECRET")
    ] = None,
    key: Key = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Send events as signed webhooks to a program on this machine, from now on until Ctrl-C."""
    from messages.webhook_addresses import url_refusal
    from pocketpay import targets
    from pocketpay.listen.forwarding import EVERYWHERE, is_secret, new_secret
    from pocketpay.told import told

    url, wanted = _url(forward_to, path), tuple(each.strip() for each in types.split(",") if each.strip())
    if refusal := url_refusal(url, EVERYWHERE):
        raise typer.BadParameter(refusal, param_hint="--forward-to")
    if not wanted or not all(_TYPE.fullmatch(each) for each in wanted):
        raise typer.BadParameter("event types such as payment.*,invoice.paid", param_hint="--types")
    if secret is not None and not is_secret(secret):
        raise typer.BadParameter("whsec_ and 24 to 64 bytes in base64", param_hint="--secret")
    with told(), until_nobody_looks():
        asyncio.run(_forward(targets.door(data_dir, key), url, wanted, secret or new_secret(), as_json))


async def _forward(door: "Door", url: str, types: tuple[str, ...], secret: str, as_json: bool) -> None:
    import json
    from contextlib import aclosing

    from actors.notifications.delivering import Sender
    from pocketpay.listen.forwarding import EVERYWHERE, Forward, takes
    from pocketpay.listen.hearing import events

    opening = {"gateway": door.url, "forward_to": url, "types": types, "secret": secret}
    words = f"events of {door.url} go to {url}, signed with {secret}; Ctrl-C ends it"

    def opened() -> None:
        typer.echo(json.dumps(opening) if as_json else words)

    forward, sequence = Forward(url, secret, Sender(EVERYWHERE)), 0
    pattern = types[0] if len(types) == 1 else None
    async with aclosing(events(door, pattern, lambda text: typer.echo(text, err=True), opened)) as told:
        async for text in told:
            if takes(text, types):
                sequence += 1
                done = await forward.deliver(text, sequence)
                typer.echo(done.as_json() if as_json else done.in_line())


def _url(forward_to: str, path: str | None) -> str:
    url = forward_to if "://" in forward_to else f"http://{forward_to}"
    return urljoin(url, path) if path else url
