"""A JSON reader that refuses what others guess at: double keys, NaN, other encodings, bottomless nesting."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from gateway.problems import FieldError, Problem, invalid

DEPTH_MAX = 64
VALUES_MAX = 10_000
"""More than any request needs, and few enough to be looked at while others wait."""

ERRORS_MAX = 100
_INTEGER_LENGTH_MAX = 40
_BEYOND = 10**_INTEGER_LENGTH_MAX
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_object(raw: bytes, values_max: int = VALUES_MAX) -> dict[str, Any]:
    """The object that a body holds, with so many values in it at most.

    Raises Problem: 400 when it is no JSON, 422 when it is JSON that can never be right.
    """
    text = _decode(raw)
    if text.count(",") > 10 * values_max:  # it would take long only to be read
        raise _too_many(values_max)
    value = _parse(text)
    errors = list(islice(_unfit(value, values_max), ERRORS_MAX))
    if errors:
        raise invalid("validation_failed", errors)
    if not isinstance(value, dict):
        raise invalid("validation_failed", [FieldError("wrong_type", "The body must be an object.", "")])
    return value


def pointer(*path: str | int) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _decode(raw: bytes) -> str:
    if raw.startswith(_BYTE_ORDER_MARKS):
        raise Problem("invalid_encoding", "The body begins with a byte order mark; send plain UTF-8.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as why:
        raise Problem("invalid_encoding", f"Byte {why.start} is not UTF-8.") from why


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_int=_integer, parse_constant=_refuse_constant)
    except json.JSONDecodeError as why:
        detail = f"{why.msg} (line {why.lineno}, column {why.colno})."
        raise Problem("malformed_json", detail) from why
    except RecursionError as why:
        raise _too_deep() from why


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise Problem("duplicate_key", f"The key {_ascii(key)} stands twice in one object.")
        result[key] = value
    return result


def _integer(text: str) -> int:
    """Integers far beyond every limit are kept as such: reading thousands of digits costs quadratic time."""
    if len(text) <= _INTEGER_LENGTH_MAX:
        return int(text)
    return -_BEYOND if text.startswith("-") else _BEYOND


def _refuse_constant(name: str) -> NoReturn:
    raise Problem("malformed_json", f"{name} is not JSON.")


def _too_deep() -> Problem:
    return Problem("malformed_json", f"The body is nested deeper than {DEPTH_MAX} levels.")


def _too_many(values_max: int) -> Problem:
    return Problem("malformed_json", f"The body holds more than {values_max} values.")


def _unfit(value: Any, values_max: int) -> Iterator[FieldError]:
    """Texts that no database and no terminal takes: with NUL or half a surrogate pair."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    seen = 0
    while waiting:
        path, here = waiting.pop()
        seen += 1
        if seen + len(waiting) + (len(here) if isinstance(here, list | dict) else 0) > values_max:
            raise _too_many(values_max)
        if len(path) > DEPTH_MAX:
            raise _too_deep()
        if isinstance(here, str) and (fault := _fault_of(here)):
            yield FieldError("bad_format", f"The text holds {fault}.", pointer(*path))
        elif isinstance(here, list):
            waiting += [((*path, index), item) for index, item in enumerate(here)]
        elif isinstance(here, dict):
            if any(_fault_of(key) for key in here):
                yield FieldError("bad_format", "A key holds a character that is no text.", pointer(*path))
            else:
                waiting += [((*path, key), item) for key, item in here.items()]


def _fault_of(text: str) -> str | None:
    if "\0" in text:
        return "a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "half of a surrogate pair"
    return None


def _ascii(text: str) -> str:
    shown = json.dumps(text)
    return shown if len(shown) <= 80 else shown[:80] + "…"
