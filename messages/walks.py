"""The walk of one request: where it was, when it came there and when it left."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.wire import Instant, Wire

ENTITIES_MAX = 50
STEPS_MAX = 100

Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class WalkAsked(Wire):
    """Of one request. What was said of the `entities` is told as well, as far as the request led to it."""

    request: Id
    entities: list[Id] = Field(default_factory=list[Id], max_length=ENTITIES_MAX)


class WalkStep(Wire):
    """`message`: a command, a call's operation, or an event that was said. `outcome` is what became of it.

    Of an event only the end is known, which is that of the turn that said it; `batch_size` counts what that turn said.
    """

    station: str
    message: str
    id: str
    received_at: Instant | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    batch_size: int | None = None
    outcome: str | None = None


class WalkSteps(Wire):
    """Of one actor, and which entities of the request it knows of."""

    data: list[WalkStep]
    entities: list[str]


class Walk(Wire):
    """In the order of time. `away` names the actors that could not be asked: their steps are missing."""

    id: str
    object: Literal["walk"] = "walk"
    data: list[WalkStep]
    away: list[str]
