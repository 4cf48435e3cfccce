"""A batch that is decided and waits to be committed: what it will write, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from actors.runtime.actor import Actor
from actors.runtime.decision import Key, State
from actors.runtime.effects import Effects
from actors.runtime.memory import Memory
from actors.runtime.reading import Incoming, Letter
from actors.runtime.replays import Attempt
from actors.runtime.retrying import Retry
from actors.runtime.told import Told
from actors.runtime.traces import Trace
from storage.inbox import count_replays, insert_commands, settle_commands
from storage.journal import append_journal
from storage.parked import Again, ParkedRow, ask_also, forget, keep, park, resolve
from storage.partition import Holding
from storage.statement import Statement
from storage.work import clear_alarms, close_calls, open_calls, set_alarms

Item = Letter | Incoming | Retry


@dataclass(slots=True)
class Turn:
    """`states` are to be saved, `view` is all that is known once they are.

    `parts` are written in one statement. `resolved` and `kept` are parked rows that were tried again, with success and
    without. `failed` are, by identity, the errors of messages that could not tell what they need.
    """

    items: Sequence[Item]
    after: Holding
    effects: Effects
    states: dict[Key, State] = field(default_factory=dict)
    view: dict[Key, State | None] = field(default_factory=dict)
    failed: dict[int, Exception] = field(default_factory=dict)
    parked: list[ParkedRow] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    kept: list[Again] = field(default_factory=list)
    blocked: set[tuple[str, str]] = field(default_factory=set)
    replays: list[str] = field(default_factory=list)
    answers: list[tuple[str, Told, int | None]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    parts: list[Statement] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)


def begin_turn(actor: Actor, memory: Memory, items: Sequence[Item], now: datetime) -> Turn:
    """An empty turn, which may still carry cursors and notes."""
    holding = memory.holding
    effects = Effects(actor.name, holding.partition, now, holding.journal_seq, memory.running, actor.private)
    after = replace(holding, turn=holding.turn + 1, clock=now, cursors=dict(holding.cursors), heard=dict(holding.heard))
    return Turn(items, after, effects)


def memory_after(memory: Memory, turn: Turn) -> Memory:
    """What the next turn is decided on while this one is on its way to the database."""
    effects, running = turn.effects, memory.running
    ended = {result.told.command_id for result in effects.results if result.told.final}
    if effects.left_running or not ended.isdisjoint(running):
        running = {id_: one for id_, one in {**running, **effects.left_running}.items() if id_ not in ended}
    return replace(memory, holding=turn.after, running=running, blocked=memory.blocked | turn.blocked, ahead=turn.view)


def statements_of(actor: Actor, turn: Turn) -> list[Statement]:
    """All that is decided in a turn. To it come the fence and what was noted since."""
    effects = turn.effects
    alarms = effects.alarm_rows()
    cleared = [who for who, at in effects.alarms.items() if at is None]
    retries = effects.retries.difference(turn.resolved, (row.id for row in turn.kept))  # those were tried just now
    parts = [
        (effects.inbox, lambda: insert_commands(list(effects.inbox.values()))),
        (effects.settled, lambda: settle_commands(list(effects.settled.values()))),
        (turn.replays, lambda: count_replays(turn.replays)),
        (effects.journal, lambda: append_journal(effects.journal)),
        (effects.calls, lambda: open_calls(effects.calls)),
        (effects.closed, lambda: close_calls(effects.closed, effects.now)),
        (alarms, lambda: set_alarms(alarms)),
        (cleared, lambda: clear_alarms(cleared)),
        (turn.parked, lambda: park(turn.parked)),
        (turn.resolved, lambda: resolve(turn.resolved, effects.now, actor.private)),
        (turn.kept, lambda: keep(turn.kept)),
        (turn.kept, lambda: forget(turn.kept, turn.resolved)),
        (retries, lambda: ask_also(retries)),
    ]
    saved = actor.save(list(turn.states.values())) if turn.states else []
    return [*(make() for rows, make in parts if rows), *saved]
