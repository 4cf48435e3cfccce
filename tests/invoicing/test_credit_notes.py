"""Credit notes from issue to settled: what they take back, where the money goes, and what the books say of it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.runtime.decision import Done, Refused
from messages.credit_notes import CreditNote
from messages.payments import CreateRefund, Refund
from tests.invoicing.booked import books_of
from tests.invoicing.deferred import waiting_days
from tests.invoicing.shop import Answer, Shop, days, pays
from tests.invoicing.till import CUSTOMER, invoice, opened, shop_with

RECEIVABLE, WALLET = f"assets:receivable:{CUSTOMER}", f"liabilities:wallets:{CUSTOMER}"
DEFERRED, INCOME = "liabilities:deferred_revenue", "income:subscriptions"


def paid_shop(amount: int = 6_000, **fields: Any) -> Shop:
    """An invoice that a card has paid."""
    shop = shop_with(default_payment_method="pm_card_visa")
    opened(shop, amount, auto_advance=True, **fields)
    assert invoice(shop).status == "paid"
    return shop


def open_shop(amount: int = 6_000, **fields: Any) -> Shop:
    shop = shop_with()
    opened(shop, amount, collection_method="send_invoice", **fields)
    return shop


def credit(shop: Shop, id_: str = "cn_1", **wish: Any) -> CreditNote:
    return shop.done("credit_note.create", id_, invoice="inv_1", **wish)


def line_of(shop: Shop) -> str:
    return invoice(shop).lines[0].id


def ways(note: CreditNote) -> tuple[int, ...]:
    return note.invoice_amount, note.refund_amount, note.wallet_amount, note.outside_amount


def refunds(shop: Shop) -> list[tuple[str, CreateRefund]]:
    return [(wish.subject, wish.data) for wish in shop.asked if isinstance(wish.data, CreateRefund)]


def test_on_an_open_invoice_it_lowers_what_is_asked_for_and_may_be_void() -> None:
    # Given an open invoice
    shop = open_shop()

    # When a part is credited
    note = credit(shop, lines=[{"invoice_line": line_of(shop), "amount": 1_000}], reason="order_change")

    # Then so much less is left
    assert (note.number, note.status, note.total, ways(note)) == ("CN-2026-000001", "issued", 1_000, (1_000, 0, 0, 0))
    after = invoice(shop)
    assert (after.status, after.amount_credited, after.amount_remaining) == ("open", 1_000, 5_000)

    # And void, the invoice asks for it again
    void = shop.done("credit_note.void", "cn_1")
    assert (void.status, void.voided_at) == ("void", shop.now)
    assert (invoice(shop).amount_credited, invoice(shop).amount_remaining) == (0, 6_000)
    assert shop.refused("credit_note.void", "cn_1") == "wrong_state"
    assert shop.types[-4:] == ["credit_note.issued", "invoice.updated", "credit_note.voided", "invoice.updated"]
    assert books_of(shop).balance(RECEIVABLE) == 6_000


def test_with_nothing_left_the_invoice_is_paid_and_cannot_be_asked_for_again() -> None:
    shop = open_shop()
    credit(shop)
    after = invoice(shop)
    assert (after.status, after.amount_credited, after.amount_remaining) == ("paid", 6_000, 0)
    assert shop.refused("credit_note.void", "cn_1") == "wrong_state"
    assert shop.refused("credit_note.create", "cn_2", invoice="inv_1") == "credit_exceeds_invoice"
    refused = shop.ask("credit_note.create", "cn_2", invoice="inv_1")
    told = "Nothing of the invoice inv_1 is left: of its 6000 credit notes took back 6000."
    assert isinstance(refused, Refused)
    assert refused.detail == told
    assert books_of(shop).balance(RECEIVABLE) == 0


def test_a_paid_invoice_is_given_back_by_its_payment() -> None:
    shop = paid_shop()
    note = credit(shop, reason="product_unsatisfactory")
    [(payment, refund)] = refunds(shop)
    assert (payment, refund.amount, refund.credit_note) == (invoice(shop).payments[0], 6_000, "cn_1")
    assert (ways(note), note.refunds) == ((0, 6_000, 0, 0), [refund.refund])
    assert shop.types[-2:] == ["credit_note.issued", "credit_note.settled"]
    assert shop.refused("credit_note.void", "cn_1") == "wrong_state"
    book = books_of(shop)
    assert [book.balance(path) for path in (RECEIVABLE, INCOME)] == [0, 0]


def test_the_latest_payment_gives_back_first_and_what_was_paid_outside_goes_back_outside() -> None:
    # Given an invoice paid in three parts
    shop = open_shop()
    shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=1_000)
    shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=2_000)
    shop.done("invoice.pay", "inv_1", out_of_band=True)
    first, second = invoice(shop).payments

    # When more is credited than the second payment, and then the rest
    line = line_of(shop)
    credit(shop, lines=[{"invoice_line": line, "amount": 2_500}])

    # Then, of what was paid outside, nothing goes back by them
    too_much = {"invoice": "inv_1", "refund_amount": 501, "outside_amount": 2_999}
    assert shop.refused("credit_note.create", "cn_2", **too_much) == "refund_exceeds_captured"
    rest = credit(shop, "cn_2")

    # And each payment gave back what it brought, and the rest is outside
    assert [(payment, refund.amount) for payment, refund in refunds(shop)] == [
        (second, 2_000),
        (first, 500),
        (first, 500),
    ]
    assert (rest.number, ways(rest)) == ("CN-2026-000002", (0, 500, 0, 3_000))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({"refund_amount": 6_000}, (0, 6_000, 0, 0)),
        ({"wallet_amount": 6_000}, (0, 0, 6_000, 0)),
        ({"outside_amount": 6_000}, (0, 0, 0, 6_000)),
        ({"refund_amount": 1_000, "wallet_amount": 2_000, "outside_amount": 3_000}, (0, 1_000, 2_000, 3_000)),
        ({"refund_amount": 1_000}, "validation_failed"),
        ({"wallet_amount": 6_001}, "validation_failed"),
    ],
)
def test_the_amounts_of_a_paid_invoice_must_be_the_sum(amounts: dict[str, Any], expected: Any) -> None:
    shop = paid_shop()
    if isinstance(expected, str):
        assert shop.refused("credit_note.create", "cn_1", invoice="inv_1", **amounts) == expected
        return
    assert ways(credit(shop, "cn_1", **amounts)) == expected
    book = books_of(shop)
    assert [book.balance(path) for path in (RECEIVABLE, INCOME, WALLET)] == [0, 0, expected[2]]


def test_of_an_invoice_that_is_paid_in_part_what_is_open_is_credited_first() -> None:
    shop = open_shop()
    shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=4_000)
    for way in ("refund_amount", "wallet_amount"):
        too_much = {"invoice": "inv_1", way: 4_001}
        assert shop.refused("credit_note.create", "cn_1", **too_much) == "credit_exceeds_invoice"
    assert ways(credit(shop)) == (2_000, 4_000, 0, 0)
    assert invoice(shop).status == "paid"
    assert books_of(shop).balance(RECEIVABLE) == 0


def test_what_is_no_invoice_to_credit_is_refused() -> None:
    shop = shop_with()
    assert shop.refused("credit_note.create", "cn_1", invoice="inv_9") == "reference_not_found"
    opened(shop, 5_000, collection_method="send_invoice")
    shop.done("invoice.mark_uncollectible", "inv_1")
    assert shop.refused("credit_note.create", "cn_1", invoice="inv_1") == "wrong_state"
    assert shop.refused("credit_note.void", "cn_9") == "not_found"


def refusing(*answers: Answer) -> Any:
    """Refunds are answered with these first, and made from then on."""
    waiting = list(answers)
    return lambda wish: waiting.pop(0) if wish.type == "refund.create" and waiting else pays(wish)


def test_a_refund_that_may_be_possible_later_is_asked_for_again() -> None:
    shop = paid_shop()
    shop.till = refusing((503, {"code": "unavailable"}), (409, {"code": "outcome_pending"}))
    credit(shop)
    assert shop.types[-1] == "credit_note.issued"
    shop.until(shop.now + timedelta(hours=1))
    assert len({refund.refund for _, refund in refunds(shop)}) == 1
    assert (len(refunds(shop)), shop.types[-1], shop.due) == (3, "credit_note.settled", {})


@pytest.mark.parametrize("answer", [(422, {"code": "payment_method_unusable"}), (201, {"status": "failed"})])
def test_what_cannot_be_refunded_is_in_the_customers_wallet(answer: Answer) -> None:
    # Given a payment that cannot be given back
    shop = paid_shop()
    shop.till = refusing(answer)

    # When its invoice is credited
    credit(shop)

    # Then the money is the customer's all the same, and the note says where
    settled = shop.told("credit_note.settled")[-1]
    assert ways(settled) == (0, 0, 6_000, 0)
    book = books_of(shop, failed=[refund.refund for _, refund in refunds(shop)])
    assert [book.balance(path) for path in (RECEIVABLE, WALLET, INCOME)] == [0, 6_000, 0]


def test_what_has_gone_back_by_another_way_is_not_given_twice() -> None:
    shop = paid_shop()
    shop.till = refusing((422, {"code": "not_refundable", "left": 0, "undecided": 0}))
    credit(shop)
    assert ways(shop.told("credit_note.settled")[-1]) == (0, 6_000, 0, 0)


def test_a_refund_is_waited_for_and_may_fail_days_after_it_succeeded() -> None:
    # Given a refund that the provider takes its time for
    shop = paid_shop()
    shop.till = lambda wish: (201, {"status": "pending"}) if wish.type == "refund.create" else pays(wish)
    credit(shop)
    [(_, asked)] = refunds(shop)
    assert shop.told("credit_note.settled") == []
    refund = heard_refund(shop, "succeeded")

    # When it has succeeded, it is told once
    shop.hear("refund.succeeded", refund)
    shop.hear("refund.succeeded", refund)
    assert [ways(note) for note in shop.told("credit_note.settled")] == [(0, 6_000, 0, 0)]

    # Then, come back, it is in the wallet
    shop.hear("refund.failed", refund)
    shop.hear("refund.failed", refund)
    assert [ways(note) for note in shop.told("credit_note.settled")] == [(0, 6_000, 0, 0), (0, 0, 6_000, 0)]
    book = books_of(shop, failed=[asked.refund])
    assert [book.balance(path) for path in (RECEIVABLE, WALLET)] == [0, 6_000]

    # And a refund of nothing that a note asked for changes nothing
    shop.hear("refund.failed", refund.model_copy(update={"id": "ref_9", "credit_note": None}))
    shop.hear("refund.failed", refund.model_copy(update={"id": "ref_9"}))
    assert len(shop.told("credit_note.settled")) == 2


def test_what_is_heard_of_a_note_under_a_clock_happens_at_its_time() -> None:
    # Given somebody who lives by a clock, and a refund that takes its time
    shop = shop_with(default_payment_method="pm_card_visa", test_clock="clock_1")
    shop.done("test_clock.create", "clock_1", now=shop.now - days(100))
    opened(shop, 6_000, auto_advance=True)
    shop.till = lambda wish: (201, {"status": "pending"}) if wish.type == "refund.create" else pays(wish)
    note = credit(shop)

    # When it is heard of
    shop.hear("refund.succeeded", heard_refund(shop, "succeeded"))

    # Then by the clock no time has gone by
    [settled] = shop.told("credit_note.settled")
    assert note.created_at == settled.updated_at == shop.now - days(100)
    assert shop.said[-1].clock == "clock_1"


def heard_refund(shop: Shop, status: str) -> Refund:
    """The last one that was asked for, as payments tells of it."""
    payment, asked = refunds(shop)[-1]
    fields: dict[str, Any] = {"payment": payment, "customer_id": CUSTOMER, "currency": "USD", "amount": asked.amount}
    times: dict[str, Any] = {"created_at": shop.now, "updated_at": shop.now, "provider": "simulated"}
    return Refund.model_validate({"id": asked.refund, "status": status, "credit_note": "cn_1", **fields, **times})


def test_what_was_still_to_be_earned_is_not_earned_any_more() -> None:
    shop = paid_shop(lines=[month(3_000)])
    shop.until(shop.now + days(10.5))
    note = credit(shop, lines=[{"invoice_line": line_of(shop), "amount": 1_500}])
    assert note.amount_deferred == 1_000
    assert sum(waiting_days(shop).values()) == 1_000
    shop.until(shop.now + days(30))
    book = books_of(shop)
    assert [book.balance(path) for path in (DEFERRED, INCOME)] == [0, 1_500]


def test_what_is_void_is_earned_after_all() -> None:
    # Given an open invoice over thirty days, of which a part was credited after ten
    shop = open_shop(lines=[month(3_000)])
    shop.until(shop.now + days(10.5))
    credit(shop, lines=[{"invoice_line": line_of(shop), "amount": 1_500}])

    # When the note is void after ten more
    shop.until(shop.now + days(10))
    shop.done("credit_note.void", "cn_1")

    # Then all of it is income in the end
    book = books_of(shop)
    assert book.balance(DEFERRED) == sum(waiting_days(shop).values()) == 500 + 1_000
    shop.until(shop.now + days(20))
    assert books_of(shop).balance(INCOME) == 3_000


def test_of_a_void_invoice_nothing_is_left_in_the_books() -> None:
    shop = open_shop(lines=[month(3_000), {"amount": 500, "description": "Set-up"}])
    shop.until(shop.now + days(10.5))
    assert shop.done("invoice.void", "inv_1").amount_deferred == 2_000
    shop.until(shop.now + days(30))
    assert [books_of(shop).balance(path) for path in (RECEIVABLE, DEFERRED, INCOME)] == [0, 0, 0]


def test_what_has_given_back_is_not_void_while_its_invoice_is_open() -> None:
    shop = open_shop()
    shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=4_000)
    credit(shop, lines=[{"invoice_line": line_of(shop), "amount": 1_000}], wallet_amount=1_000)
    assert invoice(shop).status == "open"
    assert shop.refused("credit_note.void", "cn_1") == "wrong_state"


def test_each_refund_that_fails_goes_to_the_wallet_once() -> None:
    # Given a note that two payments give back, the first of which fails at once
    shop = open_shop()
    for amount in (2_000, 4_000):
        shop.done("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=amount)
    shop.till = refusing((201, {"status": "failed"}))
    credit(shop)
    [(_, first), (_, second)] = refunds(shop)
    assert [ways(note) for note in shop.told("credit_note.settled")] == [(0, 2_000, 4_000, 0)]

    # When the other comes back too
    shop.hear("refund.failed", heard_refund(shop, "failed"))

    # Then each is in the wallet once
    assert ways(shop.told("credit_note.settled")[-1]) == (0, 0, 6_000, 0)
    assert books_of(shop, failed=[first.refund, second.refund]).balance(WALLET) == 6_000


def month(amount: int) -> dict[str, Any]:
    """Thirty days from the shop's first one on."""
    period = {"start": Shop().now, "end": Shop().now + days(30)}
    return {"amount": amount, "description": "A month", "period": period}


STEPS = st.lists(
    st.tuples(st.sampled_from(("credit", "wallet", "whole", "void", "pay", "outside", "wait")), st.integers(1, 3_000)),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, charged=st.booleans())
def test_whatever_is_paid_and_credited_invoices_revenue_and_books_agree(
    steps: list[tuple[str, int]], charged: bool
) -> None:
    # Given an invoice of a line over time, one at once, and a credit
    lines = [month(4_000), {"amount": 3_001, "description": "Set-up"}, month(-1_999)]
    shop = shop_with(default_payment_method="pm_card_visa" if charged else None)
    opened(
        shop, lines=lines, auto_advance=True, collection_method="charge_automatically" if charged else "send_invoice"
    )
    total = invoice(shop).total
    every_line = [each.id for each in invoice(shop).lines]

    # When it is paid and credited in any way
    notes: list[str] = []
    for number, (step, size) in enumerate(steps):
        match step:
            case "credit" | "wallet" | "whole":
                wish: dict[str, Any] = {"lines": [{"invoice_line": every_line[size % 2], "amount": size}]}
                wish |= {"wallet_amount": size} if step == "wallet" else {}
                wish = {} if step == "whole" else wish
                if isinstance(shop.ask("credit_note.create", f"cn_{number}", invoice="inv_1", **wish), Done):
                    notes.append(f"cn_{number}")
            case "void" if notes:
                shop.ask("credit_note.void", notes[size % len(notes)])
            case "pay":
                shop.ask("invoice.pay", "inv_1", payment_method="pm_card_visa", amount=size)
            case "outside":
                shop.ask("invoice.pay", "inv_1", out_of_band=True, amount=size)
            case _:
                shop.until(shop.now + timedelta(hours=size))

    # Then no more was credited than invoiced, and none was given back that had not come
    kept = [note for note in (shop.state(id_).credit_note for id_ in notes) if note.status == "issued"]
    after = invoice(shop)
    assert sum(note.total for note in kept) <= total
    assert all(sum(ways(note)) == note.total for note in kept)
    assert sum(note.refund_amount for note in kept) <= after.amount_paid - after.amount_paid_outside
    assert sum(note.invoice_amount for note in kept) == after.amount_credited

    # And the books have deferred what waits for its day; the rest that was asked for and not taken back is income
    book = books_of(shop)
    assert book.balance(DEFERRED) == sum(waiting_days(shop).values())
    assert book.balance(DEFERRED) + book.balance(INCOME) == total - sum(note.total for note in kept)
    assert book.balance(RECEIVABLE) == after.amount_remaining
