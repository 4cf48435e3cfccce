"""To which account a call goes: always that of what it is about, so that who charged is who is asked of the charge."""

from dataclasses import replace

from actors.payments.keys import entity_key
from actors.payments.states import DisputeState, MethodState, PaymentState, PayoutState, ProviderState, RefundState
from actors.runtime.decision import Call, Decision, View

ACCOUNT = "account"
"""The member of a call's request that names the account."""


def addressed(tenant: str, decision: Decision, view: View) -> Decision:
    """The same, each call of a provider with its account. What is asked of actors has none."""
    if not decision.calls:
        return decision
    changed = {state.key: state for state in decision.states}
    lanes = [entity_key(tenant, call.lane) for call in decision.calls]
    about = [changed.get(lane) or view.get(lane) for lane in lanes]
    calls = [_with_account(call, account_of(state)) for call, state in zip(decision.calls, about, strict=True)]
    return replace(decision, calls=calls)


def account_of(state: object) -> str | None:
    """The name of the account that this belongs to."""
    match state:
        case PaymentState(payment=told) | RefundState(refund=told) | PayoutState(payout=told):
            return told.provider
        case DisputeState(dispute=dispute):
            return dispute.provider
        case MethodState(payment_method=method):
            return method.provider
        case ProviderState(provider=account):
            return account.name
        case _:
            return None


def _with_account(call: Call, account: str | None) -> Call:
    return replace(call, request={**call.request, ACCOUNT: account}) if account else call
