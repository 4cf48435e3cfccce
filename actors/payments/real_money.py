"""Live tenants are charged at live accounts of their own, test tenants at test accounts; else nobody is charged."""

from collections.abc import Sequence

from actors.payments.refusals import refused
from actors.payments.states import PaymentState
from actors.payments.terms import Terms
from actors.runtime.decision import Decision, Refused
from messages.payments import WALLET


def real_ways(terms: Terms, ways: Sequence[str], tenant: str, *, livemode: bool) -> list[str]:
    """Those of the accounts that this tenant may have a charge at. Tests of all tenants share the test accounts.

    What is kept at one that is no longer set up waits for it: its mode was looked at when that began.
    """
    if livemode and terms.tenant not in (None, tenant):
        return []
    known = {name: terms.at(name) for name in ways}
    return [name for name, account in known.items() if account is None or account.livemode is livemode]


def needs_no_account(decision: Decision) -> bool:
    """Whether it ends here, or is between the customer's wallet and the seller."""
    paid = [state.payment for state in decision.states if isinstance(state, PaymentState)]
    return isinstance(decision.outcome, Refused) or all(payment.provider == WALLET for payment in paid)


def no_account(*, livemode: bool) -> Decision:
    """403: there is none that takes the tenant's kind of money."""
    if livemode:
        detail = "No live account is this tenant's own: test keys and simulated accounts take no real money."
        return refused("test_mode_only", detail)
    return refused("mode_mismatch", "The account is live, and this is a test tenant: it needs one with a test key.")
