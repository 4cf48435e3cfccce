"""How often somebody may try: so many times in a minute, counted in this process alone."""

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
