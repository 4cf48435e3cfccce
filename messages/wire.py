"""How a model looks on the wire: frozen, tolerant to what it does not know, times in UTC with milliseconds."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


def in_utc_milliseconds(moment: datetime) -> datetime:
    """Cuts to the precision that travels, so that a time read back equals the one that was sent.

    Raises ValueError for a time that has no year in UTC.
    """
    if moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("the time is out of range") from error
    beyond = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - beyond) if beyond else moment


@lru_cache(maxsize=256)
def rfc3339(moment: datetime) -> str:
    """`2026-11-22T10:00:00.120Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


Instant = Annotated[
    datetime,
    AfterValidator(in_utc_milliseconds),
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Json = dict[str, Any]

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2999


def read_time(given: object) -> datetime:
    """From RFC 3339 text with a zone, or as it is. Raises ValueError for anything else."""
    if isinstance(given, str) and _TIME.fullmatch(given):
        return datetime.fromisoformat(given.upper())
    if isinstance(given, datetime):
        return given
    raise ValueError("it must be a time such as 2026-11-22T10:00:00Z")


def _dated(moment: datetime) -> datetime:
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        return moment
    raise ValueError(f"it must lie between {FIRST_YEAR} and {LAST_YEAR}")


Moment = Annotated[Instant, BeforeValidator(read_time), AfterValidator(_dated)]
"""A time that somebody wishes: a text also where nothing is converted, and one that months can be added to."""


class Wire(BaseModel):
    """Base of everything on the bus: changes only by adding fields, so unknown ones are ignored.

    What is wrong is told without what was given: errors are logged and parked, and that may be personal.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        ser_json_inf_nan="strings",
        json_schema_serialization_defaults_required=True,
    )


def readable(text: str) -> str:
    """Without what neither a message nor a table can keep: halves of characters, and zero bytes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def json_of(model: BaseModel) -> Json:
    """The model as plain JSON values, every field there."""
    return model.model_dump(mode="json")


def with_member(model: BaseModel, name: str, json_text: str) -> str:
    """The model as JSON with one more member, whose value is JSON already and not read and written again."""
    return f'{model.model_dump_json()[:-1]},"{name}":{json_text}}}'
