"""When something may be said to have happened: not in the future, and not in a closed month."""

from datetime import UTC, datetime
from typing import Final

from actors.ledger.balances import CannotPost
from actors.ledger.keys import period_key
from actors.ledger.states import PeriodState
from actors.runtime.decision import Key, View

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def month_of(moment: datetime) -> str:
    """`2026-10`, in UTC."""
    return f"{moment.year:04}-{moment.month:02}"


def month_after(month: str) -> str:
    """`2026-12` is followed by `2027-01`."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def begin_of(month: str) -> datetime:
    """Its first instant."""
    return datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)


def period_keys(tenant: str, effective_at: datetime | None, view: View) -> set[Key]:
    """The month, and after a closed one the next, up to one that is not. None for now, whose month is never closed."""
    keys: set[Key] = set()
    if effective_at is None:
        return keys
    month = month_of(effective_at)
    while True:
        key = period_key(tenant, month)
        keys.add(key)
        if not _is_closed(view.get(key)):
            return keys
        month = month_after(month)


def must_be_open(tenant: str, effective_at: datetime, now: datetime, view: View) -> None:
    """For requests. Raises CannotPost."""
    if effective_at < EPOCH or effective_at > now:
        raise CannotPost("date_out_of_range", "effective_at must lie between 1970 and now.")
    month = month_of(effective_at)
    if _is_closed(view.get(period_key(tenant, month))):
        raise CannotPost("period_closed", f"The period {month} is closed.")


def first_open(tenant: str, effective_at: datetime, now: datetime, view: View) -> datetime:
    """For facts: their own time, or the first instant after it that is in no closed month; never after now."""
    moment = min(max(effective_at, EPOCH), now)
    month = month_of(moment)
    while _is_closed(view.get(period_key(tenant, month))):
        month = month_after(month)
        moment = begin_of(month)
    return moment


def _is_closed(state: PeriodState | None) -> bool:
    return state is not None and state.period.status == "closed"
