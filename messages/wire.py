"""How a model looks on the wire: frozen, tolerant to what it does not know, times in UTC with milliseconds."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer


def in_utc_milliseconds(moment: datetime) -> datetime:
    """Cuts to the precision that travels, so that a time read back equals the one that was sent."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T10:00:00.120Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


Instant = Annotated[datetime, AfterValidator(in_utc_milliseconds), PlainSerializer(rfc3339, when_used="json")]
Json = dict[str, Any]


class Wire(BaseModel):
    """Base of everything on the bus: changes only by adding fields, so unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")


def json_of(model: BaseModel) -> Json:
    """The model as plain JSON values, every field there."""
    return model.model_dump(mode="json")
