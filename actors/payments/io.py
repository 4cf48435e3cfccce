"""Between the payments actor's states and its tables, its queries and its provider."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Final

from asyncpg import Connection

from actors.payments.provider import REQUESTS, Provider
from actors.payments.states import PaymentState, PayoutState, RefundState
from actors.runtime import resources
from actors.runtime.actor import Answer, Performer
from actors.runtime.decision import Key, State
from actors.runtime.resources import Kept
from messages.payments import Payment, PaymentListing, Refund, RefundListing
from messages.payouts import Payout, PayoutListing
from storage.payments import PAYMENTS, PAYOUTS, REFUNDS
from storage.statement import Statement

# In the order in which they are saved: a refund refers to its payment.
KEPT: Final = (Kept(PAYMENTS, PaymentState), Kept(REFUNDS, RefundState), Kept(PAYOUTS, PayoutState))

QUERIES: Final[Mapping[str, Answer]] = {
    "payment": resources.one(PAYMENTS, Payment),
    "payments": resources.many(PAYMENTS, Payment, PaymentListing),
    "refund": resources.one(REFUNDS, Refund),
    "refunds": resources.many(REFUNDS, Refund, RefundListing),
    "payout": resources.one(PAYOUTS, Payout),
    "payouts": resources.many(PAYOUTS, Payout, PayoutListing),
}


async def load(connection: Connection, keys: Collection[Key]) -> Mapping[Key, State]:
    """The states there are."""
    return await resources.load(connection, KEPT, keys)


def save(states: Sequence[State]) -> list[Statement]:
    """One statement per table."""
    return resources.save(KEPT, states)


def performers(provider: Provider) -> dict[str, Performer]:
    """The operations of a provider; a call's id is its idempotency key there."""
    return {operation: partial(provider.perform, operation) for operation in REQUESTS}
