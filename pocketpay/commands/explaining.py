"""`pocketpay ledger explain`."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say

TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]


def explain(
    path: Annotated[str, typer.Argument(help="An account, such as income:sales.")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=TIMES, help="The first recorded time, in UTC."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=TIMES, help="The first one no longer in it."),
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Needed when the account has several.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose books.")] = "demo",
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """What moved a balance, by cause. Exit code 1 when it cannot be said."""
    from messages.ledger_queries import Explain
    from messages.money import known_currency
    from pocketpay import targets
    from pocketpay.ledger.explaining import CannotExplainError, explained, in_lines
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    try:
        named = known_currency(currency.upper()) if currency else None
    except ValueError as error:
        raise typer.BadParameter(f"{currency} is no currency such as USD", param_hint="--currency") from error
    asked = Explain(path=path, currency=named, since=_in_utc(since), until=_in_utc(until))
    with told():
        try:
            found = asyncio.run(explained(targets.database(data_dir, VERIFIER), tenant, asked))
        except CannotExplainError as no:
            say({"error": str(no)}, [str(no)], as_json)
            raise typer.Exit(1) from no
        say(found, in_lines(found), as_json)


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
