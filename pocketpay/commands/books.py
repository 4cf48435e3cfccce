"""`pocketpay ledger verify`, `rebuild` and `key`: the books checked from the ground up."""

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Annotated

import typer

from pocketpay.commands.options import HERE, AsJson, DataDir, say


def verify(
    tenant: Annotated[str | None, typer.Option(help="Of this tenant alone.")] = None,
    key: Annotated[
        str | None, typer.Option(help="The public key of the heads, in base64; else this place's own.")
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Recompute every leaf, the tree and every signed head. Exit code 1 when anything is not as it was logged."""
    from pocketpay import targets
    from pocketpay.ledger import verify as rule
    from pocketpay.progress import bar
    from pocketpay.told import told
    from storage.migrate import VERIFIER

    with told():
        dsn, trusted = targets.database(data_dir, VERIFIER), _trusted(key, data_dir)
        with bar("the signed log") as progress:
            verdicts = asyncio.run(rule.verify(dsn, tenant, trusted, progress))
        lines = [line for verdict in verdicts for line in rule.in_words(verdict)]
        say({"ledgers": [rule.shown(verdict) for verdict in verdicts]}, lines or ["nothing was posted yet"], as_json)
        raise typer.Exit(1 if any(verdict.figure for verdict in verdicts) else 0)


def rebuild(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Post everything again from the journal, aside, and compare. POCKETPAY_DATABASE_URL names the owner.

    Exit code 1 when any row or balance differs.
    """
    from pocketpay import targets
    from pocketpay.embedded.postgres import SUPERUSER
    from pocketpay.ledger import rebuild as rule
    from pocketpay.progress import bar
    from pocketpay.told import told

    with told():
        dsn = targets.database(data_dir, SUPERUSER)
        with bar("the books again") as progress:
            rebuilt = asyncio.run(rule.rebuild(dsn, progress))
        say(rule.shown(rebuilt), rule.in_words(rebuilt), as_json)
        raise typer.Exit(1 if rebuilt.figure else 0)


def key(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Print the public half of the key that signs the heads here: give it to auditors, by a way of its own."""
    from base64 import b64encode

    from pocketpay.told import told

    with told():
        public = b64encode(_trusted(None, data_dir)).decode()
        say({"public_key": public}, [public], as_json)


def _trusted(key: str | None, data_dir: Path) -> bytes:
    from pocketpay.program import StartFailed
    from pocketpay.running import known_public_key

    if key is None:
        found = known_public_key(data_dir)
        if found is None:
            where = f"no key of {data_dir} signs books: --data-dir or POCKETPAY_LEDGER_SIGNING_KEY names another place"
            raise StartFailed(f"{where}, and `ledger verify --key` takes the public one that auditors have")
        return found
    try:
        public = b64decode(key, validate=True)
    except ValueError:
        public = b""
    if len(public) != 32:
        raise typer.BadParameter("a public key is 32 bytes in base64", param_hint="--key")
    return public
