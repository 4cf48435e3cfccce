"""How a call of a provider is most likely to come back: for rehearsals, which ask nobody outside.

A test method does what it is there for. Everything else is taken to go well, as money that one has or holds does.
"""

from collections.abc import Mapping
from typing import Final

from actors.payments import simulated_methods
from actors.payments.provider import Charge, Taken
from actors.runtime.decision import Foresight
from messages.wire import Json, json_of

_TAKES: Final = ("capture", "refund", "payout")


def foresights() -> Mapping[str, Foresight]:
    """By operation; what is looked up or listed is not gone on with."""
    return {"charge": _charged, "prepare": _waits, "release": _waits, **dict.fromkeys(_TAKES, _taken)}


def _charged(call_id: str, request: Json) -> Json:
    asked = Charge.model_validate(request)
    if asked.payment_method in simulated_methods.METHODS:
        return json_of(simulated_methods.verdict(asked, _reference(call_id)))
    return _taken(call_id, request)


def _taken(call_id: str, request: Json) -> Json:
    return json_of(Taken(reference=_reference(call_id), amount=request["amount"]))


def _waits(call_id: str, request: Json) -> Json:
    return json_of(Taken(reference=request.get("reference") or _reference(call_id), amount=request.get("amount", 0)))


def _reference(call_id: str) -> str:
    return f"rehearsed_{call_id}"
