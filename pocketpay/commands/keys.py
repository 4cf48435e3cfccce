"""`pocketpay keys`: API keys for who runs it, also the first one, which no other key can ask for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pocketpay.commands.completing import scopes
from pocketpay.commands.options import HERE, AsJson, DataDir, say

if TYPE_CHECKING:
    from nats.aio.client import Client

    from messages.api_keys import ApiKey

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="API keys: create, list, revoke. POCKETPAY_NATS_URL names `access`.")

OfTenant = Annotated[str | None, typer.Option("--tenant", help="Without it the operator's own.")]


@app.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="What it is for.")] = "from the command line",
    admin: Annotated[bool, typer.Option("--admin", help="It may do all.")] = False,
    scope: Annotated[
        list[str] | None, typer.Option(help="Such as payments:write; as many as you like.", autocompletion=scopes)
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may see all and change nothing.")] = False,
    type_: Annotated[str, typer.Option("--type", help="secret, restricted or publishable.")] = "secret",
    expires_days: Annotated[int | None, typer.Option(help="Until it ends.", min=1, max=3650)] = None,
    tenant: OfTenant = None,
    mode: Annotated[str | None, typer.Option(help="test or live, for ever, of a tenant that is new.")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print its secret: once, on stdout, and never again."""
    from messages.scopes import ADMIN, READ_ONLY, SCOPES
    from pocketpay import keys
    from pocketpay.told import told

    scopes = [ADMIN] if admin else [*READ_ONLY] if read_only else scope or []
    _must_be(type_, ("secret", "restricted", "publishable"), "--type")
    _must_be(mode or "test", ("test", "live"), "--mode")
    for each in scopes:
        _must_be(each, SCOPES, "--scope")
    if not scopes and type_ != "publishable":
        raise typer.BadParameter("--admin, --read-only or --scope payments:write", param_hint="--scope")
    ends_at = datetime.now(UTC) + timedelta(days=expires_days) if expires_days else None
    with told():
        wish = keys.NewKey(_tenant(tenant), name, scopes, type_, ends_at, mode)  # pyright: ignore[reportArgumentType] - both were looked at
        made, secret = _connected(data_dir, lambda client: keys.create(client, wish))
        typer.echo(f"{made.id} of {wish.tenant} may do {', '.join(made.scopes) or 'what anybody may'}", err=True)
        typer.echo("its secret is shown this once: keep it where only its user can read it", err=True)
        say({**_row(made), "tenant": wish.tenant, "secret": secret}, [secret], as_json)


@app.command("list")
def list_(tenant: OfTenant = None, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """All keys of a tenant, newest first, without their secrets."""
    from pocketpay import keys
    from pocketpay.told import told

    with told():
        found = _connected(data_dir, lambda client: keys.listed(client, _tenant(tenant)))
        rows = [_row(key) for key in found]
        say({"keys": rows}, [_in_words(key) for key in found] or ["there are no keys"], as_json)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="As `list` names it: key_…", metavar="ID")],
    tenant: OfTenant = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """End a key at once: within a second it is refused everywhere."""
    from messages.ids import is_token
    from pocketpay import keys
    from pocketpay.told import told

    if not is_token(key):
        raise typer.BadParameter("the id of a key: key_…", param_hint="ID")
    with told():
        revoked = _connected(data_dir, lambda client: keys.revoke(client, _tenant(tenant), key))
        say(_row(revoked), [_in_words(revoked)], as_json)


def _connected(data_dir: Path, act: "Callable[[Client], Awaitable[T]]") -> T:
    from pocketpay import targets
    from pocketpay.bus import connected
    from pocketpay.plan import ACCESS

    async def acted() -> T:
        async with connected(targets.bus(data_dir, ACCESS)) as client:
            return await act(client)

    return asyncio.run(acted())


def _tenant(named: str | None) -> str:
    from messages.ids import is_token
    from pocketpay.settings import load

    tenant = named or load().operator_tenant
    if not is_token(tenant):
        raise typer.BadParameter("letters, digits, - and _ alone", param_hint="--tenant")
    return tenant


def _must_be(given: str, known: tuple[str, ...], hint: str) -> None:
    if given not in known:
        raise typer.BadParameter(f"one of {', '.join(known)}", param_hint=hint)


def _row(key: "ApiKey") -> dict[str, object]:
    return key.model_dump(mode="json", exclude={"secret", "object", "metadata"})


def _in_words(key: "ApiKey") -> str:
    used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
    ends = f", ends {key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at and key.status in ("active", "rotating") else ""
    may = ", ".join(key.scopes) or "-"
    return f"{key.id}  {key.prefix:<17}  {key.status:<8}  {key.type:<11}  {used}{ends}  {key.name}  {may}"
