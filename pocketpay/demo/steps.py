"""The plan's own words: steps that name one another, in tracks that go at once, in waves one after the other. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from messages.wire import Json

DAYS: Final = 184
"""Six months, whichever."""

_REFERENCE: Final = re.compile(r"(?<![a-z0-9])@([a-z0-9:_-]+)(?:#([a-z0-9_.-]+))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One request. In its path and body `@name` is the id of what the step of that name was answered with, and
    `@name#data.-1.id` any other part of the answer. A GET finds what later steps name.

    `declined` is a step whose money is meant to be refused.
    """

    name: str
    path: str
    body: Json | None = None
    method: Literal["POST", "PUT", "PATCH", "GET"] = "POST"
    declined: bool = False


Track = tuple[Step, ...]
"""One after the other."""

Wave = tuple[Track, ...]
"""At once; the next wave waits for all of them."""

Answers = Mapping[str, Json]


def midnight(begins: date, day: int) -> str:
    """Of a day of the history."""
    return f"{begins + timedelta(days=day)}T00:00:00Z"


def references(step: Step) -> list[str]:
    """The steps that this one names."""
    return [found[1] for text in (step.path, *_texts(step.body)) for found in _REFERENCE.finditer(text)]


def resolved(step: Step, answers: Answers) -> tuple[str, Json | None]:
    """Path and body with what was answered. Raises KeyError or IndexError for what nobody answered."""
    return _filled(step.path, answers), _filled(step.body, answers)


def _filled(value: Any, answers: Answers) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, answers) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda found: str(_part(answers[found[1]], found[2] or "id")), value)


def _part(answer: Json, path: str) -> Any:
    part: Any = answer
    for name in path.split("."):
        part = part[int(name)] if isinstance(part, list) else part[name]
    return part


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
