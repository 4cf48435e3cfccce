"""Days that are over become income: one posting per day and currency, in order, one at a time.

A day of the world is asked for some seconds after midnight, so that no invoice of its last moment comes too late. A
refusal leaves the day where it is, and it is asked for again: nothing is lost, and no later day overtakes it.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from actors.invoicing.desk import Desk
from actors.invoicing.revenue_states import RevenueDayState, RevenueState, RevenueStep
from actors.runtime.decision import Answered, Wish
from messages import ledger
from messages.ledger_commands import RecognizeRevenue
from messages.revenue import RevenueDay

SLACK_SECONDS: Final = 5
AGAIN_SECONDS: Final = 60
AGAIN_SECONDS_MAX: Final = 3_600
CREATED: Final = 201


def expect(desk: Desk, state: RevenueState) -> None:
    """Keeps the state, and rings when its first day is over; while a day is being posted, its answer goes on."""
    desk.put(state)
    if state.step is None:
        first = _first(state)
        desk.ring(state.revenue.id, _over_at(first[0], state) if first else None)


def fell_due(desk: Desk, state: RevenueState | None, at: datetime) -> None:
    """Asks for the first day that is over."""
    _ = at
    if state is not None and state.step is None:
        _post_next(desk, state)


def answered(desk: Desk, state: RevenueState | None, answer: Answered) -> None:
    """It is income, and the next day's turn; or it could not be posted just now."""
    if state is None or state.step is None:
        return
    if answer.status == CREATED or answer.body.get("code") == "already_exists":
        _posted(desk, state, state.step, answer)
        return
    failures = state.failures + 1
    wait = min(AGAIN_SECONDS * 2 ** min(failures - 1, 10), AGAIN_SECONDS_MAX)
    desk.put(state.model_copy(update={"step": None, "failures": failures}))
    desk.ring(state.revenue.id, desk.now + timedelta(seconds=wait))


def _posted(desk: Desk, state: RevenueState, step: RevenueStep, answer: Answered) -> None:
    revenue = state.revenue
    day = RevenueDay(
        id=f"{revenue.id}_{step.day}_{step.currency}",
        day=step.day,
        currency=step.currency,
        clock=revenue.clock,
        amount=step.amount,
        transaction=answer.body.get("id") or answer.body.get("transaction"),
        created_at=desk.now,
    )
    desk.put(RevenueDayState(tenant=desk.tenant, revenue_day=day))
    left = {day: part for day, part in revenue.days[step.currency].items() if day != step.day}
    days = {**revenue.days, step.currency: left}
    after = revenue.model_copy(update={"version": revenue.version + 1, "days": days})
    _post_next(desk, state.model_copy(update={"revenue": after, "step": None, "failures": 0}))


def _post_next(desk: Desk, state: RevenueState) -> None:
    first, revenue = _first(state), state.revenue
    if first is None or _over_at(first[0], state) > desk.now:
        expect(desk, state)
        return
    step = RevenueStep(day=first[0], currency=first[1], amount=revenue.days[first[1]][first[0]])
    desk.put(state.model_copy(update={"step": step}))
    data = RecognizeRevenue(day=step.day, amount=step.amount, currency=step.currency, clock=revenue.clock)
    desk.wish(Wish(ledger.ACTOR, "revenue.recognize", revenue.id, data, revenue.id))


def _first(state: RevenueState) -> tuple[str, str] | None:
    """The earliest day that is not posted, and its currency."""
    days = ((min(days), currency) for currency, days in state.revenue.days.items() if days)
    return min(days, default=None)


def _over_at(day: str, state: RevenueState) -> datetime:
    """Under a clock at its midnight."""
    midnight = datetime.combine(date.fromisoformat(day), time.min, UTC) + timedelta(days=1)
    return midnight if state.clock else midnight + timedelta(seconds=SLACK_SECONDS)
