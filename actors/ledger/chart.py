"""The chart of accounts: which paths exist, on which side they are positive, and how low they may go."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from messages.ledger import Side

SALES: Final = "income:sales"
REFUNDS: Final = "contra:refunds"
REFUNDS_IN_FLIGHT: Final = "liabilities:refunds_in_flight"

_WALLETS: Final = "liabilities:wallets:"
_WALLET_HOLDS: Final = "liabilities:wallet_holds:"


@dataclass(frozen=True, slots=True)
class Class:
    """A row of the chart; `*` in its pattern stands for one segment. A floor is in minor units."""

    pattern: str
    normal_side: Side
    floor: int | None = None


CHART: Final = (
    Class("assets:bank:*", "debit"),
    Class("assets:psp:*:pending", "debit"),
    Class("assets:psp:*:available", "debit"),
    Class("assets:psp:*:payouts_in_transit", "debit"),
    Class("assets:receivable:*", "debit"),
    Class("assets:disputes_receivable", "debit"),
    Class("liabilities:wallets:*", "credit", floor=0),
    Class("liabilities:wallet_holds:*", "credit", floor=0),
    Class("liabilities:tax_payable:*", "credit"),
    Class("liabilities:refunds_in_flight", "credit"),
    Class("liabilities:deferred_revenue", "credit"),
    Class("income:sales", "credit"),
    Class("income:subscriptions", "credit"),
    Class("income:platform_fees", "credit"),
    Class("contra:refunds", "debit"),
    Class("expenses:processing_fees", "debit"),
    Class("expenses:dispute_fees", "debit"),
    Class("expenses:chargeback_losses", "debit"),
    Class("expenses:bad_debt", "debit"),
    Class("equity:opening", "credit"),
    Class("equity:adjustments", "credit"),
    Class("fx:gain_loss", "credit"),
    Class("suspense", "debit"),
    Class("user:*", "debit"),
)
"""Where the ledger's design says `either`, a side is chosen once, so that a sign has one meaning for ever."""

_PATTERNS: Final = tuple((re.compile(row.pattern.replace("*", "[A-Za-z0-9_-]{1,64}"), re.ASCII), row) for row in CHART)


@lru_cache(maxsize=65_536)
def class_of(path: str) -> Class | None:
    """The row of the chart that the path falls under, or None for a path outside it."""
    return next((row for pattern, row in _PATTERNS if pattern.fullmatch(path)), None)


def psp_pending(provider: str) -> str:
    """Charged, and not yet free to be used at the provider."""
    return f"assets:psp:{provider}:pending"


def psp_available(provider: str) -> str:
    """Free to be paid out or given back by the provider."""
    return f"assets:psp:{provider}:available"


def tax_payable(jurisdiction: str) -> str:
    """Owed to a tax office."""
    return f"liabilities:tax_payable:{jurisdiction}"


def wallet(customer_id: str) -> str:
    """What a customer may spend."""
    return _WALLETS + customer_id


def wallet_holds(customer_id: str) -> str:
    """What a customer has promised."""
    return _WALLET_HOLDS + customer_id


def wallet_owner(path: str) -> str | None:
    """The customer whose wallet the path belongs to, free or held."""
    for prefix in (_WALLETS, _WALLET_HOLDS):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return None
