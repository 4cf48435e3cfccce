"""An actor as a value: its pure half, its tables and its work outside, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from asyncpg import Connection
from pydantic import BaseModel

from actors.runtime.decision import Decision, Foresight, Key, Message, State, View
from messages.envelope import Query, Reply
from messages.wire import Json
from storage.statement import Statement

Needs = Callable[[Message, View], set[Key]]
Decide = Callable[[Message, View, datetime], Decision]
Seal = Callable[[View, Sequence[Decision]], Sequence[State]]
Load = Callable[[Connection, Collection[Key]], Awaitable[Mapping[Key, State]]]
Save = Callable[[Sequence[State]], list[Statement]]

Performer = Callable[[str, Json], Awaitable[Json]]
"""Does a call, given its id and request. Returns what is definite; raises when the outcome is unknown."""

Answer = Callable[[Connection, Query], Awaitable[Reply]]
"""Answers a query inside a read-only, repeatable-read transaction."""

Rest = Callable[[], Awaitable[Reply]]
"""What is left of an answer once all was read: slow work, for which no connection is kept."""

LongAnswer = Callable[[Connection, Query], Awaitable[Reply | Rest]]
"""The same, or it only reads in the transaction and answers afterwards."""

Check = Callable[[], Awaitable[None]]
"""Asks for real work of something outside; raises when it is degraded."""


@dataclass(frozen=True)
class Actor:
    """`commands` and `hears` say how to read the data of a command type and of an event type, or of all of a noun.

    What `load` finds may not know of the turn before: as within a batch, what that one changed is in the view, under
    the keys of the states that it saved.
    `remembers` are the kinds of states that are asked for again and again, and found only under the key by which they
    are saved: of these also what was looked up stays in memory, and what is not there. None: what was saved, whatever
    its kind.
    `private` are the commands whose data is personal: it is kept only as long as it waits to be decided.
    `scans` are the queries that may read much: a few at a time, so that the others always have a connection.
    `foresees` are the operations whose calls a rehearsal goes on with; `shows` are kinds of states that it shows, since
    no event tells of them.
    `wakes` are entities, by tenant, that ring by themselves from the first start on; `beside` runs as long as the
    process does.
    """

    name: str
    commands: Mapping[str, type[BaseModel]]
    needs: Needs
    decide: Decide
    load: Load
    save: Save
    hears: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    seal: Seal | None = None
    remembers: AbstractSet[str] | None = None
    private: AbstractSet[str] = frozenset()
    perform: Mapping[str, Performer] = field(default_factory=dict)
    queries: Mapping[str, LongAnswer] = field(default_factory=dict)
    scans: AbstractSet[str] = frozenset()
    checks: Mapping[str, Check] = field(default_factory=dict)
    foresees: Mapping[str, Foresight] = field(default_factory=dict)
    shows: AbstractSet[str] = frozenset()
    wakes: Sequence[tuple[str, str]] = ()
    beside: Sequence[Callable[[], Awaitable[None]]] = ()
