"""Revenue: what invoices deferred is earned day by day, each day posted once, and nothing is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing import revenue
from actors.invoicing.keys import earning_key, revenue_day_key
from actors.invoicing.revenue_states import EarningState
from messages.credit_notes import CreditNote, CreditNoteLine
from tests.invoicing.deferred import earned, invoice, issue, line, over, recognised, waiting_days, written
from tests.invoicing.made import utc
from tests.invoicing.selling import SUB, stocked, subscribed
from tests.invoicing.shop import TENANT, Answer, Shop, days, pays

NOON = utc("2026-11-01 12:00")
NOVEMBER = over(utc("2026-11-01"), utc("2026-12-01"))


def shop_at(now: datetime = NOON, **fields: Any) -> Shop:
    return Shop(now=now, **fields)


def note(amount_deferred: int, line_id: str = "il_1", id_: str = "cn_1") -> CreditNote:
    lines = [CreditNoteLine(id="cnl_1", invoice_line=line_id, amount=amount_deferred, amount_deferred=amount_deferred)]
    times: dict[str, Any] = {"created_at": NOON, "updated_at": NOON}
    return CreditNote(
        id=id_, invoice="inv_1", customer_id="abc123", currency="USD", total=abs(amount_deferred), lines=lines, **times
    )


def test_a_month_is_income_day_by_day_a_few_seconds_after_midnight() -> None:
    # Given a month that is paid in advance
    shop = shop_at()
    state = issue(shop, invoice(shop, [line(3_000, period=NOVEMBER)]))
    assert state.invoice.amount_deferred == 3_000
    assert shop.due == {"rev_real": utc("2026-11-02 00:00") + timedelta(seconds=5)}

    # When three days are over
    shop.until(utc("2026-11-03 23:59"))
    assert earned(shop) == {"2026-11-01": 100, "2026-11-02": 100}

    # Then, at the end, all of it is income and nothing rings any more
    shop.until(utc("2027-02-01"))
    assert sum(earned(shop).values()) == 3_000
    assert (waiting_days(shop), shop.due) == ({}, {})
    posted = shop.view[revenue_day_key(TENANT, "rev_real_2026-11-01_USD")].revenue_day
    assert (posted.amount, posted.transaction) == (100, "rev_real")


@pytest.mark.parametrize(
    ("fields", "deferred"),
    [
        ({"amount": 3_000, "period": NOVEMBER}, 3_000),
        ({"amount": 3_000, "period": NOVEMBER, "discount": 600}, 2_400),
        ({"amount": 3_000, "period": NOVEMBER, "tax": 570}, 3_000),
        ({"amount": 3_570, "period": NOVEMBER, "inside": 570}, 3_000),
        ({"amount": -500, "period": NOVEMBER}, -500),
        ({"amount": 3_000}, 0),
        ({"amount": 3_000, "period": over(utc("2026-10-01"), utc("2026-11-01"))}, 0),
        ({"amount": 3_000, "period": over(utc("2026-10-01"), NOON)}, 0),
    ],
)
def test_only_a_line_whose_period_is_not_over_is_deferred_without_tax_and_discount(
    fields: dict[str, Any], deferred: int
) -> None:
    shop = shop_at()
    state = issue(shop, invoice(shop, [line(9_000, 9), line(number=1, **fields)]))
    assert state.invoice.amount_deferred == deferred
    assert sum(waiting_days(shop).values()) == deferred


def test_days_that_were_missed_are_posted_one_by_one_in_order() -> None:
    shop = shop_at()
    issue(shop, invoice(shop, [line(3_000, period=NOVEMBER)]))
    shop.now = utc("2026-11-05 08:00")
    shop.until(shop.now)
    assert [day.day for day in recognised(shop)] == ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"]


def test_of_several_currencies_the_oldest_day_comes_first() -> None:
    shop = shop_at()
    for number, currency in enumerate(("USD", "EUR", "JPY")):
        lines = [line(3_000, number, NOVEMBER, currency=currency)]
        issue(shop, invoice(shop, lines, id_=f"inv_{number}", currency=currency))
    shop.now = utc("2026-11-03 08:00")
    shop.until(shop.now)
    assert [(day.day[-2:], day.currency) for day in recognised(shop)] == [
        (day, currency) for day in ("01", "02") for currency in ("EUR", "JPY", "USD")
    ]


def test_a_day_that_is_refused_is_asked_for_again_and_none_overtakes_it() -> None:
    # Given books that say no
    answers: list[Answer] = [(503, {"code": "unavailable"}), (423, {"code": "account_frozen"})]
    shop = shop_at(till=lambda wish: answers.pop(0) if answers else pays(wish))
    issue(shop, invoice(shop, [line(3_000, period=NOVEMBER)]))

    # When the next day is over too
    shop.until(utc("2026-11-03 08:00"))

    # Then the first was asked for three times, and both are posted
    assert [day.day for day in recognised(shop)] == ["2026-11-01"] * 3 + ["2026-11-02"]
    assert sum(waiting_days(shop).values()) == 2_800


def test_a_day_that_the_books_have_already_is_posted() -> None:
    body = {"code": "already_exists", "transaction": "txn_1"}
    shop = shop_at(till=lambda _: (409, body))
    issue(shop, invoice(shop, [line(100, period=over(NOON, utc("2026-11-01 13:00")))]))
    shop.until(utc("2026-11-03"))
    assert (waiting_days(shop), shop.due) == ({}, {})
    assert shop.view[revenue_day_key(TENANT, "rev_real_2026-11-01_USD")].revenue_day.transaction == "txn_1"


def test_a_clocks_days_are_posted_at_its_midnights_and_say_whose_they_are() -> None:
    # Given a customer who lives by a clock, and one who does not
    shop = shop_at(utc("2026-11-20 12:00"))
    shop.done("test_clock.create", "clock_1", now=utc("2030-01-31"))
    january = over(utc("2030-01-31"), utc("2030-02-03"))
    issue(shop, invoice(shop, [line(300, period=january)], test_clock="clock_1", customer_id="clocked"))
    issue(shop, invoice(shop, [line(3_000, 2, period=NOVEMBER)], id_="inv_2"))

    # When the clock goes on
    clock = shop.done("test_clock.advance", "clock_1", to=utc("2030-02-02"))

    # Then its days are posted, by its name, and no other's
    assert clock.now == utc("2030-02-02")
    told = [(day.day, day.amount, day.clock) for day in recognised(shop)]
    assert told == [("2030-01-31", 100, "clock_1"), ("2030-02-01", 100, "clock_1")]
    assert waiting_days(shop, "clock_1") == {"2030-02-02": 100}
    assert sum(waiting_days(shop).values()) == 3_000


def test_a_clock_waits_until_its_day_is_posted() -> None:
    shop = shop_at(till=lambda _: None)
    shop.done("test_clock.create", "clock_1", now=utc("2030-01-31"))
    january = over(utc("2030-01-31"), utc("2030-02-03"))
    issue(shop, invoice(shop, [line(300, period=january)], test_clock="clock_1"))
    shop.ask("test_clock.advance", "clock_1", to=utc("2030-03-01"))
    assert (shop.state("clock_1").test_clock.status, len(shop.asked)) == ("advancing", 1)
    shop.till = pays
    shop.settle()
    assert (shop.state("clock_1").test_clock.status, len(shop.asked)) == ("ready", 3)


def test_a_void_invoice_earns_nothing_any_more_and_says_what_it_had_still_to_earn() -> None:
    # Given an invoice of which ten days are income
    shop = shop_at()
    state = issue(shop, invoice(shop, [line(3_000, period=NOVEMBER), line(-600, 2, period=NOVEMBER)]))
    shop.until(utc("2026-11-11 12:00"))

    # When it is void
    left = written(shop, state, lambda desk: revenue.unearn(desk, state))

    # Then the rest is no longer waited for
    assert (left, sum(earned(shop).values()), waiting_days(shop)) == (1_600, 800, {})
    shop.until(utc("2027-02-01"))
    assert sum(earned(shop).values()) == 800
    assert written(shop, state, lambda desk: revenue.unearn(desk, state)) == 0
    kept: EarningState = shop.view[earning_key(TENANT, "inv_1")]
    assert kept.earning.until == "2026-11-11"


def test_a_credit_note_lowers_the_days_to_come_and_its_end_raises_them_again() -> None:
    shop = shop_at()
    state = issue(shop, invoice(shop, [line(3_000, period=NOVEMBER)]))
    shop.until(utc("2026-11-11 12:00"))
    written(shop, state, lambda desk: revenue.credit(desk, state, note(1_000)))
    assert set(waiting_days(shop).values()) == {50}
    shop.until(utc("2026-11-21 12:00"))
    written(shop, state, lambda desk: revenue.uncredit(desk, state, note(1_000)))
    assert set(waiting_days(shop).values()) == {150}
    shop.until(utc("2027-01-01"))
    assert sum(earned(shop).values()) == 3_000


MOVES = st.lists(
    st.tuples(st.sampled_from(("credit", "uncredit", "void", "wait")), st.integers(0, 100), st.integers(1, 3)),
    max_size=12,
)
LINES = st.lists(
    st.tuples(st.integers(-10_000, 10_000), st.integers(-20, 40), st.integers(1, 60 * 24)), min_size=1, max_size=3
)


@given(lines=LINES, moves=MOVES)
def test_whatever_is_taken_back_what_is_posted_and_what_is_not_are_what_was_deferred(
    lines: list[tuple[int, int, int]], moves: list[tuple[str, int, int]]
) -> None:
    # Given an invoice with lines that began and end some time
    shop = shop_at()
    drafts = [
        line(amount, number, over(NOON + days(start), NOON + days(start) + timedelta(hours=hours)))
        for number, (amount, start, hours) in enumerate(lines, start=1)
    ]
    state = issue(shop, invoice(shop, drafts))
    deferred, notes = state.invoice.amount_deferred, list[CreditNote]()

    # When parts are credited, given again, and time goes by
    for number, (move, percent, which) in enumerate(moves):
        left = written(shop, state, lambda desk: revenue.left_of(desk, state))
        match move:
            case "credit" if left.get(f"il_{which}"):
                taken = note(left[f"il_{which}"] * percent // 100, f"il_{which}", f"cn_{number}")
                written(shop, state, lambda desk, taken=taken: revenue.credit(desk, state, taken))
                notes.append(taken)
                deferred -= taken.lines[0].amount_deferred
            case "uncredit" if notes:
                given = notes.pop()
                written(shop, state, lambda desk, given=given: revenue.uncredit(desk, state, given))
                deferred += given.lines[0].amount_deferred
            case "void":
                deferred -= written(shop, state, lambda desk: revenue.unearn(desk, state))
                notes.clear()
            case _:
                shop.until(shop.now + timedelta(hours=percent))

        # Then what is posted and what waits are together what is deferred, at every moment
        assert sum(earned(shop).values()) + sum(waiting_days(shop).values()) == deferred
    shop.until(NOON + days(200))
    assert (sum(earned(shop).values()), waiting_days(shop)) == (deferred, {})


def test_what_is_carried_over_to_the_next_invoice_is_no_income_meanwhile() -> None:
    # Given ten seats that are paid for a month, nine of which go at its beginning
    shop = stocked()
    seats = subscribed(shop, items=[{"price": "price_10", "quantity": 10}]).items[0].id
    wish = [{"id": seats, "quantity": 1}]
    shop.done("subscription.change", SUB, items=wish, proration="invoice_now")

    for month, nearly_over in enumerate((utc("2026-02-27T12:00"), utc("2026-03-30T12:00"))):
        # When a month is nearly over
        shop.until(nearly_over)

        # Then what is income by then is the seat that stays, not what is owed to the customer
        issued = shop.told("invoice.finalized")
        posted = sum(day.amount for day in recognised(shop))
        income = posted + sum(each.total - each.amount_deferred for each in issued)
        assert 1000 * month < income < 1000 * (month + 1)
