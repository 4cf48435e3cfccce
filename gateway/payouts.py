"""Withdrawals and payouts: their bodies, wishes and routes."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.door import door_of
from gateway.ledger_parameters import LineList
from gateway.parameters import Cursor, Limit, Listed, Moment, Read, several
from gateway.questions import resource_of
from gateway.reads import after_created, after_recorded, by_id, nothing, one, page, query_of
from gateway.route import V1, Input, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.balance import BalanceTransaction
from messages.ids import Token, new_id
from messages.ledger import Entry
from messages.money import Currency, PositiveAmount
from messages.payments import ACTOR
from messages.payouts import CreatePayout, Payout, PayoutPurpose, PayoutStatus, SimulatePayout
from messages.resource import Metadata, Text
from messages.wire import Json, Wire


class WithdrawalBody(Wire):
    """Money out of the customer's wallet."""

    amount: PositiveAmount
    currency: Currency
    description: Text | None = None
    metadata: Metadata = {}


class SimulationBody(Wire):
    """Nothing needs to be said."""


class PayoutList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[PayoutStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    purpose: PayoutPurpose | None = None


class BookingList(Read):
    """`source_id` is the id of a payment, refund, dispute or payout; `payout` the settlement that it was paid with."""

    limit: Limit = 20
    cursor: Cursor | None = None
    status: Annotated[list[Literal["pending", "available"]], BeforeValidator(several)] = []
    source_id: Token | None = None
    payout: Token | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None


def withdraw(request: web.Request, body: WithdrawalBody) -> Wish:
    """A payout whose id is chosen here."""
    data = CreatePayout(
        customer_id=id_of(request, "customer_id"),
        amount=body.amount,
        currency=body.currency,
        description=body.description,
        metadata=body.metadata,
    )
    return Wish(ACTOR, "payout.create", new_id("po"), data)


def simulated(outcome: Literal["paid", "fail"]) -> Callable[[web.Request, Any], Wish]:
    """What a test wants to become of a payout."""

    def wish(request: web.Request, _: SimulationBody) -> Wish:
        return Wish(ACTOR, "payout.simulate", id_of(request), SimulatePayout(outcome=outcome))

    return wish


async def entries(request: web.Request, given: Input) -> web.StreamResponse:
    """What was posted for a payout; whether there is such a payout, the payments actor knows."""
    asked = query_of(request, given.parameters, by_id(request))
    await resource_of(door_of(request).bus, ACTOR, "payout", asked)
    return await _ENTRIES(request, given)


def _of_payout(request: web.Request) -> Json:
    return {"source_type": "payout", **by_id(request)}


_ENTRIES = page("ledger", "source_entries", _of_payout, after_recorded)
_SIMULATED = "/simulated/payouts/{id}"
_STATE = ("wrong_state", "outcome_pending", "test_mode_only", "provider_unavailable")

PAYOUTS = [
    Route(
        *("POST", f"{V1}/wallets/{{customer_id}}/withdrawals", write(withdraw), "wallets:write"),
        *("createWithdrawal", "Pay out of a customer's wallet", Payout),
        body=WithdrawalBody,
        status=201,
        codes=(
            *("insufficient_funds", "account_frozen", "already_exists", "outcome_pending", "balance_overflow"),
            *("payment_method_unusable", "provider_unavailable", "switched_off", "test_mode_only"),
        ),
    ),
    Route(
        *("GET", f"{V1}/payouts", page("payments", "payouts", nothing, after_created), "payouts:read"),
        *("listPayouts", "List payouts, the newest first", ListOf[Payout], PayoutList),
    ),
    Route(
        *("GET", f"{V1}/payouts/{{id}}", one("payments", "payout", by_id), "payouts:read"),
        *("getPayout", "Read a payout", Payout, Read),
    ),
    Route(
        *("GET", f"{V1}/payouts/{{id}}/entries", entries, "payouts:read"),
        *("listPayoutEntries", "List what a payout posted, the newest first", ListOf[Entry], LineList),
    ),
    Route(
        *("GET", f"{V1}/balance-transactions", page("payments", "balance_transactions", nothing, after_created)),
        *("payouts:read", "listBalanceTransactions", "List what the provider booked, the newest first"),
        *(ListOf[BalanceTransaction], BookingList),
    ),
    Route(
        *("POST", f"{_SIMULATED}/paid", write(simulated("paid")), "payouts:write"),
        *("settlePayout", "Let a payout arrive, in a test", Payout),
        body=SimulationBody,
        codes=_STATE,
    ),
    Route(
        *("POST", f"{_SIMULATED}/fail", write(simulated("fail")), "payouts:write"),
        *("failPayout", "Let a payout come back, in a test", Payout),
        body=SimulationBody,
        codes=_STATE,
    ),
]
