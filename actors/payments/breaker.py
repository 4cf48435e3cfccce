"""The decline-rate breaker of one tenant: closed, paused, or half open with a few trials. Times are seconds of 1970."""

from dataclasses import dataclass
from typing import NamedTuple

WINDOW_MINUTES = 10
TRIALS = 10


@dataclass(frozen=True, slots=True)
class BreakerTerms:
    """Opens when of `attempts` or more in ten minutes over `percent` were declined; 0 attempts: never."""

    attempts: int = 50
    percent: int = 80
    pause_seconds: int = 60


class Minute(NamedTuple):
    """What ended in one minute of 1970."""

    minute: int
    attempts: int
    declines: int


class Breaker(NamedTuple):
    """Closed without `paused_until`. All `TRIALS` left: none was let through yet; none left: all were.

    `minutes` are the last ten, or those since the first trial.
    """

    minutes: tuple[Minute, ...] = ()
    paused_until: int | None = None
    trials_left: int = TRIALS

    @property
    def attempts(self) -> int:
        """That ended within the window."""
        return sum(each.attempts for each in self.minutes)

    @property
    def declines(self) -> int:
        """Those of them that were declined."""
        return sum(each.declines for each in self.minutes)


CLOSED = Breaker()


def let_through(breaker: Breaker, terms: BreakerTerms, now: int) -> Breaker | None:
    """The breaker after one more charge began; None while it must not.

    With the last trial the pause begins anew: trials that never end, such as a customer who doesn't authenticate, cost
    one more round and no more.
    """
    if breaker.paused_until is None:
        return breaker
    if now < breaker.paused_until:
        return None
    first = breaker.trials_left in (0, TRIALS)
    left = (TRIALS if first else breaker.trials_left) - 1
    until = breaker.paused_until if left else now + terms.pause_seconds
    return Breaker(() if first else breaker.minutes, until, left)


def counted(breaker: Breaker, terms: BreakerTerms, *, declined: bool, now: int) -> Breaker:
    """The breaker after one attempt ended. What began before a pause says nothing about the time after it."""
    if breaker.paused_until is None:
        after = Breaker(_with(breaker.minutes, declined, now))
        return _opened(terms, now) if declined and _must_open(after, terms) else after
    if breaker.trials_left == TRIALS:
        return breaker
    after = Breaker(_with(breaker.minutes, declined, now), breaker.paused_until, breaker.trials_left)
    if after.declines * 100 > terms.percent * TRIALS:
        return _opened(terms, now)
    accepted = after.attempts - after.declines
    return CLOSED if accepted * 100 >= (100 - terms.percent) * TRIALS else after


def _must_open(breaker: Breaker, terms: BreakerTerms) -> bool:
    attempts = breaker.attempts
    return 0 < terms.attempts <= attempts and breaker.declines * 100 > terms.percent * attempts


def _opened(terms: BreakerTerms, now: int) -> Breaker:
    return Breaker(paused_until=now + terms.pause_seconds)


def _with(minutes: tuple[Minute, ...], declined: bool, now: int) -> tuple[Minute, ...]:
    minute = now // 60
    if minutes and minutes[-1].minute == minute:
        last = minutes[-1]
        return (*minutes[:-1], Minute(minute, last.attempts + 1, last.declines + declined))
    kept = [each for each in minutes if each.minute > minute - WINDOW_MINUTES]
    return (*kept, Minute(minute, 1, int(declined)))
