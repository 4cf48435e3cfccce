"""Several accounts with payment providers, as `POCKETPAY_ACCOUNTS` lists them. Of secrets it names the files alone."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from messages.payments import WALLET

Kind = Literal["simulated", "stripe"]


class Account(BaseModel):
    """One of them, the first the default. Its name goes into payments and the ledger's accounts, so it stays for ever.

    A Stripe account has a file with its secret key, and one with the secrets of its webhooks, with commas. A process
    reads only the file that it needs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    kind: Kind
    key_file: Path | None = None
    webhook_secrets_file: Path | None = None


_ACCOUNTS: TypeAdapter[tuple[Account, ...]] = TypeAdapter(tuple[Account, ...])


def without_values(error: ValidationError) -> str:
    """What is wrong where, in a line that holds nothing of what was given."""
    wrong = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}".removeprefix(": ") for each in wrong)


def read_accounts(text: object) -> object:
    """From JSON. Raises ValueError, which holds no values, also when two have one name, or one that of the wallets."""
    if not isinstance(text, str):
        return text
    try:
        accounts = _ACCOUNTS.validate_json(text)
    except ValidationError as error:
        raise ValueError(without_values(error)) from None
    names = {each.name for each in accounts}
    if len(names) < len(accounts) or WALLET in names:
        raise ValueError(f"each account has a name of its own, and none is called {WALLET}")
    return accounts


def secrets_in(file: Path | None) -> tuple[str, ...]:
    """What stands in the file, with commas between; nothing without a file."""
    return several(file.read_text()) if file else ()


def several(text: str) -> tuple[str, ...]:
    """What stands between the commas, blanks left out."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
