"""`preview`: the invoices that a subscription would get, by the same rules that would make them."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from asyncpg import Connection

from actors.invoicing.io import load
from actors.invoicing.keys import clock_key
from actors.invoicing.rehearsal import Rehearsal
from actors.invoicing.states import InvoiceState, SubscriptionState
from actors.invoicing.terms import Terms
from actors.runtime.decision import Asked, Decision, FellDue, Refused
from actors.runtime.resources import not_found, refused, whole
from messages.envelope import Command, Query, Reply
from messages.ids import new_id
from messages.invoices import Invoice
from messages.invoicing import ACTOR
from messages.previews import PreviewInvoice
from messages.problems import PROBLEMS
from messages.subscriptions import ChangeSubscription, CreateSubscription
from messages.wire import Wire, json_of
from storage.partition import database_time

RENEWALS_MAX: Final = 40
"""Alarms that are rung before a subscription has to come to an invoice: notices, a trial's end, a pause's end."""


async def preview(terms: Terms, connection: Connection, query: Query) -> Reply:
    """What would be asked for at once, and next. Nothing is kept; a refusal is the answer that the change would get."""
    asked = PreviewInvoice.model_validate(query.params)
    rehearsal = Rehearsal(terms, partial(load, connection))
    now = await database_time(connection)
    subscription = asked.subscription or new_id("sub")
    moment = await _now_of(rehearsal, query.tenant, subscription, now)
    wish = _wish(asked)
    if wish is not None:
        decision = await rehearsal.take(_command(query.tenant, *wish, subscription, moment), moment)
        if isinstance(decision.outcome, Refused):
            return _refused(decision.outcome)
    state = await rehearsal.subscription(query.tenant, subscription)
    if state is None:
        return not_found(f"There is no subscription {subscription}.")
    if not _invoices(rehearsal):
        moment = await _now_of(rehearsal, query.tenant, subscription, now)  # that of its customer's clock, if it is new
        await _renew(rehearsal, state, moment)
    made = _invoices(rehearsal)
    return whole(_upcoming(made[0])) if made else refused(422, "nothing_to_invoice", "No invoice is to come.")


def _wish(asked: PreviewInvoice) -> tuple[str, Wire] | None:
    if asked.customer_id is not None and asked.subscription is None:
        change = asked.change or ChangeSubscription()
        fields = change.model_dump(include={"items", "coupons", "default_tax_rates", "trial_end"}, exclude_none=True)
        return "subscription.create", CreateSubscription.model_validate({"customer_id": asked.customer_id, **fields})
    if asked.change is not None:
        return "subscription.change", asked.change
    return ("subscription.cancel", asked.cancel) if asked.cancel is not None else None


async def _now_of(rehearsal: Rehearsal, tenant: str, subscription: str, now: datetime) -> datetime:
    """The time of the subscription's clock, if it has one."""
    state = await rehearsal.subscription(tenant, subscription)
    clock = state.clock if state else None
    if clock is None:
        return now
    key = clock_key(tenant, clock)
    found: Any = (await rehearsal.load({key})).get(key)
    return found.test_clock.now if found else now


async def _renew(rehearsal: Rehearsal, state: SubscriptionState, moment: datetime) -> None:
    """Rings the subscription, and then its draft, until an invoice stands there whole."""
    tenant, entity = state.tenant, state.subscription.id
    at: datetime | None = None
    for _ in range(RENEWALS_MAX):
        current = await rehearsal.subscription(tenant, entity) or state
        if current.subscription.status in ("canceled", "incomplete_expired"):
            return
        at = max(moment, at or current.subscription.current_period.end)
        await rehearsal.stand_at(tenant, current.clock, at)
        decision = await rehearsal.take(FellDue(tenant, entity, at), at)
        if _invoices(rehearsal):
            await _finish(rehearsal, tenant, current.clock, decision)
            return
        following = rehearsal.alarms(tenant, current.clock, decision).get(entity)
        if following is None:
            return
        at = following


async def _finish(rehearsal: Rehearsal, tenant: str, clock: str | None, decision: Decision) -> None:
    """A draft that waits for late usage is measured as it would be by now."""
    for entity, at in rehearsal.alarms(tenant, clock, decision).items():
        if entity.startswith("inv_") and at is not None:
            await rehearsal.stand_at(tenant, clock, at)
            await rehearsal.take(FellDue(tenant, entity, at), at)


def _command(tenant: str, type_: str, data: Wire, subject: str, now: datetime) -> Asked:
    command = Command(
        id=new_id("cmd"),
        type=type_,
        actor=ACTOR,
        tenant=tenant,
        subject=subject,
        source="gateway",
        correlation_id="preview",
        time=now,
        data=json_of(data),
    )
    return Asked(command, data)


def _invoices(rehearsal: Rehearsal) -> list[InvoiceState]:
    """Those that were made in the rehearsal, in order."""
    made = [each for each in rehearsal.changed.values() if isinstance(each, InvoiceState)]
    return sorted(made, key=lambda each: (each.invoice.created_at, each.invoice.id))


def _upcoming(state: InvoiceState) -> Invoice:
    """Not issued: without a number, a PDF, and the tries to collect it."""
    fresh = {"number": None, "series": None, "status": "draft", "finalized_at": None, "payments": [], "paid_at": None}
    return state.invoice.model_copy(update={**fresh, "billing_reason": "upcoming", "attempt_count": 0, "pdf_url": None})


def _refused(outcome: Refused) -> Reply:
    body = {"code": outcome.code, "detail": outcome.detail, **outcome.extra}
    return Reply(status=PROBLEMS[outcome.code].status, body=body)
