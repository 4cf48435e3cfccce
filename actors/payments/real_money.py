"""A live tenant's money goes to real accounts of its own, or nowhere: never to the simulated provider or to others'."""

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


def real_ways(terms: Terms, ways: Sequence[str], tenant: str, *, livemode: bool) -> list[str]:
    """Those of the accounts that this tenant may have a charge at. Tests of all tenants share what there is."""
    if not livemode:
        return list(ways)
    return [name for name in ways if terms.tenant in (None, tenant) and not is_simulated(terms, name)]


def needs_no_account(decision: Decision) -> bool:
    """Whether it ends here, or is between the customer's wallet and the seller."""
    paid = [state.payment for state in decision.states if isinstance(state, PaymentState)]
    return isinstance(decision.outcome, Refused) or all(payment.provider == WALLET for payment in paid)


def of_tests_alone() -> Decision:
    """403: there is no account that takes real money."""
    detail = "The simulated provider is for test tenants; a live one needs a real account of its own."
    return refused("test_mode_only", detail)
