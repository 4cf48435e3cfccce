"""Dry run: the actors rehearse a command, each its part, until nothing more would follow. Nothing is changed.

What one of them would say is played to those who would hear it, as the streams would bring it; each answers by its
own rules, on what it knows now. Only the answers of providers are guessed.
"""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.bus import Bus
from gateway.commands import Caller
from gateway.problems import Problem, problem_body
from gateway.questions import ask, resource_of
from gateway.rehearsal_shapes import (
    DryRun,
    PlannedCall,
    PlannedEvent,
    PlannedMail,
    PlannedOutcome,
    PlannedPosting,
    PlannedWebhook,
)
from messages.catalogue import ACTORS, HEARS
from messages.envelope import Command, Query
from messages.invoices import InvoiceLine
from messages.rehearsals import ITEMS_MAX, Concluded, Item, Letter, Rehearse, Rehearsed
from messages.scopes import covers
from messages.subjects import COMMANDS, EVENTS, heard_as
from messages.wire import Json, json_of

TURNS_MAX = 200
"""Questions of one rehearsal; what leads to more is asked for in parts, or done."""


@dataclass
class Play:
    """`waiting` is what would come next, and to whom; `past` what has reached each actor."""

    caller: Caller
    now: datetime | None = None
    waiting: deque[tuple[str, Item]] = field(default_factory=deque)
    past: dict[str, list[Item]] = field(default_factory=dict)
    heard: list[Rehearsed] = field(default_factory=list)


async def rehearsed(bus: Bus, caller: Caller, command: Command, request_id: str) -> DryRun:
    """All that the command would lead to. Raises Problem when an actor is away, or it would lead too far."""
    letter = Letter(stream=COMMANDS, message=json_of(command))
    play = await _played(bus, caller, command.actor, [letter])
    return await _shown(bus, play, _outcome(play, command.id, request_id))


async def rehearsed_anew(
    bus: Bus, caller: Caller, actor: str, items: Sequence[Item], outcome: PlannedOutcome
) -> DryRun:
    """All that these would lead to, if the actor decided them now. Raises Problem as above, or when it could not."""
    play = await _played(bus, caller, actor, items)
    for undecided in (each for told in play.heard for each in told.stuck):
        raise Problem("unavailable", f"{undecided.actor} could not decide {undecided.step}: {undecided.reason}")
    return await _shown(bus, play, outcome)


async def _played(bus: Bus, caller: Caller, actor: str, items: Sequence[Item]) -> Play:
    play = Play(caller, waiting=deque((actor, item) for item in items))
    for _ in range(TURNS_MAX):
        if not play.waiting:
            return play
        await _next_turn(bus, play)
    raise Problem("unavailable", "It leads too far to be rehearsed.")


async def _next_turn(bus: Bus, play: Play) -> None:
    """Of the actor that has waited longest, all that waits for it."""
    actor = play.waiting[0][0]
    fresh = [item for whose, item in play.waiting if whose == actor]
    play.waiting = deque(each for each in play.waiting if each[0] != actor)
    past = play.past.setdefault(actor, [])
    past.extend(fresh)
    if len(past) > ITEMS_MAX:
        raise Problem("unavailable", "It leads too far to be rehearsed.")
    question = Rehearse(items=past, fresh=len(fresh), now=play.now)
    reply = await resource_of(bus, actor, "rehearse", Query(tenant=play.caller.tenant, params=json_of(question)))
    told = Rehearsed.model_validate(reply)
    play.now = told.now
    play.heard.append(told)
    play.waiting.extend(_following(actor, told))


def _following(actor: str, told: Rehearsed) -> Iterator[tuple[str, Item]]:
    for letter in told.said:
        if letter.stream == COMMANDS:
            yield str(letter.message["actor"]), letter
        else:
            yield from ((other, letter) for other in ACTORS if heard_as(letter.message["type"], HEARS[other]))
    yield from ((actor, call.over) for call in told.calls if call.over is not None)
    yield from ((actor, alarm) for alarm in told.rung)


async def _shown(bus: Bus, play: Play, outcome: PlannedOutcome) -> DryRun:
    events = [letter.message for told in play.heard for letter in told.said if letter.stream == EVENTS]
    return DryRun(
        outcome=outcome,
        events=[PlannedEvent(type=event["type"]) for event in events],
        postings=[posting for event in events for posting in _postings(event)],
        invoice_lines=list(_invoice_lines(events)),
        mails=[await _mail(bus, play.caller, mail) for mail in _kept(play, "mail")],
        webhooks=[
            PlannedWebhook(endpoint=delivery["endpoint"], type=delivery["type"])
            for delivery in _kept(play, "webhook_delivery")
        ],
        provider_calls=[call for told in play.heard for call in _provider_calls(told)],
        stuck=[each for told in play.heard for each in told.stuck],
    )


def _outcome(play: Play, command_id: str, request_id: str) -> PlannedOutcome:
    """The last that would be told; an accepted command that waits for somebody outside has none yet."""
    ends: Iterator[Concluded] = itertools.chain.from_iterable(told.concluded for told in play.heard)
    ended = next((end for end in ends if end.command_id == command_id), None)
    if ended is None:
        return PlannedOutcome(status=202, body={})
    if ended.status < 400:
        return PlannedOutcome(status=ended.status, body=ended.body)
    extra = {name: value for name, value in ended.body.items() if name not in ("code", "detail")}
    body = problem_body(ended.body["code"], ended.body.get("detail", ""), request_id, extra)
    return PlannedOutcome(status=ended.status, body=body)


def _postings(event: Json) -> list[PlannedPosting]:
    entries = event["data"]["entries"] if event["type"] == "ledger.transaction.posted" else []
    names = PlannedPosting.model_fields
    return [PlannedPosting.model_validate({name: entry[name] for name in names}) for entry in entries]


def _invoice_lines(events: Sequence[Json]) -> Iterator[InvoiceLine]:
    """Of each invoice as it would stand in the end."""
    last = {event["subject"]: event["data"] for event in events if event["type"].startswith("invoice.")}
    for invoice in last.values():
        yield from map(InvoiceLine.model_validate, invoice["lines"])


def _kept(play: Play, kind: str) -> list[Json]:
    """Each as it was kept first."""
    found: dict[str, Json] = {}
    for told in play.heard:
        for each in told.kept.get(kind, []):
            found.setdefault(each["id"], each)
    return list(found.values())


async def _mail(bus: Bus, caller: Caller, mail: Json) -> PlannedMail:
    """A customer's address is asked for as who sends the mail would, and told to whoever may read customers."""
    to: str | None = None
    if mail["addressee"] == "customer" and mail.get("customer_id") and covers(caller.scopes, "customers:read"):
        query = Query(tenant=caller.tenant, params={"id": mail["customer_id"]})
        reply = await ask(bus, "invoicing", "customer", query)
        found: Any = reply.body if reply.status == 200 else {}
        to = found.get("email")
    return PlannedMail(template=mail["template"], to=to)


def _provider_calls(told: Rehearsed) -> Iterator[PlannedCall]:
    for call in told.calls:
        request = call.request
        if call.over is not None:
            yield PlannedCall(
                provider=request.get("account"),
                operation=call.operation,
                amount=request.get("amount"),
                currency=request.get("currency"),
            )
