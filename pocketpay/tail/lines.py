"""From a message to what one sees of it. Everything in it was put there by its sender, so nothing of it is trusted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from messages.money import EXPONENTS, in_major_units
from messages.subjects import type_of

CELL_LENGTH_MAX = 64
CORRELATION_LENGTH = 8
REFUSED_FROM = 400

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """What a person looks for, each in one word without control characters; an empty cell is not known."""

    at: datetime
    kind: str
    type: str
    entity: str = ""
    amount: str = ""
    status: str = ""
    customer: str = ""
    correlation: str = ""
    tenant: str = ""
    refused: bool = False


def line_of(subject: str, payload: bytes, received_at: datetime) -> Line:
    """Of any bytes; those that cannot be read show their size."""
    kind = word(subject.split(".")[1])
    message = read(payload)
    if message is None:
        return Line(
            received_at, kind, word(_type_in(subject)), status=f"unreadable, {len(payload)} bytes", refused=True
        )
    if kind == "reply":
        return _reply(message, received_at)
    return _envelope(kind, subject, message, received_at)


def raw(subject: str, payload: bytes) -> str:
    """One line of JSON: as it came, unless that could be taken for two lines or move a cursor."""
    try:
        text = payload.decode()
        message = json.loads(text)
    except (ValueError, RecursionError):
        return json.dumps({"unreadable": payload.decode(errors="backslashreplace"), "subject": subject})
    return text if text.isprintable() else json.dumps(message)


def read(payload: bytes) -> Fields | None:
    """The message, if it is a JSON object."""
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return cast("Fields", message) if isinstance(message, dict) else None


def type_in(subject: str, message: Fields | None) -> str:
    """What the message calls itself, else what its subject says."""
    said = (message or {}).get("type")
    return said if isinstance(said, str) else _type_in(subject)


def word(value: object) -> str:
    """Printable, without spaces, and short: nothing in it can look like another cell, another line or a command."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value)
    shown = text if len(text) <= CELL_LENGTH_MAX else f"{text[: CELL_LENGTH_MAX - 1]}…"
    return "".join(each if each.isprintable() and not each.isspace() else _escaped(each) for each in shown)


def _escaped(character: str) -> str:
    return "␠" if character == " " else character.encode("unicode_escape", "backslashreplace").decode()


def _envelope(kind: str, subject: str, message: Fields, received_at: datetime) -> Line:
    data = _object(message, "data")
    kind, data, said = (
        ("answer", _object(data, "body"), data) if message.get("type") == "answer" else (kind, data, message)
    )
    message_type = word(type_in(subject, said))
    status = _status(said, data)
    return Line(
        at=_time(message.get("time"), received_at),
        kind=kind,
        type=message_type,
        entity=word(message.get("subject") or message.get("entity") or data.get("id")),
        amount=_amount(data),
        status=status,
        customer=word(message.get("customer_id") or data.get("customer_id")),
        correlation=_shortened(message.get("correlation_id")),
        tenant=word(message.get("tenant") or _token(subject, 2)),
        refused=_is_refusal(said) or kind == "parked" or message_type.endswith(".failed"),
    )


def _reply(message: Fields, received_at: datetime) -> Line:
    body = _object(message, "body") or _object(message, "resource")
    about = _object(body, "payment") or body
    return Line(
        at=received_at,
        kind="reply",
        type=word(message.get("kind")),
        entity=word(about.get("id")),
        amount=_amount(about),
        status=_status(message, body),
        customer=word(about.get("customer_id")),
        correlation=_shortened(message.get("command_id")),
        refused=_is_refusal(message),
    )


def _status(said: Fields, data: Fields) -> str:
    """`succeeded`; of an outcome `201 succeeded` or `402 card_declined`."""
    words = (said.get("status"), data.get("code") or data.get("status"))
    return " ".join(each for each in map(word, words) if each)


def _is_refusal(said: Fields) -> bool:
    status = said.get("status")
    return isinstance(status, int) and status >= REFUSED_FROM


def _amount(data: Fields) -> str:
    """`10.00 USD`; of a ledger transaction, what was debited when it is one currency."""
    amount, currency = data.get("amount"), data.get("currency")
    if amount is None and isinstance(data.get("entries"), list):
        amount, currency = _debited(data["entries"])
    if type(amount) is int and isinstance(currency, str) and currency in EXPONENTS:
        return word(in_major_units(amount, currency)) + f" {currency}"
    return word(amount)


def _debited(entries: list[Any]) -> tuple[int | None, str | None]:
    debits = [each for each in entries if isinstance(each, dict) and each.get("side") == "debit"]
    currencies = {str(each.get("currency")) for each in debits}
    if len(currencies) != 1 or not all(type(each.get("amount")) is int for each in debits):
        return None, None
    return sum(each["amount"] for each in debits), currencies.pop()


def _time(said: object, received_at: datetime) -> datetime:
    try:
        return datetime.fromisoformat(cast("str", said)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return received_at


def _shortened(value: object) -> str:
    """Ids begin with their time, so their end tells them apart; `grep` finds the rest."""
    text = word(value)
    return text if len(text) <= CORRELATION_LENGTH + 1 else f"…{text[-CORRELATION_LENGTH:]}"


def _object(message: Fields, name: str) -> Fields:
    value = message.get(name)
    return cast("Fields", value) if isinstance(value, dict) else {}


def _type_in(subject: str) -> str:
    if subject.startswith("pocketpay.command."):
        return _token(subject, 4).replace("-", ".")
    if subject.startswith("pocketpay.event."):
        return type_of(_token(subject, 3), _token(subject, 4))
    return ".".join(subject.split(".")[3:])


def _token(subject: str, at: int) -> str:
    tokens = subject.split(".")
    return tokens[at] if len(tokens) > at else ""
