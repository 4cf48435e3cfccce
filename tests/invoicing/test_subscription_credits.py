"""What a change gives back when invoices were void, lowered by credit notes, or took what was carried to them."""

import pytest

from tests.invoicing.selling import SUB, coupon, invoices, on_clock, stocked, subscribed, subscription
from tests.invoicing.shop import START, days
from tests.invoicing.test_subscription_changes import END, pending, to_price


def test_what_a_void_invoice_asked_for_is_not_given_back() -> None:
    # Given a period whose invoice is void
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    shop.done("invoice.void", invoices(shop)[0].id)

    # When it gets a cheaper price, at once and later
    to_price(shop, "price_10")
    shop.until(START + days(14))
    to_price(shop, "price_7")

    # Then nothing of the dearer one is given back, and what is pending ends with its time
    assert pending(shop) == [500, 350]


def test_what_a_void_invoice_gave_back_is_billed_again() -> None:
    # Given a period that is billed, and an invoice of its change that is void
    shop = stocked()
    subscribed(shop, collection_method="send_invoice")
    shop.until(START + days(14))
    to_price(shop, "price_15", proration="invoice_now")
    shop.done("invoice.void", invoices(shop)[1].id)

    # Then the next change gives back what is billed still
    to_price(shop, "price_7")
    assert pending(shop) == [-500, 350]


@pytest.mark.parametrize(("credited", "given_back"), [(1500, 0), (500, -1000)])
def test_what_a_credit_note_took_back_is_not_given_back_again(credited: int, given_back: int) -> None:
    # Given a period of 15.00, of which a credit note took back a part or all
    shop = stocked()
    subscribed(shop, "price_15")
    [invoice] = invoices(shop)
    line = {"invoice_line": invoice.lines[0].id, "amount": credited}
    shop.done("credit_note.create", "cn_1", invoice=invoice.id, lines=[line])

    # When it gets a cheaper price at once
    to_price(shop, "price_7")

    # Then only the rest is given back, and the new price goes without a trace when it changes again
    assert pending(shop) == [each for each in (given_back, 700) if each]
    to_price(shop, "price_15")
    assert pending(shop) == [each for each in (given_back, 1500) if each]


def test_what_a_void_credit_note_asks_for_again_is_given_back_again() -> None:
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    [invoice] = invoices(shop)
    line = {"invoice_line": invoice.lines[0].id, "amount": 500}
    shop.done("credit_note.create", "cn_1", invoice=invoice.id, lines=[line])
    shop.done("credit_note.void", "cn_1")
    to_price(shop, "price_7")
    assert pending(shop) == [-1500, 700]


def test_what_was_carried_to_an_invoice_that_is_void_is_carried_to_the_next_one() -> None:
    # Given a credit of 8.00, carried on until an invoice asks for 6.00
    shop = stocked()
    subscribed(shop, "price_15")
    to_price(shop, "price_7", proration="invoice_now")
    shop.done("subscription.change", SUB, collection_method="send_invoice")
    shop.until(END + days(40))
    assert [each.total for each in invoices(shop)] == [1500, 0, 0, 600]

    # When that one is void
    shop.done("invoice.void", invoices(shop)[-1].id)

    # Then the rest of 1.00 lowers the next one
    assert pending(shop) == [-100]
    shop.until(END + days(70))
    assert invoices(shop)[-1].total == 600


def test_what_was_carried_to_a_draft_that_is_deleted_is_carried_to_the_next_one() -> None:
    shop = stocked()
    subscribed(shop, "price_15")
    to_price(shop, "price_7", proration="invoice_now")
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(END)
    shop.done("invoice.delete", invoices(shop)[-1].id)
    assert pending(shop) == [-800]


def test_a_coupon_for_once_is_not_used_by_an_invoice_that_is_void() -> None:
    # Given a first invoice of 15.00 with half off, once, that is void
    shop = stocked()
    coupon(shop, "cpn_once", percent_off="50", duration="once")
    subscribed(shop, "price_15", coupons=["cpn_once"], collection_method="send_invoice")
    assert subscription(shop).coupons == []
    shop.done("invoice.void", invoices(shop)[0].id)

    # Then the next one has it, which is told, and no other
    assert (subscription(shop).coupons, shop.types[-1]) == (["cpn_once"], "subscription.updated")
    shop.until(END + days(40))
    assert [each.total for each in invoices(shop)] == [750, 750, 1500]


@pytest.mark.parametrize("behavior", ["void", "keep_as_draft"])
def test_a_coupon_for_once_waits_for_the_end_of_a_pause(behavior: str) -> None:
    # Given a coupon that comes before a month that is void, or whose draft is deleted
    shop = stocked()
    coupon(shop, "cpn_once", percent_off="50", duration="once")
    subscribed(shop, "price_15")
    shop.done("subscription.change", SUB, coupons=["cpn_once"])
    shop.done("subscription.pause", SUB, behavior=behavior)
    shop.until(END)
    if behavior == "keep_as_draft":
        shop.done("invoice.delete", invoices(shop)[-1].id)
    assert subscription(shop).coupons == ["cpn_once"]

    # Then the first month that is asked for has it
    shop.done("subscription.resume", SUB)
    shop.until(END + days(40))
    assert invoices(shop)[-1].total == 750


def test_what_is_asked_for_again_and_given_back_again_at_one_instant_are_two_lines() -> None:
    # Given a credit on an invoice, by a clock that stands still: -5.00 and 7.50 after 14 of 28 days
    shop = stocked()
    on_clock(shop)
    subscribed(shop, collection_method="send_invoice")
    first = invoices(shop)[0].id
    shop.done("test_clock.advance", "clock_1", to=START + days(14))
    to_price(shop, "price_15", proration="invoice_now")

    # When nobody pays what it gave back of, which is asked for at once, and then somebody does
    shop.done("invoice.mark_uncollectible", first)
    to_price(shop, "price_7", proration="invoice_now")
    shop.done("invoice.pay", first, out_of_band=True)

    # Then both stand in the books of the subscription under ids of their own
    assert 500 in [line.amount for line in invoices(shop)[-1].lines]
    assert -500 in pending(shop)
    lines = [line.id for each in invoices(shop) for line in each.lines]
    lines += [draft.line.id for draft in shop.state(SUB).work.pending]
    assert len(lines) == len(set(lines))
