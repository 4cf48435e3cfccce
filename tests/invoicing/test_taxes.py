"""Taxes: on top and inside, several at once, owed by us or by the customer, and given back on credits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.invoicing.taxes import conflicting, taxed
from messages.customers import TaxExempt
from messages.products import TaxBehavior, TaxRate
from tests.invoicing.made import rate

VAT, INSIDE = rate("20"), rate("20", inclusive=True)
OWED_BY_THEM = rate("19", reverse_charge=True)


@pytest.mark.parametrize(
    ("amount", "rates", "exempt", "taxable", "taxes"),
    [
        (3000, [VAT], "none", [3000], [600]),
        (-3000, [VAT], "none", [-3000], [-600]),
        (1, [rate("50")], "none", [1], [0]),  # a half goes to the even one
        (3, [rate("50")], "none", [3], [2]),
        (1000, [rate("8.875")], "none", [1000], [89]),
        (1000, [rate("5"), rate("9.975")], "none", [1000, 1000], [50, 100]),
        (1200, [INSIDE], "none", [1000], [200]),
        (-1200, [INSIDE], "none", [-1000], [-200]),
        (1000, [INSIDE], "none", [833], [167]),
        (1150, [rate("5", inclusive=True), rate("10", inclusive=True)], "none", [1000, 1000], [50, 100]),
        (1000, [rate("0")], "none", [1000], [0]),
        (1000, [rate("0", inclusive=True)], "none", [1000], [0]),
        (0, [VAT], "none", [0], [0]),
        (1000, [], "none", [], []),
        (1000, [VAT, INSIDE], "exempt", [], []),
        (1000, [VAT], "reverse", [1000], [0]),
        (1200, [INSIDE], "reverse", [1200], [0]),
        (1000, [OWED_BY_THEM], "none", [1000], [0]),
        (1000, [OWED_BY_THEM, VAT], "none", [1000, 1000], [0, 200]),
    ],
)
def test_a_line_is_taxed(
    amount: int, rates: list[TaxRate], exempt: TaxExempt, taxable: list[int], taxes: list[int]
) -> None:
    found = taxed(amount, rates, exempt)
    assert [tax.taxable_amount for tax in found] == taxable
    assert [tax.amount for tax in found] == taxes


def test_a_tax_says_whose_it_is() -> None:
    tax = taxed(1200, [rate("20", inclusive=True, number=7)], "none")[0]
    assert (tax.tax_rate, tax.jurisdiction, tax.inclusive) == ("txr_7", "J7", True)


PERCENTAGES = st.integers(0, 10**6).map(lambda parts: f"{parts // 10**4}.{parts % 10**4:04}")
AMOUNTS = st.integers(-(10**12), 10**12)


@given(amount=AMOUNTS, percentages=st.lists(PERCENTAGES, max_size=5))
def test_what_lies_inside_and_its_base_are_the_amount(amount: int, percentages: list[str]) -> None:
    taxes = taxed(amount, [rate(percentage, inclusive=True) for percentage in percentages], "none")
    assert len({tax.taxable_amount for tax in taxes}) <= 1
    assert not taxes or taxes[0].taxable_amount + sum(tax.amount for tax in taxes) == amount


@given(amount=AMOUNTS, percentages=st.lists(PERCENTAGES, max_size=5), inclusive=st.booleans())
def test_a_credit_gives_back_exactly_the_tax_of_its_charge(
    amount: int, percentages: list[str], inclusive: bool
) -> None:
    rates = [rate(percentage, inclusive=inclusive) for percentage in percentages]
    charged, credited = taxed(amount, rates, "none"), taxed(-amount, rates, "none")
    assert [tax.amount for tax in credited] == [-tax.amount for tax in charged]


@pytest.mark.parametrize(
    ("rates", "behavior", "conflict"),
    [
        ([], "inclusive", False),
        ([], None, False),
        ([VAT], "exclusive", False),
        ([VAT, rate("5")], None, False),
        ([INSIDE], "inclusive", False),
        ([VAT], "inclusive", True),
        ([INSIDE], "exclusive", True),
        ([VAT, INSIDE], "exclusive", True),
        ([VAT, INSIDE], None, True),
    ],
)
def test_a_price_and_its_rates_must_agree(rates: list[TaxRate], behavior: TaxBehavior | None, conflict: bool) -> None:
    assert conflicting(rates, behavior) is conflict
