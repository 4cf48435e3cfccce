"""An invoice is the sum of its lines, whatever is on it."""

from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.totals import totaled
from messages.customers import TaxExempt
from messages.invoices import InvoiceLine, InvoiceTax
from messages.products import Coupon
from tests.invoicing.made import coupon, line, rate

RATES = {each.id: each for each in (rate("20", number=1), rate("5.5", number=2), rate("8.875", number=3))}
INSIDE = rate("19", inclusive=True, number=4)
ALL = {**RATES, INSIDE.id: INSIDE}


def test_an_invoice_of_one_line() -> None:
    # Given three seats of 12.00, with 6.00 off and 20 % on top
    found = totaled([line(3600)], [coupon(None, 600)], RATES, {"il_1": ["txr_1"]}, "none")
    # Then the tax is on what is left
    assert (found.subtotal, found.discount, found.tax, found.total) == (3600, 600, 600, 3600)
    tax = InvoiceTax(tax_rate="txr_1", jurisdiction="J1", taxable_amount=3000, amount=600)
    assert found.taxes == (tax,)
    assert found.lines == (line(3600).model_copy(update={"discount": 600, "taxes": [tax]}),)
    assert found.coupons == ("cpn_1",)


def test_tax_inside_is_not_added() -> None:
    found = totaled([line(1190)], [], ALL, {"il_1": ["txr_4"]}, "none")
    assert (found.subtotal, found.tax, found.total) == (1190, 190, 1190)


def test_lines_with_the_same_rate_are_one_tax_rounded_line_by_line() -> None:
    # Given three lines of 2 minor units, each with 20 % which is less than half a unit
    lines = [line(2, number) for number in (1, 2, 3)]
    found = totaled(lines, [], RATES, {each.id: ["txr_1"] for each in lines}, "none")
    # Then the invoice has the sum of the lines' taxes, not the tax of their sum
    assert [(tax.taxable_amount, tax.amount) for tax in found.taxes] == [(6, 0)]


def test_credits_may_outweigh_the_rest() -> None:
    lines = [line(500, 1), line(-1000, 2)]
    found = totaled(lines, [coupon("50")], RATES, {"il_1": ["txr_1"], "il_2": ["txr_1"]}, "none")
    assert (found.subtotal, found.discount, found.tax, found.total) == (-500, 0, -100, -600)
    assert found.coupons == ()


def test_what_lines_had_before_is_replaced() -> None:
    stale = line(1000).model_copy(update={"discount": 7, "taxes": [InvoiceTax(tax_rate="txr_9", amount=5)]})
    found = totaled([stale], [], RATES, {}, "none")
    assert (found.discount, found.tax, found.total) == (0, 0, 1000)


LINES = st.lists(st.integers(-9_000, 90_000), max_size=6).map(
    lambda amounts: [line(amount, number, product="ab"[number % 2]) for number, amount in enumerate(amounts)]
)
COUPONS = st.lists(
    st.sampled_from([coupon("25"), coupon("10", None, "a"), coupon(None, 700), coupon(None, 5_000, "b")]), max_size=3
)
EXEMPT = st.sampled_from(["none", "none", "exempt", "reverse"])


@given(lines=LINES, coupons=COUPONS, exempt=EXEMPT, data=st.data())
def test_the_invoice_is_the_sum_of_its_lines(
    lines: list[InvoiceLine], coupons: list[Coupon], exempt: TaxExempt, data: st.DataObject
) -> None:
    rates_of = {each.id: data.draw(st.lists(st.sampled_from(sorted(ALL)), max_size=2, unique=True)) for each in lines}
    found = totaled(lines, coupons, ALL, rates_of, exempt)
    taxes = [tax for each in found.lines for tax in each.taxes]
    assert found.subtotal == sum(each.amount for each in found.lines) == sum(each.amount for each in lines)
    assert found.discount == sum(each.discount for each in found.lines)
    assert found.tax == sum(tax.amount for tax in taxes) == sum(tax.amount for tax in found.taxes)
    exclusive = sum(tax.amount for tax in taxes if not tax.inclusive)
    assert found.total == found.subtotal - found.discount + exclusive
    assert len({tax.tax_rate for tax in found.taxes}) == len(found.taxes)
    for tax in found.taxes:
        own = [each for each in taxes if each.tax_rate == tax.tax_rate]
        assert tax.taxable_amount == sum(each.taxable_amount for each in own)
        assert tax.amount == sum(each.amount for each in own)
    assert all(InvoiceLine.model_validate(each.model_dump()) == each for each in found.lines)
