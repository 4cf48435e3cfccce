"""What an operator has turned off: no new charge or withdrawal begins; captures, refunds and what is told go on."""

from collections.abc import Iterable

from actors.runtime.decision import Asked, Decision, View
from actors.runtime.switches import off, refusal_of
from messages.payments import ConfirmPayment, CreatePayment
from messages.payouts import CreatePayout
from messages.switches import PAYMENTS, PAYOUTS, PROVIDER


def held_back(message: Asked, view: View) -> Decision | None:
    """503 `switched_off` for what may not begin just now."""
    match message.data:
        case CreatePayment() | ConfirmPayment():
            switch = off(view, message.tenant, PAYMENTS)
        case CreatePayout():
            switch = off(view, message.tenant, PAYOUTS)
        case _:
            return None
    return Decision(outcome=refusal_of(switch)) if switch else None


def accounts_off(view: View, tenant: str, accounts: Iterable[str]) -> set[str]:
    """Those of the accounts with providers that take no new charges."""
    return {name for name in accounts if off(view, tenant, f"{PROVIDER}{name}")}


def none_left(view: View, tenant: str, account: str) -> Decision:
    """503: every account that may charge it is off, and nothing was begun; `account` is the preferred one."""
    switch = off(view, tenant, f"{PROVIDER}{account}")
    assert switch is not None, "only what is off is told of"
    return Decision(outcome=refusal_of(switch))
