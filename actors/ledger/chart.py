"""The chart of accounts: which paths exist, on which side they are positive, and how low they may go."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from messages.ledger import Side

SALES: Final = "income:sales"
SUBSCRIPTIONS: Final = "income:subscriptions"
PLATFORM_FEES: Final = "income:platform_fees"
REFUNDS: Final = "contra:refunds"
REFUNDS_IN_FLIGHT: Final = "liabilities:refunds_in_flight"
DEFERRED_REVENUE: Final = "liabilities:deferred_revenue"
DISPUTES_RECEIVABLE: Final = "assets:disputes_receivable"
PROCESSING_FEES: Final = "expenses:processing_fees"
DISPUTE_FEES: Final = "expenses:dispute_fees"
CHARGEBACK_LOSSES: Final = "expenses:chargeback_losses"
BAD_DEBT: Final = "expenses:bad_debt"
FX: Final = "fx:gain_loss"
BANK: Final = "assets:bank:main"
PAID_OUTSIDE: Final = "assets:bank:outside"

_WALLETS: Final = "liabilities:wallets:"
_WALLET_HOLDS: Final = "liabilities:wallet_holds:"


@dataclass(frozen=True, slots=True)
class Class:
    """A row of the chart; `*` in its pattern stands for one segment, `**` for one or more. A floor is in minor units.

    `reserved`: postings by hand need a reason and the right to adjust. `freezable`: a frozen one stops one customer
    or one book of ours, and not the company, as a frozen clearing account would.
    """

    pattern: str
    normal_side: Side
    floor: int | None = None
    reserved: bool = False
    freezable: bool = False


CHART: Final = (
    Class("assets:bank:*", "debit"),
    Class("assets:psp:*:pending", "debit", reserved=True),
    Class("assets:psp:*:available", "debit", reserved=True),
    Class("assets:psp:*:payouts_in_transit", "debit", reserved=True),
    Class("assets:receivable:*", "debit"),
    Class("assets:disputes_receivable", "debit", reserved=True),
    Class("liabilities:wallets:*", "credit", floor=0, reserved=True, freezable=True),
    Class("liabilities:wallet_holds:*", "credit", floor=0, reserved=True, freezable=True),
    Class("liabilities:tax_payable:*", "credit"),
    Class("liabilities:refunds_in_flight", "credit", reserved=True),
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
    Class("user:**", "debit", freezable=True),
)
"""Where the ledger's design says `either`, a side is chosen once, so that a sign has one meaning for ever."""

_SEGMENT: Final = "[A-Za-z0-9_-]{1,64}"


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("**", f"{_SEGMENT}(:{_SEGMENT}){{0,5}}").replace("*", _SEGMENT), re.ASCII)


_ROOTS: Final[dict[str, Side]] = {row.pattern.partition(":")[0]: row.normal_side for row in CHART}

_PATTERNS: Final = tuple((_expression(row.pattern), row) for row in CHART)


@lru_cache(maxsize=65_536)
def class_of(path: str) -> Class | None:
    """The row of the chart that the path falls under, or None for a path outside it."""
    return next((row for pattern, row in _PATTERNS if pattern.fullmatch(path)), None)


def side_below(path: str) -> Side | None:
    """The side of all accounts that begin as the path does: that of its root. None for what begins with no root."""
    return _ROOTS.get(path.partition(":")[0])


def psp_pending(provider: str) -> str:
    """Charged, and not yet free to be used at the provider."""
    return f"assets:psp:{provider}:pending"


def psp_available(provider: str) -> str:
    """Free to be paid out or given back by the provider."""
    return f"assets:psp:{provider}:available"


def psp_in_transit(provider: str) -> str:
    """Sent by the provider and not yet arrived."""
    return f"assets:psp:{provider}:payouts_in_transit"


def receivable(customer_id: str) -> str:
    """Asked of a customer by invoices."""
    return f"assets:receivable:{customer_id}"


def tax_payable(jurisdiction: str) -> str:
    """Owed to a tax office."""
    return f"liabilities:tax_payable:{jurisdiction}"


def wallet(customer_id: str) -> str:
    """What a customer may spend."""
    return _WALLETS + customer_id


def wallet_holds(customer_id: str) -> str:
    """What a customer has promised."""
    return _WALLET_HOLDS + customer_id


def spender(path: str) -> str | None:
    """The customer who may spend what is on the path; what is held may not be spent."""
    return path.removeprefix(_WALLETS) if path.startswith(_WALLETS) else None


def is_held(path: str) -> bool:
    """Whether it is what open holds have set aside."""
    return path.startswith(_WALLET_HOLDS)


def wallet_owner(path: str) -> str | None:
    """The customer whose wallet the path belongs to, free or held."""
    for prefix in (_WALLETS, _WALLET_HOLDS):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return None
