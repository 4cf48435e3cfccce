"""One batch: read what came, claim the commands, load what they need, decide one after the other, make one statement.

Nothing is kept until the statement has committed, so a turn that fails can be taken again, whole or in halves.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from pydantic_core import to_json
from structlog.stdlib import get_logger

from actors.runtime.actor import Actor
from actors.runtime.decision import Asked, Decision, FellDue, Key, Returned, State, View
from actors.runtime.effects import Effects
from actors.runtime.memory import Memory
from actors.runtime.reading import Incoming, Letter, Unreadable, read_letter
from actors.runtime.replays import Attempt, sort_out
from actors.runtime.told import Told
from actors.runtime.traces import Trace
from storage.inbox import count_replays, insert_commands, seen_commands, settle_commands
from storage.journal import append_journal, note_published
from storage.partition import Holding
from storage.pool import borrowed
from storage.statement import Statement
from storage.work import ParkedRow, clear_alarms, close_calls, open_calls, park, set_alarms

Item = Letter | Incoming

RING_AGAIN_AFTER = timedelta(hours=1)

_log = get_logger()


@dataclass(slots=True)
class Turn:
    """A batch that is decided and waits to be committed."""

    items: Sequence[Item]
    after: Holding
    effects: Effects
    states: dict[Key, State] = field(default_factory=dict)
    parked: list[ParkedRow] = field(default_factory=list)
    blocked: set[tuple[str, str]] = field(default_factory=set)
    replays: list[str] = field(default_factory=list)
    answers: list[tuple[str, Told, int | None]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    notes: dict[int, int] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)


async def decide_turn(
    actor: Actor, memory: Memory, pool: asyncpg.Pool, items: Sequence[Item], now: datetime, *, look_up: bool
) -> Turn:
    """Reads from the database, writes nothing. What cannot be read or decided is in `parked`, the rest goes on.

    Without `look_up` commands that aren't running are taken to be new; if one isn't, the inbox's key refuses the
    whole turn.
    """
    turn = begin_turn(actor, memory, items, now)
    incoming = list(_read(actor, turn))
    fresh = await _claimed(memory, pool, turn, incoming, look_up=look_up)
    fresh, view = await _loaded(actor, memory, pool, turn, fresh)
    decisions = [made for one in fresh if (made := _decided(actor, memory, turn, one, view)) is not None]
    if actor.seal is not None and decisions:
        turn.states.update({state.key: state for state in actor.seal(view, decisions)})
    turn.after = replace(turn.after, journal_seq=turn.effects.seq)
    return turn


def begin_turn(actor: Actor, memory: Memory, items: Sequence[Item], now: datetime) -> Turn:
    """An empty turn, which may still carry cursors and notes."""
    holding = memory.holding
    effects = Effects(actor.name, holding.partition, now, holding.journal_seq, memory.running)
    after = replace(holding, turn=holding.turn + 1, clock=now, cursors=dict(holding.cursors), heard=dict(holding.heard))
    return Turn(items, after, effects)


def statements_of(actor: Actor, turn: Turn) -> list[Statement]:
    """All that a turn writes, but for the fence."""
    effects, partition = turn.effects, turn.after.partition
    cleared = [who for who, at in effects.alarms.items() if at is None]
    parts = [
        (effects.inbox, lambda: insert_commands(list(effects.inbox.values()))),
        (effects.settled, lambda: settle_commands(list(effects.settled.values()))),
        (turn.replays, lambda: count_replays(turn.replays)),
        (effects.journal, lambda: append_journal(effects.journal)),
        (turn.notes, lambda: note_published(partition, turn.notes)),
        (effects.calls, lambda: open_calls(effects.calls)),
        (effects.closed, lambda: close_calls(effects.closed, effects.now)),
        (effects.alarm_rows(), lambda: set_alarms(effects.alarm_rows())),
        (cleared, lambda: clear_alarms(cleared)),
        (turn.parked, lambda: park(turn.parked)),
    ]
    saved = actor.save(list(turn.states.values())) if turn.states else []
    return [*(make() for rows, make in parts if rows), *saved]


def parked_row(turn: Turn, item: Item, reason: str, detail: str) -> ParkedRow:
    """A message as it is put aside; what it says stays byte for byte."""
    letter = item if isinstance(item, Letter) else item.letter
    one = item if isinstance(item, Incoming) else None
    return ParkedRow(
        partition=turn.after.partition,
        tenant=one.message.tenant if one else None,
        stream=letter.stream if letter else None,
        stream_seq=letter.stream_seq if letter else None,
        entity=one.entity if one else None,
        type=_type_of(one) if one else None,
        reason=reason,
        detail=detail[:2000],
        message=letter.body if letter else to_json(one.message if one else None),
        parked_at=turn.effects.now,
    )


def _read(actor: Actor, turn: Turn) -> Iterable[Incoming]:
    for item in turn.items:
        if isinstance(item, Incoming):
            yield turn.trace.follow(item, _type_of(item))
            continue
        turn.after.cursors[item.stream] = item.stream_seq
        if not _is_news(turn.after.heard, item):
            continue
        try:
            incoming = read_letter(item, actor.commands, actor.hears)
        except Unreadable as error:
            turn.parked.append(parked_row(turn, item, "unreadable", str(error)))
            continue
        if incoming is not None:
            yield turn.trace.follow(incoming, _type_of(incoming))


def _is_news(heard: dict[str, int], letter: Letter) -> bool:
    """Publishers speak in order, so a position at or below the last one heard is a repeat."""
    if letter.origin is None:
        return True
    author, _, position = letter.origin.rpartition("/")
    try:
        seq = int(position)
    except ValueError:
        return True
    # By stream: each of them comes in order, but not the one with the other.
    source = f"{letter.stream}/{author}"
    if seq <= heard.get(source, 0):
        return False
    heard[source] = seq
    return True


async def _claimed(
    memory: Memory, pool: asyncpg.Pool, turn: Turn, incoming: list[Incoming], *, look_up: bool
) -> list[Incoming]:
    """Those that are to be decided: no repeats of a command."""
    asked = {one.message.command.id for one in incoming if isinstance(one.message, Asked)}
    must_look = look_up or not asked.isdisjoint(memory.running)
    seen = await seen_commands(pool, asked) if asked and must_look else {}
    sorted_out = sort_out(incoming, seen, turn.effects.now)
    turn.replays, turn.answers, turn.attempts = sorted_out.replays, sorted_out.answers, sorted_out.attempts
    turn.effects.reused = frozenset(sorted_out.reused)
    return sorted_out.fresh


async def _loaded(
    actor: Actor, memory: Memory, pool: asyncpg.Pool, turn: Turn, fresh: list[Incoming]
) -> tuple[list[Incoming], dict[Key, State | None]]:
    """What the messages need. Who needed a state that had to be fetched is asked again: it may lead to the next."""
    view: dict[Key, State | None] = {}
    known = ChainMap[Key, Any](view, memory.states.kept)
    aside: set[int] = set()
    asking = fresh
    while asking:
        needed = {id(one): keys for one in asking if (keys := _needs(actor, turn, one, known)) is not None}
        aside |= {id(one) for one in asking} - needed.keys()
        wanted = set[Key]().union(*needed.values()) - view.keys()
        view.update(memory.states.known(wanted))
        found = await _fetched(actor, pool, wanted - view.keys())
        view.update(found)
        there = {key for key, state in found.items() if state is not None}
        asking = [one for one in asking if not there.isdisjoint(needed.get(id(one), ()))]
    return [one for one in fresh if id(one) not in aside], view


async def _fetched(actor: Actor, pool: asyncpg.Pool, keys: Collection[Key]) -> dict[Key, State | None]:
    if not keys:
        return {}
    async with borrowed(pool) as connection:
        found = await actor.load(connection, keys)
    return {key: found.get(key) for key in keys}


def _needs(actor: Actor, turn: Turn, one: Incoming, view: View) -> set[Key] | None:
    try:
        return actor.needs(one.message, view)
    except Exception as error:  # noqa: BLE001 - as below
        _put_aside(turn, one, error)
        return None


def _decided(actor: Actor, memory: Memory, turn: Turn, one: Incoming, view: dict[Key, State | None]) -> Decision | None:
    who = (one.message.tenant, one.entity)
    if who in memory.blocked or who in turn.blocked:
        _wait_behind(turn, one)
        return None
    try:
        decision = actor.decide(one.message, view, turn.effects.now)
        turn.effects.add(one, decision)
    except Exception as error:  # noqa: BLE001 - a bug must cost its own message, not the queue behind it
        _put_aside(turn, one, error)
        return None
    if not isinstance(one.message, Asked):
        turn.effects.outcomes[_type_of(one), "heard"] += 1
    _close_what_brought_it(turn, one)
    changed = {state.key: state for state in decision.states}
    view.update(changed)
    turn.states.update(changed)
    return decision


def _put_aside(turn: Turn, one: Incoming, error: Exception) -> None:
    _log.error("message.undecidable", type=_type_of(one), entity=one.entity, exc_info=error)
    turn.blocked.add((one.message.tenant, one.entity))
    turn.parked.append(parked_row(turn, one, "undecidable", repr(error)))
    turn.effects.add_stuck(one)
    _close_what_brought_it(turn, one)


def _wait_behind(turn: Turn, one: Incoming) -> None:
    """Put aside in its order. An alarm of a blocked entity rings again later: it carries nothing that could be lost."""
    if isinstance(one.message, FellDue):
        turn.effects.alarms[one.message.tenant, one.message.entity] = turn.effects.now + RING_AGAIN_AFTER
        return
    turn.parked.append(parked_row(turn, one, "behind", "an earlier message of this entity is parked"))
    turn.effects.add_stuck(one)
    _close_what_brought_it(turn, one)


def _close_what_brought_it(turn: Turn, one: Incoming) -> None:
    """The call whose result this is, or the alarm that has rung (unless it was set anew)."""
    if isinstance(one.message, Returned) and one.message.result is not None:
        turn.effects.closed.append(one.message.call_id)
    if isinstance(one.message, FellDue):
        turn.effects.alarms.setdefault((one.message.tenant, one.message.entity), None)


def _type_of(one: Incoming) -> str:
    message = one.message
    match message:
        case Asked():
            return message.command.type
        case Returned():
            return message.operation
        case FellDue():
            return "due"
        case _:
            return getattr(message, "type", None) or message.event.type  # pyright: ignore[reportAttributeAccessIssue] - Heard
