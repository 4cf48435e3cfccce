"""Tries to collect, as an invoice remembers them. Each has an id of its own, so that each counts at most once."""

from typing import Any

from actors.invoicing.invoice_work import Attempt, InvoiceStep
from actors.invoicing.states import InvoiceState

OPEN = ("running", "requires_action")
"""Statuses in which money may still come without anybody asking again."""


def attempt_of(state: InvoiceState, payment: str) -> Attempt | None:
    """The try that this payment is."""
    return next((each for each in state.work.attempts if each.payment == payment), None)


def with_attempt(state: InvoiceState, attempt: Attempt) -> InvoiceState:
    """With one more, or with what has become of one."""
    known = state.work.attempts
    if any(each.payment == attempt.payment for each in known):
        attempts = tuple(attempt if each.payment == attempt.payment else each for each in known)
    else:
        attempts = (*known, attempt)
    return with_work(state, attempts=attempts)


def with_work(state: InvoiceState, **fields: Any) -> InvoiceState:
    """What only the rules need, changed."""
    return state.model_copy(update={"work": state.work.model_copy(update=fields)})


def without_step(state: InvoiceState, payment: str) -> InvoiceState:
    """The step is over, if it was that of this payment."""
    step = state.step
    return state.model_copy(update={"step": None}) if step is not None and step.payment == payment else state


def step_of(state: InvoiceState, payment: str) -> InvoiceStep | None:
    """The open step, if it is that of this payment."""
    return state.step if state.step is not None and state.step.payment == payment else None


def awaited(state: InvoiceState) -> Attempt | None:
    """The try whose outcome is not known yet, or waits for the customer."""
    return next((each for each in state.work.attempts if each.status in OPEN), None)
