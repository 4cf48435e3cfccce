"""What a key or a user may do: scopes of keys, roles of users, and which of them a wanted scope is covered by."""

from collections.abc import Collection, Mapping
from typing import Final, Literal, get_args

Scope = Literal[
    "payments:read",
    "payments:write",
    "refunds:read",
    "refunds:write",
    "disputes:read",
    "disputes:write",
    "payouts:read",
    "payouts:write",
    "wallets:read",
    "wallets:write",
    "ledger:read",
    "ledger:write",
    "billing:read",
    "billing:write",
    "customers:read",
    "customers:write",
    "webhooks:read",
    "webhooks:write",
    "events:read",
    "events:write",
    "operations:read",
    "operations:write",
    "admin",
]
"""`write` includes `read`, `admin` includes all."""

Role = Literal["viewer", "finance", "admin"]

ADMIN: Final = "admin"
SCOPES: Final[tuple[str, ...]] = get_args(Scope)
READ_ONLY: Final = tuple(scope for scope in SCOPES if scope.endswith(":read"))

_FINANCE = ("payments", "refunds", "disputes", "payouts", "wallets", "ledger", "billing", "customers")

OF_ROLE: Final[Mapping[str, tuple[str, ...]]] = {
    "viewer": READ_ONLY,
    "finance": (*READ_ONLY, *(f"{area}:write" for area in _FINANCE)),
    "admin": (ADMIN,),
}
"""What a user may do, in the words of keys."""


def covers(held: Collection[str], wanted: str) -> bool:
    """Whether one of these scopes allows it."""
    area, _, _ = wanted.partition(":")
    return wanted in held or ADMIN in held or (wanted.endswith(":read") and f"{area}:write" in held)
