"""`pocketpay ledger`: the books, read from the database."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say

app = typer.Typer(no_args_is_help=True, help="The books, read from the database.")

Tenant = Annotated[str, typer.Option(help="Whose books.")]


@app.command()
def explain(
    path: Annotated[str, typer.Argument(help="An account, such as income:sales.")],
    *,
    since: Annotated[str | None, typer.Option("--from", help="A recorded time, such as 2026-11-22T10:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The time before which it ends.")] = None,
    currency: Annotated[str | None, typer.Option(help="Needed when the account has several.")] = None,
    tenant: Tenant = "demo",
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """What moved a balance, by cause. Exit code 1 when there is no such account."""
    from messages.ledger_queries import Explain
    from messages.money import known_currency
    from pocketpay import targets
    from pocketpay.ledger.explaining import CannotExplainError, explained, in_lines
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    try:
        currency = known_currency(currency.upper()) if currency else None
    except ValueError as error:
        raise typer.BadParameter(f"{currency} is no currency such as USD", param_hint="--currency") from error
    asked = Explain(path=path, currency=currency, since=moment_of(since, "--from"), until=moment_of(until, "--to"))
    with told():
        try:
            found = asyncio.run(explained(targets.database(data_dir, VERIFIER), tenant, asked))
        except CannotExplainError as no:
            say({"error": str(no)}, [str(no)], as_json)
            raise typer.Exit(1) from no
        say(found, in_lines(found), as_json)


def moment_of(text: str | None, option: str) -> datetime | None:
    """A day or a time, in UTC unless it says otherwise. Raises BadParameter."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no time such as 2026-11-22T10:00:00Z", param_hint=option) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
