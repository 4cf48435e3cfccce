"""The closed tables of statuses, every row of them."""

from itertools import product

import pytest

from actors.payments.moves import PAYMENT_MOVES, PAYOUT_MOVES, REFUND_MOVES, IllegalMoveError, check_move
from messages.payments import PaymentStatus, RefundStatus
from messages.payouts import PayoutStatus

PAYMENT_TABLE = """
requires_payment_method -> requires_confirmation processing canceled
requires_confirmation   -> processing canceled
processing              -> requires_action requires_capture succeeded requires_payment_method
requires_action         -> processing requires_payment_method canceled
requires_capture        -> processing succeeded canceled
succeeded               ->
canceled                ->
"""
REFUND_TABLE = """
pending         -> requires_action succeeded failed canceled
requires_action ->
succeeded       -> failed
failed          ->
canceled        ->
"""
PAYOUT_TABLE = """
pending    -> in_transit failed canceled
in_transit -> paid failed
paid       -> failed
failed     ->
canceled   ->
"""


def _allowed(table: str) -> set[tuple[str, str]]:
    rows = [line.split("->") for line in table.strip().splitlines()]
    return {(before.strip(), after) for before, afters in rows for after in afters.split()}


@pytest.mark.parametrize(("before", "after"), list(product(PaymentStatus, repeat=2)))
def test_a_payment_moves_only_as_the_contract_says(before: PaymentStatus, after: PaymentStatus) -> None:
    if (before, after) in _allowed(PAYMENT_TABLE):
        check_move(PAYMENT_MOVES, before, after)
    else:
        with pytest.raises(IllegalMoveError):
            check_move(PAYMENT_MOVES, before, after)


@pytest.mark.parametrize(("before", "after"), list(product(RefundStatus, repeat=2)))
def test_a_refund_moves_only_as_the_contract_says(before: RefundStatus, after: RefundStatus) -> None:
    if (before, after) in _allowed(REFUND_TABLE):
        check_move(REFUND_MOVES, before, after)
    else:
        with pytest.raises(IllegalMoveError):
            check_move(REFUND_MOVES, before, after)


@pytest.mark.parametrize(("before", "after"), list(product(PayoutStatus, repeat=2)))
def test_a_payout_moves_only_as_the_contract_says(before: PayoutStatus, after: PayoutStatus) -> None:
    if (before, after) in _allowed(PAYOUT_TABLE):
        check_move(PAYOUT_MOVES, before, after)
    else:
        with pytest.raises(IllegalMoveError):
            check_move(PAYOUT_MOVES, before, after)
