"""What the holder of a partition keeps in memory between batches. All of it can be read again from the tables."""

from collections import ChainMap, OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from actors.runtime.decision import Key, State, View
from messages.envelope import Command
from storage.partition import Holding

STATES_MAX = 16_384


class States:
    """The states used last; None where there is none. Right only as long as nobody else writes: the fence sees to it.

    With `remembers` only these kinds are kept, and also what was merely looked up.
    """

    def __init__(self, remembers: Collection[str] | None = None) -> None:
        self.kept: OrderedDict[Key, State | None] = OrderedDict()
        self._remembers = remembers

    def known(self, keys: Collection[Key]) -> dict[Key, State | None]:
        """Those of the keys that are here; they count as used."""
        found = {key: self.kept[key] for key in keys if key in self.kept}
        for key in found:
            self.kept.move_to_end(key)
        return found

    def keep(self, view: Mapping[Key, State | None], changed: Mapping[Key, State]) -> None:
        """Takes over what a committed turn knew and what it changed, and forgets the oldest beyond the bound."""
        if self._remembers is None:
            states = changed
        else:
            states = {key: state for key, state in view.items() if key.kind in self._remembers}
        for key in states:
            self.kept.pop(key, None)
        self.kept.update(states)
        while len(self.kept) > STATES_MAX:
            self.kept.popitem(last=False)


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

    def known(self, keys: Collection[Key]) -> dict[Key, State | None]:
        """What need not be looked up. What is on its way to the database comes first."""
        ahead = self.ahead or {}
        found = {key: ahead[key] for key in keys if key in ahead}
        return {**self.states.known([key for key in keys if key not in found]), **found}

    def seen_through(self, view: dict[Key, State | None]) -> View:
        """The view, and behind it all that is known without looking it up."""
        return ChainMap(view, self.ahead or {}, self.states.kept)
