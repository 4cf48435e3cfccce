"""Which status may follow which: the closed tables of the contract, for payments, refunds and payouts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from messages.payments import PaymentStatus as P
from messages.payments import RefundStatus as R
from messages.payouts import PayoutStatus as O

S = TypeVar("S", bound=StrEnum)

PAYMENT_MOVES: Mapping[P, frozenset[P]] = {
    P.REQUIRES_PAYMENT_METHOD: frozenset({P.REQUIRES_CONFIRMATION, P.PROCESSING, P.CANCELED}),
    P.REQUIRES_CONFIRMATION: frozenset({P.PROCESSING, P.CANCELED}),
    P.PROCESSING: frozenset({P.REQUIRES_ACTION, P.REQUIRES_CAPTURE, P.SUCCEEDED, P.REQUIRES_PAYMENT_METHOD}),
    P.REQUIRES_ACTION: frozenset({P.PROCESSING, P.REQUIRES_PAYMENT_METHOD, P.CANCELED}),
    P.REQUIRES_CAPTURE: frozenset({P.PROCESSING, P.SUCCEEDED, P.CANCELED}),
    P.SUCCEEDED: frozenset(),
    P.CANCELED: frozenset(),
}

REFUND_MOVES: Mapping[R, frozenset[R]] = {
    R.PENDING: frozenset({R.REQUIRES_ACTION, R.SUCCEEDED, R.FAILED, R.CANCELED}),
    R.REQUIRES_ACTION: frozenset(),
    R.SUCCEEDED: frozenset({R.FAILED}),
    R.FAILED: frozenset(),
    R.CANCELED: frozenset(),
}

PAYOUT_MOVES: Mapping[O, frozenset[O]] = {
    O.PENDING: frozenset({O.IN_TRANSIT, O.FAILED, O.CANCELED}),
    O.IN_TRANSIT: frozenset({O.PAID, O.FAILED}),
    O.PAID: frozenset({O.FAILED}),
    O.FAILED: frozenset(),
    O.CANCELED: frozenset(),
}


PAYOUT_RANKS: Mapping[O, int] = {O.PENDING: 0, O.IN_TRANSIT: 1, O.PAID: 2, O.FAILED: 3, O.CANCELED: 3}
"""What is told of a payout moves it on to a higher rank alone."""


class IllegalMoveError(ValueError):
    """A status that must not follow the present one: a mistake in the rules, never the caller's."""


def check_move(moves: Mapping[S, frozenset[S]], before: S, after: S) -> None:
    """Raises IllegalMoveError unless the table allows it."""
    if after not in moves[before]:
        raise IllegalMoveError(f"{before} may not become {after}")
