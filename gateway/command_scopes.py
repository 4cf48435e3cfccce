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
    """The record of a command, its outcome whole or by its names alone."""
    outcome = record.get("outcome")
    if outcome is None or covers(scopes, read_by(record["type"])):
        return record
    body = {name: outcome["body"][name] for name in NAMES if name in outcome["body"]}
    return {**record, "outcome": {**outcome, "body": body}}
