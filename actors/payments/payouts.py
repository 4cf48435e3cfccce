"""`payout.create`: a withdrawal. The wallet's money is held first, then the provider is asked to send it.

Nobody is told of a payout whose money could not be held: it stays at version 0.
"""

from datetime import datetime
from typing import Final

from actors.payments import wallet
from actors.payments.provider import Away, SendPayout
from actors.payments.refusals import already_exists, outcome_pending, refused
from actors.payments.states import PayoutState, PayoutStep
from actors.payments.terms import Terms
from actors.payments.versions import payout_said
from actors.runtime.decision import Answered, Call, Decision, Pending, Wish
from messages import ledger, ledger_commands
from messages.envelope import About, Command
from messages.ids import derived_id
from messages.payouts import CreatePayout, Payout, PayoutStatus
from messages.wire import Wire, json_of

AWAY: Final = "provider_unavailable"


def create_payout(
    terms: Terms, command: Command, wish: CreatePayout, existing: PayoutState | None, now: datetime
) -> Decision:
    """201 with the payout once it is on its way; 402 `insufficient_funds` leaves nothing behind."""
    if existing is not None and existing.step is not None:
        return outcome_pending(existing.payout, existing.step.kind)
    if existing is not None and existing.payout.version and existing.payout.failure_code != AWAY:
        return already_exists("payout", existing.payout.id)
    payout = Payout(
        id=_id_of(command, existing, now),
        version=0,
        livemode=command.livemode,
        metadata=wish.metadata,
        created_at=now,
        updated_at=now,
        status=PayoutStatus.PENDING,
        purpose="withdrawal",
        amount=wish.amount,
        currency=wish.currency,
        customer_id=wish.customer_id,
        description=wish.description,
        provider=terms.provider,
    )
    step = PayoutStep(kind="hold", command_id=command.id)
    state = PayoutState(tenant=command.tenant, payout=payout, step=step)
    return Decision(states=[state], commands=[_hold(wish, payout)], outcome=Pending())


def settle_payout_hold(state: PayoutState, step: PayoutStep, answer: Answered, now: datetime) -> Decision:
    """The ledger holds the money, and the payout begins; or it said no, and nothing has happened."""
    if answer.status >= 300:
        no = wallet.no_of(answer)
        code, also = ("unavailable", {}) if isinstance(no, Away) else (no.code, no.also)
        outcome = refused(code, no.detail, **also).outcome
        return Decision(states=[state.model_copy(update={"step": None})], outcome=outcome, answers=step.command_id)
    times = {"created_at": now, "updated_at": now, "version": 1}
    payout = state.payout.model_copy(update={"hold": ledger.payout_hold(state.payout.id), **times})
    request = SendPayout(
        payout=payout.id, amount=payout.amount, currency=payout.currency, customer_id=payout.customer_id
    )
    after, call = payout_call(state.model_copy(update={"payout": payout}), "payout", step.command_id, request, now)
    return Decision(states=[after], events=[payout_said("payout.created", payout)], calls=[call])


def payout_call(
    state: PayoutState, kind: str, command_id: str, request: Wire, now: datetime
) -> tuple[PayoutState, Call]:
    """The state with the step open, and its call: a new id, hence a new idempotency key at the provider."""
    payout = state.payout
    call_id = derived_id("call", now, state.tenant, payout.id, str(payout.version), command_id, kind)
    step = PayoutStep.model_validate({"kind": kind, "command_id": command_id, "call_id": call_id})
    return state.model_copy(update={"step": step}), Call(call_id, kind, payout.id, json_of(request))


def _id_of(command: Command, existing: PayoutState | None, now: datetime) -> str:
    """An outage leaves the idempotency key free and the payout canceled: its repeat makes another."""
    if existing is None or existing.payout.version == 0:
        return command.subject
    return derived_id("po", now, command.tenant, command.id)


def _hold(wish: CreatePayout, payout: Payout) -> Wish:
    hold = ledger_commands.CreateHold(
        customer_id=wish.customer_id,
        amount=payout.amount,
        currency=payout.currency,
        destination={"type": "withdrawal", "payout": payout.id},
    )
    about = About(customer_id=payout.customer_id)
    return Wish(ledger.ACTOR, "hold.create", ledger.payout_hold(payout.id), hold, payout.id, about)
