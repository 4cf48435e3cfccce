"""What the holder of a partition keeps in memory between batches. All of it can be read again from the tables."""

from collections import ChainMap
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from actors.runtime.decision import Key, State, View
from messages.envelope import Command
from storage.partition import Holding

ALWAYS = frozenset({"switches"})
"""Kinds that every message of their actor needs."""

STATES_MAX = 8_192
"""A payment takes about 4 kB."""


class States:
    """The states used last; None where there is none. Right only as long as nobody else writes: the fence sees to it.

    With `remembers` only these kinds are kept, and also what was merely looked up. Kept in two halves: when the younger
    is full it becomes the older, and what nobody asked for since the last time is forgotten.
    """

    def __init__(self, remembers: Collection[str] | None = None) -> None:
        self.younger: dict[Key, State | None] = {}
        self.older: dict[Key, State | None] = {}
        self._remembers = None if remembers is None else ALWAYS.union(remembers)

    def known(self, keys: Collection[Key]) -> dict[Key, State | None]:
        """Those of the keys that are here; they count as used."""
        found = {key: self.younger[key] for key in keys if key in self.younger}
        again = {key: self.older[key] for key in keys if key not in found and key in self.older}
        self.younger.update(again)
        return {**found, **again} if again else found

    def keep(self, view: Mapping[Key, State | None], changed: Mapping[Key, State]) -> None:
        """Takes over what a committed turn knew and what it changed."""
        if self._remembers is None:
            self.younger.update({key: state for key, state in view.items() if key.kind in ALWAYS})
            self.younger.update(changed)
        else:
            self.younger.update({key: state for key, state in view.items() if key.kind in self._remembers})
        if len(self.younger) > STATES_MAX // 2:
            self.older, self.younger = self.younger, {}


@dataclass(frozen=True, slots=True)
class Memory:
    """What a turn is decided on. `waiting` are the reply addresses of commands whose outcome is still to come.

    `ahead` is what the turn before knew and left behind, as long as that turn is on its way to the database; with it
    nothing that the tables say of these keys, of commands and of what is parked can be relied on.
    """

    holding: Holding
    states: States
    running: Mapping[str, Command] = field(default_factory=dict)
    blocked: frozenset[tuple[str, str]] = frozenset()
    waiting: dict[str, set[str]] = field(default_factory=dict)
    ahead: dict[Key, State | None] | None = None

    def known(self, keys: AbstractSet[Key]) -> dict[Key, State | None]:
        """What need not be looked up. What is on its way to the database comes first."""
        if not self.ahead:
            return self.states.known(keys)
        found = {key: self.ahead[key] for key in keys if key in self.ahead}
        return {**self.states.known(keys - found.keys()), **found}

    def seen_through(self, view: dict[Key, State | None]) -> View:
        """The view, and behind it all that is known without looking it up."""
        return ChainMap(view, self.ahead or {}, self.states.younger, self.states.older)
