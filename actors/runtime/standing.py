"""`stuck`, `all_stuck`, `put_aside`: what stands still of a tenant here, as the contract tells it."""

from datetime import timedelta
from functools import partial
from itertools import accumulate
from typing import Any, Final

from asyncpg import Connection
from pydantic_core import from_json

from actors.runtime.actor import Answer
from actors.runtime.journaling import MESSAGE_BYTES_MAX
from actors.runtime.resources import not_found, page, whole
from messages.envelope import Query, Reply
from messages.kinds import object_of
from messages.queries import ById
from messages.rehearsals import ITEMS_MAX, CallOver, Item, Letter, Rung
from messages.resource import ResourceName
from messages.stuck import PutAside, Stuck, StuckKind, StuckListing
from messages.subjects import partition_of
from messages.wire import Json
from storage.standing import STALE_SECONDS, Standing, all_standing, money_of, one_standing, put_aside

LIMIT_MAX: Final = 100
REASON_LENGTH_MAX: Final = 500

WHY_SAFE: Final = (
    "nothing of it was committed: it is decided as if it came now, once, and its entity behind it in order"
)

_REASONS: Final[dict[StuckKind, str]] = {
    "call_unknown": "outcome_unknown: it is asked again with the same key until the answer is definite",
    "overdue": "waiting: accepted and not decided, and nothing outside is asked for it",
    "unpublished": "unpublished: it is committed, and its stream does not have it yet",
}


def answers(actor: str) -> dict[str, Answer]:
    """All about this actor's tables."""
    return {"stuck": partial(_one, actor), "all_stuck": partial(_all, actor), "put_aside": _put_aside}


async def _one(actor: str, connection: Connection, query: Query) -> Reply:
    wanted = ById.model_validate(query.params).id
    found = await one_standing(connection, query.tenant, partition_of(query.tenant), wanted)
    if found is None:
        return not_found("There is no such stuck item.")
    return whole((await told(actor, connection, query.tenant, [found]))[0])


async def _all(actor: str, connection: Connection, query: Query) -> Reply:
    asked = StuckListing.model_validate(query.params)
    limit = max(1, min(asked.limit, LIMIT_MAX))
    found = await all_standing(connection, query.tenant, partition_of(query.tenant), asked.after, limit + 1)
    return page(await told(actor, connection, query.tenant, found[:limit]), has_more=len(found) > limit)


async def _put_aside(connection: Connection, query: Query) -> Reply:
    wanted = ById.model_validate(query.params).id
    rows = await put_aside(connection, query.tenant, partition_of(query.tenant), wanted, ITEMS_MAX)
    sizes = accumulate(len(message) for _, message in rows)
    fitting = [row for row, size in zip(rows, sizes, strict=True) if size <= MESSAGE_BYTES_MAX]
    return whole(PutAside(items=[_item(stream, from_json(message)) for stream, message in fitting or rows[:1]]))


def _item(stream: str | None, said: Json) -> Item:
    """As a rehearsal takes it. A command is decided however old it is, since it was accepted in time."""
    if stream is not None:
        return Letter.model_validate({"stream": stream, "message": {**said, "expires_at": None}})
    if "call_id" not in said:
        return Rung.model_validate(said)
    return CallOver.model_validate({**said, "principal": "system", "correlation_id": said["call_id"]})


async def told(actor: str, connection: Connection, tenant: str, found: list[Standing]) -> list[Stuck]:
    """With the money that is in what it says, or else in the resource that it is about."""
    said = [_said(each.message) for each in found]
    unknown = {each.entity for each, one in zip(found, said, strict=True) if each.entity and _money_in(one) is None}
    known = await money_of(connection, actor, tenant, unknown)
    return [
        _stuck(actor, each, one, _money_in(one) or known.get(each.entity or ""))
        for each, one in zip(found, said, strict=True)
    ]


def _stuck(actor: str, found: Standing, said: Json, money: tuple[int, str] | None) -> Stuck:
    amount, currency = money or (None, None)
    is_parked = found.kind == "parked"
    return Stuck.model_validate(
        {
            "id": found.id,
            "status": "resolved" if found.resolved else "retrying" if found.asked else "open",
            "kind": found.kind,
            "amount": amount,
            "currency": currency,
            "resource": _resource(found, said),
            "actor": actor,
            "step": found.step or "unreadable",
            "reason": _reason(found),
            "since": found.since,
            "deadline": found.since + timedelta(seconds=STALE_SECONDS),
            "attempts": found.attempts,
            "safe_to_retry": is_parked and not found.resolved,
            "why_safe": WHY_SAFE if is_parked and not found.resolved else None,
        }
    )


def _reason(found: Standing) -> str:
    if found.kind == "parked":
        return f"{found.reason}: {found.detail}"[:REASON_LENGTH_MAX]
    return next(words for kind, words in _REASONS.items() if kind == found.kind)


def _resource(found: Standing, said: Json) -> ResourceName | None:
    """What it is about: its id says what that is, or else the event that tells of it."""
    if found.entity is None:
        return None
    data = said.get("data")
    spoken = data.get("object") if isinstance(data, dict) and data.get("id") == found.entity else None
    kind = object_of(found.entity) or spoken
    return ResourceName(object=kind, id=found.entity) if isinstance(kind, str) else None


def _said(message: bytes | None) -> Json:
    try:
        said: Any = from_json(message) if message else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _money_in(said: Json) -> tuple[int, str] | None:
    """Of a command's or event's data, or of a call's request."""
    for holder in (said.get("data"), said):
        if isinstance(holder, dict):
            amount, currency = holder.get("amount", holder.get("amount_due")), holder.get("currency")
            if isinstance(amount, int) and isinstance(currency, str):
                return amount, currency
    return None
