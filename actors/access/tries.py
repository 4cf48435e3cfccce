"""How often somebody may try, so many times in a minute, and who was let in; counted in this process alone."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

WINDOW_SECONDS: Final = 60.0
WATCHED_MAX: Final = 10_000
"""Those who tried longest ago are forgotten first."""


@dataclass(slots=True)
class Tries:
    """When each of those who try has done so lately, in seconds of any clock that only goes forward."""

    at_most: int
    seen: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def may(self, who: str, now: float) -> bool:
        """Counts the try, unless it is one too many."""
        times = self.seen.setdefault(who, deque())
        self.seen.move_to_end(who)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self.at_most:
            return False
        times.append(now)
        if len(self.seen) > WATCHED_MAX:
            self.seen.popitem(last=False)
        return True


@dataclass(slots=True)
class LetIn:
    """Who was let in from where."""

    pairs: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def note(self, who: str, address: str) -> None:
        """They were."""
        self.pairs[who, address] = None
        self.pairs.move_to_end((who, address))
        if len(self.pairs) > WATCHED_MAX:
            self.pairs.popitem(last=False)

    def knows(self, who: str, address: str) -> bool:
        """Whether they ever were."""
        return (who, address) in self.pairs
