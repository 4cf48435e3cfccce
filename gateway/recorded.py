"""Which events of providers are recorded for certain, so that their repeats cost the actor nothing."""

from collections import deque
from dataclasses import dataclass, field

EVENTS_MAX = 50_000
"""The latest; some 6 MB when a storm has filled it. An older one is asked of the actor, which knows all of them."""


@dataclass(eq=False)
class Recorded:
    """Ids of commands that were answered with a commit."""

    _ids: set[str] = field(default_factory=set)
    _order: deque[str] = field(default_factory=deque)

    def __contains__(self, command_id: str) -> bool:
        """Whether it was among the latest."""
        return command_id in self._ids

    def note(self, command_id: str) -> None:
        """Only once it is committed."""
        if command_id in self._ids:
            return
        self._ids.add(command_id)
        self._order.append(command_id)
        if len(self._order) > EVENTS_MAX:
            self._ids.discard(self._order.popleft())
