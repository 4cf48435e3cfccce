"""What the holder of a partition keeps in memory between batches. All of it can be read again from the tables."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from actors.runtime.decision import Key, State
from messages.envelope import Command
from storage.partition import Holding

STATES_MAX = 4096


class States:
    """The states used last. Right only as long as nobody else writes, which the fence makes sure of."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Key, State] = OrderedDict()

    def known(self, keys: Collection[Key]) -> dict[Key, State]:
        """Those of the keys that are here; they count as used."""
        found = {key: self.kept[key] for key in keys if key in self.kept}
        for key in found:
            self.kept.move_to_end(key)
        return found

    def keep(self, states: Mapping[Key, State]) -> None:
        """Takes over committed states, and forgets the oldest beyond the bound."""
        for key, state in states.items():
            self.kept[key] = state
            self.kept.move_to_end(key)
        while len(self.kept) > STATES_MAX:
            self.kept.popitem(last=False)


@dataclass(slots=True)
class Memory:
    """`waiting` are the reply addresses of commands whose outcome is still to come."""

    holding: Holding
    running: dict[str, Command]
    blocked: set[tuple[str, str]]
    states: States = field(default_factory=States)
    waiting: dict[str, set[str]] = field(default_factory=dict)
