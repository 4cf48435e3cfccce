"""Between the payments actor's states and its tables, its queries and its provider."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from asyncpg import Connection

from actors.payments.accounts import Accounts, perform
from actors.payments.gathering import QUESTIONS, Ask
from actors.payments.provider import REQUESTS
from actors.payments.provider_methods import METHOD_REQUESTS
from actors.payments.reconciliation_queries import difference, differences, said, units
from actors.payments.states import (
    BookingState,
    DifferenceState,
    DisputeState,
    MethodState,
    PayerState,
    PaymentState,
    PayoutState,
    ProviderEventState,
    ProviderState,
    ReconciliationState,
    ReferenceState,
    RefundState,
)
from actors.runtime import resources
from actors.runtime.actor import Answer, Performer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept
from messages.balance import BalanceTransaction, BookingListing
from messages.disputes import Dispute, DisputeListing
from messages.payment_methods import MethodListing, PaymentMethod
from messages.payments import Payment, PaymentListing, Refund, RefundListing
from messages.payouts import Payout, PayoutListing
from storage.payments import (
    BALANCE_TRANSACTIONS,
    DIFFERENCES,
    DISPUTES,
    PAYERS,
    PAYMENT_METHODS,
    PAYMENTS,
    PAYOUTS,
    PROVIDER_EVENTS,
    PROVIDERS,
    RECONCILIATIONS,
    REFUNDS,
    by_reference,
)
from storage.statement import Statement

# In the order in which they are saved: a refund or dispute refers to its payment.
KEPT: Final = (
    Kept(PAYMENTS, PaymentState),
    Kept(REFUNDS, RefundState),
    Kept(PAYOUTS, PayoutState),
    Kept(DISPUTES, DisputeState),
    Kept(PAYMENT_METHODS, MethodState),
    Kept(PAYERS, PayerState),
    Kept(PROVIDER_EVENTS, ProviderEventState),
    Kept(PROVIDERS, ProviderState),
    Kept(BALANCE_TRANSACTIONS, BookingState),
    Kept(DIFFERENCES, DifferenceState),
    Kept(RECONCILIATIONS, ReconciliationState),
)

QUERIES: Final[Mapping[str, Answer]] = {
    "payment": resources.one(PAYMENTS, Payment),
    "payments": resources.many(PAYMENTS, Payment, PaymentListing),
    "refund": resources.one(REFUNDS, Refund),
    "refunds": resources.many(REFUNDS, Refund, RefundListing),
    "payout": resources.one(PAYOUTS, Payout),
    "payouts": resources.many(PAYOUTS, Payout, PayoutListing),
    "dispute": resources.one(DISPUTES, Dispute),
    "disputes": resources.many(DISPUTES, Dispute, DisputeListing),
    "payment_method": resources.one(PAYMENT_METHODS, PaymentMethod),
    "payment_methods": resources.many(PAYMENT_METHODS, PaymentMethod, MethodListing),
    "difference": difference,
    "differences": differences,
    "units": units,
    "said": said,
    "balance_transactions": resources.many(BALANCE_TRANSACTIONS, BalanceTransaction, BookingListing),
}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are. What a provider's reference stands for is asked of the tables each time."""
    found = dict(await resources.load(connection, KEPT, keys))
    wanted = [(key.tenant, *key.id.split("/", 2)) for key in keys if key.kind == "reference"]
    for tenant, kind, provider, reference, id_ in await by_reference(connection, wanted) if wanted else ():
        state = ReferenceState(tenant=tenant, object=kind, provider=provider, reference=reference, id=id_)
        found[state.key] = state
    return found


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)


def performers(accounts: Accounts, ask: Ask | None = None) -> dict[str, Performer]:
    """The operations of providers; a call's id is its idempotency key there. And what is asked of actors."""
    asked: dict[str, Performer] = {name: partial(each, ask) for name, each in QUESTIONS.items()} if ask else {}
    operations = (*REQUESTS, *METHOD_REQUESTS)
    return {**{operation: partial(perform, accounts, operation) for operation in operations}, **asked}
