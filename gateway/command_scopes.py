"""Who may see what became of a command: whoever may read its kind."""

from collections.abc import Collection
from typing import Final

from gateway.search import READ_BY
from messages.scopes import ADMIN, covers
from messages.wire import Json

_ELSE: Final = {
    "payment_method": "payments:read",
    **dict.fromkeys(("conversion", "period", "account", "revenue", "fact", "invariant"), "ledger:read"),
    "wallet": "wallets:read",
    "usage": "billing:read",
    "mail_suppression": "customers:read",
    **dict.fromkeys(("provider", "provider_event", "reconciliation", "parked", "tenant"), "operations:read"),
    **dict.fromkeys(("api_key", "user", "session", "switch"), ADMIN),
}

NAMES: Final = ("object", "id", "code")
"""What everybody who sees the command is told of its outcome: what it is about, or why it was refused."""


def read_by(command_type: str) -> str:
    """The scope with which its kind is read at its own path; `admin` for what nobody has thought of."""
    noun = command_type.partition(".")[0]
    return READ_BY.get(noun) or _ELSE.get(noun, ADMIN)


def seen_with(scopes: Collection[str], record: Json) -> Json:
    """The record of a command, its outcome whole or by its names alone; a payment's secret never."""
    outcome = record.get("outcome")
    if outcome is None:
        return record
    whole: Json = outcome["body"]
    if covers(scopes, read_by(record["type"])):
        body = _without_secret(whole)
    else:
        body = {name: whole[name] for name in NAMES if name in whole}
    return {**record, "outcome": {**outcome, "body": body}}


def _without_secret(body: Json) -> Json:
    """A payment, or a problem that has one, as a read tells it: only who made it is told its `client_secret`."""
    if isinstance(body.get("payment"), dict):
        return {**body, "payment": _without_secret(body["payment"])}
    return {**body, "client_secret": None} if "client_secret" in body else body
