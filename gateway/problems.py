"""Problems (RFC 9457): every answer that is no success, with a code of the contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from messages.problems import PROBLEMS
from messages.wire import Json

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of `errors`: a JSON Pointer into the body, or the name of a parameter."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def shown(self) -> Json:
        """Without the place that does not apply."""
        place = {"pointer": self.pointer} if self.parameter is None else {"parameter": self.parameter}
        return {**place, "code": self.code, "detail": self.detail}


@dataclass(eq=False)
class Problem(Exception):
    """Raised anywhere behind the door, which makes it the answer. `extra` is what the code names besides."""

    code: str
    detail: str
    extra: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @override
    def __str__(self) -> str:
        return self.detail

    @property
    def status(self) -> int:
        """The code's own status."""
        return PROBLEMS[self.code].status


def invalid(code: str, errors: list[FieldError]) -> Problem:
    """A problem that says all that is wrong at once; the first entry gives the sentence."""
    first = errors[0]
    return Problem(code, first.detail, {"errors": [error.shown() for error in errors]})


def problem_body(code: str, detail: str, request_id: str, extra: Json) -> Json:
    """The members in their usual order. An unknown code, from a newer actor, is told as it came."""
    known = PROBLEMS.get(code)
    return {
        "type": f"/problems/{code}",
        "title": known.title if known else code,
        "status": known.status if known else extra.get("status", 500),
        "code": code,
        "detail": detail,
        "request_id": request_id,
        "retry": known.retry if known else "never",
        **{name: value for name, value in extra.items() if name != "status"},
    }
