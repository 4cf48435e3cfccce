"""Rehearsals: what a command would lead to, asked of one actor after the other. Nothing is written, said or called."""

from typing import Annotated, Literal

from pydantic import Field

from messages.wire import Instant, Json, Wire

ITEMS_MAX = 200


class Letter(Wire):
    """A command, an answer or an event, as it would stand on its stream."""

    kind: Literal["letter"] = "letter"
    stream: Literal["COMMANDS", "EVENTS"]
    message: Json


class CallOver(Wire):
    """A call outside that would have come back so."""

    kind: Literal["call_over"] = "call_over"
    call_id: str
    operation: str
    lane: str
    command_id: str | None = None
    principal: str
    correlation_id: str
    result: Json


class Rung(Wire):
    """An alarm whose time has come already."""

    kind: Literal["rung"] = "rung"
    entity: str
    at: Instant


Item = Annotated[Letter | CallOver | Rung, Field(discriminator="kind")]


class Rehearse(Wire):
    """`rehearse`: all that would have reached the actor so far, in order; the last `fresh` of it are new.

    `now` is the time of the whole rehearsal; without it the actor's database says it.
    """

    items: Annotated[list[Item], Field(min_length=1, max_length=ITEMS_MAX)]
    fresh: Annotated[int, Field(ge=1)] = 1
    now: Instant | None = None


class Called(Wire):
    """A call that would be made. `over` is how it would come back, if the rehearsal goes on with it."""

    operation: str
    request: Json
    over: CallOver | None = None


class Concluded(Wire):
    """The final outcome of a command."""

    command_id: str
    status: int
    body: Json


class Undecided(Wire):
    """A message that the actor could not decide: in earnest it would be put aside, and its money would stand still."""

    actor: str
    step: str
    reason: str


class Rehearsed(Wire):
    """What would follow from the fresh items. `kept` are resources, of kinds that no event tells of, by kind."""

    now: Instant
    said: list[Letter] = []
    calls: list[Called] = []
    concluded: list[Concluded] = []
    rung: list[Rung] = []
    stuck: list[Undecided] = []
    kept: dict[str, list[Json]] = {}
