"""Money of an invoice that was refunded by hand, or lost in a dispute, is not given back once more by a credit note."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.invoicing.credit_amounts import kept
from actors.runtime.decision import Refused
from messages.credit_notes import CreditNote
from messages.payments import Refund
from tests.invoicing.bank import Bank
from tests.invoicing.shop import Shop, days
from tests.invoicing.till import CUSTOMER, invoice, opened, shop_with

PAID = 6_000


def paid_shop() -> tuple[Shop, Bank, str]:
    """An invoice over 60.00 that a card paid."""
    shop, bank = shop_with(), Bank()
    shop.till = bank.answers
    opened(shop, PAID, auto_advance=True)
    return shop, bank, invoice(shop).payments[0]


def credited(shop: Shop, id_: str = "cn_1", **wish: Any) -> CreditNote:
    return shop.done("credit_note.create", id_, invoice="inv_1", **wish)


def by_hand(shop: Shop, bank: Bank, payment: str) -> None:
    bank.refund(shop, payment, 1_000)


def disputed(shop: Shop, bank: Bank, payment: str) -> None:
    bank.dispute(shop, payment, 1_000)


def lost(shop: Shop, bank: Bank, payment: str) -> None:
    bank.dispute(shop, payment, 1_000)
    bank.decide(shop, payment, won=False)


@pytest.mark.parametrize("way", ["wallet_amount", "outside_amount"])
@pytest.mark.parametrize("take", [by_hand, disputed, lost])
def test_what_is_gone_is_given_neither_to_the_wallet_nor_outside(take: Any, way: str) -> None:
    # Given 10.00 of 60.00 refunded by hand, or with the bank
    shop, bank, paid = paid_shop()
    take(shop, bank, paid)

    # When all of it is to be given back otherwise
    refused = shop.ask("credit_note.create", "cn_1", **{"invoice": "inv_1", way: PAID})

    # Then no more goes than is here
    assert isinstance(refused, Refused)
    assert (refused.code, refused.extra["left"]) == ("credit_exceeds_invoice", 5_000)
    wish: dict[str, Any] = {"lines": [{"invoice_line": invoice(shop).lines[0].id, "amount": 5_000}], way: 5_000}
    credited(shop, **wish)


def test_a_dispute_that_was_won_holds_nothing_back() -> None:
    shop, bank, paid = paid_shop()
    bank.dispute(shop, paid, PAID)
    bank.decide(shop, paid, won=True)
    assert credited(shop, wallet_amount=PAID).wallet_amount == PAID


def test_what_is_gone_counts_as_given_back_by_payments() -> None:
    # Given 10.00 of 60.00 refunded by hand
    shop, bank, paid = paid_shop()
    by_hand(shop, bank, paid)

    # When the wallet gets all that is here, and payments the rest
    note = credited(shop, wallet_amount=5_000, refund_amount=1_000)

    # Then nothing is refunded besides
    assert (note.wallet_amount, bank.refunded) == (5_000, {paid: 1_000})
    assert kept(shop.state("inv_1")) == 0


def test_a_refund_leaves_what_the_wallet_got() -> None:
    # Given one half in the wallet, the other to be refunded while payments are away
    shop, bank, paid = paid_shop()
    half = [{"invoice_line": invoice(shop).lines[0].id, "amount": 3_000}]
    credited(shop, lines=half, wallet_amount=3_000)
    bank.away = True
    credited(shop, "cn_2")

    # When somebody refunds that half by hand meanwhile
    bank.refund(shop, paid, 3_000)
    bank.away = False
    shop.until(shop.now + timedelta(hours=1))

    # Then it has gone back, and not twice
    assert bank.refunded == {paid: 3_000}
    assert shop.told("credit_note.settled")[-1].refund_amount == 3_000


def test_a_refund_by_hand_that_failed_is_here_again() -> None:
    shop, bank, paid = paid_shop()
    by_hand(shop, bank, paid)
    state = shop.state("inv_1")
    assert kept(state) == 5_000
    [refund] = state.work.elsewhere
    heard = {"payment": paid, "amount": refund.amount, "currency": "USD", "customer_id": CUSTOMER}
    shop.hear("refund.failed", _refund(shop, refund.id, **heard))
    assert kept(shop.state("inv_1")) == PAID


def _refund(shop: Shop, id_: str, **fields: Any) -> Refund:
    times = {"created_at": shop.now, "updated_at": shop.now, "provider": "simulated", "version": 3}
    return Refund.model_validate(
        {**fields, **times, "id": id_, "status": "failed", "destination": {"type": "invoice", "invoice": "inv_1"}}
    )


WHAT = "pay outside hand dispute lose win whole card wallet cash away refuse fail"
MOVES = st.lists(st.tuples(st.sampled_from(WHAT.split()), st.integers(1, 4_000)), max_size=14)


@settings(max_examples=150, deadline=None)
@given(moves=MOVES)
def test_no_more_is_given_back_than_is_kept(moves: list[tuple[str, int]]) -> None:
    # Given an invoice that may be paid in parts
    shop, bank = shop_with(), Bank()
    shop.till = bank.answers
    opened(shop, PAID, collection_method="send_invoice")

    # When it is paid, refunded by hand, disputed and credited in any way
    for number, (move, size) in enumerate(moves):
        before = left(shop, bank)
        _moved(shop, bank, move, size, f"cn_{number}")
        after = left(shop, bank)

        # Then a note gives nothing that is not here, and the invoice knows how much is
        given_by_others = move in ("hand", "lose")
        assert given_by_others or after >= min(before, 0)
        assert kept(shop.state("inv_1")) == after

    # And in the end all that is left of it can go back, and does
    bank.away = bank.refuses = False
    for payment in list(bank.disputed):
        bank.decide(shop, payment, won=True)
    shop.ask("credit_note.create", "cn_last", invoice="inv_1")
    shop.until(shop.now + days(1))
    assert invoice(shop).status == "paid"
    assert left(shop, bank) <= 0


def left(shop: Shop, bank: Bank) -> int:
    """What was paid, less all that went back or was lost, by the bank's own sums, or is about to be in the wallet."""
    notes = [state for key, state in shop.view.items() if key.kind == "credit_note"]
    given_otherwise = sum(one.credit_note.wallet_amount + one.credit_note.outside_amount for one in notes)
    given_otherwise += sum(one.amount for note in notes for one in note.refunds if one.status == "failed")
    return sum(bank.captured.values()) + invoice(shop).amount_paid_outside - bank.gone() - given_otherwise


def _moved(shop: Shop, bank: Bank, move: str, size: int, note: str) -> None:
    """Some are refused."""
    payments = list(bank.captured)
    wish: dict[str, Any] = {"lines": [{"invoice_line": invoice(shop).lines[0].id, "amount": size}]}
    match move:
        case "pay" | "outside":
            shop.ask("invoice.pay", "inv_1", amount=size, out_of_band=move == "outside")
        case "hand" | "dispute" if payments:
            take = bank.refund if move == "hand" else bank.dispute
            take(shop, payments[size % len(payments)], size)
        case "lose" | "win" if payments:
            bank.decide(shop, payments[size % len(payments)], won=move == "win")
        case "whole" | "card" | "wallet" | "cash":
            ways = {"whole": {}, "card": wish, "wallet": {**wish, "wallet_amount": size}}
            ways["cash"] = {**wish, "outside_amount": size // 2, "refund_amount": size - size // 2}
            shop.ask("credit_note.create", note, invoice="inv_1", **ways[move])
        case "away":
            bank.away = not bank.away
            shop.until(shop.now + days(1))
        case "fail":
            bank.fail(shop, size)
        case "refuse":
            bank.refuses = not bank.refuses
        case _:
            pass
