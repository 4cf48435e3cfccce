"""The journal for hledger (https://hledger.org/hledger.html): our own paths as accounts, all else as tags."""

from collections.abc import Sequence
from typing import Final

from pydantic_core import from_json

from actors.ledger.export_rows import Exported, Format, Line, Standing, facts_of, in_one_line, title
from messages.money import EXPONENTS, in_major_units

_TYPES: Final = "".join(
    f"account {root}  ; type:{kind}\n"
    for root, kind in (
        *(("assets", "A"), ("liabilities", "L"), ("income", "R"), ("contra", "R"), ("expenses", "X")),
        *(("equity", "E"), ("fx", "E"), ("suspense", "E"), ("user", "E")),
    )
)
"""hledger knows the first, third and fifth by their names, but not what ours besides them are."""


def _begin(currencies: Sequence[str]) -> str:
    return "decimal-mark .\n\n" + "".join(map(_commodity, currencies)) + f"\n{_TYPES}\n"


def _commodity(currency: str) -> str:
    """`commodity 1000.00 USD`; the mark stands there also when no decimals follow it."""
    return f"commodity 1000.{'0' * EXPONENTS[currency]} {currency}\n"


def _accounts(standings: Sequence[Standing]) -> str:
    paths = dict.fromkeys(standing.account for standing in standings)
    return "".join(f"account {path}\n" for path in paths if ":" in path)


def _begin_opening(date: str) -> str:
    return f"\n{date} * (opening) opening balances\n"


def _opening(_: str, standings: Sequence[Standing]) -> str:
    return "".join(
        f"    {account}  {in_major_units(debit, currency)} {currency}\n"
        for account, currency, debit in standings
        if debit
    )


def _transaction(transaction: Exported, lines: Sequence[Line]) -> str:
    tags = "".join([f"    ; {name}:{value}\n" for name, value in facts_of(transaction)])
    if transaction.metadata != "{}":
        pairs = from_json(transaction.metadata).items()
        tags += "".join(f"    ; metadata:{_in_tag(f'{key}={value}')}\n" for key, value in pairs)
    money = "".join(
        [f"    {account}  {in_major_units(debit, currency)} {currency}\n" for account, currency, debit, _ in lines]
    )
    heading = title(transaction).replace(";", "\\u003b")
    return f"\n{transaction.date} * ({transaction.id}) {heading}\n    ; id:{transaction.id}\n{tags}{money}"


def _in_tag(text: str) -> str:
    """A comma would end the tag, and another could begin."""
    return in_one_line(text).replace(",", "\\u002c")


def _begin_closing(date: str) -> str:
    return f"\n{date} * (closing) closing balances\n"


def _closing(_: str, standings: Sequence[Standing]) -> str:
    return "".join(
        f"    {account}  {in_major_units(0, currency)} {currency} = {in_major_units(debit, currency)} {currency}\n"
        for account, currency, debit in standings
    )


def _end(size: int) -> str:
    return f"\n; end of the export of {size} transactions\n"


HLEDGER: Final = Format(
    *(_begin, _accounts, _begin_opening, _opening),
    *(_transaction, _begin_closing, _closing, _end),
)
"""Of an assertion hledger takes no other currency into account, and no account below."""
