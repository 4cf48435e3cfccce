"""What reconciliation asks of the actors, over the bus: our own tables, and what the ledger posted."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from messages import ledger, payments
from messages.envelope import Query, Reply
from messages.reconciliation import (
    CORRECTION,
    EventAsked,
    EventFound,
    PostedAsked,
    PostedLine,
    PostedPage,
    Unit,
    UnitPage,
    UnitsAsked,
)
from messages.wire import Json, json_of

BY_HAND: Final = "manual"
"""The type of the source of transactions by hand, which corrections are."""

SOURCES_MAX: Final = 50
"""Asked for at a time: a sale may have many lines, and an answer must fit on the bus."""

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""Of an actor, by the question's name. Raises when there is no answer."""


class NoAnswer(ConnectionError):
    """An actor answered with a problem; it is asked again."""


async def gather(ask: Ask, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """A page of units with all three sides."""
    tenant, wanted = request["tenant"], UnitsAsked.model_validate(request)
    page = UnitPage.model_validate(await _body(ask, payments.ACTOR, "units", tenant, json_of(wanted)))
    lines: dict[str, list[PostedLine]] = {}
    ours = [unit for unit in page.units if unit.ours is not None]
    for start in range(0, len(ours), SOURCES_MAX):
        units = ours[start : start + SOURCES_MAX]
        asked = PostedAsked(sources=[source for unit in units for source in _sources(unit)])
        lines |= PostedPage.model_validate(await _body(ask, ledger.ACTOR, "posted", tenant, json_of(asked))).lines
    whole = [unit.model_copy(update={"posted": _lines(unit, lines)}) for unit in page.units]
    return {"result": "gathered", **json_of(page.model_copy(update={"units": whole}))}


def _sources(unit: Unit) -> list[tuple[str, str]]:
    own = [(unit.ours.object, unit.id)] if unit.ours else []
    return [*own, *((BY_HAND, transaction) for transaction in unit.corrections)]


def _lines(unit: Unit, lines: Mapping[str, list[PostedLine]]) -> list[PostedLine]:
    own = lines.get(f"{unit.ours.object}/{unit.id}", []) if unit.ours else []
    corrected = [line for each in unit.corrections for line in lines.get(f"{BY_HAND}/{each}", [])]
    return [*own, *(line.model_copy(update={"kind": CORRECTION}) for line in corrected)]


async def find_event(ask: Ask, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """The event that was said, whole."""
    wanted = json_of(EventAsked.model_validate(request))
    found = EventFound.model_validate(await _body(ask, payments.ACTOR, "said", request["tenant"], wanted))
    return {"result": "found", **json_of(found)}


QUESTIONS: Final[Mapping[str, Callable[[Ask, str, Json], Awaitable[Json]]]] = {
    "gather": gather,
    "find_event": find_event,
}


async def _body(ask: Ask, actor: str, name: str, tenant: str, params: Json) -> Json:
    reply = await ask(actor, name, Query(tenant=tenant, params=params))
    if reply.status != 200:
        raise NoAnswer(f"{actor} answered {name} with {reply.status}: {reply.body}")
    return reply.body
