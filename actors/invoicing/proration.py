"""Parts of an amount for parts of a period, to the second."""

from datetime import datetime, timedelta

from messages.money import share
from messages.spans import Span


def accrued(amount: int, whole: Span, moment: datetime) -> int:
    """How much of an amount the time up to the moment costs: nothing before the whole, all of it from its end on."""
    if moment >= whole.end:
        return amount
    return share(full_seconds(whole.start, moment), full_seconds(whole.start, whole.end), amount)


def prorated(amount: int, part: Span, whole: Span) -> int:
    """What a part of the whole costs; what lies outside of the whole is free.

    The difference of two running sums, so that parts in a row add up to the amount exactly, however they are cut.
    A credit for unused time is the same of the negative amount: rounding half to even has no sign.
    """
    return accrued(amount, whole, part.end) - accrued(amount, whole, part.start)


def full_seconds(start: datetime, end: datetime) -> int:
    """Full ones, none before the start."""
    return max((end - start) // timedelta(seconds=1), 0)
