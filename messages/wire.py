"""How a model looks on the wire: frozen, tolerant to what it does not know, times in UTC with milliseconds."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema


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


class Wire(BaseModel):
    """Base of everything on the bus: changes only by adding fields, so unknown ones are ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )


def json_of(model: BaseModel) -> Json:
    """The model as plain JSON values, every field there."""
    return model.model_dump(mode="json")


def with_member(model: BaseModel, name: str, json_text: str) -> str:
    """The model as JSON with one more member, whose value is JSON already and not read and written again."""
    return f'{model.model_dump_json()[:-1]},"{name}":{json_text}}}'
