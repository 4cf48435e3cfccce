"""What is earned day by day out of what invoices asked for.

The days of all invoices are added up where revenue is kept; `recognizing` posts those that are over. What is taken
back of an invoice lowers the days that are not over: what was earned by then stays earned.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from actors.invoicing import deferral
from actors.invoicing.desk import Desk
from actors.invoicing.keys import earning_key, revenue_id, revenue_key
from actors.invoicing.recognizing import expect
from actors.invoicing.revenue_states import EarningState, RevenueState
from actors.invoicing.states import InvoiceState
from messages.credit_notes import CreditNote
from messages.invoices import Invoice
from messages.revenue import Earning, Revenue, RevenueLine
from messages.spans import Span


def deferred_of(desk: Desk, state: InvoiceState) -> int:
    """The invoice's `amount_deferred`: the net of the lines whose period is not over, below 0 where credits prevail."""
    return sum(map(deferral.net_of, deferral.over_time(state.lines, desk.now)))


def earn(desk: Desk, state: InvoiceState) -> None:
    """The invoice was finalised: from now on each of its days is earned when it is over."""
    invoice, lines = state.invoice, deferral.begun(deferral.over_time(state.lines, desk.now), _today(desk))
    if not lines:
        return
    ends = [(entry.span.end.date() if entry.span else _today(desk)).isoformat() for entry in lines]
    first_day = _today(desk).isoformat()
    earning = Earning(
        id=invoice.id,
        currency=invoice.currency,
        clock=invoice.test_clock,
        first_day=first_day,
        last_day=max(first_day, *ends),
        lines=lines,
        created_at=desk.now,
    )
    desk.put(EarningState(tenant=desk.tenant, earning=earning))
    _change(desk, invoice, deferral.all_days(earning))


def unearn(desk: Desk, state: InvoiceState) -> int:
    """It is void: nothing of it is earned any more. What was still to be earned is the voided invoice's
    `amount_deferred`: by that the ledger knows how much it has to take back from the income.
    """
    opened_at = state.invoice.finalized_at or desk.now
    if not deferral.begun(deferral.over_time(state.lines, opened_at), _today(desk)):
        return 0  # nothing was: so nothing is kept of it, nor looked up for one that is opened and void at once
    found: EarningState | None = desk.get(earning_key(desk.tenant, state.invoice.id))
    if found is None or found.earning.until is not None:
        return 0
    before = found.earning
    left = deferral.coming(deferral.all_days(before), _today(desk))
    after = before.model_copy(update={"version": before.version + 1, "until": _today(desk).isoformat()})
    desk.put(found.model_copy(update={"earning": after}))
    _change(desk, state.invoice, {day: -part for day, part in left.items()})
    return sum(left.values())


def left_of(desk: Desk, state: InvoiceState) -> Mapping[str, int]:
    """By line, what is still to be earned from today on."""
    found: EarningState | None = desk.get(earning_key(desk.tenant, state.invoice.id))
    by_line = deferral.days_of(found.earning) if found else {}
    return {line: sum(deferral.coming(days, _today(desk)).values()) for line, days in by_line.items()}


def credit(desk: Desk, state: InvoiceState, note: CreditNote) -> None:
    """A credit note takes a part back: the coming days of each of its lines are lowered in proportion."""
    today = _today(desk).isoformat()
    _enter(
        desk,
        state,
        [
            RevenueLine(line=line.invoice_line, amount=-line.amount_deferred, from_day=today, credit_note=note.id)
            for line in note.lines
            if line.amount_deferred
        ],
    )


def uncredit(desk: Desk, state: InvoiceState, note: CreditNote) -> None:
    """The note is void: what it had taken back is earned after all, evenly in what is left of each line's time."""
    found: EarningState | None = desk.get(earning_key(desk.tenant, state.invoice.id))
    spans = {entry.line: entry.span for entry in found.earning.lines if entry.span} if found else {}
    _enter(
        desk,
        state,
        [
            RevenueLine(
                line=line.invoice_line,
                amount=line.amount_deferred,
                from_day=_today(desk).isoformat(),
                span=_rest(spans[line.invoice_line], _today(desk)),
                credit_note=note.id,
            )
            for line in note.lines
            if line.amount_deferred
        ],
    )


def _enter(desk: Desk, state: InvoiceState, lines: Sequence[RevenueLine]) -> None:
    if not lines:
        return
    found: EarningState = desk.get(earning_key(desk.tenant, state.invoice.id))
    before = found.earning
    after = before.model_copy(
        update={
            "version": before.version + 1,
            "lines": (*before.lines, *lines),
            "last_day": max(before.last_day, _today(desk).isoformat()),
        }
    )
    desk.put(found.model_copy(update={"earning": after}))
    _change(desk, state.invoice, deferral.difference(deferral.all_days(before), deferral.all_days(after)))


def _change(desk: Desk, invoice: Invoice, days: Mapping[str, int]) -> None:
    """These days earn so much more, or less."""
    key = revenue_key(desk.tenant, revenue_id(invoice.test_clock))
    state: RevenueState | None = desk.get(key)
    if state is None:
        revenue = Revenue(id=key.id, clock=invoice.test_clock, created_at=desk.now)
        state = RevenueState(tenant=desk.tenant, revenue=revenue)
    else:
        revenue = state.revenue.model_copy(update={"version": state.revenue.version + 1})
    total = deferral.together([revenue.days.get(invoice.currency, {}), days])
    revenue = revenue.model_copy(update={"days": {**revenue.days, invoice.currency: total}})
    expect(desk, state.model_copy(update={"revenue": revenue}))


def _rest(span: Span, today: date) -> Span:
    return Span(start=max(span.start, datetime.combine(today, time.min, UTC)), end=span.end)


def _today(desk: Desk) -> date:
    return desk.now.astimezone(UTC).date()
