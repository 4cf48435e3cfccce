"""What pydantic finds wrong, in the words of the contract: where, what, and how to put it right."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from gateway.problems import FieldError, Problem, invalid
from gateway.strict_json import pointer
from messages.money import EXPONENTS, in_major_units
from messages.wire import Json

_CODES = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "extra_forbidden": "unknown_field",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "literal_error": "not_one_of",
    "enum": "not_one_of",
    "union_tag_invalid": "not_one_of",
}

_TOP_LEVEL = {
    ("amount", "too_small"): "amount_too_small",
    ("amount", "too_large"): "amount_too_large",
    ("currency", "not_one_of"): "currency_unknown",
}


def problem_of(errors: list[FieldError]) -> Problem:
    """A single fault gives the most telling code."""
    if len(errors) > 1:
        return invalid("validation_failed", errors)
    field = (errors[0].pointer or "").rpartition("/")[2]
    return invalid(_TOP_LEVEL.get((field, errors[0].code), "validation_failed"), errors)


def field_error(model: type[BaseModel], body: Json, error: ErrorDetails, renamed: bool) -> FieldError:
    """`renamed` when the client said `customer`; it is pointed at by the name that was sent."""
    path = _path(body, error)
    name = str(path[-1]) if path else "body"
    code = _code(error, name)
    if renamed and path == ("customer_id",):
        path = ("customer",)
    return FieldError(code, _detail(model, body, error, name, code), pointer(*path))


def _path(body: Json, error: ErrorDetails) -> tuple[str | int, ...]:
    """Pydantic's location without what is not in the body: the tag of a union and the mark of a key."""
    path: list[str | int] = []
    here: Any = body
    *steps, last = error["loc"] or ("",)
    for step in steps:
        known = step in here if isinstance(here, dict) else isinstance(here, list) and isinstance(step, int)
        if known:
            path.append(step)
            here = here[step]  # pyright: ignore[reportArgumentType, reportCallIssue] - it is in there
    if last not in ("[key]", ""):
        path.append(last)
    if error["type"].startswith("union_tag"):
        path.append("type")
    return tuple(path)


def _code(error: ErrorDetails, name: str) -> str:
    kind = error["type"]
    if kind == "value_error":
        reason = str(error.get("ctx", {}).get("error", ""))
        return {"currency_unknown": "not_one_of", "too_long": "too_long"}.get(reason, "bad_format")
    if name == "currency" and kind in ("string_too_short", "string_too_long"):
        return "not_one_of"
    return _CODES.get(kind) or ("wrong_type" if kind.endswith("_type") else "bad_format")


def _detail(model: type[BaseModel], body: Json, error: ErrorDetails, name: str, code: str) -> str:
    value = error.get("input")
    match code:
        case "missing":
            return f"{name} is missing."
        case "unknown_field":
            near = _nearest(name, _fields(model, error["loc"]))
            return f"{name[:80]} is not known here" + (f"; did you mean {near}?" if near else ".")
        case "not_one_of" if name == "currency":
            near = value.upper() if isinstance(value, str) and value.upper() in EXPONENTS else None
            return "currency must be an ISO 4217 code" + (f"; did you mean {near}?" if near else " such as USD.")
        case "wrong_type" | "too_small" | "too_large" if name == "amount":
            return f"amount must be {_amount_wanted(code)} {_amount_example(body)}."
        case "bad_format" if name == "email":
            return "email must be one address such as ada@example.com."
        case _:
            return f"{name}: {_in_words(error)}."


def _in_words(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    if "pattern" not in error["type"]:
        message = message.replace("_", " ")
    return message[:1].lower() + message[1:]


def _amount_wanted(code: str) -> str:
    return {
        "wrong_type": "an integer in minor units",
        "too_small": "at least 1 in minor units",
        "too_large": "at most 2^53-1 in minor units",
    }[code]


def _amount_example(body: Json) -> str:
    named = body.get("currency")
    currency = named if isinstance(named, str) and named in EXPONENTS else "USD"
    return f"(1000 is {in_major_units(1000, currency)} {currency})"


def _fields(model: type[BaseModel], location: tuple[str | int, ...]) -> Sequence[str]:
    return list(model.model_fields) if len(location) == 1 else []


def _nearest(name: str, candidates: Sequence[str]) -> str | None:
    """`customerId` and `Customer-ID` both mean `customer_id`."""
    folded = {candidate.replace("_", ""): candidate for candidate in candidates}
    near = get_close_matches(name.lower().replace("_", "").replace("-", "")[:80], folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None
