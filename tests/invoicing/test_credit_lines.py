"""What a credit note takes back of each line: never more than is left, and taxes that add up to the unit."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.invoicing.credit_lines import total_of, whole_rest, wished, with_credited, with_deferred
from actors.runtime.refusals import Refusal
from messages.credit_notes import CreditLineWish, CreditNoteLine
from messages.invoices import InvoiceLine
from tests.invoicing.deferred import line


def of_line(amount: int | None = None, quantity: str | None = None, number: int = 1) -> CreditLineWish:
    return CreditLineWish(invoice_line=f"il_{number}", amount=amount, quantity=quantity)


@pytest.mark.parametrize(
    ("fields", "wish", "expected"),
    [
        ({"amount": 3_000, "tax": 570}, {"amount": 1_000}, (1_000, 190, 1_190)),
        ({"amount": 3_000, "tax": 570}, {}, (3_000, 570, 3_570)),
        ({"amount": 3_600, "discount": 600, "tax": 570}, {}, (3_000, 570, 3_570)),
        ({"amount": 3_570, "inside": 570}, {"amount": 1_190}, (1_190, 190, 1_190)),
        ({"amount": 3_000, "quantity": "3"}, {"quantity": "1"}, (1_000, 0, 1_000)),
        ({"amount": 1_000, "quantity": "3"}, {"quantity": "1.5"}, (500, 0, 500)),
        ({"amount": 3_000, "discount": 600, "quantity": "3"}, {"quantity": "1"}, (800, 0, 800)),
    ],
)
def test_a_part_of_a_line_has_its_part_of_the_tax(
    fields: dict[str, Any], wish: dict[str, Any], expected: tuple[int, int, int]
) -> None:
    [part] = wished([line(number=1, **fields)], {}, [of_line(**wish)])
    assert (part.amount, part.tax, total_of([part])) == expected


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ([of_line(3_001)], "credit_exceeds_invoice"),
        ([of_line(2_000), of_line(1_001)], "credit_exceeds_invoice"),
        ([of_line(quantity="4")], "credit_exceeds_invoice"),
        ([of_line(quantity="2"), of_line(quantity="1.000001")], "credit_exceeds_invoice"),
        ([of_line(quantity="0")], "credit_exceeds_invoice"),
        ([of_line(2_500), of_line(quantity="1")], "credit_exceeds_invoice"),
        ([of_line(number=2)], "credit_exceeds_invoice"),
        ([of_line(number=3)], "reference_not_found"),
        ([of_line(1, "1")], "validation_failed"),
    ],
)
def test_more_than_is_left_of_a_line_is_refused(wishes: list[CreditLineWish], code: str) -> None:
    lines = [line(3_000, 1, quantity="3"), line(-500, 2)]
    with pytest.raises(Refusal) as refusal:
        wished(lines, {}, wishes)
    assert refusal.value.code == code


def test_a_line_of_no_quantity_has_none_to_credit() -> None:
    with pytest.raises(Refusal, match="0 is not within the 100 left"):
        wished([line(100, 1, quantity="0")], {}, [of_line(quantity="0")])


def test_the_whole_rest_has_the_credit_lines_too() -> None:
    lines = [line(3_000, 1, tax=570), line(-500, 2, tax=-95), line(0, 3)]
    first = wished(lines, {}, [of_line(1_000)])
    rest = whole_rest(lines, with_credited({}, first))
    assert [(part.invoice_line, part.amount, part.tax) for part in rest] == [("il_1", 2_000, 380), ("il_2", -500, -95)]
    assert whole_rest(lines, with_credited(with_credited({}, first), rest)) == []


AMOUNTS = st.integers(1, 60) | st.integers(1, 10_000)
SIZES = st.integers(1, 20) | st.integers(1, 4_000)
STEPS = st.lists(st.tuples(st.sampled_from(("amount", "quantity", "void")), SIZES), max_size=12)


@pytest.mark.parametrize(
    ("whole", "amounts", "voided", "taxes"),
    [
        (6, (1, 1, 1, 1, 1, 1), None, [0, 1, 1, 0, 0, 1]),
        (6, (3, 1, 3), 0, [2, 0, 2]),
        (100, (16, 1, 1), 1, [0, 1, 0]),
    ],
)
def test_a_tax_is_counted_from_the_lines_beginning(
    whole: int, amounts: tuple[int, ...], voided: int | None, taxes: list[int]
) -> None:
    # Given a line with a tax of 3, credited in parts, the first of which is void after another one
    of, credited, notes = line(whole, tax=3), {}, list[CreditNoteLine]()
    for number, amount in enumerate(amounts):
        notes += wished([of], credited, [of_line(amount)])
        credited = with_credited(credited, notes[-1:])
        if number == voided:
            credited = with_credited(credited, notes[:1], -1)

    # Then each part has what its place has, and none has less than nothing
    assert [note.tax for note in notes] == taxes


@settings(max_examples=300)
@given(
    amount=AMOUNTS,
    discount=st.integers(0, 100),
    taxes=st.tuples(st.integers(0, 3_000), st.integers(0, 50)),
    negative=st.booleans(),
    left=st.integers(0, 100),
    steps=STEPS,
)
def test_all_that_was_credited_and_the_rest_are_the_line_exactly(
    amount: int, discount: int, taxes: tuple[int, int], negative: bool, left: int, steps: list[tuple[str, int]]
) -> None:
    # Given a line with taxes, a part of it still to be earned
    off = amount * discount // 200
    inside = (amount - off) * taxes[1] // 100
    sign = -1 if negative else 1
    of = line(sign * amount, tax=sign * taxes[0], inside=sign * inside, discount=0 if negative else off, quantity="7")
    still = deferred = sign * (amount - (0 if negative else off) - inside) * left // 100
    credited, notes = {}, list[CreditNoteLine]()

    # When parts are credited, and some of these notes are void again
    for kind, size in steps:
        if kind == "void" and notes:
            note = notes.pop(size % len(notes))
            credited, still = with_credited(credited, [note], -1), still + note.amount_deferred
            continue
        wish = of_line(size) if kind == "amount" else of_line(quantity=f"{size % 7}.{size % 10}")
        try:
            parts = wished([of], credited, [wish])
        except Refusal:
            continue
        notes += with_deferred(parts, [of], credited, {of.id: still})
        credited, still = with_credited(credited, parts), still - notes[-1].amount_deferred
        _is_within(notes, of, deferred)

    # Then the rest, credited at last, makes them the line exactly
    rest = with_deferred(whole_rest([of], credited), [of], credited, {of.id: still})
    notes += rest
    assert sum(note.amount for note in notes) == of.amount - of.discount
    assert [sum(parts) for parts in zip(*([tax.amount for tax in note.taxes] for note in notes), strict=True)] == [
        tax.amount for tax in of.taxes
    ]
    assert sum(note.amount_deferred for note in notes) == deferred


def _is_within(notes: list[CreditNoteLine], of: InvoiceLine, deferred: int) -> None:
    """Never more than there is, of anything; and no part is the other way."""
    assert 0 <= sum(note.amount for note in notes) <= of.amount - of.discount
    assert 0 <= sum(note.amount_deferred for note in notes) <= deferred
    assert all(tax.amount >= 0 for note in notes for tax in note.taxes)
