"""The journal for Beancount (https://beancount.github.io/docs/): five roots, names that it allows, exact balances."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from actors.ledger.chart import class_of
from actors.ledger.export_rows import Exported, Format, Line, Standing, facts_of, title, visible
from messages.money import in_major_units

_FIRST_DAY: Final = "1970-01-01"
_ROOTS: Final = {
    "assets": "Assets",
    "liabilities": "Liabilities",
    "income": "Income",
    "expenses": "Expenses",
    "equity": "Equity",
    "contra": "Income:Contra",
    "fx": "Equity:Fx",
    "suspense": "Equity:Suspense",
    "user": "Equity:User",
}


@lru_cache(maxsize=65_536)
def account_of(path: str) -> str:
    """Of different paths different names: `liabilities:wallets:abc_1` is `Liabilities:Wallets:Xabc-u1`.

    Raises ValueError for a path outside the chart.
    """
    row = class_of(path)
    if row is None:
        raise ValueError(f"the chart has no account {path}")
    root, *segments = path.split(":")
    pattern = row.pattern.split(":")[1:]
    pattern += ["*"] * (len(segments) - len(pattern))
    names = [
        _free(segment) if "*" in fixed else fixed.title().replace("_", "")
        for segment, fixed in zip(segments, pattern, strict=True)
    ]
    return ":".join([_ROOTS[root], *names])


def _free(segment: str) -> str:
    """Of letters, digits and hyphens, the first no small letter and no hyphen; an X in front says that it was one."""
    written = segment.replace("-", "--").replace("_", "-u")
    return written if segment[0] in "0123456789ABCDEFGHIJKLMNOPQRSTUVWYZ" else f"X{written}"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _begin(currencies: Sequence[str]) -> str:
    commodities = "".join(f"{_FIRST_DAY} commodity {currency}\n" for currency in currencies)
    return f'option "title" "PocketPay"\n\n{commodities}\n'


def _accounts(standings: Sequence[Standing]) -> str:
    paths = dict.fromkeys(standing.account for standing in standings)
    return "".join(f'{_FIRST_DAY} open {account_of(path)}\n  path: "{path}"\n' for path in paths)


def _begin_opening(day: str) -> str:
    return f'\n{day} * "opening balances"\n'


def _opening(_: str, standings: Sequence[Standing]) -> str:
    return "".join(
        f"  {account_of(account)}  {in_major_units(debit, currency)} {currency}\n"
        for account, currency, debit in standings
        if debit
    )


def _transaction(transaction: Exported, lines: Sequence[Line]) -> str:
    facts = "".join([f"  {name}: {_text(value)}\n" for name, value in facts_of(transaction)])
    if transaction.metadata != "{}":
        facts += f"  metadata: {_text(visible(transaction.metadata))}\n"
    money = "".join(
        [
            f"  {account_of(account)}  {in_major_units(debit, currency)} {currency}\n"
            for account, currency, debit, _ in lines
        ]
    )
    return f'\n{transaction.date} * {_text(title(transaction))}\n  id: "{transaction.id}"\n{facts}{money}'


def _begin_closing(_: str) -> str:
    return "\n"


def _closing(day: str, standings: Sequence[Standing]) -> str:
    """Beancount looks at the beginning of the day, and by itself would let a cent pass."""
    morning_after = date.fromisoformat(day) + timedelta(days=1)
    return "".join(
        f"{morning_after} balance {account_of(account)}  {in_major_units(debit, currency)} ~ 0 {currency}\n"
        for account, currency, debit in standings
    )


def _end(size: int) -> str:
    return f"\n; end of the export of {size} transactions\n"


BEANCOUNT: Final = Format(
    *(_begin, _accounts, _begin_opening, _opening),
    *(_transaction, _begin_closing, _closing, _end),
)
