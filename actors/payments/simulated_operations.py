"""How the simulated provider answers: once per idempotency key, and the same ever after."""

import hashlib
import json
from collections.abc import Callable, Mapping
from sqlite3 import Connection

from actors.payments import simulated_charges as charges
from actors.payments import simulated_disputes as disputes
from actors.payments import simulated_payouts as payouts
from actors.payments import simulated_refunds as refunds
from actors.payments import simulated_saved as saved
from actors.payments.provider import Away
from actors.payments.simulated_settings import settings_of
from messages.wire import Json, Wire, json_of

_OPERATIONS: dict[str, Callable[[Connection, str, Json], Wire]] = {
    "charge": charges.charge,
    "authenticate": charges.authenticate,
    "capture": charges.capture,
    "release": charges.release,
    "refund": refunds.refund,
    "look_up_refund": refunds.look_up_refund,
    "payout": payouts.payout,
    "look_up_payout": payouts.look_up_payout,
    "settle_payout": payouts.settle_payout,
    "look_up_charge": charges.look_up_charge,
    "look_up_dispute": disputes.look_up_dispute,
    "submit_evidence": disputes.submit_evidence,
    "accept_dispute": disputes.accept_dispute,
    "open_dispute": disputes.open_dispute,
    "close_dispute": disputes.close_dispute,
    "attach_method": saved.attach,
    "detach_method": saved.detach,
}

OUTAGE = Away(detail="The simulated provider has an outage; nothing was charged.")


class KeyReused(ValueError):
    """The idempotency key was used before, for another request."""


def perform(books: Connection, operation: str, key: str, request: Json) -> tuple[Json, int]:
    """The answer, and how often it has now been asked for. Raises `KeyReused`; KeyError if unknown."""
    known = _recall(books, operation, key, request)
    if known is not None:
        return known
    result = json_of(OUTAGE if settings_of(books).outage else _OPERATIONS[operation](books, key, request))
    _remember(books, operation, key, request, result)
    return result, 1


def _recall(books: Connection, operation: str, key: str, request: Mapping[str, object]) -> tuple[Json, int] | None:
    row = books.execute(
        "update answers set calls = calls + 1 where key = ? returning operation, fingerprint, result, calls",
        (key,),
    ).fetchone()
    if row is None:
        return None
    known_operation, fingerprint, result, calls = row
    if (known_operation, fingerprint) != (operation, _fingerprint(request)):
        raise KeyReused(f"the key {key} was used before, for another {known_operation} request")
    return json.loads(result), calls


def _remember(books: Connection, operation: str, key: str, request: Mapping[str, object], result: Json) -> None:
    books.execute(
        "insert into answers (key, operation, fingerprint, result) values (?, ?, ?, ?)",
        (key, operation, _fingerprint(request), json.dumps(result)),
    )


def _fingerprint(request: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
