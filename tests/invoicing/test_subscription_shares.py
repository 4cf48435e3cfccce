"""What a change gives back is a share of what was really billed: less its discount, with its taxes, if it is owed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.invoicing.selling import SUB, coupon, invoices, stocked, subscribed, subscription, tax_rate
from tests.invoicing.shop import START, Shop, days
from tests.invoicing.test_subscription_changes import END, change, item, pending, to_price

HALF = START + days(14)


@pytest.mark.parametrize(
    ("terms", "fields", "waiting", "next_total"),
    [
        # 7.50 of 15.00 were paid. 14 of 28 days: -3.75, and 3.50 of the 7.00 for the other half; then 7.00
        ({"percent_off": "50", "duration": "once"}, {}, [-375, 350], 675),
        # nothing was paid
        ({"percent_off": "100", "duration": "once"}, {}, [350], 1050),
        # 5.00 were paid
        ({"amount_off": 1000, "currency": "USD", "duration": "once"}, {}, [-250, 350], 800),
        # its month is over by the time of the next invoice
        ({"percent_off": "50", "duration": "repeating", "duration_in_months": 1}, {}, [-375, 350], 675),
        # dropped with the change
        ({"percent_off": "50"}, {"coupons": []}, [-375, 350], 675),
        # half of what is asked for, 3.50 and 7.00, and not of what is given back: 1.75 + 3.50 - 3.75
        ({"percent_off": "50"}, {}, [-375, 350], 150),
        # another one: nine tenths of 10.50 are 9.45; 10.50 - 9.45 - 3.75 is carried on
        ({"percent_off": "50"}, {"coupons": ["cpn_90"]}, [-375, 350], 0),
    ],
)
def test_a_discount_is_not_given_back(
    terms: dict[str, Any], fields: dict[str, Any], waiting: list[int], next_total: int
) -> None:
    # Given a month of 15.00 with a coupon
    shop = stocked()
    coupon(shop, "cpn_1", **terms)
    coupon(shop, "cpn_90", percent_off="90")
    subscribed(shop, "price_15", coupons=["cpn_1"])
    # When it gets a cheaper price in its middle
    shop.until(HALF)
    to_price(shop, "price_7", **fields)
    # Then a half of what was asked for is given back, whatever coupons there are by now
    assert pending(shop) == waiting
    shop.until(END)
    assert invoices(shop)[-1].total == next_total


def test_what_is_carried_on_is_not_lowered_by_a_coupon_once_more() -> None:
    # Given half off for ever: 50.00 asked for of 100.00, and 25.00 - 2.50 given back after half a month at once
    shop = stocked()
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, items=[{"price": "price_10", "quantity": 10}], coupons=["cpn_50"])
    shop.until(HALF)
    change(shop, items=[{"id": item(shop), "quantity": 1}], proration="invoice_now")
    assert pending(shop) == [-2250]
    # Then each month of 5.00 takes 5.00 of it
    shop.until(END + days(100))
    assert pending(shop) == [-250]
    shop.until(END + days(130))
    assert invoices(shop)[-1].total == 250


@pytest.mark.parametrize(("note", "given_back"), [(750, 0), (250, -250)])
def test_what_a_credit_note_took_back_of_a_lowered_line_is_not_given_back_again(note: int, given_back: int) -> None:
    # Given 7.50 asked for of 15.00, and a credit note over all of it, or over 2.50
    shop = stocked()
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, "price_15", coupons=["cpn_50"])
    [invoice] = invoices(shop)
    line = {"invoice_line": invoice.lines[0].id, "amount": note}
    shop.done("credit_note.create", "cn_1", invoice=invoice.id, lines=[line])
    # When it gets a cheaper price in the middle of the month, then half of the rest is given back
    shop.until(HALF)
    to_price(shop, "price_7")
    assert pending(shop) == [each for each in (given_back, 350) if each]


def taxes_of_the_credit(shop: Shop) -> list[tuple[str | None, int, int]]:
    credit = next(line for each in invoices(shop) for line in each.lines if line.amount < 0 and line.taxes)
    return [(tax.tax_rate, tax.taxable_amount, tax.amount) for tax in credit.taxes]


@pytest.mark.parametrize(
    ("before", "after", "totals"),
    [
        # without taxes 15.00; -7.50 without any, 3.50 with 0.70: -3.30 is carried on
        ("exempt", "none", [1500, 0]),
        # 15.00 with 3.00 of taxes; -7.50 with 1.50, 3.50 without
        ("none", "exempt", [1800, 0]),
        ("none", "reverse", [1800, 0]),
        ("none", "none", [1800, 0]),
    ],
)
def test_a_credit_has_the_taxes_of_its_line_whoever_is_exempt_by_now(
    before: str, after: str, totals: list[int]
) -> None:
    shop = stocked()
    tax_rate(shop, "txr_20", "20")
    shop.done("customer.put", "abc123", tax_exempt=before)
    subscribed(shop, "price_15", default_tax_rates=["txr_20"])
    shop.done("customer.put", "abc123", tax_exempt=after)
    shop.until(HALF)
    to_price(shop, "price_7", proration="invoice_now")
    assert [each.total for each in invoices(shop)] == totals
    back, asked = 750 + 150 * (before == "none"), 350 + 70 * (after == "none")
    assert pending(shop) == [asked - back]
    if before == "none":
        assert taxes_of_the_credit(shop) == [("txr_20", -750, -150)]


def test_a_credit_of_a_lowered_line_has_a_share_of_its_taxes_less_those_that_a_note_took_back() -> None:
    # Given 7.50 of 15.00 with 1.50 of taxes, of which a note took 2.50 with 0.50
    shop = stocked()
    tax_rate(shop, "txr_20", "20")
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, "price_15", coupons=["cpn_50"], default_tax_rates=["txr_20"])
    [invoice] = invoices(shop)
    assert invoice.total == 900
    line = {"invoice_line": invoice.lines[0].id, "amount": 250}
    shop.done("credit_note.create", "cn_1", invoice=invoice.id, lines=[line])
    # When it becomes untaxed in the middle of the month
    shop.until(HALF)
    to_price(shop, "price_7", default_tax_rates=[], proration="invoice_now")
    # Then half of the rest is given back, with half of the rest of the taxes; 1.75 of 3.50 is asked for
    assert taxes_of_the_credit(shop) == [("txr_20", -250, -50)]
    assert pending(shop) == [175 - 300]


def voided(shop: Shop, invoice: str) -> None:
    shop.done("invoice.void", invoice)


def given_up(shop: Shop, invoice: str) -> None:
    shop.done("invoice.mark_uncollectible", invoice)


UNPAID = pytest.mark.parametrize("given_up", [voided, given_up])


@UNPAID
def test_of_an_invoice_that_nobody_pays_nothing_is_given_back(given_up: Callable[[Shop, str], None]) -> None:
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    given_up(shop, invoices(shop)[0].id)
    shop.until(HALF)
    to_price(shop, "price_7")
    assert pending(shop) == [350]


@UNPAID
def test_what_was_given_back_of_it_falls_away_while_it_waits(given_up: Callable[[Shop, str], None]) -> None:
    # Given an open invoice: what is owed is given back as what is paid
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    shop.until(HALF)
    to_price(shop, "price_7")
    assert pending(shop) == [-750, 350]
    given_up(shop, invoices(shop)[0].id)
    assert pending(shop) == [350]


@UNPAID
def test_what_an_invoice_gave_back_of_it_is_asked_for_again(given_up: Callable[[Shop, str], None]) -> None:
    # Given a credit of an open invoice, with its taxes, that lowered another one: -9.00 + 4.20 is carried on
    shop = stocked()
    tax_rate(shop, "txr_20", "20")
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, "price_15", collection_method="send_invoice", default_tax_rates=["txr_20"])
    shop.until(HALF)
    to_price(shop, "price_7", proration="invoice_now")
    assert pending(shop) == [-480]
    # When nobody pays it
    given_up(shop, invoices(shop)[0].id)
    # Then it is taken back, taxes and all, and no coupon lowers that: 9.00 - 4.80 and half of 8.40
    assert pending(shop) == [-480, 750]
    change(shop, coupons=["cpn_50"])
    shop.until(END)
    assert invoices(shop)[-1].total == 420 + 420
    # And nothing happens twice: the next months are as they would be
    shop.until(END + days(40))
    assert invoices(shop)[-1].total == 420


def test_what_fell_away_comes_back_when_it_is_paid_after_all() -> None:
    # Given a credit that fell away with its invoice
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    first = invoices(shop)[0].id
    shop.until(HALF)
    to_price(shop, "price_7")
    given_up(shop, first)
    # When the customer pays in the end, then it waits again, and once
    shop.done("invoice.pay", first, out_of_band=True, amount=100)
    assert pending(shop) == [350, -750]
    shop.done("invoice.pay", first, out_of_band=True)
    assert pending(shop) == [350, -750]


def test_what_an_invoice_gave_back_stands_when_it_is_paid_after_all() -> None:
    # Given a credit of 7.50 on another invoice, 4.00 of it carried on, that is taken back
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    first = invoices(shop)[0].id
    shop.until(HALF)
    to_price(shop, "price_7", proration="invoice_now")
    given_up(shop, first)
    assert pending(shop) == [-400, 750]
    # When the customer pays in the end before that was asked for, then it never is
    shop.done("invoice.pay", first, out_of_band=True, amount=100)
    assert pending(shop) == [-400]


def test_what_was_asked_for_again_is_given_back_again_when_it_is_paid_after_all() -> None:
    # Given the same, asked for with the next month: 7.50 - 4.00 + 7.00
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    first = invoices(shop)[0].id
    shop.until(HALF)
    to_price(shop, "price_7", proration="invoice_now")
    given_up(shop, first)
    shop.until(END)
    assert invoices(shop)[-1].total == 1050
    # When the customer pays in the end, then the credit waits once more
    shop.done("invoice.pay", first, out_of_band=True)
    assert pending(shop) == [-750]


def test_of_a_credit_that_is_void_nothing_is_taken_back() -> None:
    # Given a credit of an invoice that is given up, on another one that is open: -7.50 and 10.00
    shop = stocked()
    subscribed(shop, "price_15", collection_method="send_invoice")
    first = invoices(shop)[0].id
    shop.until(HALF)
    change(shop, items=[{"id": item(shop), "price": "price_10", "quantity": 2}], proration="invoice_now")
    given_up(shop, first)
    assert pending(shop) == [750]
    # When that one is void too, then neither counts, not even when the first is paid after all
    voided(shop, invoices(shop)[1].id)
    assert pending(shop) == []
    shop.done("invoice.pay", first, out_of_band=True)
    assert pending(shop) == []
    # And what it gave back is billed again
    change(shop, items=[{"id": item(shop), "price": "price_7", "quantity": 1}])
    assert pending(shop) == [-750, 350]


def test_of_a_draft_that_was_deleted_nothing_is_given_back() -> None:
    # Given a month that was invoiced by a draft under a pause, which is deleted
    shop = stocked()
    subscribed(shop, "price_15")
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(END)
    shop.done("invoice.delete", invoices(shop)[-1].id)
    shop.done("subscription.resume", SUB)
    # When it gets a cheaper price in the middle of the month: 15 of 31 days, then only that is asked for
    shop.until(END + days(16))
    to_price(shop, "price_7")
    assert pending(shop) == [339]


def test_a_draft_is_cut_short_and_of_one_that_is_deleted_nothing_is_left() -> None:
    # Given a draft of a pause that is over, of whose 15.00 for 31 days 15 are not used: 7.26
    shop = stocked()
    subscribed(shop, "price_15")
    shop.done("subscription.pause", SUB, behavior="keep_as_draft")
    shop.until(END)
    shop.done("subscription.resume", SUB)
    shop.until(END + days(16))
    to_price(shop, "price_7")
    assert (invoices(shop)[-1].total, pending(shop)) == (774, [339])
    shop.done("invoice.delete", invoices(shop)[-1].id)
    assert pending(shop) == [339]


def test_what_was_never_asked_for_is_cut_short_and_not_given_back() -> None:
    # Given half off for ever, and a dearer price that waits for its first invoice: of 5.00 a quarter is given back
    shop = stocked()
    coupon(shop, "cpn_50", percent_off="50")
    subscribed(shop, coupons=["cpn_50"])
    shop.until(START + days(21))
    to_price(shop, "price_15")
    assert pending(shop) == [-125, 375]
    # When it changes once more, 3.5 days later, then the charge ends there: an eighth of each price, 1.875 and 0.875
    shop.until(START + days(24.5))
    to_price(shop, "price_7")
    assert pending(shop) == [-125, 187, 88]
    [ended] = [draft.line for draft in shop.state(SUB).work.pending if draft.line.amount == 187]
    assert (ended.period.start, ended.period.end) == (START + days(21), START + days(24.5))
    # And half of 1.87, 0.88 and 7.00 is asked for: 9.75, of which 4.88 are taken off
    shop.until(END)
    assert invoices(shop)[-1].total == 975 - 488 - 125


def test_a_cancel_gives_back_a_share_of_what_was_paid() -> None:
    shop = stocked()
    coupon(shop, "cpn_50", percent_off="50", duration="once")
    subscribed(shop, "price_15", coupons=["cpn_50"])
    shop.until(HALF)
    shop.done("subscription.cancel", SUB, at="now", credit=True)
    assert subscription(shop).status == "canceled"
    assert pending(shop) == [-375]
