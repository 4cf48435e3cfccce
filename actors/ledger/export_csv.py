"""The journal as CSV (RFC 4180): a line per entry, between lines with the opening and the closing balances."""

from collections.abc import Sequence
from typing import Final

from actors.ledger.export_rows import Exported, Format, Line, Standing, in_one_line, rate_in_words, visible
from messages.money import in_major_units

COLUMNS: Final = (
    *("kind", "date", "transaction", "leaf_index", "line", "account", "debit", "credit", "currency", "balance_after"),
    *("effective_at", "recorded_at", "source_type", "source_id", "source_kind", "event", "command", "reverses"),
    *("reversed_by", "flags", "conversion", "provider_reference", "description", "metadata"),
)
"""`kind` is opening, entry, closing or end. The last four stand on a transaction's first line alone."""

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these, half and full width, a spreadsheet takes a cell for a formula and may run it."""

_AFTER_BALANCES: Final = "," * (COLUMNS.index("metadata") - COLUMNS.index("currency"))


def cell(text: str | None) -> str:
    """Text that others wrote, quoted; what a spreadsheet would run gets an apostrophe in front."""
    return _quoted(in_one_line(text)) if text else ""


def _quoted(shown: str) -> str:
    guard = "'" if shown.lstrip().startswith(_FORMULA) else ""
    return '"' + guard + shown.replace('"', '""') + '"'


def _begin(_: Sequence[str]) -> str:
    return ",".join(COLUMNS) + "\r\n"


def _transaction(transaction: Exported, lines: Sequence[Line]) -> str:
    one = transaction
    begin = f"entry,{one.date},{one.id},{one.leaf_index},"
    source = f"{one.source_type},{one.source_id},{one.source_kind}"
    links = f"{one.event or ''},{one.command or ''},{one.reverses or ''},{one.reversed_by or ''}"
    end = f"{one.effective_at},{one.recorded_at},{source},{links},{' '.join(one.flags)}"
    return "".join(
        [
            f"{begin}{number},{account},{_sides(debit, currency)},{currency},{in_major_units(balance, currency)},"
            f"{end},{',,,' if number else _free(one)}\r\n"
            for number, (account, currency, debit, balance) in enumerate(lines)
        ]
    )


def _free(one: Exported) -> str:
    conversion = rate_in_words(one.conversion) if one.conversion else ""
    metadata = "" if one.metadata == "{}" else _quoted(visible(one.metadata))
    return f"{conversion},{cell(one.provider_reference)},{cell(one.description)},{metadata}"


def _sides(debit: int, currency: str) -> str:
    """One of the two cells is empty."""
    return f"{in_major_units(debit, currency)}," if debit >= 0 else f",{in_major_units(-debit, currency)}"


def _nothing(_: object) -> str:
    return ""


def _balances(kind: str, day: str, standings: Sequence[Standing]) -> str:
    return "".join(
        f"{kind},{day},,,,{account},{_sides(debit, currency)},{currency}{_AFTER_BALANCES}\r\n"
        for account, currency, debit in standings
    )


def _opening(day: str, standings: Sequence[Standing]) -> str:
    return _balances("opening", day, [standing for standing in standings if standing.debit])


def _closing(day: str, standings: Sequence[Standing]) -> str:
    return _balances("closing", day, standings)


def _end(size: int) -> str:
    return f"end,,,{size}" + "," * (len(COLUMNS) - 4) + "\r\n"


CSV: Final = Format(
    *(_begin, _nothing, _nothing, _opening),
    *(_transaction, _nothing, _closing, _end),
)
"""The `leaf_index` of the last line is how many transactions the log had."""
