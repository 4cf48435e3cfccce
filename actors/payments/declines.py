"""Declines of the last hour, by customer or by address. Times are seconds of 1970."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HOUR_SECONDS = 3600
KNOWN_MAX = 1_000
"""So many customers, and so many addresses, of a tenant are watched: those that were declined last."""

Declines = Mapping[str, tuple[int, ...]]
"""When each was declined, the oldest first; who was declined last comes last."""

NOBODY: Final[Declines] = MappingProxyType({})


def declined(known: Declines, who: str, most: int, now: int) -> Declines:
    """With one more. Of each the last `most` are kept: its limit asks for no more."""
    if not most:
        return known
    after = dict(known)
    times = (*after.pop(who, ()), now)[-most:]
    if len(after) >= KNOWN_MAX:
        del after[next(iter(after))]
    after[who] = times
    return after


def accepted(known: Declines, who: str, now: int) -> Declines:
    """A success takes one decline back: who pays is no card tester, however often they come."""
    if who not in known:
        return known
    after = dict(known)
    times = tuple(time for time in after[who] if time > now - HOUR_SECONDS)[1:]
    if times:
        after[who] = times
    else:
        del after[who]
    return after


def wait_seconds(known: Declines, who: str, most: int, now: int) -> int:
    """Until this one may try again; 0: now. With 0 `most` there is no limit."""
    times = known.get(who, ())
    return max(0, times[-most] + HOUR_SECONDS - now) if 0 < most <= len(times) else 0
