"""Disputes: their lists, bodies, wishes and routes; and what a test can do to the simulated provider."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.door import door_of
from gateway.parameters import Listed, Read, several
from gateway.problems import Problem
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route
from gateway.shapes import ListOf
from gateway.writes import of_payment, write
from messages.disputes import (
    AcceptDispute,
    CloseDispute,
    Dispute,
    DisputeStatus,
    OpenDispute,
    SubmitEvidence,
)
from messages.ids import Token
from messages.payments import ACTOR, SIMULATED
from messages.provider_events import SimulatedSettings, account_entity
from messages.wire import Wire


class DisputeBody(Wire):
    """The payment that its bank takes back."""

    payment: Token


class DisputeList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[DisputeStatus], BeforeValidator(several)] = []
    customer_id: Token | None = None
    payment: Token | None = None


def open_dispute(_: web.Request, body: DisputeBody) -> Wish:
    """Asked of the payment; which dispute it will be, the provider says."""
    return Wish(ACTOR, "dispute.open", body.payment, OpenDispute())


class SettingsBody(SimulatedSettings):
    """How the simulated provider behaves from now on. `account` is needed for any but the first of several."""

    account: Token | None = None


def configure(request: web.Request, body: SettingsBody) -> Wish:
    """Asked of the account with the simulated provider."""
    kinds = door_of(request).settings.kinds
    names = [name for name, kind in kinds.items() if kind == SIMULATED] or [SIMULATED]
    name = body.account or names[0]
    if name not in names:
        raise Problem("not_found", f"There is no simulated account {name}; GET /api/v1/providers lists them.")
    settings = SimulatedSettings.model_validate(body.model_dump(exclude={"account"}))
    return Wish(ACTOR, "provider.configure", account_entity(name), settings)


_DISPUTE = f"{V1}/disputes/{{id}}"
_STATE = ("wrong_state", "outcome_pending", "provider_unavailable")

DISPUTES = [
    Route(
        *("GET", f"{V1}/disputes", page("payments", "disputes", nothing, after_created), "disputes:read"),
        *("listDisputes", "List disputes, the newest first", ListOf[Dispute], DisputeList),
    ),
    Route(
        *("GET", _DISPUTE, one("payments", "dispute", by_id), "disputes:read"),
        *("getDispute", "Read a dispute", Dispute, Read),
    ),
    Route(
        *("POST", f"{_DISPUTE}/evidence", write(of_payment("dispute.submit_evidence")), "disputes:write"),
        *("submitEvidence", "Say what speaks against a dispute", Dispute),
        body=SubmitEvidence,
        codes=(*_STATE, "evidence_deadline_passed"),
    ),
    Route(
        *("POST", f"{_DISPUTE}/accept", write(of_payment("dispute.accept")), "disputes:write"),
        *("acceptDispute", "Give a dispute up: the money is lost", Dispute),
        body=AcceptDispute,
        codes=_STATE,
    ),
    Route(
        *("POST", "/simulated/disputes", write(open_dispute), "disputes:write"),
        *("openDispute", "Let a payment be disputed, in a test", Dispute),
        body=DisputeBody,
        status=201,
        codes=(*_STATE, "not_found", "not_refundable", "test_mode_only"),
    ),
    Route(
        *("POST", "/simulated/disputes/{id}/close", write(of_payment("dispute.close")), "disputes:write"),
        *("closeDispute", "Let a dispute be won or lost, in a test", Dispute),
        body=CloseDispute,
        codes=(*_STATE, "test_mode_only"),
    ),
    Route(
        *("PATCH", "/simulated/settings", write(configure), "operations:write"),
        *("configureSimulated", "Say how the simulated provider behaves", SimulatedSettings),
        body=SettingsBody,
        codes=("not_found", "role_missing", "test_mode_only", "outcome_pending", "provider_unavailable"),
    ),
]
