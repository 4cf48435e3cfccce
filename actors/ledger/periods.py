"""Months are closed when they are over and checked, and opened again with a reason."""

from collections.abc import Mapping
from datetime import datetime

from actors.ledger.dating import begin_of, month_after
from actors.ledger.keys import period_key
from actors.ledger.refusals import wrong_state
from actors.ledger.states import PeriodState
from actors.runtime.decision import Asked, Decision, Done, Key, Refused, Said, View
from messages.ledger import Period
from messages.ledger_commands import ClosePeriod, ReopenPeriod


def period_needs(asked: Asked, _: View) -> set[Key]:
    """The month."""
    return {period_key(asked.tenant, asked.data.month)}


def close(asked: Asked, view: View, now: datetime) -> Decision:
    """`period.close`: 200 with the period."""
    wish: ClosePeriod = asked.data
    before = _known(asked, view)
    if before.status == "closed":
        return Decision(outcome=wrong_state("ledger_period", wish.month, "closed", "open"))
    if begin_of(month_after(wish.month)) > now:
        return Decision(outcome=Refused("date_out_of_range", f"{wish.month} is not over yet."))
    changes = {"status": "closed", "reason": wish.reason, "closed_at": now}
    return _changed(asked, before, changes, now, "ledger.period.closed")


def reopen(asked: Asked, view: View, now: datetime) -> Decision:
    """`period.reopen`: 200 with the period."""
    wish: ReopenPeriod = asked.data
    before = _known(asked, view)
    if before.status == "open":
        return Decision(outcome=wrong_state("ledger_period", wish.month, "open", "closed"))
    changes = {"status": "open", "reason": wish.reason, "closed_at": None}
    return _changed(asked, before, changes, now, "ledger.period.reopened")


def _known(asked: Asked, view: View) -> Period:
    known: PeriodState | None = view[period_key(asked.tenant, asked.data.month)]
    return known.period if known else Period(id=asked.data.month, version=0, livemode=asked.command.livemode)


def _changed(asked: Asked, before: Period, changes: Mapping[str, object], now: datetime, event: str) -> Decision:
    after = before.model_copy(update={**changes, "version": before.version + 1, "updated_at": now})
    return Decision(
        states=(PeriodState(asked.tenant, after),),
        events=(Said(event, after, before if before.version else None),),
        outcome=Done(200, after),
    )
