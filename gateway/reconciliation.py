"""Differences between provider, payments and ledger: their list, what ends them, and a run on demand."""

from typing import Annotated

from aiohttp import web
from pydantic import BeforeValidator

from gateway.commands import Wish
from gateway.door import door_of
from gateway.parameters import Cursor, Limit, Moment, Read, several
from gateway.problems import Problem
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route
from gateway.shapes import ListOf
from gateway.writes import of_payment, write
from messages.ids import Token
from messages.payments import ACTOR
from messages.reconciliation import (
    ApplyCorrection,
    Difference,
    DifferenceStatus,
    DismissDifference,
    Reconciliation,
    RunReconciliation,
    reconciliation_entity,
)


class DifferenceList(Read):
    """`status` may be several, with commas."""

    limit: Limit = 20
    cursor: Cursor | None = None
    status: Annotated[list[DifferenceStatus], BeforeValidator(several)] = []
    created_after: Moment | None = None
    created_before: Moment | None = None


class RunBody(RunReconciliation):
    """Compare everything, from the beginning. `provider` is needed for any but the first account of several."""

    provider: Token | None = None


def run(request: web.Request, body: RunBody) -> Wish:
    """Of one account with a provider."""
    settings = door_of(request).settings
    name = body.provider or settings.provider
    if name not in settings.kinds:
        raise Problem("not_found", f"There is no account {name}; GET /api/v1/providers lists them.")
    return Wish(ACTOR, "reconciliation.run", reconciliation_entity(name), RunReconciliation())


_ONE = f"{V1}/reconciliation/{{id}}"
_STATE = ("wrong_state", "outcome_pending")

RECONCILIATION = [
    Route(
        *("GET", f"{V1}/reconciliation", page(ACTOR, "differences", nothing, after_created), "operations:read"),
        *("listDifferences", "List differences, the newest first", ListOf[Difference], DifferenceList),
    ),
    Route(
        *("GET", _ONE, one(ACTOR, "difference", by_id), "operations:read"),
        *("getDifference", "Read a difference", Difference, Read),
    ),
    Route(
        *("POST", f"{V1}/reconciliation/run", write(run), "operations:write"),
        *("runReconciliation", "Compare everything, from the beginning", Reconciliation),
        body=RunBody,
        codes=("not_found", "outcome_pending"),
    ),
    Route(
        *("POST", f"{_ONE}/apply", write(of_payment("difference.apply")), "operations:write"),
        *("applyCorrection", "Do what is proposed for a difference", Difference),
        body=ApplyCorrection,
        codes=(*_STATE, "account_frozen", "balance_overflow"),
    ),
    Route(
        *("POST", f"{_ONE}/dismiss", write(of_payment("difference.dismiss")), "operations:write"),
        *("dismissDifference", "Say that a difference is in order as it is", Difference),
        body=DismissDifference,
        codes=_STATE,
    ),
]
