"""An invoice by hand: what a draft may hold, what changes it, and which moves are allowed."""

from itertools import product
from typing import Any, get_args

import pytest

from actors.invoicing.invoice_moves import MOVES, IllegalInvoiceMoveError, moved
from actors.invoicing.invoice_sums import JURISDICTIONS_MAX
from actors.runtime.decision import Refused
from messages.billing_examples import INVOICE
from messages.invoices import InvoiceStatus, UpdateInvoice
from messages.wire import json_of
from tests.invoicing.shop import START, Shop, days
from tests.invoicing.till import CUSTOMER, declines, drafted, invoice, opened, shop_with, silent


def refusal(shop: Shop, type_: str, /, **data: object) -> Refused:
    outcome = shop.ask(type_, "inv_1", **data)
    assert isinstance(outcome, Refused), outcome
    return outcome


def sold(shop: Shop, **fields: object) -> None:
    """A product with a price of 12.00."""
    shop.done("product.create", "prod_1", name="Pro", unit_label="seat")
    shop.done("price.create", "price_1", product="prod_1", currency="USD", unit_amount=1200, **fields)


@pytest.mark.parametrize(("before", "after"), list(product(get_args(InvoiceStatus), repeat=2)))
def test_only_the_moves_of_the_table_are_made(before: InvoiceStatus, after: InvoiceStatus) -> None:
    stands = INVOICE.model_copy(update={"status": before})
    if after in MOVES[before]:
        assert moved(stands, after, START).status == after
    else:
        with pytest.raises(IllegalInvoiceMoveError):
            moved(stands, after, START)


def test_lines_are_prices_with_a_quantity_or_amounts_with_words() -> None:
    # Given a price, a rate and a coupon
    shop = shop_with()
    sold(shop)
    shop.done("tax_rate.create", "txr_1", display_name="VAT", percentage="20", jurisdiction="GB")
    shop.done("coupon.create", "cpn_1", percent_off="25", duration="once")

    # When an invoice has both kinds of lines
    lines = [{"price": "price_1", "quantity": "3"}, {"amount": -600, "description": "Sorry", "tax_rates": []}]
    wish = {"customer_id": CUSTOMER, "lines": lines, "default_tax_rates": ["txr_1"], "coupons": ["cpn_1"]}
    draft = shop.done("invoice.create", "inv_1", **wish)

    # Then the coupon counts from what the credit leaves, and the tax from what the coupon leaves
    assert [(line.description, line.amount, line.discount) for line in draft.lines] == [
        ("3 × Pro (per seat)", 3600, 750),
        ("Sorry", -600, 0),
    ]
    assert (draft.subtotal, draft.discount, draft.tax, draft.total) == (3000, 750, 570, 2820)
    assert draft.currency == "USD"
    assert shop.view[("coupon", "demo", "cpn_1")].coupon.times_redeemed == 1  # pyright: ignore[reportArgumentType] - a Key is a tuple


@pytest.mark.parametrize(
    ("lines", "code", "pointer"),
    [
        ([{"price": "price_9"}], "reference_not_found", "/lines/0/price"),
        ([{"price": "price_1", "amount": 1}], "validation_failed", "/lines/0/amount"),
        ([{"description": "Nothing"}], "validation_failed", "/lines/0"),
        ([{"amount": 100}], "validation_failed", "/lines/0/description"),
        ([{"amount": 100, "description": "A", "quantity": "2"}], "validation_failed", "/lines/0/quantity"),
        ([{"price": "price_1"}, {"price": "price_2"}], "mixed_currencies", "/lines/1/price"),
        ([{"price": "price_1"}, {"price": "price_3"}], "price_inactive", "/lines/1/price"),
        ([{"price": "price_1", "tax_rates": ["txr_in"]}], "tax_conflict", "/lines/0/tax_rates"),
        ([{"price": "price_1", "quantity": "999999999999999"}], "amount_too_large", "/lines/0/quantity"),
        ([{"amount": 100, "description": "A"}], "validation_failed", "/currency"),
    ],
)
def test_a_draft_is_refused_where_it_is_wrong(lines: list[dict[str, object]], code: str, pointer: str) -> None:
    # Given prices in two currencies, one archived, and a rate that lies inside
    shop = shop_with()
    sold(shop)
    shop.done("price.create", "price_2", product="prod_1", currency="EUR", unit_amount=1)
    shop.done("price.create", "price_3", product="prod_1", currency="USD", unit_amount=1)
    shop.done("price.update", "price_3", changes={"active": False})
    shop.done("tax_rate.create", "txr_in", display_name="VAT", percentage="20", inclusive=True)

    # Then each mistake is told with its place
    no = refusal(shop, "invoice.create", customer_id=CUSTOMER, lines=lines)
    told = no.extra.get("pointer") or no.extra["errors"][0]["pointer"]
    assert (no.code, told) == (code, pointer)


MOST = 2**53 - 1
YEAR = {"start": START, "end": START + days(365)}


@pytest.mark.parametrize(
    "lines",
    [
        [(MOST, {"tax_rates": ["txr_0"]})] * 2 + [(-MOST, {})] * 2,
        [(MOST, {"period": YEAR})] * 2 + [(-MOST, {})] * 2,
        [(MOST // 2, {"tax_rates": ["GB_1", "GB_2", "GB_3"]}), (-(MOST // 2), {"tax_rates": ["FR_1", "FR_2", "FR_3"]})],
    ],
    ids=["taxable_amount", "amount_deferred", "owed to one jurisdiction"],
)
def test_lines_that_even_out_are_refused_where_a_part_is_more_than_can_be_told(lines: list[Any]) -> None:
    shop = shop_with()
    shop.done("tax_rate.create", "txr_0", display_name="VAT", percentage="0")
    for where, number in product(("GB", "FR"), (1, 2, 3)):
        rate = {"display_name": "VAT", "percentage": "100", "jurisdiction": where}
        shop.done("tax_rate.create", f"{where}_{number}", **rate)
    wished = [{"amount": amount, "description": "A", **fields} for amount, fields in lines]
    wish = {"customer_id": CUSTOMER, "currency": "USD", "lines": wished}
    assert shop.refused("invoice.create", "inv_1", **wish) == "amount_too_large"


@pytest.mark.parametrize(("jurisdictions", "fits"), [(JURISDICTIONS_MAX, True), (JURISDICTIONS_MAX + 1, False)])
def test_taxes_of_more_jurisdictions_than_one_transaction_can_post_are_refused(jurisdictions: int, fits: bool) -> None:
    # Given as many rates, each of a jurisdiction of its own
    shop = shop_with()
    rates = [f"txr_{number}" for number in range(jurisdictions)]
    for rate in rates:
        shop.done("tax_rate.create", rate, display_name="VAT", percentage="1", jurisdiction=rate)
    named = [rates[at : at + 10] for at in range(0, jurisdictions, 10)]
    lines = [{"amount": 100, "description": "A", "tax_rates": ten} for ten in named]
    wish = {"customer_id": CUSTOMER, "currency": "USD", "lines": lines}

    # Then an invoice with all of them is made only where the books can take it
    if fits:
        assert len(shop.done("invoice.create", "inv_1", **wish).taxes) == jurisdictions
    else:
        assert refusal(shop, "invoice.create", **wish).extra["errors"][0]["pointer"] == "/lines"


def test_what_is_named_twice_counts_once() -> None:
    # Given a rate, and a coupon that may be used once
    shop = shop_with()
    shop.done("tax_rate.create", "txr_1", display_name="VAT", percentage="20", jurisdiction="GB")
    shop.done("coupon.create", "cpn_1", percent_off="50", duration="once", max_redemptions=1)

    # When both are named twice, in a new draft and in one that is changed
    twice: dict[str, Any] = {"coupons": ["cpn_1"] * 2, "default_tax_rates": ["txr_1"] * 2}
    made = drafted(shop, **twice)
    lines = [{"amount": 5000, "description": "Set-up", "tax_rates": ["txr_1"] * 2}]
    changed = shop.done("invoice.update", "inv_1", lines=lines, **twice)

    # Then each counts once
    for draft in (made, changed):
        assert (draft.discount, draft.tax, draft.total, draft.coupons) == (2500, 500, 3000, ["cpn_1"])
    assert [coupon.times_redeemed for coupon in shop.told("coupon.updated")] == [1]


def test_a_change_holds_what_was_sent_alone() -> None:
    sent = UpdateInvoice.model_validate({"description": "For May"})
    assert json_of(sent) == {"description": "For May"}
    assert UpdateInvoice.model_validate(json_of(sent)).model_fields_set == {"description"}


def test_a_draft_is_changed_field_by_field() -> None:
    # Given a draft with a method and words
    shop = shop_with()
    drafted(shop, payment_method="pm_1", description="Old", metadata={"a": "1", "b": "2"}, due_date=START + days(9))

    # When some of it is changed, some emptied, and some null that cannot be empty
    wish = {"description": "New", "payment_method": None, "auto_advance": None, "metadata": {"a": None, "c": "3"}}
    after = shop.done("invoice.update", "inv_1", **wish)

    # Then the rest stands
    assert (after.description, after.payment_method, after.auto_advance) == ("New", None, False)
    assert (after.due_date, after.metadata, after.total) == (START + days(9), {"b": "2", "c": "3"}, 5000)

    # And new lines replace the old ones, and other default rates must agree with those that stay
    assert shop.done("invoice.update", "inv_1", lines=[{"amount": 7, "description": "A"}]).total == 7
    assert refusal(shop, "invoice.update", if_match=1).code == "version_conflict"


def test_other_default_rates_must_agree_with_lines_that_stay() -> None:
    shop = shop_with()
    sold(shop)
    shop.done("tax_rate.create", "txr_in", display_name="VAT", percentage="20", inclusive=True)
    shop.done("invoice.create", "inv_1", customer_id=CUSTOMER, lines=[{"price": "price_1"}])
    assert refusal(shop, "invoice.update", default_tax_rates=["txr_in"]).code == "tax_conflict"


def test_a_deleted_draft_is_gone_and_took_no_number() -> None:
    shop = shop_with()
    drafted(shop)
    assert json_of(shop.done("invoice.delete", "inv_1")) == {"id": "inv_1", "object": "invoice", "deleted": True}
    for command in ("finalize", "pay", "void", "delete", "update"):
        assert refusal(shop, f"invoice.{command}").code == "not_found"
    assert opened(shop, id_="inv_2").number == "INV-2026-000001"


def test_what_cannot_be_asked_for_is_not_finalised_and_takes_no_number() -> None:
    # Given an empty draft, and one below nothing
    shop = shop_with()
    shop.done("invoice.create", "inv_1", customer_id=CUSTOMER, currency="USD")
    below = drafted(shop, -100, "inv_2")
    assert (below.total, below.amount_due) == (-100, 0)

    # Then neither is opened, nor when its time comes by itself
    assert shop.refused("invoice.finalize", "inv_1") == "nothing_to_invoice"
    assert shop.refused("invoice.finalize", "inv_2") == "validation_failed"
    shop.done("invoice.update", "inv_2", auto_advance=True)
    shop.until(START + days(1))
    assert (shop.types[-1], invoice(shop, "inv_2").status) == ("invoice.finalization_failed", "draft")

    # And the next one has the first number
    assert opened(shop, id_="inv_3").number == "INV-2026-000001"


def test_what_comes_to_nothing_is_paid_at_once_without_a_payment() -> None:
    shop = shop_with()
    free = opened(shop, 0, auto_advance=True)
    assert (free.status, free.number, shop.asked) == ("paid", "INV-2026-000001", [])


def test_a_draft_that_advances_opens_after_an_hour_and_numbers_begin_anew_each_year() -> None:
    # Given a draft that advances in January, opened an hour later
    shop = shop_with()
    drafted(shop, auto_advance=True)
    shop.until(START + days(0.04))
    assert invoice(shop).status == "draft"
    shop.until(START + days(0.05))
    assert (invoice(shop).status, invoice(shop).number) == ("paid", "INV-2026-000001")

    # Then the next year begins with 1
    shop.until(START + days(365))
    assert opened(shop, id_="inv_2").number == "INV-2027-000001"


def test_a_final_invoice_is_neither_finalised_nor_paid_nor_void_again() -> None:
    # Given one that is paid, one void, and one that is given up
    shop = shop_with()
    for number, command in enumerate(("pay", "void", "mark_uncollectible"), start=1):
        opened(shop, id_=f"inv_{number}")
        shop.done(f"invoice.{command}", f"inv_{number}")

    # Then what the table forbids is refused with the status that it has
    for number, refused in ((1, "finalize pay void mark_uncollectible"), (2, "finalize pay void"), (3, "finalize")):
        for command in refused.split():
            no = shop.ask(f"invoice.{command}", f"inv_{number}")
            assert isinstance(no, Refused)
            assert (no.code, no.extra["status_now"]) == ("wrong_state", invoice(shop, f"inv_{number}").status)

    # And what was given up can be paid, which undoes the loss first
    shop.done("invoice.pay", "inv_3")
    assert shop.types[-3:] == ["invoice.payment_started", "invoice.recovered", "invoice.paid"]


def test_money_from_outside_counts_as_such_up_to_what_is_left() -> None:
    # Given an open invoice over 50.00
    shop = shop_with()
    opened(shop)

    # When 20.00 came by bank
    half = shop.done("invoice.pay", "inv_1", out_of_band=True, amount=2000)
    assert (half.status, half.amount_paid, half.amount_paid_outside, half.amount_remaining) == (
        "open",
        2000,
        2000,
        3000,
    )
    assert shop.types[-2:] == ["invoice.paid_outside", "invoice.partially_paid"]

    # Then more than is left is refused, a part can be paid by card, and the rest settles it
    assert shop.refused("invoice.pay", "inv_1", out_of_band=True, amount=3001) == "amount_too_large"
    assert shop.done("invoice.pay", "inv_1", amount=1000).amount_remaining == 2000
    done = shop.done("invoice.pay", "inv_1", out_of_band=True)
    assert (done.status, done.amount_paid, done.amount_paid_outside) == ("paid", 5000, 4000)

    # And what is partly paid cannot be void
    opened(shop, id_="inv_2")
    shop.done("invoice.pay", "inv_2", amount=1)
    assert shop.refused("invoice.void", "inv_2") == "wrong_state"


def test_while_an_outcome_is_unknown_nothing_else_is_begun() -> None:
    shop = shop_with()
    opened(shop)
    shop.till = silent
    shop.ask("invoice.pay", "inv_1")
    for command in ("pay", "void", "mark_uncollectible"):
        assert shop.refused(f"invoice.{command}", "inv_1") == "outcome_pending"


def test_a_declined_card_is_told_with_its_payment_and_the_invoice_stays_open() -> None:
    shop = shop_with()
    opened(shop)
    shop.till = declines
    no = refusal(shop, "invoice.pay")
    assert (no.code, no.extra["payment"]["status"]) == ("card_declined", "requires_payment_method")
    assert (invoice(shop).status, invoice(shop).attempt_count) == ("open", 1)
    assert not shop.state(CUSTOMER).customer.delinquent


def test_an_invoice_that_is_sent_is_reminded_of_and_makes_its_customer_delinquent_until_it_is_paid() -> None:
    # Given an invoice that is sent, due in ten days
    shop = shop_with()
    opened(shop, collection_method="send_invoice", days_until_due=10, auto_advance=True)
    assert (invoice(shop).due_date, shop.asked) == (START + days(10), [])

    # When the days go by
    shop.until(START + days(8))
    assert shop.types[-1] == "invoice.due_date_neared"
    shop.until(START + days(11))
    assert "invoice.went_overdue" in shop.types
    assert shop.state(CUSTOMER).customer.delinquent

    # Then paying it ends that
    shop.done("invoice.pay", "inv_1", out_of_band=True)
    assert not shop.state(CUSTOMER).customer.delinquent


def test_the_periods_of_all_lines_together_are_bounded() -> None:
    # Given that what each line earns is worked out day by day, and holds everybody else up meanwhile
    decade = {"start": "2026-01-01T00:00:00Z", "end": "2036-01-01T00:00:00Z"}
    lines = [{"amount": 5000, "description": "Licence", "period": decade}] * 54
    wish = {"customer_id": CUSTOMER, "currency": "USD"}
    shop = shop_with()
    # Then 54 lines of ten years can be invoiced together, and one more cannot
    shop.done("invoice.create", "inv_1", **wish, lines=lines)
    assert shop.done("invoice.finalize", "inv_1").amount_deferred == 54 * 5000
    assert shop.refused("invoice.create", "inv_2", **wish, lines=[*lines, *lines[:1]]) == "validation_failed"
