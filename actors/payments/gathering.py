"""What reconciliation asks of the actors, over the bus: our own tables, and what the ledger posted."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from messages import ledger, payments
from messages.envelope import Query, Reply
from messages.reconciliation import EventAsked, EventFound, PostedAsked, PostedPage, UnitPage, UnitsAsked
from messages.wire import Json, json_of

Ask = Callable[[str, str, Query], Awaitable[Reply]]
"""Of an actor, by the question's name. Raises when there is no answer."""


class NoAnswer(ConnectionError):
    """An actor answered with a problem; it is asked again."""


async def gather(ask: Ask, call_id: str, request: Json) -> Json:  # noqa: ARG001 - every performer is given its call
    """A page of units with all three sides."""
    tenant, wanted = request["tenant"], UnitsAsked.model_validate(request)
    page = UnitPage.model_validate(await _body(ask, payments.ACTOR, "units", tenant, json_of(wanted)))
    sources = [(unit.ours.object, unit.id) for unit in page.units if unit.ours is not None]
    lines = PostedPage(lines={})
    if sources:
        asked = json_of(PostedAsked(sources=sources))
        lines = PostedPage.model_validate(await _body(ask, ledger.ACTOR, "posted", tenant, asked))
    units = [
        unit.model_copy(update={"posted": lines.lines.get(f"{unit.ours.object}/{unit.id}", [])}) if unit.ours else unit
        for unit in page.units
    ]
    return {"result": "gathered", **json_of(page.model_copy(update={"units": units}))}


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
