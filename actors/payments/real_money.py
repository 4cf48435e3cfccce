"""Real money and the simulated provider never meet: what a live tenant asks for goes to other accounts, or nowhere."""

from collections.abc import Sequence

from actors.payments.refusals import refused
from actors.payments.states import PaymentState
from actors.payments.terms import Terms
from actors.runtime.decision import Decision, Refused
from messages.payments import SIMULATED, WALLET


def is_simulated(terms: Terms, account: str) -> bool:
    """Whether the account of this name takes no real money."""
    at = terms.at(account)
    return at is not None and (at.kind or at.provider) == SIMULATED


def real_ways(terms: Terms, ways: Sequence[str], *, livemode: bool) -> list[str]:
    """Those of the accounts that a tenant of this mode may have a charge at."""
    return [name for name in ways if not (livemode and is_simulated(terms, name))]


def needs_no_account(decision: Decision) -> bool:
    """Whether it ends here, or is between the customer's wallet and the seller."""
    paid = [state.payment for state in decision.states if isinstance(state, PaymentState)]
    return isinstance(decision.outcome, Refused) or all(payment.provider == WALLET for payment in paid)


def of_tests_alone() -> Decision:
    """403: there is no account that takes real money."""
    return refused("test_mode_only", "The simulated provider is for test tenants; a live one needs a real account.")
