"""What an export is made of, and how text that others wrote becomes one line without a trap in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic_core import from_json

from messages.money import in_major_units


class Standing(NamedTuple):
    """An account's balance at a time, in minor units; negative on the credit side."""

    account: str
    currency: str
    debit: int


class Line(NamedTuple):
    """An entry in minor units, negative for a credit; `balance_after` is positive on the account's normal side."""

    account: str
    currency: str
    debit: int
    balance_after: int


class Exported(NamedTuple):
    """A transaction. Times are RFC 3339 in UTC; `conversion` and `metadata` are JSON."""

    leaf_index: int
    id: str
    effective_at: str
    recorded_at: str
    source_type: str
    source_id: str
    source_kind: str
    event: str | None
    command: str | None
    provider_reference: str | None
    reverses: str | None
    reversed_by: str | None
    conversion: str | None
    flags: Sequence[str]
    description: str | None
    metadata: str

    @property
    def date(self) -> str:
        """By which it is booked: the effective one, in UTC."""
        return self.effective_at[:10]


@dataclass(frozen=True, slots=True)
class Format:
    """How each part of an export is written. `opening` and `closing` begin with the first page of balances alone.

    Dates are ISO; `end` is the last line, and says how many transactions the log had.
    """

    begin: Callable[[Sequence[str]], str]
    accounts: Callable[[Sequence[Standing]], str]
    begin_opening: Callable[[str], str]
    opening: Callable[[str, Sequence[Standing]], str]
    transaction: Callable[[Exported, Sequence[Line]], str]
    begin_closing: Callable[[str], str]
    closing: Callable[[str, Sequence[Standing]], str]
    end: Callable[[int], str]


def in_one_line(text: str) -> str:
    """Text that others wrote: the backslash, and what is no visible character, as JSON would write it in quotes."""
    return visible(text.replace("\\", "\\\\"))


def visible(text: str) -> str:
    """The same of JSON, which stays what it was: only invisible characters are replaced."""
    return text if text.isprintable() else "".join(map(_visible, text))


def title(transaction: Exported) -> str:
    """Its description, or else what it was posted for; in one line."""
    if transaction.description:
        return in_one_line(transaction.description)
    return f"{transaction.source_type} {transaction.source_id} {transaction.source_kind}"


def rate_in_words(conversion: str) -> str:
    """`100.00 USD at 151.2 = 15120 JPY`."""
    known = from_json(conversion)
    left = f"{in_major_units(known['from_amount'], known['from_currency'])} {known['from_currency']}"
    right = f"{in_major_units(known['to_amount'], known['to_currency'])} {known['to_currency']}"
    return f"{left} at {known['rate']} = {right}"


def facts_of(transaction: Exported) -> list[tuple[str, str]]:
    """(name, value) of all that is known besides money, dates, description and metadata."""
    one = transaction
    facts = [("leaf", str(one.leaf_index)), ("source", f"{one.source_type}/{one.source_id}/{one.source_kind}")]
    facts += [("effective", one.effective_at), ("recorded", one.recorded_at)]
    optional = (
        ("event", one.event),
        ("command", one.command),
        ("reference", one.provider_reference and in_one_line(one.provider_reference)),
        ("reverses", one.reverses),
        ("reversed-by", one.reversed_by),
        ("conversion", one.conversion and rate_in_words(one.conversion)),
        ("flags", " ".join(one.flags)),
    )
    return facts + [(name, value) for name, value in optional if value]


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or "".join(f"\\u{unit:04x}" for unit in _units(character))


def _units(character: str) -> list[int]:
    """In UTF-16, as JSON counts."""
    raw = character.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
