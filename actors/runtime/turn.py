"""One batch: read what came, claim the commands, load what they need, decide one after the other.

Nothing is kept until the statement has committed, so a turn that fails can be taken again, whole or in halves.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import asyncpg

from actors.runtime.actor import Actor
from actors.runtime.batch import Item, Turn, begin_turn
from actors.runtime.decision import Asked, Decision, Key, Refused, State, View
from actors.runtime.journaling import TooLarge
from actors.runtime.memory import Memory
from actors.runtime.parking import close_what_brought_it, park_unreadable, put_aside, type_of, wait_behind
from actors.runtime.reading import Incoming, Letter, Unreadable, read_letter
from actors.runtime.replays import sort_out
from actors.runtime.retrying import Retry, all_kept, read_again
from storage.inbox import seen_commands
from storage.pool import WORLD_ERRORS, borrowed

_Each = TypeVar("_Each")

TOGETHER_MAX = 32
"""Messages read or decided in one go; in between, the acknowledgements, replies and commits that wait get on."""


class MustWait(Exception):
    """This cannot be decided before the turn that is on its way has reached the database."""


async def decide_turn(
    actor: Actor, memory: Memory, pool: asyncpg.Pool, items: Sequence[Item], now: datetime, *, look_up: bool
) -> Turn:
    """Reads from the database, writes nothing. What cannot be read or decided is in `parked`, the rest goes on.

    Without `look_up` commands that aren't running are taken to be new; if one isn't, the inbox's key refuses the
    whole turn. Raises MustWait.
    """
    turn = begin_turn(actor, memory, items, now)
    incoming = [one async for item in _by_and_by(items) for one in _read(actor, turn, item)]
    fresh = await _claimed(memory, pool, turn, incoming, look_up=look_up)
    await _load(actor, memory, pool, turn, fresh)
    decisions: list[Decision] = []
    async for one in _by_and_by(fresh):
        decision = await _decided(actor, memory, pool, turn, one)
        if decision is not None:
            decisions.append(decision)
    if actor.seal is not None and decisions:
        _change(turn, actor.seal(turn.view, decisions))
    turn.after = replace(turn.after, journal_seq=turn.effects.seq)
    return turn


def aside(actor: Actor, memory: Memory, item: Item, error: Exception, now: datetime, *, in_the_inbox: bool) -> Turn:
    """A turn that does nothing but put this one aside: the database refuses what was decided of it."""
    turn = begin_turn(actor, memory, [item], now)
    if isinstance(item, Retry):
        turn.kept += all_kept(item, error)
        return turn
    for one in _read(actor, turn, item):
        put_aside(turn, one, error, in_the_inbox=in_the_inbox)
    return turn


async def _by_and_by(all_: Iterable[_Each]) -> AsyncIterator[_Each]:
    for number, one in enumerate(all_, 1):
        yield one
        if number % TOGETHER_MAX == 0:
            await asyncio.sleep(0)


def _read(actor: Actor, turn: Turn, item: Item) -> Iterable[Incoming]:
    match item:
        case Incoming():
            yield turn.trace.follow(item, type_of(item.message))
        case Letter():
            yield from _opened(actor, turn, item)
        case Retry():
            yield from _retried(actor, turn, item)


def _opened(actor: Actor, turn: Turn, letter: Letter) -> Iterable[Incoming]:
    """One message, or none if it was heard before, says nothing to us, or cannot be read."""
    turn.after.cursors[letter.stream] = letter.stream_seq
    if not _is_news(turn.after.heard, letter):
        return
    try:
        incoming = read_letter(letter, actor.commands, actor.hears)
    except Unreadable as error:
        park_unreadable(turn, letter, error)
        return
    if incoming is not None:
        yield turn.trace.follow(incoming, type_of(incoming.message))


def _retried(actor: Actor, turn: Turn, retry: Retry) -> Iterable[Incoming]:
    """Cursors and what was heard have moved on long ago: only the messages themselves come again."""
    again = read_again(retry, actor)
    turn.kept += again.unreadable
    unreadable = {row.id for row in again.unreadable}
    turn.blocked |= {
        (row.tenant, row.entity) for row in retry.rows if row.id in unreadable and row.tenant and row.entity
    }
    turn.resolved += again.heard_by_nobody
    return [turn.trace.follow(one, type_of(one.message)) for one in again.messages]


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
    taken_up = {one.parked for one in incoming if one.parked is not None}
    must_look = look_up or bool(taken_up) or not asked.isdisjoint(memory.running)
    if must_look and memory.ahead is not None:
        raise MustWait
    seen = await seen_commands(pool, asked) if asked and must_look else {}
    sorted_out = sort_out(incoming, seen, turn.effects.now)
    turn.replays, turn.answers, turn.attempts = sorted_out.replays, sorted_out.answers, sorted_out.attempts
    turn.effects.reused = frozenset(sorted_out.reused)
    turn.resolved += taken_up - {one.parked for one in sorted_out.fresh}  # repeats of what is decided by another row
    return sorted_out.fresh


async def _load(actor: Actor, memory: Memory, pool: asyncpg.Pool, turn: Turn, fresh: list[Incoming]) -> None:
    """What the messages need. Who needed a state that had to be fetched is asked again: it may lead to the next."""
    view = turn.view
    known = memory.seen_through(view)
    asking = fresh
    while asking:
        needed = {id(one): keys for one in asking if (keys := _needs(actor, turn, one, known)) is not None}
        wanted = set[Key]().union(*needed.values()) - view.keys()
        view.update(memory.known(wanted))
        found, unreadable = await _fetched(actor, pool, wanted - view.keys())
        view.update(found)
        for one in asking if unreadable else ():
            for key in unreadable.keys() & needed.get(id(one), set()):
                turn.failed[id(one)] = unreadable[key]
        there = {key for key, state in found.items() if state is not None}
        asking = [one for one in asking if not there.isdisjoint(needed.get(id(one), ()))]


async def _fetched(
    actor: Actor, pool: asyncpg.Pool, keys: Collection[Key]
) -> tuple[dict[Key, State | None], dict[Key, Exception]]:
    """The states, and why others cannot be read: one broken row must not stop everybody else's."""
    try:
        return await _loaded(actor, pool, keys), {}
    except WORLD_ERRORS:
        raise
    except Exception:  # noqa: BLE001 - looked at again below, one by one
        found: dict[Key, State | None] = {}
        unreadable: dict[Key, Exception] = {}
    for key in keys:
        try:
            found |= await _loaded(actor, pool, [key])
        except WORLD_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, those who need this row are put aside with it
            unreadable[key] = error
    return found, unreadable


async def _loaded(actor: Actor, pool: asyncpg.Pool, keys: Collection[Key]) -> dict[Key, State | None]:
    if not keys:
        return {}
    async with borrowed(pool) as connection:
        found = await actor.load(connection, keys)
    return {key: found.get(key) for key in keys}


def _needs(actor: Actor, turn: Turn, one: Incoming, view: View) -> set[Key] | None:
    try:
        return actor.needs(one.message, view)
    except Exception as error:  # noqa: BLE001 - as below; it is put aside in its order
        turn.failed[id(one)] = error
        return None


async def _decided(actor: Actor, memory: Memory, pool: asyncpg.Pool, turn: Turn, one: Incoming) -> Decision | None:
    who = (one.message.tenant, one.entity)
    if who in turn.blocked or (who in memory.blocked and one.parked is None):
        wait_behind(turn, one)
        return None
    if id(one) in turn.failed:
        put_aside(turn, one, turn.failed[id(one)])
        return None
    decision = _tried(actor, turn, one)
    if _lacks_a_state(decision):
        await _load(actor, memory, pool, turn, [one])
        decision = turn.failed.get(id(one)) or _tried(actor, turn, one)
    if isinstance(decision, Exception):
        put_aside(turn, one, decision)
        return None
    if not isinstance(one.message, Asked):
        turn.effects.outcomes[type_of(one.message), "heard"] += 1
    close_what_brought_it(turn, one)
    if one.parked is not None:
        turn.resolved.append(one.parked)
    _change(turn, decision.states)
    return decision


def _tried(actor: Actor, turn: Turn, one: Incoming) -> Decision | Exception:
    try:
        return _with_effects(actor, turn, one)
    except Exception as error:  # noqa: BLE001 - a bug must cost its own message, not the queue behind it
        return error


def _lacks_a_state(decision: Decision | Exception) -> bool:
    """What those before it in the turn changed may lead a message to states that it did not need when it was asked."""
    return isinstance(decision, KeyError) and bool(decision.args) and isinstance(decision.args[0], Key)


def _with_effects(actor: Actor, turn: Turn, one: Incoming) -> Decision:
    decision = actor.decide(one.message, turn.view, turn.effects.now)
    try:
        turn.effects.add(one, decision)
    except TooLarge as error:
        if not isinstance(one.message, Asked):
            raise
        decision = Decision(outcome=Refused("body_too_large", str(error)))
        turn.effects.add(one, decision)
    return decision


def _change(turn: Turn, states: Iterable[State]) -> None:
    changed = {state.key: state for state in states}
    turn.view.update(changed)
    turn.states.update(changed)
